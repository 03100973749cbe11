/** A hub's settings as values of zero-to-jupyterhub's chart (4.4.0). Nothing in them is secret. */
import { compact } from "./compact";
import { parseImageName } from "./imageName";
import { hubAddress } from "./jupyterHubAddress";
import { parseTime } from "./jupyterHubResources";
import {
  DEFAULT_RELEASE,
  idleSeconds,
  type CheckedHub,
  type HubSettings,
} from "./jupyterHubSettings";
import { tunnelContainers, tunnelPolicies } from "./jupyterHubSsh";
import type { JupyterHubDatabase, JupyterHubSettings } from "./jupyterHubTypes";

/**
 * The Secret that the hub reads besides the chart's own, with the keys that the chart looks for in it. (The
 * token between hub and proxy is read from the chart's Secret alone: the chart makes it, and keeps it.)
 */
export const HUB_SECRET = "jupyterhub-credentials";
export const COOKIE_SECRET_KEY = "hub.config.JupyterHub.cookie_secret";
export const CRYPT_KEY = "hub.config.CryptKeeper.keys";
export const CLIENT_SECRET_KEY = "client-secret";

/** Claim that the chart makes for the hub's database. */
export const DATABASE_CLAIM = "hub-db-dir";

/** Where our file finds the JSON, and beside it the package that it imports. */
const OUR_FOLDER = "/usr/local/etc/science-platform";
/** The hub runs every file of this folder. */
const CONFIG_FOLDER = "/usr/local/etc/jupyterhub/jupyterhub_config.d";
/** The one file of ours that the hub runs. */
export const CONFIG_FILE = "science_platform.py";

const HUB_USER = 1000;
const DATABASE_FOLDER = "/srv/jupyterhub";
const OWNER_IMAGE = "busybox:1.37.0";

/** The hub's python and what the values name. */
export interface HubFiles {
  /** Path to text, of the files below `components/jupyterhub/hub`. */
  python: Record<string, string>;
  /** Changes with the credentials, so that the hub restarts with them; anything that ends up as a string. */
  credentialsDigest?: unknown;
}

type Values = Record<string, unknown>;

/** `repo:1` as the chart's name and tag; a digest is split at its own colon. */
function chartImage(image: string): { name: string; tag: string } {
  const { image: name, tag = "latest" } = parseImageName(image)!;
  const digest = /^(sha256):(.+)$/.exec(tag);
  return digest === null ? { name, tag } : { name: `${name}@${digest[1]}`, tag: digest[2]! };
}

/** The files of the hub's container, by a key that a Secret can have. */
function extraFiles(hub: HubSettings, python: Record<string, string>): Values {
  const file = (folder: string, name: string, stringData: string): [string, object] => [
    name.replaceAll("/", "."),
    { mountPath: `${folder}/${name}`, stringData },
  ];
  return Object.fromEntries([
    ...Object.entries(python).map(([name, text]) =>
      file(name === CONFIG_FILE ? CONFIG_FOLDER : OUR_FOLDER, name, text),
    ),
    file(OUR_FOLDER, "hub.json", `${JSON.stringify(hub, undefined, 2)}\n`),
  ]);
}

/** A folder on a node belongs to root, whatever the pod's fsGroup is. */
function ownerContainer(database: JupyterHubDatabase): Values {
  return {
    name: "database-owner",
    image: database.ownerImage ?? OWNER_IMAGE,
    command: ["chown", `${HUB_USER}:${HUB_USER}`, DATABASE_FOLDER],
    volumeMounts: [{ name: "pvc", mountPath: DATABASE_FOLDER }],
    resources: {
      requests: { cpu: "10m", memory: "16Mi" },
      limits: { cpu: "100m", memory: "64Mi" },
    },
    securityContext: {
      runAsUser: 0,
      runAsGroup: 0,
      runAsNonRoot: false,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"], add: ["CHOWN"] },
    },
  };
}

function databaseValues(database: JupyterHubDatabase): Values {
  const storageClassName = database.hostPath === undefined ? database.storageClass : "";
  return {
    type: "sqlite-pvc",
    pvc: compact({
      // Helm leaves the claim when the release goes, and takes it back when it comes again.
      annotations: { "helm.sh/resource-policy": "keep" },
      storage: database.size ?? "1Gi",
      storageClassName,
    }),
  };
}

function userStorageValues({ userStorage = {} }: JupyterHubSettings): Values {
  const { enabled = true, existingClaim, subPath, storageClass, size, mountPath } = userStorage;
  if (!enabled) {
    return { type: "none" };
  }
  const home = mountPath === undefined ? {} : { homeMountPath: mountPath };
  return existingClaim === undefined
    ? {
        type: "dynamic",
        capacity: size ?? "10Gi",
        ...home,
        ...(storageClass === undefined ? {} : { dynamic: { storageClass } }),
      }
    : {
        type: "static",
        ...home,
        static: { pvcName: existingClaim, subPath: subPath ?? "{username}" },
      };
}

/** The images that are not the chart's own, by a name that a container can have; each once. */
function imagesToPull({ hub, tunnel }: CheckedHub): Record<string, { name: string; tag: string }> {
  const named: [string, string][] = [];
  if (tunnel !== undefined) {
    const { forwarder, listener, redis } = tunnel.images;
    named.push(["ssh-forwarder", forwarder], ["ssh-listener", listener], ["redis", redis]);
  }
  const taken = new Set<string>();
  for (const { image, remote, slug } of hub.profiles) {
    if (image !== undefined && !remote && !taken.has(image)) {
      taken.add(image);
      named.push([`profile-${slug}`.slice(0, 50).replace(/-+$/, ""), image]);
    }
  }
  return Object.fromEntries(named.map(([name, image]) => [name, chartImage(image)]));
}

/** What lets the pullers onto the nodes of the profiles. */
function pullerTolerations({ hub }: CheckedHub): object[] {
  const all = hub.profiles
    .filter((profile) => !profile.remote)
    .flatMap((profile) => profile.tolerations ?? []);
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

function hubValues(settings: JupyterHubSettings, checked: CheckedHub, files: HubFiles): Values {
  const { oidc, database = {}, remote, releaseName = DEFAULT_RELEASE } = settings;
  const { hub, tunnel } = checked;
  const { basePath } = hubAddress(settings);
  const { name, key = CLIENT_SECRET_KEY } = oidc?.existingSecret ?? { name: HUB_SECRET };
  return compact({
    baseUrl: `${basePath}/`,
    existingSecret: HUB_SECRET,
    annotations:
      files.credentialsDigest === undefined
        ? undefined
        : { "science-platform/credentials-digest": files.credentialsDigest },
    // Not the chart's default, which lets in whoever names himself, should our python not be read.
    config:
      oidc === undefined ? undefined : { JupyterHub: { authenticator_class: "generic-oauth" } },
    extraEnv:
      oidc === undefined
        ? undefined
        : { OIDC_CLIENT_SECRET: { valueFrom: { secretKeyRef: { name, key } } } },
    extraFiles: extraFiles(hub, files.python),
    db: databaseValues(database),
    initContainers: database.hostPath === undefined ? undefined : [ownerContainer(database)],
    // Tokens are checked within the pod: the images do not verify certificates.
    extraContainers:
      tunnel && tunnelContainers(tunnel, remote?.url ?? `http://127.0.0.1:8081${basePath}`),
    networkPolicy: { enabled: true, ...(tunnel && tunnelPolicies(tunnel, releaseName).hub) },
    resources: { requests: { cpu: "100m", memory: "256Mi" } },
  });
}

/**
 * The chart's values.
 *
 * @param checked what `checkedHub` made of the same settings
 */
export function jupyterHubValues(
  settings: JupyterHubSettings,
  checked: CheckedHub,
  files: HubFiles,
): Values {
  const { hub, tunnel } = checked;
  const { image, prePull = true, userScheduler = false, releaseName = DEFAULT_RELEASE } = settings;
  const remote = hub.profiles.some((profile) => profile.remote);
  const idle = idleSeconds(settings);
  const tolerations = pullerTolerations(checked);
  return {
    hub: hubValues(settings, checked, files),
    proxy: {
      // Exposed by an Ingress or a route of ours.
      service: { type: "ClusterIP" },
      https: { enabled: false },
      chp: {
        networkPolicy: { enabled: true, ...(tunnel && tunnelPolicies(tunnel, releaseName).proxy) },
        resources: { requests: { cpu: "50m", memory: "64Mi" } },
      },
    },
    ingress: { enabled: false },
    singleuser: compact({
      image: image === undefined ? undefined : chartImage(image),
      startTimeout: parseTime(settings.startTimeout ?? (remote ? "10m" : "5m")),
      storage: userStorageValues(settings),
      networkPolicy: { enabled: true },
      // The network policy keeps pods from the metadata service; this would take a privileged container.
      cloudMetadata: { blockWithIptables: false },
    }),
    cull:
      idle === 0 ? { enabled: false } : { enabled: true, timeout: idle, every: everySeconds(idle) },
    prePuller: compact({
      hook: { enabled: prePull },
      continuous: { enabled: prePull },
      extraImages: prePull ? imagesToPull(checked) : undefined,
      extraTolerations: prePull && tolerations.length > 0 ? tolerations : undefined,
    }),
    scheduling: {
      userScheduler: { enabled: userScheduler },
      userPlaceholder: { enabled: false },
      podPriority: { enabled: false },
    },
  };
}

/** How often to look for idle servers: ten minutes, or often enough for a short time-out. */
function everySeconds(idle: number): number {
  return Math.max(1, Math.min(600, Math.floor(idle / 2)));
}
