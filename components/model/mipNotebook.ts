/** The JupyterHub beside a platform: what it must be told so that notebooks open within the platform's pages. */
import { compact } from "./compact";
import type { JupyterHubSettings } from "./jupyterHubTypes";
import { backendService, MipNotebookKind, type MipGeneration } from "./mipGenerations";
import { mipExpose } from "./mipObjects";
import type { MipNotebook, MipSettings } from "./mipTypes";
import { DEFAULT_NAMESPACE, mipStorageClass, NOTEBOOK_CONTEXT } from "./mipValues";
import { parseQuantity } from "./quantity";

/** The Secret that the platform's chart reads the client from, with its keys. */
export const KEYCLOAK_SECRET = "keycloak-credentials";
export const CLIENT_ID_KEY = "client-id";
export const CLIENT_SECRET_KEY = "client-secret";

/** The port of the backend, and where it answers. */
const BACKEND_PORT = 8080;
const BACKEND_CONTEXT = "services";

/** Lets the platform's own pages frame those of the hub and of users' servers: both refuse it by default. */
const FRAMED = { "Content-Security-Policy": "frame-ancestors 'self'" };

/** A hub's settings, with values of its chart. */
export interface NotebookHub extends JupyterHubSettings {
  values: Record<string, unknown>;
}

/** Keycloak's realm as an OpenID issuer, below the path that the platform's chart has, too. */
function keycloakIssuer({ keycloak }: MipSettings): string {
  return `${keycloak.protocol ?? "https"}://${keycloak.host}/auth/realms/${keycloak.realm}`;
}

/** The hub's own sizes are numbers: of CPUs, and of bytes. */
function sizes(guarantee: string | undefined, limit: string | undefined): object | undefined {
  const numbers = compact({
    guarantee: guarantee && parseQuantity(guarantee),
    limit: limit && parseQuantity(limit),
  });
  return Object.keys(numbers).length > 0 ? numbers : undefined;
}

function userServers(notebook: MipNotebook, generation: MipGeneration): Record<string, unknown> {
  return compact({
    defaultUrl: "/lab",
    cpu: sizes(notebook.cpuGuarantee, notebook.cpuLimit),
    memory: sizes(notebook.memoryGuarantee, notebook.memoryLimit),
    extraEnv: {
      PLATFORM_BACKEND_URL: `http://${backendService(generation)}:${BACKEND_PORT}/${BACKEND_CONTEXT}`,
      // What the platform's client for notebooks looks for. The kubelet puts in what our hub sets at the start
      // of a server: the user's own token, and no other of the login.
      PORTAL_TOKEN: "$(ACCESS_TOKEN)",
    },
    extraFiles: {
      "framed.json": {
        mountPath: "/etc/jupyter/jupyter_server_config.json",
        data: { ServerApp: { tornado_settings: { headers: FRAMED } } },
      },
    },
    // The chart's policy keeps users' servers from private addresses.
    networkPolicy: {
      egress: [
        {
          to: [{ podSelector: { matchLabels: { app: generation.backend } } }],
          ports: [{ protocol: "TCP", port: BACKEND_PORT }],
        },
      ],
    },
  });
}

/**
 * The settings of the hub that a platform's notebooks run on, for `new JupyterHub(...)` in the same namespace and
 * before the platform: its user interface looks the hub's Service up when it starts. Give the client's secret as
 * `clientSecret` beside them, unless `keycloak.existingSecret`. Keycloak must know the redirect address
 * `https://<publicHost>/notebook/hub/oauth_callback`.
 *
 * @param settings checked with `checkMip`
 * @returns nothing without `notebook`, and with a chart that brings a hub of its own
 */
export function notebookHub(
  settings: MipSettings,
  generation: MipGeneration,
): NotebookHub | undefined {
  const { notebook, namespace = DEFAULT_NAMESPACE, publicHost, keycloak } = settings;
  if (notebook === undefined || generation.notebook !== MipNotebookKind.Beside) {
    return undefined;
  }
  const storageClass = notebook.storageClass ?? mipStorageClass(settings);
  const className = storageClass === "" ? {} : { storageClass };
  const { allowedGroups } = notebook;
  return {
    namespace,
    ...(notebook.releaseName === undefined ? {} : { releaseName: notebook.releaseName }),
    hostname: publicHost,
    baseUrl: `/${NOTEBOOK_CONTEXT}`,
    // It is reached through the platform's address.
    exposed: false,
    expose: mipExpose(settings),
    oidc: compact({
      issuer: keycloakIssuer(settings),
      clientId: keycloak.clientId,
      existingSecret: keycloak.existingSecret
        ? { name: KEYCLOAK_SECRET, key: CLIENT_SECRET_KEY }
        : undefined,
      allowedGroups,
      anyUser: allowedGroups === undefined ? true : undefined,
      authState: true,
    }),
    ...(notebook.image === undefined ? {} : { image: notebook.image }),
    database: className,
    userStorage: { ...className, size: notebook.size ?? "10Gi" },
    // An unmanaged engine mounts folders of its nodes in the same namespace, which `baseline` refuses.
    podSecurity: settings.managedCluster ? "baseline" : "privileged",
    values: {
      hub: {
        config: {
          // Who opens a notebook has logged in to the platform, and is not asked again.
          Authenticator: { auto_login: true },
          // Replaces the chart's own, which is the first of the two.
          JupyterHub: { tornado_settings: { slow_spawn_timeout: 0, headers: FRAMED } },
        },
      },
      singleuser: userServers(notebook, generation),
    },
  };
}
