/** Whether a given certificate and key can serve a target node. Messages never quote a key. */
import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";
import { isIp } from "./address";
import type { Problems } from "../problems";

function read<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

/** The first certificate of a PEM text: the host's own, where its chain follows. */
export function readCertificate(pem: string): X509Certificate | undefined {
  return read(() => new X509Certificate(pem));
}

/** Go's clients look at the subject alternative names alone. */
function isFor(certificate: X509Certificate, address: string): boolean {
  const found = isIp(address)
    ? certificate.checkIP(address)
    : certificate.checkHost(address, { subject: "never" });
  return found !== undefined;
}

/** Type of the certificate's key, as cipher suites tell them apart. */
export function keyTypeOfCertificate(certificate: X509Certificate): "ec" | "rsa" {
  return certificate.publicKey.asymmetricKeyType === "rsa" ? "rsa" : "ec";
}

/**
 * Adds a problem where the certificate is none, is not for the address, or is not valid at that moment.
 *
 * @param now milliseconds since 1970
 * @returns the certificate, if it is one
 */
export function checkCertificate(
  pem: string,
  address: string,
  problems: Problems,
  now: number,
): X509Certificate | undefined {
  const path = "certificate";
  const certificate = readCertificate(pem);
  if (certificate === undefined) {
    problems.add({
      path,
      reason: "is not a certificate in PEM form",
      allowed: "text that begins with -----BEGIN CERTIFICATE-----",
    });
    return undefined;
  }
  const { subjectAltName, validFrom, validTo } = certificate;
  if (!isFor(certificate, address)) {
    problems.add({
      path,
      reason: `is not for ${address}: the virtual kubelet would refuse it`,
      value: subjectAltName ?? "no subject alternative name",
      remedy: "Give one with the address among its subject alternative names.",
    });
  }
  if (Date.parse(validTo) <= now) {
    problems.add({ path, reason: "has expired", value: validTo, remedy: "Renew it." });
  }
  if (Date.parse(validFrom) > now) {
    problems.add({
      path,
      reason: "is not valid yet",
      value: validFrom,
      remedy: "Check the clocks.",
    });
  }
  return certificate;
}

/** Adds a problem where the key is none, or does not belong to the certificate. */
export function checkCertificateKey(
  pem: string,
  certificate: X509Certificate | undefined,
  problems: Problems,
): void {
  const path = "certificateKey";
  const key: KeyObject | undefined = read(() => createPrivateKey(pem));
  if (key === undefined) {
    problems.add({
      path,
      reason: pem.includes("ENCRYPTED")
        ? "is protected with a passphrase, which oauth2-proxy cannot be told"
        : "is not a private key in PEM form",
      allowed: "text that begins with -----BEGIN PRIVATE KEY-----",
    });
  } else if (certificate !== undefined && !certificate.checkPrivateKey(key)) {
    problems.add({
      path,
      reason: "does not belong to the certificate",
      remedy: "Give the key that the certificate was made with.",
    });
  }
}
