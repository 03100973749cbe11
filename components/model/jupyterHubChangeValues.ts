/** The variables of the seed's `change-values` script, as a hub's settings. */
import type { JupyterHubSettings } from "./jupyterHubTypes";
import { nearest, oneOf, type Problems } from "./problems";

/** The variables that are read; the last two are in the script and its values file, not in its README. */
const KNOWN = [
  "HOSTNAME",
  "IAM_SERVER",
  "CLIENT_ID",
  "CLIENT_SECRET",
  "CALLBACK_URL",
  "JHUB_HOST",
  "JHUB_PORT",
  "JHUB_API_URL",
  "JHUB_URL",
  "NAMESPACE",
  "RELEASE",
  "OAUTH_GROUPS",
] as const;

/** Variables of the script that have no place here, and why. */
const GONE: Record<string, string> = {
  COOKIE_SECRET: "Remove it: a key is generated.",
  VK_NODENAME: "Remove it: declare the node in nodes with virtual, and name its GPUs in profiles.",
};

/** What the variables say. */
export interface ChangeValues {
  settings: Partial<JupyterHubSettings>;
  clientSecret?: string;
}

function checkNames(variables: Record<string, string>, problems: Problems): void {
  for (const name of Object.keys(variables)) {
    if ((KNOWN as readonly string[]).includes(name)) {
      continue;
    }
    if (Object.hasOwn(GONE, name)) {
      problems.add({ path: name, reason: "of no use here", remedy: GONE[name] });
      continue;
    }
    const near = nearest(name, KNOWN);
    problems.add({
      path: name,
      reason: "unknown variable",
      allowed: oneOf(KNOWN),
      remedy: near === undefined ? "Remove it." : `Did you mean ${near}?`,
    });
  }
}

/**
 * Maps the variables to settings; an empty one is as good as absent. What the settings mean is checked with
 * all others.
 *
 * @param problems receives unknown variables, a port that is no number, and a login that is half given
 */
export function changeValues(variables: Record<string, string>, problems: Problems): ChangeValues {
  checkNames(variables, problems);
  const of = (name: (typeof KNOWN)[number]): string | undefined => {
    const value = Object.hasOwn(variables, name) ? variables[name]!.trim() : "";
    return value === "" ? undefined : value;
  };
  const given = <T extends object>(values: T): T | undefined => {
    const entries = Object.entries(values).filter(([, value]) => value !== undefined);
    return entries.length === 0 ? undefined : (Object.fromEntries(entries) as T);
  };
  const portText = of("JHUB_PORT");
  const port = portText !== undefined && /^\d{1,5}$/.test(portText) ? Number(portText) : undefined;
  if (portText !== undefined && port === undefined) {
    const allowed = "a number, such as 443";
    problems.add({ path: "JHUB_PORT", reason: "not a port", value: portText, allowed });
  }
  const [issuer, clientId] = [of("IAM_SERVER"), of("CLIENT_ID")];
  if ((issuer === undefined) !== (clientId === undefined)) {
    const missing = issuer === undefined ? "IAM_SERVER" : "CLIENT_ID";
    problems.add({ path: missing, reason: "required, but missing", remedy: "Add it." });
  }
  const login = {
    callbackUrl: of("CALLBACK_URL"),
    allowedGroups: of("OAUTH_GROUPS")?.split(/\s+/),
  };
  const settings = {
    hostname: of("HOSTNAME"),
    namespace: of("NAMESPACE"),
    releaseName: of("RELEASE"),
    oidc:
      issuer === undefined || clientId === undefined
        ? undefined
        : { issuer, clientId, ...given(login) },
    remote: given({
      host: of("JHUB_HOST"),
      port,
      url: of("JHUB_URL"),
      apiUrl: of("JHUB_API_URL"),
    }),
  };
  const clientSecret = of("CLIENT_SECRET");
  return { settings: given(settings) ?? {}, ...given({ clientSecret }) };
}
