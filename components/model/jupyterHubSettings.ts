/** The one JSON that the hub's python reads: profiles, login, tunnel, shared folders. It holds no secret. */
import { hubAddress } from "./jupyterHubAddress";
import { checkJupyterHub, SHARED_PATH } from "./jupyterHubChecks";
import { hubProfiles, type HubProfile } from "./jupyterHubProfiles";
import { parseTime } from "./jupyterHubResources";
import { FORWARDER_PORT, hubTunnel, type HubTunnel } from "./jupyterHubSsh";
import type { JupyterHubLogin, JupyterHubSettings } from "./jupyterHubTypes";
import type { Problems } from "./problems";

/** Names where the settings give none. */
export const DEFAULT_NAMESPACE = "jupyterhub";
export const DEFAULT_RELEASE = "jupyterhub";

const DEFAULT_IDLE_TIMEOUT = "1h";

/** What pods on virtual nodes are told; each becomes an environment variable of theirs. */
interface HubRemote {
  api_url: string;
  host: string;
  port: string;
  url: string;
  ssh_port: string;
  ssh_namespace: string;
}

/** The login; the client's secret comes by the variable `OIDC_CLIENT_SECRET`. */
interface HubLogin {
  issuer: string;
  client_id: string;
  callback_url: string;
  scopes: string[];
  username_claim: string;
  groups_claim: string;
  allowed_groups: string[];
  admin_groups: string[];
  any_user: boolean;
  /** An address that is null is the one that the issuer says of itself. */
  authorize_url: string | null;
  token_url: string | null;
  userdata_url: string | null;
  auth_state: boolean;
}

/** The whole JSON. */
export interface HubSettings {
  profiles: HubProfile[];
  remote: HubRemote | null;
  ssh: { user_service: boolean; service_prefix: string; forwarder_port: number } | null;
  oidc: HubLogin | null;
  shared_folders: { claim: string; mount_path: string; read_only: boolean }[];
  /** 0 where servers are not stopped for being idle. */
  idle: { timeout_seconds: number };
}

/** Settings that were checked, with what was rendered of them. */
export interface CheckedHub {
  hub: HubSettings;
  tunnel: HubTunnel | undefined;
}

function loginOf(oidc: JupyterHubLogin, callbackUrl: string): HubLogin {
  return {
    issuer: oidc.issuer,
    client_id: oidc.clientId,
    callback_url: callbackUrl,
    scopes: oidc.scopes ?? ["openid", "profile", "email"],
    username_claim: oidc.usernameClaim ?? "preferred_username",
    groups_claim: oidc.groupsClaim ?? "groups",
    allowed_groups: oidc.allowedGroups ?? [],
    admin_groups: oidc.adminGroups ?? [],
    any_user: oidc.anyUser ?? false,
    authorize_url: oidc.authorizeUrl ?? null,
    token_url: oidc.tokenUrl ?? null,
    userdata_url: oidc.userdataUrl ?? null,
    auth_state: oidc.authState ?? false,
  };
}

/** Seconds without activity after which a server is stopped; 0 for never. */
export function idleSeconds({ idleTimeout = DEFAULT_IDLE_TIMEOUT }: JupyterHubSettings): number {
  return idleTimeout === "never" ? 0 : (parseTime(idleTimeout) ?? 0);
}

/**
 * Checks the settings and renders the JSON.
 *
 * @param hasSecret whether the client's secret is given beside the settings
 * @param problems receives everything that is wrong
 * @returns what may be used once there is no problem
 */
export function checkedHub(
  settings: JupyterHubSettings,
  hasSecret: boolean,
  problems: Problems,
): CheckedHub {
  const profiles = hubProfiles(settings, problems);
  const remote = profiles.some((profile) => profile.remote);
  checkJupyterHub(settings, { hasSecret, remote }, problems);
  const { oidc, namespace = DEFAULT_NAMESPACE, sharedFolders = [] } = settings;
  const address = hubAddress(settings);
  const tunnel = hubTunnel(settings.ssh, remote);
  const hub: HubSettings = {
    profiles,
    remote:
      tunnel === undefined
        ? null
        : {
            api_url: address.apiUrl,
            host: address.host,
            port: String(address.port),
            url: address.url,
            ssh_port: String(tunnel.port),
            ssh_namespace: namespace,
          },
    ssh:
      tunnel === undefined
        ? null
        : {
            user_service: tunnel.userService,
            service_prefix: tunnel.servicePrefix,
            forwarder_port: FORWARDER_PORT,
          },
    oidc: oidc === undefined ? null : loginOf(oidc, address.callbackUrl),
    shared_folders: sharedFolders.map(({ claim, mountPath = SHARED_PATH, readOnly = false }) => ({
      claim,
      mount_path: mountPath,
      read_only: readOnly,
    })),
    idle: { timeout_seconds: idleSeconds(settings) },
  };
  return { hub, tunnel };
}
