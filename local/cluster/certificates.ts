/** Certificate authorities and certificates, as PEM texts. Keys are on the P-256 curve. */
import { provideReflectMetadata } from "./reflectMetadata";
import type { webcrypto } from "node:crypto";
import type * as X509 from "@peculiar/x509";

/** A certificate and its private key. */
export interface KeyPair {
  certificate: string;
  key: string;
}

/** Who a certificate is for, and what it may be used for. */
export interface Subject {
  /** Kubernetes takes this as the user's name. */
  commonName: string;
  /** Kubernetes takes these as the user's groups. */
  organizations?: readonly string[];
  /** Whether it identifies a client to a server. */
  client?: boolean;
  /** The names and IP addresses at which a server is reached; none: not a server's. */
  server?: { names: readonly string[]; addresses: readonly string[] };
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY = 24 * 3600 * 1000;
const LIFETIME = 365 * DAY;
/** Certificates are valid from a little earlier on, for clocks that differ. */
const SLACK = 3600 * 1000;

/** Loaded on demand: it takes 0.1 s, and is needed only when certificates are made. */
async function library(): Promise<typeof X509> {
  provideReflectMetadata();
  return import("@peculiar/x509");
}

function validity(): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - SLACK), notAfter: new Date(now + LIFETIME) };
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}

function pem(label: string, der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  return pem("PRIVATE KEY", await crypto.subtle.exportKey("pkcs8", key));
}

function nameOf(subject: Subject): X509.JsonName {
  return [
    { CN: [subject.commonName] },
    ...(subject.organizations ?? []).map((organization) => ({ O: [organization] })),
  ];
}

/** Something that issues certificates. */
export interface Authority extends KeyPair {
  issue(subject: Subject): Promise<KeyPair>;
}

/** Makes a certificate authority, valid for a year like all that it issues. */
export async function newAuthority(commonName: string): Promise<Authority> {
  const x509 = await library();
  const keys = await newKeys();
  const usage = x509.KeyUsageFlags;
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: nameOf({ commonName }),
    keys,
    signingAlgorithm: ALGORITHM,
    ...validity(),
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(usage.keyCertSign | usage.cRLSign | usage.digitalSignature, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const issue = async (subject: Subject): Promise<KeyPair> => {
    const own = await newKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      subject: nameOf(subject),
      issuer: root.subjectName,
      publicKey: own.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: ALGORITHM,
      ...validity(),
      notAfter: root.notAfter,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(usage.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension(purposes(x509, subject)),
        await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
        ...alternativeNames(x509, subject),
      ],
    });
    return { certificate: text(certificate), key: await privateKeyPem(own.privateKey) };
  };
  return { certificate: text(root), key: await privateKeyPem(keys.privateKey), issue };
}

function text(certificate: X509.X509Certificate): string {
  return `${certificate.toString("pem").trim()}\n`;
}

function purposes(x509: typeof X509, subject: Subject): string[] {
  return [
    ...(subject.client === true ? [x509.ExtendedKeyUsage.clientAuth] : []),
    ...(subject.server !== undefined ? [x509.ExtendedKeyUsage.serverAuth] : []),
  ];
}

function alternativeNames(x509: typeof X509, subject: Subject): X509.Extension[] {
  if (subject.server === undefined) {
    return [];
  }
  const { names, addresses } = subject.server;
  return [
    new x509.SubjectAlternativeNameExtension([
      ...names.map((value) => ({ type: "dns" as const, value })),
      ...addresses.map((value) => ({ type: "ip" as const, value })),
    ]),
  ];
}

/** A key pair for signing service account tokens. */
export async function newSigningKey(): Promise<{ publicKey: string; key: string }> {
  const keys = await newKeys();
  const publicKey = await crypto.subtle.exportKey("spki", keys.publicKey);
  return { publicKey: pem("PUBLIC KEY", publicKey), key: await privateKeyPem(keys.privateKey) };
}
