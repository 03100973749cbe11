import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { chartProblems, chartVersion, type ChartSettings } from "../charts/chart";
import { podSecurityOf } from "../model/exaflowValues";
import { nodesWithRole } from "../model/mipFederation";
import { checkedFederation, type CheckedFederation } from "../model/mipFederationChecks";
import type { FederationSettings } from "../model/mipFederationTypes";
import { outOfServiceObjects } from "../model/mipFederationOutOfService";
import { podSecurityLabels } from "../model/namespaceObjects";
import { Problems } from "../model/problems";
import { NodeLabels } from "../nodes/nodeLabels";
import { registerNamespace, registerObject } from "../register";
import { warn } from "../notices";
import { Exaflow } from "./exaflow";
import { registerPlatform, type Basics } from "./federationPlatform";
import { checkMipChart } from "./mipChart";
import { writeNodeSetup } from "./nodeSetup";

const TYPE = "science-platform:index:Federation";

/** What takes lost nodes out of service. */
const OUT_OF_SERVICE = path.join(__dirname, "outOfService.py");

/** A federation in one cluster: an engine with its data, and a platform in front of it. */
export interface FederationArgs extends FederationSettings {
  /** Secret of `platform.keycloak.clientId`; stored as a secret. Required unless `keycloak.existingSecret`. */
  clientSecret?: pulumi.Input<string>;
  /** Password of the platform's database; stored as a secret. @default generated */
  databasePassword?: pulumi.Input<string>;
  /** Password of `platform.database.adminUser`; stored as a secret. @default generated */
  adminPassword?: pulumi.Input<string>;
  /**
   * Kubeconfig of the cluster, to restart the platform's backend when its passwords change. Secret.
   * @default none: restart it by hand
   */
  kubeconfig?: pulumi.Input<string>;
  /** Where charts come from; `versions.exaflow` and `versions.mip` say which generations. @default the public sources */
  charts?: ChartSettings;
  /** Further values of the engine's chart, merged over ours. No secrets. */
  values?: pulumi.Inputs;
  /** Further values of the platform's chart, merged over ours. No secrets. */
  platformValues?: pulumi.Inputs;
  /** Seconds until a release that does not get ready is an error; each has them. @default 600 */
  timeoutSeconds?: number;
  /**
   * Folder on this machine that the scripts for the nodes of an unmanaged cluster are written to, in `up` alone.
   * @default not written
   */
  setupFolder?: string;
}

/**
 * A federation: labels of its nodes, network policies, an `Exaflow` engine, and where asked a `Mip` in front of it,
 * with a `JupyterHub` where its chart takes one beside it; all in one namespace. Engine and hub come side by side, the
 * platform's workloads after both.
 *
 * A federation over several clusters is a `Federation` in each: the one with the platform has the names of all
 * workers in `controller.workersDns`; the others have no platform, and `aggregationServer` names that of the first.
 *
 * @see https://github.com/Medical-Informatics-Platform/mip-deployment
 * @example
 * new Federation(
 *   "dementia",
 *   {
 *     federation: "dementia",
 *     pathologies: ["dementia"],
 *     roles: { master: ["m"], worker: ["w1", "w2", "w3"] },
 *     platform: {
 *       publicHost: "mip.lab.example.org",
 *       keycloak: { host: "iam.example.org", realm: "MIP", clientId: "dementia" },
 *     },
 *     clientSecret: config.requireSecret("clientSecret"),
 *   },
 *   { provider: lab.provider },
 * );
 */
export class Federation extends pulumi.ComponentResource {
  static readonly __pulumiType = TYPE;

  public readonly namespace: pulumi.Output<string>;
  /** Where the engine's controller answers within the cluster; known once its workloads are ready. */
  public readonly engineUrl: pulumi.Output<string>;
  /** What users open; empty without a platform. */
  public readonly url: pulumi.Output<string>;
  /** Nodes by role, as the federation knows them. */
  public readonly nodes: pulumi.Output<Record<string, string[]>>;
  /** Folder with the scripts for the nodes; empty where none is written. */
  public readonly setupFolder: pulumi.Output<string>;

  constructor(name: string, args: FederationArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = new Problems(`federation ${args.federation}`);
    const checked = checkFederation(args, problems);
    problems.throwIfAny();
    const { parts, platform: chart, warnings } = checked!;
    super(TYPE, name, {}, opts);
    warnings.forEach((warning) => {
      warn(this, `federation ${args.federation}: ${warning}`);
    });
    const { charts, timeoutSeconds } = args;

    const basics = registerBasics(name, parts, this);
    const afterBasics = { parent: this, dependsOn: Object.values(basics).flat() };
    registerRecovery(name, parts, afterBasics);
    const engine = new Exaflow(
      `${name}-engine`,
      { ...parts.engine, createNamespace: false, charts, values: args.values, timeoutSeconds },
      afterBasics,
    );
    const platform =
      parts.platform &&
      registerPlatform(
        name,
        args,
        { settings: parts.platform, chart: chart!, engine, basics },
        this,
      );
    if (parts.setup !== undefined && args.setupFolder !== undefined && !pulumi.runtime.isDryRun()) {
      writeNodeSetup(args.setupFolder, parts.setup);
    }
    this.namespace = engine.namespace;
    this.engineUrl = engine.url;
    this.url = platform?.url ?? pulumi.output("");
    const nodes: Record<string, string[]> = {
      master: nodesWithRole(args, "master"),
      worker: nodesWithRole(args, "worker"),
      smpcPlayer: nodesWithRole(args, "smpcPlayer"),
    };
    this.nodes = pulumi.output(nodes);
    this.setupFolder = pulumi.output(parts.setup === undefined ? "" : (args.setupFolder ?? ""));
    this.registerOutputs({
      namespace: this.namespace,
      engineUrl: this.engineUrl,
      url: this.url,
      nodes: this.nodes,
      setupFolder: this.setupFolder,
    });
  }
}

/**
 * Adds everything that is wrong with the arguments, over all parts; nothing is registered.
 *
 * @returns nothing when a version of a chart is not known
 */
export function checkFederation(
  args: FederationArgs,
  problems: Problems,
): CheckedFederation | undefined {
  const { charts, values = {}, platformValues = {} } = args;
  chartProblems("exaflow", charts).forEach((problem) => problems.add(problem));
  const given = {
    versions: { exaflow: chartVersion("exaflow", charts), mip: chartVersion("mip", charts) },
    secrets: {
      clientSecret: args.clientSecret !== undefined,
      databasePassword: args.databasePassword !== undefined,
      adminPassword: args.adminPassword !== undefined,
    },
    values,
    platformValues,
  };
  const checked = checkedFederation(args, given, problems);
  if (checked?.platform !== undefined) {
    checkMipChart(checked.platform, charts, problems);
  }
  return checked;
}

/** The namespace, its policies, and the labels of the nodes. */
function registerBasics(
  name: string,
  { namespace, engine, policies, labelled }: CheckedFederation["parts"],
  parent: Federation,
): Basics {
  const labels = podSecurityLabels(podSecurityOf(engine));
  const made = registerNamespace(
    true,
    `${name}-namespace`,
    { name: namespace, labels },
    { parent },
  );
  const registered = policies.map((policy) =>
    registerObject(policy, `${name}-${policy.metadata.name}`, { parent, dependsOn: made }),
  );
  const nodes =
    Object.keys(labelled).length === 0
      ? []
      : [new NodeLabels(`${name}-nodes`, { nodes: labelled }, { parent })];
  return { namespace: made, policies: registered, labels: nodes };
}

/** What takes lost nodes out of service, where asked; the engine does not wait for it. */
function registerRecovery(
  name: string,
  { outOfService }: CheckedFederation["parts"],
  opts: pulumi.CustomResourceOptions,
): void {
  if (outOfService === undefined) {
    return;
  }
  const script = fs.readFileSync(OUT_OF_SERVICE, "utf8");
  for (const object of outOfServiceObjects({ ...outOfService, script })) {
    registerObject(object, `${name}-recovery-${object.kind.toLowerCase()}`, opts);
  }
}
