/** oauth2-proxy's command line, and the environment with its secrets. */
import { urlHost } from "./address";
import { environmentLine } from "./quoting";
import { HOST, type Target } from "./target";
import type { TargetSecrets } from "./targetTypes";

/** Files of the proxy on the host. */
export const PROXY_FILES = {
  certificate: `${HOST.config}/tls.crt`,
  key: `${HOST.config}/tls.key`,
  issuerCa: `${HOST.config}/issuer-ca.crt`,
  environment: `${HOST.config}/oauth2-proxy.env`,
} as const;

/** Every value of a repeatable flag. */
function each(flag: string, values: readonly string[]): string[] {
  return values.map((value) => `--${flag}=${value}`);
}

/** A flag that is left to oauth2-proxy's default when it has no value. */
function optional(flag: string, value: string | undefined): string[] {
  return value === undefined ? [] : [`--${flag}=${value}`];
}

/**
 * The flags, all as `--flag=value`: a boolean's value after a space would be an argument of its own. No secret is
 * among them. Checked with v7.5.1, the seed's, and v7.15.3.
 */
export function oauth2ProxyFlags(target: Target): string[] {
  const { proxy, ports } = target;
  const host = urlHost(target.listenAddress);
  return [
    "--provider=oidc",
    `--oidc-issuer-url=${proxy.issuer}`,
    `--client-id=${proxy.clientId}`,
    `--redirect-url=${proxy.redirectUrl}`,
    `--upstream=http://127.0.0.1:${ports.api}`,
    `--https-address=${host}:${ports.https}`,
    // Without it there is a listener for plain HTTP on 127.0.0.1:4180.
    `--http-address=${ports.http === undefined ? "-" : `${host}:${ports.http}`}`,
    ...(ports.http === undefined ? [] : ["--force-https=true"]),
    `--tls-cert-file=${PROXY_FILES.certificate}`,
    `--tls-key-file=${PROXY_FILES.key}`,
    `--tls-min-version=${proxy.tlsMinVersion}`,
    ...each("tls-cipher-suite", proxy.cipherSuites),
    ...each("email-domain", proxy.emailDomains),
    ...each("oidc-extra-audience", proxy.audiences),
    `--oidc-groups-claim=${proxy.groupsClaim}`,
    ...each("allowed-group", proxy.groups),
    ...optional("validate-url", proxy.validateUrl),
    ...optional("scope", proxy.scope),
    ...each("skip-auth-route", proxy.skipAuthRoutes),
    ...optional("provider-ca-file", proxy.issuerCa && PROXY_FILES.issuerCa),
    `--pass-authorization-header=${proxy.passAuthorizationHeader}`,
    `--skip-jwt-bearer-tokens=${proxy.skipJwtBearerTokens}`,
    // The caller is a program: it is told 401, not sent to a login page.
    "--force-json-errors=true",
  ];
}

/** The proxy's `EnvironmentFile`, in the names that every v7 reads. */
export function oauth2ProxyEnvironment({ clientSecret, cookieSecret }: TargetSecrets): string {
  return [
    environmentLine("OAUTH2_PROXY_CLIENT_SECRET", clientSecret),
    environmentLine("OAUTH2_PROXY_COOKIE_SECRET", cookieSecret),
    "",
  ].join("\n");
}
