/**
 * The generations of the platform's chart. Its own version says nothing (0.0.1 in all of them), so a generation
 * is known by the pin that the chart is taken at.
 */
import { nearest, oneOf, type Problems } from "./problems";
import type { Workload } from "./workloads";

/** The keys of the Secret `mip-secret`. */
export interface MipSecretKeys {
  adminUser: string;
  adminPassword: string;
  user: string;
  password: string;
}

/** How a generation comes to notebooks. */
export const MipNotebookKind = {
  /** It has no keys for them. */
  None: "none",
  /** It links to a JupyterHub that is installed beside it. */
  Beside: "beside",
  /** It installs a hub of its own. */
  Within: "within",
} as const;
export type MipNotebookKind = (typeof MipNotebookKind)[keyof typeof MipNotebookKind];

/** What differs between the generations, beyond the tree of values. */
export interface MipGeneration {
  /** The pin. */
  version: string;
  /** Key of the values and name of the objects of the user interface. */
  ui: "frontend" | "platform-ui";
  /** The same of the backend, whose Deployment has the database in it. */
  backend: "portalbackend" | "platform-backend";
  /** Key of the values of the database. */
  database: "portalbackendDatabase" | "platformBackendDatabase";
  secretKeys: MipSecretKeys;
  /** Whether it has `cluster.namespace` and `network`; else it takes the release's namespace and `global`. */
  hasNetwork: boolean;
  /** Whether the backend reads its settings from a ConfigMap, whose changes no pod takes up by itself. */
  readsConfigMap: boolean;
  /** Whether an unmanaged cluster's volumes are folders of the master node. */
  foldersOnMaster: boolean;
  /** Why the chart as it lies in git cannot be installed. @default it can */
  defect?: string;
  notebook: MipNotebookKind;
}

const SEED_KEYS: MipSecretKeys = {
  adminUser: "portalbackend-db.DB_ADMIN_USER",
  adminPassword: "portalbackend-db.DB_ADMIN_PASSWORD",
  user: "portalbackend-db.PORTAL_DB_USER",
  password: "portalbackend-db.PORTAL_DB_PASSWORD",
};

const KEYS: MipSecretKeys = {
  adminUser: "platform-backend-db.DB_ADMIN_USER",
  adminPassword: "platform-backend-db.DB_ADMIN_PASSWORD",
  user: "platform-backend-db.PLATFORM_DB_USER",
  password: "platform-backend-db.PLATFORM_DB_PASSWORD",
};

const PLATFORM = {
  ui: "platform-ui",
  backend: "platform-backend",
  database: "platformBackendDatabase",
  secretKeys: KEYS,
} as const;

const NETWORK = { hasNetwork: true, readsConfigMap: true, foldersOnMaster: true } as const;

/** Oldest first. */
export const MIP_GENERATIONS: readonly MipGeneration[] = [
  {
    version: "9c325ef",
    ui: "frontend",
    backend: "portalbackend",
    database: "portalbackendDatabase",
    secretKeys: SEED_KEYS,
    ...NETWORK,
    notebook: MipNotebookKind.None,
    defect: "templates/frontend.yaml has one end too many, so Helm cannot parse it",
  },
  { version: "6f8b2c7", ...PLATFORM, ...NETWORK, notebook: MipNotebookKind.Beside },
  { version: "9.0.2", ...PLATFORM, ...NETWORK, notebook: MipNotebookKind.None },
  {
    version: "9.2.0",
    ...PLATFORM,
    hasNetwork: false,
    readsConfigMap: false,
    foldersOnMaster: false,
    notebook: MipNotebookKind.Within,
  },
];

/** Versions of the chart that are known, oldest first. */
export const MIP_VERSIONS: readonly string[] = MIP_GENERATIONS.map(({ version }) => version);

/** The Service of the backend, with the database behind it. */
export function backendService({ backend }: MipGeneration): string {
  return `${backend}-service`;
}

/** What must run so that the platform answers; the database is in the backend's pod. */
export function mipWorkloads({ ui, backend }: MipGeneration): Workload[] {
  return [backend, ui].map((name) => ({ kind: "Deployment", name }));
}

/** The generation of a pinned version, or a problem with those that there are. */
export function mipGeneration(version: string, problems: Problems): MipGeneration | undefined {
  const found = MIP_GENERATIONS.find((one) => one.version === version);
  if (found === undefined) {
    const near = nearest(version, MIP_VERSIONS);
    problems.add({
      path: "charts.versions.mip",
      reason: "no known version of the chart: which values it takes is not known",
      value: version,
      allowed: oneOf(MIP_VERSIONS),
      remedy: near === undefined ? "Choose one of them." : `Did you mean ${near}?`,
    });
  }
  return found;
}
