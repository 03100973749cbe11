import { createHmac } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as core from "@pulumi/kubernetes/core/v1";
import * as random from "@pulumi/random";
import { chartSource, type ChartSettings } from "../charts/chart";
import { DEFAULT_TIMEOUT_SECONDS, registerRelease } from "../charts/release";
import { awaitWorkloads } from "../charts/workloads";
import { hubAddress } from "../model/jupyterHubAddress";
import {
  databaseVolume,
  HUB_WORKLOADS,
  jupyterHubLabels,
  jupyterHubObjects,
  PROXY_SERVICE,
} from "../model/jupyterHubObjects";
import { checkedHub, DEFAULT_NAMESPACE, DEFAULT_RELEASE } from "../model/jupyterHubSettings";
import type { JupyterHubSettings } from "../model/jupyterHubTypes";
import {
  CLIENT_SECRET_KEY,
  CONFIG_FILE,
  COOKIE_SECRET_KEY,
  CRYPT_KEY,
  HUB_SECRET,
  jupyterHubValues,
} from "../model/jupyterHubValues";
import { mergeValues } from "../model/mergeValues";
import { podSecurityLabels } from "../model/namespaceObjects";
import { Problems } from "../model/problems";
import { onceKnown, registerNamespace, registerObject, registerSecret } from "../register";

const TYPE = "science-platform:index:JupyterHub";

/** Our python for the hub, read when the component is made. */
const PYTHON_FOLDER = path.join(__dirname, "hub");

/** Kinds by which users reach the hub. */
const EXPOSING_KINDS = new Set(["Ingress", "HTTPRoute"]);

/** A JupyterHub on zero-to-jupyterhub's chart. */
export interface JupyterHubArgs extends JupyterHubSettings {
  /** Secret of `oidc.clientId`; stored as a secret. Required with `oidc`, unless `oidc.existingSecret`. */
  clientSecret?: pulumi.Input<string>;
  /**
   * Values that are known once the hub may be reached: those of its ingress controller, issuers and virtual
   * nodes. The hub is installed meanwhile; only its Ingress or route waits. @default nothing is waited for
   */
  exposeAfter?: pulumi.Input<string>[];
  /**
   * Values that are known once its pods may start, as those of network policies; its Secrets are made meanwhile.
   * @default nothing is waited for
   */
  startAfter?: pulumi.Input<string>[];
  /**
   * Whether the namespace is made here, when absent, with its Pod Security labels; without, whoever makes it does both.
   * @default true
   */
  createNamespace?: boolean;
  /** Where charts come from. @default the public sources */
  charts?: ChartSettings;
  /** Further values of the chart, merged over ours: objects merged, lists replaced. No secrets. */
  values?: pulumi.Inputs;
  /** Seconds until a hub that does not get ready is an error. @default 600 */
  timeoutSeconds?: number;
}

/**
 * JupyterHub with login by OpenID Connect, profiles by GPU class, and servers on virtual nodes through an ssh
 * tunnel. Makes the namespace, a Secret, the release, an Ingress or HTTPRoute, and where a profile is remote
 * the tunnel's NodePort Service. It waits until hub and proxy are ready: each by itself, since Helm would not say
 * which of them is not, nor why.
 *
 * The issuer must know the client, with the callback `https://<hostname><baseUrl>/hub/oauth_callback`. The
 * database's claim is kept when the component is removed. The nodes and GPU labels are not made here.
 *
 * @see https://z2jh.jupyter.org
 * @example
 * new JupyterHub("hub", {
 *   hostname: "hub.lab.example.org",
 *   oidc: {
 *     issuer: "https://keycloak.example.org/realms/lab",
 *     clientId: "jupyterhub",
 *     allowedGroups: ["lab"],
 *   },
 *   clientSecret: config.requireSecret("clientSecret"),
 *   profiles: [
 *     { name: "CPU", cpuLimit: "4", memoryLimit: "16Gi", default: true },
 *     { name: "A100", gpu: { class: "a100" }, groups: ["ml"], maxLifetime: "8h" },
 *   ],
 *   gpus,
 *   nodes,
 *   expose: { domain: "lab.example.org", issuer: "letsencrypt" },
 * });
 */
export class JupyterHub extends pulumi.ComponentResource {
  static readonly __pulumiType = TYPE;

  /** What users open. */
  public readonly url: pulumi.Output<string>;
  public readonly namespace: pulumi.Output<string>;
  /** The hub's API, as pods outside the cluster reach it. */
  public readonly apiUrl: pulumi.Output<string>;
  /** The Service in front of hub and servers, in the hub's namespace; known once it is made, before they are ready. */
  public readonly proxyService: pulumi.Output<string>;
  /** Port at which the tunnel is reached; 0 where there is none. */
  public readonly sshPort: pulumi.Output<number>;

  constructor(name: string, args: JupyterHubArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = new Problems(`jupyterhub ${args.hostname}`);
    const checked = checkedHub(args, args.clientSecret !== undefined, problems);
    problems.throwIfAny();
    const objects = jupyterHubObjects(args, checked);
    const python = readPython();
    super(TYPE, name, {}, opts);

    const { namespace = DEFAULT_NAMESPACE, releaseName = DEFAULT_RELEASE } = args;
    const made = registerNamespace(
      args.createNamespace,
      `${name}-namespace`,
      { name: namespace, labels: podSecurityLabels(args.podSecurity ?? "baseline") },
      { parent: this },
    );
    const inNamespace = { parent: this, dependsOn: made };
    const credentials = registerCredentials(name, args, namespace, inNamespace);
    const volume = databaseVolume(args);
    const before = [
      ...made,
      credentials.secret,
      ...(volume === undefined
        ? []
        : [registerObject(volume, `${name}-database`, { parent: this })]),
    ];
    const ours = jupyterHubValues(args, checked, { python, credentialsDigest: credentials.digest });
    const values = mergeValues(ours, args.values);
    const { charts, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = args;
    const release = registerRelease(
      {
        chart: "jupyterhub",
        charts,
        releaseName,
        namespace,
        values,
        timeoutSeconds,
        skipAwait: true,
      },
      `${name}-release`,
      { parent: this, dependsOn: onceKnown(args.startAfter, before) },
    );
    const content = { source: chartSource("jupyterhub", charts), values };
    const workloads = awaitWorkloads(
      HUB_WORKLOADS,
      { prefix: name, namespace, release, content, timeoutSeconds },
      this,
    );
    const exposed = onceKnown(args.exposeAfter, made);
    const resources = objects.map((object) => {
      const logicalName = `${name}-${object.kind.toLowerCase()}`;
      const dependsOn = EXPOSING_KINDS.has(object.kind) ? exposed : made;
      return registerObject(object, logicalName, { parent: this, dependsOn }, { awaited: false });
    });
    const ready = pulumi.all([...workloads, ...resources].map(({ urn }) => urn));
    const address = hubAddress(args);
    this.url = ready.apply(() => `${address.url}/`);
    this.namespace = ready.apply(() => namespace);
    this.apiUrl = ready.apply(() => address.apiUrl);
    this.proxyService = release.urn.apply(() => PROXY_SERVICE);
    this.sshPort = ready.apply(() => checked.tunnel?.port ?? 0);
    this.registerOutputs({
      url: this.url,
      namespace: this.namespace,
      apiUrl: this.apiUrl,
      proxyService: this.proxyService,
      sshPort: this.sshPort,
    });
  }
}

/** The hub's python by its path. @throws Error when it was not shipped with the package */
function readPython(): Record<string, string> {
  const all = fs.existsSync(PYTHON_FOLDER)
    ? fs.readdirSync(PYTHON_FOLDER, { recursive: true, encoding: "utf8" })
    : [];
  const python = all.filter((file) => file.endsWith(".py")).sort();
  if (!python.includes(CONFIG_FILE)) {
    throw new Error(`The package is incomplete: ${PYTHON_FOLDER} has no ${CONFIG_FILE}.`);
  }
  return Object.fromEntries(
    python.map((file) => [
      file.split(path.sep).join("/"),
      fs.readFileSync(path.join(PYTHON_FOLDER, file), "utf8"),
    ]),
  );
}

/** 32 random bytes in hexadecimal, which is the form that the hub takes. */
function randomKey(name: string, opts: pulumi.CustomResourceOptions): random.RandomPassword {
  return new random.RandomPassword(
    name,
    { length: 64, upper: false, lower: false, special: true, overrideSpecial: "abcdef" },
    { ...opts, additionalSecretOutputs: ["result"] },
  );
}

/** Makes the Secret that the hub reads; the digest changes when the client's secret does. */
function registerCredentials(
  name: string,
  args: JupyterHubArgs,
  namespace: string,
  opts: pulumi.CustomResourceOptions,
): { secret: core.Secret; digest: pulumi.Output<string> | undefined } {
  const { clientSecret } = args;
  const cookie = randomKey(`${name}-cookie-secret`, { parent: opts.parent });
  const crypt = randomKey(`${name}-crypt-key`, { parent: opts.parent });
  const secret = registerSecret(
    {
      name: HUB_SECRET,
      namespace,
      labels: jupyterHubLabels(args),
      values: {
        [COOKIE_SECRET_KEY]: cookie.result,
        [CRYPT_KEY]: crypt.result,
        ...(clientSecret === undefined ? {} : { [CLIENT_SECRET_KEY]: clientSecret }),
      },
    },
    `${name}-credentials`,
    opts,
  );
  if (clientSecret === undefined) {
    return { secret, digest: undefined };
  }
  // Keyed with the cookies' secret, so the digest says nothing of the client's.
  const digest = pulumi.unsecret(
    pulumi
      .all([cookie.result, clientSecret])
      .apply(([key, value]) => createHmac("sha256", key).update(value).digest("hex")),
  );
  return { secret, digest };
}
