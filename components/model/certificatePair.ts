/** Whether a certificate authority's certificate and private key can be used, and belong together. */
import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";
import { joinPath, type Problems } from "./problems";

/** PEM texts. */
export interface AuthorityPair {
  certificate: string;
  key: string;
}

function read<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    // What OpenSSL says may quote the input, which is a secret.
    return undefined;
  }
}

function checkCertificate(
  certificate: X509Certificate,
  path: string,
  now: number,
  problems: Problems,
): void {
  if (!certificate.ca) {
    problems.add({
      path,
      reason: "is not a certificate authority's: clients would refuse what it signs",
      value: certificate.subject.replaceAll("\n", ", "),
      remedy: "Give a certificate with the basic constraint CA:TRUE.",
    });
  }
  if (Date.parse(certificate.validTo) <= now) {
    problems.add({
      path,
      reason: "has expired",
      value: certificate.validTo,
      remedy: "Renew it.",
    });
  }
}

function checkKey(text: string, path: string, problems: Problems): KeyObject | undefined {
  const key = read(() => createPrivateKey(text));
  if (key === undefined) {
    problems.add({
      path,
      reason: text.includes("ENCRYPTED")
        ? "is protected with a passphrase, which cert-manager cannot be told"
        : "is not a private key in PEM form",
      allowed: "a key that begins with -----BEGIN PRIVATE KEY-----",
    });
  }
  return key;
}

/**
 * Adds a problem for all that is wrong with a pair. The key never appears in one.
 *
 * @param base path of the object that holds `certificate` and `key`
 * @param now moment in milliseconds since 1970 at which the certificate must be valid. Default: now
 */
export function checkAuthorityPair(
  pair: AuthorityPair,
  base: string,
  problems: Problems,
  now = Date.now(),
): void {
  const certificatePath = joinPath(base, ["certificate"]);
  const keyPath = joinPath(base, ["key"]);
  const certificate = read(() => new X509Certificate(pair.certificate));
  if (certificate === undefined) {
    problems.add({
      path: certificatePath,
      reason: "is not a certificate in PEM form",
      allowed: "text that begins with -----BEGIN CERTIFICATE-----",
    });
  } else {
    checkCertificate(certificate, certificatePath, now, problems);
  }
  const key = checkKey(pair.key, keyPath, problems);
  if (certificate !== undefined && key !== undefined && !certificate.checkPrivateKey(key)) {
    problems.add({
      path: keyPath,
      reason: "does not belong to the certificate",
      remedy: `Give the key that ${certificatePath} was made with.`,
    });
  }
}
