/** Where a hub is: everything that follows from its host name, each part to be overridden. */
import type { JupyterHubSettings } from "./jupyterHubTypes";

/** The addresses of one hub. No URL ends with a slash. */
export interface HubAddress {
  /** What users open, and `JHUB_URL`. */
  url: string;
  /** `JHUB_API_URL`. */
  apiUrl: string;
  /** `JHUB_HOST`. */
  host: string;
  /** `JHUB_PORT`. */
  port: number;
  callbackUrl: string;
  /** The path that the hub answers below, without a slash at its end: empty for the root. */
  basePath: string;
}

const HTTPS_PORT = 443;

/** `/notebook/` as `/notebook`, `/` as nothing. */
function withoutSlash(text: string): string {
  return text.replace(/\/+$/, "");
}

/** The hub's addresses; whether they make sense is `checkJupyterHub`'s to say. */
export function hubAddress(
  settings: Pick<JupyterHubSettings, "hostname" | "baseUrl" | "remote" | "oidc">,
): HubAddress {
  const { hostname, baseUrl = "/", remote = {}, oidc } = settings;
  const basePath = withoutSlash(baseUrl);
  const port = remote.port ?? HTTPS_PORT;
  const origin = `https://${hostname}${port === HTTPS_PORT ? "" : `:${port}`}`;
  const url = withoutSlash(remote.url ?? `${origin}${basePath}`);
  return {
    url,
    apiUrl: withoutSlash(remote.apiUrl ?? `${url}/hub/api`),
    host: remote.host ?? hostname,
    port,
    callbackUrl: oidc?.callbackUrl ?? `${url}/hub/oauth_callback`,
    basePath,
  };
}
