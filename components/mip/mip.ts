import * as pulumi from "@pulumi/pulumi";
import { chartSource, chartVersion, type ChartSettings } from "../charts/chart";
import { DEFAULT_TIMEOUT_SECONDS, registerRelease } from "../charts/release";
import { awaitWorkloads, type WorkloadMark } from "../charts/workloads";
import { mergeValues } from "../model/mergeValues";
import { settingsDigest } from "../model/mipCredentials";
import {
  backendService,
  mipGeneration,
  mipWorkloads,
  type MipGeneration,
} from "../model/mipGenerations";
import { checkMipKeys } from "../model/mipKeys";
import { mipObjects } from "../model/mipObjects";
import { checkMip } from "../model/mipRules";
import type { MipSettings } from "../model/mipTypes";
import { DEFAULT_NAMESPACE, DEFAULT_RELEASE, mipStorageClass, mipValues } from "../model/mipValues";
import { Problems } from "../model/problems";
import { onceKnown, registerNamespace, registerObject } from "../register";
import { warn } from "../notices";
import { checkedPasswords, checkPasswords, randomKey, registerCredentials } from "./mipCredentials";
import { checkMipChart } from "./mipChart";
import { POST_RENDERER } from "./postRenderer";
import { restartMark } from "./mipRestart";

const TYPE = "science-platform:index:Mip";

/** A platform of the Medical Informatics Platform (MIP): user interface, backend and its database. */
export interface MipArgs extends MipSettings {
  /** Secret of `keycloak.clientId`; stored as a secret. Required unless `keycloak.existingSecret`. */
  clientSecret?: pulumi.Input<string>;
  /** Password of the database's role, stored as a secret: a new one is set, and the data stays. @default generated */
  databasePassword?: pulumi.Input<string>;
  /**
   * Password of `database.adminUser`, where that is another role than `database.user`; stored as a secret. It is
   * set when the database is made and not changed afterwards. @default generated
   */
  adminPassword?: pulumi.Input<string>;
  /**
   * Kubeconfig of the cluster, to restart the backend when passwords or settings change that it reads only at its
   * start. Secret. @default none: restart it by hand
   */
  kubeconfig?: pulumi.Input<string>;
  /** Whether the namespace is made here, when absent. @default true */
  createNamespace?: boolean;
  /** Where charts come from; `versions.mip` says which generation. @default the public sources */
  charts?: ChartSettings;
  /** Further values of the chart, merged over ours. A key that its generation lacks is an error. No secrets. */
  values?: pulumi.Inputs;
  /** Seconds until a platform that does not get ready is an error. @default 600 */
  timeoutSeconds?: number;
  /**
   * Values that are known once what the workloads look for at their start is there: the engine's address, and the
   * Service of a hub beside it, without which the user interface does not start. Secrets and exposure do not wait
   * for them. @default nothing is waited for
   */
  startAfter?: pulumi.Input<string>[];
}

/**
 * The platform's chart of any generation as a Helm release, with the Secrets that it reads, its exposure, and the
 * database's claims kept. Which values it takes follows from the pinned version (9c325ef, 6f8b2c7, 9.0.2, 9.2.0);
 * what a version would ignore is an error. The engine and the hub for notebooks are components of their own:
 * `Exaflow`, and `JupyterHub` with what `notebookHub` says.
 *
 * User interface and backend are waited for each by itself, since Helm would not say which is not ready, nor why.
 *
 * Keycloak is outside. Its client needs the redirect address `https://<publicHost>/*`.
 *
 * @see https://github.com/Medical-Informatics-Platform/mip-deployment
 * @example
 * new Mip(
 *   "dementia",
 *   {
 *     namespace: "dementia",
 *     publicHost: "mip.lab.example.org",
 *     keycloak: { host: "iam.example.org", realm: "MIP", clientId: "dementia" },
 *     clientSecret: config.requireSecret("clientSecret"),
 *     kubeconfig: lab.kubeconfig,
 *   },
 *   { provider: lab.provider },
 * );
 */
export class Mip extends pulumi.ComponentResource {
  static readonly __pulumiType = TYPE;

  /** What users open; known once the platform is ready. */
  public readonly url: pulumi.Output<string>;
  public readonly namespace: pulumi.Output<string>;
  /** The backend's Service in the namespace: port 8080, and 5432 for its database. */
  public readonly backendService: pulumi.Output<string>;
  /** Version of the chart, which says the generation. */
  public readonly version: pulumi.Output<string>;

  constructor(name: string, args: MipArgs, opts?: pulumi.ComponentResourceOptions) {
    const generation = checkArgs(name, args);
    const objects = mipObjects(args, generation);
    super(TYPE, name, {}, opts);
    if (mipStorageClass(args) === "") {
      warn(
        this,
        `mip ${args.publicHost}: storage.storageClass is not given: volumes that stay when it is removed are taken back ` +
          "only where their class is named, so name the cluster's default class (kubectl get storageclass)",
      );
    }

    const { namespace = DEFAULT_NAMESPACE, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = args;
    // Nothing is made before given passwords are known to be usable.
    const checked = { parent: this, dependsOn: checkedPasswords(name, args) };
    const made = registerNamespace(
      args.createNamespace,
      `${name}-namespace`,
      { name: namespace },
      checked,
    );
    const inNamespace = { parent: this, dependsOn: checked.dependsOn.apply(() => made) };
    const credentials = registerCredentials(name, args, generation, inNamespace);
    const values = mergeValues(mipValues(args, generation), args.values);
    const source = chartSource("mip", args.charts);
    const release = registerRelease(
      {
        chart: "mip",
        charts: args.charts,
        releaseName: args.releaseName ?? DEFAULT_RELEASE,
        namespace,
        values,
        postRenderer: POST_RENDERER,
        timeoutSeconds,
        skipAwait: true,
      },
      `${name}-release`,
      { parent: this, dependsOn: onceKnown(args.startAfter, [...made, ...credentials.resources]) },
    );
    const marks: Record<string, WorkloadMark> = {};
    if (args.kubeconfig !== undefined) {
      const key = credentials.password ?? randomKey(`${name}-digest-key`, { parent: this });
      const digest = pulumi.unsecret(
        pulumi
          .all([key, pulumi.all(credentials.read), pulumi.output(values)])
          .apply(([secret, read, settled]) => settingsDigest(secret, read, settled, generation)),
      );
      const facts = { namespace, deployment: generation.backend, timeoutSeconds };
      marks[generation.backend] = restartMark(name, args.kubeconfig, facts, digest);
    }
    const workloads = awaitWorkloads(
      mipWorkloads(generation),
      { prefix: name, namespace, release, content: { source, values }, timeoutSeconds, marks },
      this,
    );
    const exposed = objects.map((object) =>
      registerObject(object, `${name}-${object.kind.toLowerCase()}`, inNamespace, {
        awaited: false,
      }),
    );
    const ready = pulumi.all([...workloads, ...exposed].map(({ urn }) => urn));
    this.url = ready.apply(() => `https://${args.publicHost}/`);
    this.namespace = ready.apply(() => namespace);
    this.backendService = ready.apply(() => backendService(generation));
    this.version = ready.apply(() => generation.version);
    this.registerOutputs({
      url: this.url,
      namespace: this.namespace,
      backendService: this.backendService,
      version: this.version,
    });
  }
}

/** Refuses what is wrong with the arguments, all at once. */
function checkArgs(name: string, args: MipArgs): MipGeneration {
  const problems = new Problems(`mip ${name}`);
  const generation = mipGeneration(chartVersion("mip", args.charts), problems);
  if (generation !== undefined) {
    const given = {
      clientSecret: args.clientSecret !== undefined,
      databasePassword: args.databasePassword !== undefined,
      adminPassword: args.adminPassword !== undefined,
    };
    checkMip(args, generation, given, problems);
    checkMipKeys(args.values ?? {}, generation, problems);
    const { databasePassword, adminPassword } = args;
    checkPasswords({ databasePassword, adminPassword }, problems);
    checkMipChart(generation, args.charts, problems);
  }
  problems.throwIfAny();
  return generation!;
}
