/** Who may pass an oauth2-proxy, and where it sends users to log in: its settings and command line. */
import type { Problems } from "./problems";

/** How users log in; all plain. */
export interface AuthProxyLogin {
  /** OIDC issuer, such as `https://keycloak.example.org/realms/lab`. */
  issuer: string;
  /** Client that the issuer knows the proxy by. */
  clientId: string;
  /** Users of one of these groups may pass. Required unless `anyUser`. */
  groups?: string[];
  /** Waives the groups: every user of the issuer passes. @default false */
  anyUser?: boolean;
  /** Claim of the token that holds the groups. @default "groups" */
  groupsClaim?: string;
  /** Scopes to ask for, separated by spaces. @default "openid email profile" */
  scope?: string;
  /** Address that the issuer sends users back to. @default `https://<host>/oauth2/callback` */
  redirectUrl?: string;
  /** Secret of the namespace with keys `client-secret` and `cookie-secret`. @default one is made */
  existingSecret?: string;
  /** Image with tag. @default v7.15.3 of quay.io/oauth2-proxy/oauth2-proxy */
  image?: string;
}

/** Adds a problem where nobody is kept out, or a secret would travel in the clear. */
export function checkLogin(login: AuthProxyLogin, problems: Problems, at = ""): void {
  const groups = login.groups ?? [];
  if (groups.length === 0 && !login.anyUser) {
    problems.add({
      path: `${at}groups`,
      reason: "required, but missing: every user of the issuer would pass",
      remedy: "Name the groups that may pass, or set anyUser.",
    });
  }
  if (groups.length > 0 && login.anyUser) {
    problems.add({
      path: `${at}anyUser`,
      reason: "contradicts groups",
      value: true,
      remedy: "Give one of the two.",
    });
  }
  if (!login.issuer.startsWith("https://")) {
    problems.add({
      path: `${at}issuer`,
      reason: "not an https address: the client's secret would travel in the clear",
      value: login.issuer,
      remedy: "Use the issuer's https address.",
    });
  }
}

/** Where a proxy is, and what is behind it. */
export interface AuthProxyPlace {
  namespace: string;
  /** Host of the namespace's `AuthProxy`, which the issuer sends users back to. */
  host: string;
  /** Domain that its cookie is for. */
  domain: string;
  /** What is behind the proxy, such as `http://lab:8888`. */
  upstream: string;
  /** Port that the proxy listens on. */
  port: number;
}

/**
 * The command line. Secrets are never on it: they come by environment variables. All proxies of a
 * namespace share the callback, the cookie's name and its key: who has logged in at one passes the others.
 */
export function authProxyFlags(login: AuthProxyLogin, place: AuthProxyPlace): string[] {
  const domain = `.${place.domain}`;
  return [
    "--provider=oidc",
    `--oidc-issuer-url=${login.issuer}`,
    `--client-id=${login.clientId}`,
    `--redirect-url=${login.redirectUrl ?? `https://${place.host}/oauth2/callback`}`,
    `--scope=${login.scope ?? "openid email profile"}`,
    `--oidc-groups-claim=${login.groupsClaim ?? "groups"}`,
    ...(login.groups ?? []).map((group) => `--allowed-group=${group}`),
    "--email-domain=*",
    "--code-challenge-method=S256",
    // Proxies of several namespaces share the domain, so each has a cookie of its own name.
    `--cookie-name=_oauth2_proxy_${place.namespace}`,
    `--cookie-domain=${domain}`,
    `--whitelist-domain=${domain}`,
    "--cookie-secure=true",
    "--cookie-samesite=lax",
    "--reverse-proxy=true",
    "--set-xauthrequest=true",
    "--skip-provider-button=true",
    `--upstream=${place.upstream}`,
    `--http-address=0.0.0.0:${place.port}`,
  ];
}
