/** What is wrong with oauth2-proxy's settings and secrets: all that would end it at start-up, or let anyone in. */
import { nearest, oneOf, type Problems } from "../problems";
import { BROKEN_CIPHERS, keyTypeOf, STRONG_CIPHERS, TLS13_CIPHERS, WEAK_CIPHERS } from "./ciphers";
import { TlsVersion, type TargetProxySettings } from "./targetTypes";

const CIPHERS = [...STRONG_CIPHERS, ...TLS13_CIPHERS, ...WEAK_CIPHERS];
const AES_KEY_BYTES = [16, 24, 32];
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

function checkHttps(
  path: string,
  url: string | undefined,
  problems: Problems,
  danger: string,
): void {
  if (url === undefined) {
    return;
  }
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== "https:") {
    problems.add({
      path,
      reason: `not an https address: ${danger}`,
      value: url,
      remedy: "Use its https address.",
    });
  } else if (parsed.username !== "" || parsed.password !== "") {
    problems.add({ path, reason: "has credentials in it", remedy: "Take them out." });
  }
}

/** oauth2-proxy reads repeatable flags as comma-separated values with CSV's quotes. */
function checkList(path: string, values: readonly string[] | undefined, problems: Problems): void {
  for (const [index, value] of (values ?? []).entries()) {
    if (value === "" || /[,"]/.test(value) || value !== value.trim()) {
      problems.add({
        path: `${path}[${index}]`,
        reason: "cannot be a value of a flag that is given several times",
        value,
        allowed: "text without commas and double quotes, and without spaces around it",
      });
    }
  }
}

/** One entry for each value; an empty list grants nothing. */
function isEmpty(values: readonly string[] | undefined): boolean {
  return values === undefined || values.length === 0;
}

function checkWhoMayPass(proxy: TargetProxySettings, problems: Problems): void {
  const open = isEmpty(proxy.groups) && isEmpty(proxy.audiences);
  if (open && proxy.anyUser !== true) {
    problems.add({
      path: "proxy.groups",
      reason: "required, but missing: everyone whom the issuer knows could run pods on the host",
      remedy: "Name the groups, or the audiences, whose tokens may pass, or set anyUser.",
    });
  }
  if (!open && proxy.anyUser === true) {
    problems.add({
      path: "proxy.anyUser",
      reason: "contradicts groups and audiences",
      value: true,
      remedy: "Give one of the two.",
    });
  }
}

function checkCiphers(proxy: TargetProxySettings, problems: Problems): void {
  const { cipherSuites: listed } = proxy;
  if (listed === undefined) {
    return;
  }
  for (const [index, cipher] of listed.entries()) {
    const path = `proxy.cipherSuites[${index}]`;
    if (CIPHERS.includes(cipher)) {
      continue;
    }
    const tls13 = cipher.replace(/^TLS_AKE_WITH_/, "TLS_");
    if (TLS13_CIPHERS.includes(tls13)) {
      problems.add({
        path,
        reason: `not a name that Go knows: scanners call TLS 1.3's ${tls13} so`,
        value: cipher,
        remedy: "Remove it: suites for TLS 1.3 are always on.",
      });
    } else if (BROKEN_CIPHERS.includes(cipher)) {
      problems.add({ path, reason: "is broken", value: cipher, remedy: "Remove it." });
    } else {
      const near = nearest(cipher, CIPHERS);
      problems.add({
        path,
        reason: "not a cipher suite that Go knows: oauth2-proxy would not start",
        value: cipher,
        allowed: oneOf(CIPHERS),
        remedy: near === undefined ? "Remove it." : `Did you mean ${near}?`,
      });
    }
  }
  if (
    proxy.tlsMinVersion !== TlsVersion.Tls13 &&
    listed.every((it) => TLS13_CIPHERS.includes(it))
  ) {
    problems.add({
      path: "proxy.cipherSuites",
      reason: "has none for TLS 1.2, which is not refused either",
      value: listed,
      remedy: "Set tlsMinVersion to TLS1.3, or leave cipherSuites out.",
    });
  }
}

/** Adds a problem where the certificate's key fits none of the suites, so that TLS 1.2 would always fail. */
export function checkKeyType(
  proxy: TargetProxySettings,
  keyType: "ec" | "rsa",
  problems: Problems,
): void {
  const usable = (proxy.cipherSuites ?? STRONG_CIPHERS).filter((it) => CIPHERS.includes(it));
  const forTls12 = usable.filter((it) => !TLS13_CIPHERS.includes(it));
  if (
    proxy.tlsMinVersion !== TlsVersion.Tls13 &&
    forTls12.length > 0 &&
    !forTls12.some((it) => keyTypeOf(it) === keyType)
  ) {
    const wanted = keyType === "rsa" ? "TLS_ECDHE_RSA_…" : "TLS_ECDHE_ECDSA_…";
    problems.add({
      path: "proxy.cipherSuites",
      reason: `none fits the certificate's ${keyType.toUpperCase()} key`,
      allowed: `at least one ${wanted}`,
    });
  }
}

function checkRoutes(proxy: TargetProxySettings, problems: Problems): void {
  for (const [index, route] of (proxy.skipAuthRoutes ?? []).entries()) {
    const [, method = "", regex = ""] = /^([^=!]*)=(.*)$/.exec(route) ?? [];
    const compiles = ((): boolean => {
      try {
        // Go's syntax lacks look-around and back-references; the rest that matters here is alike.
        return new RegExp(regex) instanceof RegExp && !/\(\?[=!<]|\\[1-9]/.test(regex);
      } catch {
        return false;
      }
    })();
    if (!METHODS.includes(method) || !regex.startsWith("^/") || !compiles) {
      problems.add({
        path: `proxy.skipAuthRoutes[${index}]`,
        reason:
          "not a method and a path that begins at the root: it would let through more, or nothing",
        value: route,
        allowed: `METHOD=regex with ${METHODS.join(", ")} and a regex that begins with ^/, such as GET=^/pinglink$`,
      });
    }
  }
}

/** Adds everything that is wrong with the settings, with paths below `proxy`. */
export function checkProxy(proxy: TargetProxySettings, problems: Problems): void {
  checkHttps(
    "proxy.issuer",
    proxy.issuer,
    problems,
    "tokens and secrets would travel in the clear",
  );
  checkHttps("proxy.validateUrl", proxy.validateUrl, problems, "tokens would travel in the clear");
  if (proxy.redirectUrl !== undefined && !URL.canParse(proxy.redirectUrl)) {
    problems.add({
      path: "proxy.redirectUrl",
      reason: "not an address",
      value: proxy.redirectUrl,
      allowed: "an address such as https://gpu.example.org/oauth2/callback",
    });
  }
  if (proxy.clientId.trim() === "") {
    problems.add({ path: "proxy.clientId", reason: "is empty", remedy: "Name the client." });
  }
  checkWhoMayPass(proxy, problems);
  checkCiphers(proxy, problems);
  checkRoutes(proxy, problems);
  for (const key of ["groups", "audiences", "emailDomains", "skipAuthRoutes"] as const) {
    checkList(`proxy.${key}`, proxy[key], problems);
  }
  if (proxy.emailDomains?.length === 0) {
    problems.add({
      path: "proxy.emailDomains",
      reason: "is empty: oauth2-proxy would not start",
      remedy: 'Leave it out to let every domain pass, or write ["*"].',
    });
  }
}

/** Bytes of the AES key that oauth2-proxy makes of a secret: decoded where that gives a key, else as it is. */
export function cookieKeyBytes(secret: string): number {
  const text = secret.replace(/=+$/, "");
  if (/^[\w-]*$/.test(text) && text.length % 4 !== 1) {
    const { length } = Buffer.from(text, "base64url");
    if (AES_KEY_BYTES.includes(length)) {
      return length;
    }
  }
  return Buffer.byteLength(secret);
}

/** Adds a problem where the client's secret is missing. */
export function checkClientSecret(secret: string, problems: Problems): void {
  if (secret.trim() === "") {
    problems.add({
      path: "clientSecret",
      reason: "required, but missing",
      remedy: "Give the secret that the issuer made for the client.",
    });
  }
}

/** Adds a problem where oauth2-proxy could not make an AES key of the secret for cookies. */
export function checkCookieSecret(secret: string, problems: Problems): void {
  const bytes = cookieKeyBytes(secret);
  if (!AES_KEY_BYTES.includes(bytes)) {
    const isBase64 = AES_KEY_BYTES.includes(Buffer.from(secret, "base64").length);
    problems.add({
      path: "cookieSecret",
      reason: `has ${bytes} bytes`,
      allowed: `${AES_KEY_BYTES.join(", ")} bytes, plain or in base64url`,
      remedy:
        isBase64 && /[+/]/.test(secret)
          ? "Write it in base64url: - for +, _ for /."
          : "Leave it out to have one made.",
    });
  }
}
