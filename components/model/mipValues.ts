/** A platform's settings as values of its chart, in each generation. Nothing in them is secret. */
import { compact } from "./compact";
import { parseImageName } from "./imageName";
import { PROXY_SERVICE } from "./jupyterHubObjects";
import { MipNotebookKind, type MipGeneration } from "./mipGenerations";
import type { MipNotebook, MipSettings } from "./mipTypes";

export const DEFAULT_NAMESPACE = "mip";
export const DEFAULT_RELEASE = "mip";

/** Where notebooks are, below the platform's address. */
export const NOTEBOOK_CONTEXT = "notebook";

/** What microk8s calls the class of its storage add-on. */
const MICROK8S_CLASS = "microk8s-hostpath";

const ENGINE_URL = "http://exaflow-controller-service:5000";
const PROXY_PORT = 80;

type Values = Record<string, unknown>;

/** `repo:1` as the chart's pair; a digest is split at its own colon, since the chart joins with one. */
function chartImage(image: string): Values {
  const { image: name, tag = "latest" } = parseImageName(image)!;
  const digest = /^(sha256):(.+)$/.exec(tag);
  return digest === null
    ? { repository: name, tag }
    : { repository: `${name}@${digest[1]}`, tag: digest[2]! };
}

/** The section `image`, where one is given. */
function image(name: string | undefined): Values {
  return name === undefined ? {} : { image: chartImage(name) };
}

/** The folder of the master node that holds a platform's volumes; each namespace has its own. */
export function mipFolder({ storage = {}, namespace = DEFAULT_NAMESPACE }: MipSettings): string {
  return (storage.folder ?? `/opt/mip-deployment/${namespace}`).replace(/\/+$/, "");
}

/** Class of the volumes; empty for the cluster's default class. */
export function mipStorageClass({ storage = {}, managedCluster = false }: MipSettings): string {
  return storage.storageClass ?? (managedCluster ? "" : MICROK8S_CLASS);
}

function volume(settings: MipSettings, generation: MipGeneration, size: string, folder: string) {
  return generation.foldersOnMaster
    ? { size, localPath: `${mipFolder(settings)}/${folder}` }
    : { size };
}

function clusterValues(settings: MipSettings, { hasNetwork }: MipGeneration): Values {
  const { namespace = DEFAULT_NAMESPACE, managedCluster = false } = settings;
  const storageClass = mipStorageClass(settings);
  return compact({
    namespace: hasNetwork ? namespace : undefined,
    managed: managedCluster,
    storageClasses: { local: storageClass, managed: storageClass },
  });
}

function engineValues(settings: MipSettings): Values {
  const { engineUrl = ENGINE_URL, engineVersion } = settings;
  return {
    exaflow: { url: engineUrl, ...(engineVersion && { image: { tag: engineVersion } }) },
  };
}

/** Said in two places: what the user interface's section has by default wins over the other. */
function catalogue({ dataCatalogue }: MipSettings): Values {
  return dataCatalogue === undefined
    ? {}
    : { datacatalog: { protocol: dataCatalogue.protocol ?? "https", host: dataCatalogue.host } };
}

function uiValues(settings: MipSettings, generation: MipGeneration): Values {
  const { images = {}, guide, notebook, dataCatalogue } = settings;
  return {
    ...image(images.ui),
    ...(dataCatalogue === undefined ? {} : { config: catalogue(settings) }),
    // We expose it ourselves: docs/mip/mip.md says why.
    ingress: { enabled: false, ...(generation.hasNetwork ? { redirectRootTo: "" } : {}) },
    // Unmanaged, any number is written to where the API server refuses it.
    ...(generation.hasNetwork ? { service: { nodePort: 0 } } : {}),
    ...(generation.notebook === MipNotebookKind.Within
      ? { notebook: { enabled: notebook !== undefined } }
      : {}),
    ...(guide === undefined ? {} : { guide: compact({ ...guide }) }),
  };
}

function backendValues(settings: MipSettings, generation: MipGeneration): Values {
  const { images = {}, storage = {} } = settings;
  return {
    ...image(images.backend),
    config: {
      logLevel: settings.logLevel ?? "INFO",
      logLevelFramework: settings.frameworkLogLevel ?? "INFO",
      algorithmUpdateInterval: settings.algorithmUpdateSeconds ?? 60,
    },
    persistence: {
      data: volume(settings, generation, storage.dataSize ?? "100Mi", "config"),
      logs: volume(settings, generation, storage.logsSize ?? "1Gi", "logs"),
    },
  };
}

function networkValues(settings: MipSettings): Values {
  const { publicHost, displayName } = settings;
  return {
    network: {
      link: "proxied",
      externalProtocol: "https",
      publicProtocol: "https",
      publicHost,
    },
    ...(displayName === undefined ? {} : { mip: { displayName } }),
    ...catalogue(settings),
  };
}

function keycloakValues({ keycloak }: MipSettings, { hasNetwork }: MipGeneration): Values {
  return {
    // Said outright: most of the charts take false for true.
    enabled: true,
    host: keycloak.host,
    protocol: keycloak.protocol ?? "https",
    realm: keycloak.realm,
    ...(hasNetwork ? { clientId: keycloak.clientId } : {}),
  };
}

/** The hub that the chart brings: what users' servers are, and nothing secret. */
function ownHub(notebook: MipNotebook): Values {
  const limits = compact({ cpu: notebook.cpuLimit, memory: notebook.memoryLimit });
  const requests = compact({ cpu: notebook.cpuGuarantee, memory: notebook.memoryGuarantee });
  return {
    singleuser: compact({
      ...image(notebook.image),
      storageCapacity: notebook.size,
      resources: compact({
        limits: Object.keys(limits).length > 0 ? limits : undefined,
        requests: Object.keys(requests).length > 0 ? requests : undefined,
      }),
    }),
  };
}

function notebookValues({ notebook }: MipSettings, generation: MipGeneration): Values {
  switch (generation.notebook) {
    case MipNotebookKind.None:
      return {};
    case MipNotebookKind.Within:
      return notebook === undefined ? {} : { jupyterhub: ownHub(notebook) };
    case MipNotebookKind.Beside:
      return notebook === undefined
        ? { notebook: { enabled: false } }
        : {
            notebook: {
              enabled: true,
              server: {
                host: PROXY_SERVICE,
                port: PROXY_PORT,
                context: NOTEBOOK_CONTEXT,
                landingPath: "/hub/spawn",
              },
            },
          };
  }
}

/** The chart's values. They name `mip-secret` and `keycloak-credentials` nowhere: the chart does, in fixed words. */
export function mipValues(settings: MipSettings, generation: MipGeneration): Values {
  const { database = {} } = settings;
  return {
    cluster: clusterValues(settings, generation),
    ...(generation.hasNetwork
      ? networkValues(settings)
      : { global: { publicHost: settings.publicHost } }),
    engines: engineValues(settings),
    [generation.ui]: uiValues(settings, generation),
    [generation.backend]: backendValues(settings, generation),
    [generation.database]: {
      ...image(database.image),
      persistence: volume(settings, generation, database.size ?? "1Gi", "database"),
    },
    keycloak: keycloakValues(settings, generation),
    ...notebookValues(settings, generation),
  };
}
