/** What is wrong with how users log in to a hub. */
import { hubAddress } from "./jupyterHubAddress";
import type { JupyterHubSettings } from "./jupyterHubTypes";
import { isDnsSubdomain, SUBDOMAIN_RULE } from "./names";
import type { Problems } from "./problems";

/** Whether `text` is an https address without credentials, query or fragment. */
function isHttps(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return (
    url?.protocol === "https:" &&
    url.hostname !== "" &&
    url.username === "" &&
    url.password === "" &&
    url.hash === ""
  );
}

/** Adds a problem for an address that is given and is not https. */
export function checkHttps(path: string, value: string | undefined, problems: Problems): void {
  if (value !== undefined && !isHttps(value)) {
    problems.add({
      path,
      reason: "not an https address",
      value,
      allowed: "https://host/path, without user, password and fragment",
      remedy: "What is sent there must not travel in the clear.",
    });
  }
}

function checkGroups(oidc: NonNullable<JupyterHubSettings["oidc"]>, problems: Problems): void {
  const groups = oidc.allowedGroups ?? [];
  if (groups.length === 0 && !oidc.anyUser) {
    problems.add({
      path: "oidc.allowedGroups",
      reason: "required, but missing: every user of the issuer could log in",
      remedy: "Name the groups that may log in, or set anyUser.",
    });
  } else if (groups.length > 0 && oidc.anyUser) {
    problems.add({
      path: "oidc.anyUser",
      reason: "contradicts allowedGroups",
      value: true,
      remedy: "Give one of the two.",
    });
  }
}

/**
 * Adds the problems of the login.
 *
 * @param hasSecret whether the client's secret is given beside the settings
 */
export function checkLogin(
  settings: JupyterHubSettings,
  hasSecret: boolean,
  problems: Problems,
): void {
  const { oidc, ownLogin = false } = settings;
  if ((oidc === undefined) !== ownLogin) {
    problems.add({
      path: "oidc",
      reason: ownLogin ? "given, and ownLogin too" : "required, but missing: how users log in",
      remedy: ownLogin
        ? "Give one of the two."
        : "Give issuer and clientId, or set ownLogin and configure it in values.hub.config.",
    });
  }
  if (oidc === undefined) {
    if (hasSecret) {
      problems.add({
        path: "clientSecret",
        reason: "of no use without oidc",
        remedy: "Remove it.",
      });
    }
    return;
  }
  const secretPaths = [hasSecret, oidc.existingSecret !== undefined].filter(Boolean).length;
  if (secretPaths !== 1) {
    problems.add({
      path: "clientSecret",
      reason: secretPaths === 0 ? "required, but missing: the client's secret" : "given twice",
      remedy: "Give exactly one of clientSecret and oidc.existingSecret.",
    });
  }
  if (oidc.clientId.trim() === "") {
    problems.add({ path: "oidc.clientId", reason: "empty", remedy: "Register a client first." });
  }
  if (oidc.existingSecret !== undefined && !isDnsSubdomain(oidc.existingSecret.name)) {
    problems.add({
      path: "oidc.existingSecret.name",
      reason: "not a name that a Secret can have",
      value: oidc.existingSecret.name,
      allowed: SUBDOMAIN_RULE,
    });
  }
  if (oidc.scopes !== undefined && !oidc.scopes.includes("openid")) {
    problems.add({
      path: "oidc.scopes",
      reason: "without openid: the issuer would not say who logs in",
      value: oidc.scopes,
      remedy: "Add openid.",
    });
  }
  checkHttps("oidc.issuer", oidc.issuer, problems);
  for (const key of ["authorizeUrl", "tokenUrl", "userdataUrl"] as const) {
    checkHttps(`oidc.${key}`, oidc[key], problems);
  }
  if (oidc.callbackUrl !== undefined) {
    checkHttps("oidc.callbackUrl", oidc.callbackUrl, problems);
    const path = `${hubAddress(settings).basePath}/hub/oauth_callback`;
    if (isHttps(oidc.callbackUrl) && new URL(oidc.callbackUrl).pathname !== path) {
      problems.add({
        path: "oidc.callbackUrl",
        reason: "not the path at which the hub takes users back",
        value: oidc.callbackUrl,
        allowed: `an address that ends with ${path}`,
      });
    }
  }
  checkGroups(oidc, problems);
}
