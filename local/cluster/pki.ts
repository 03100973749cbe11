/** The keys and certificates of a cluster: a folder that is made whole, checked, and made anew when it is not sound. */
import { X509Certificate, createPrivateKey, createPublicKey } from "node:crypto";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readIfPresent } from "../processes/files";
import { API_SERVICE_ADDRESS, NODE_ADDRESS } from "./addresses";
import { newAuthority, newSigningKey } from "./certificates";
import type { Subject } from "./certificates";

const LOOPBACK = { names: ["localhost"], addresses: ["127.0.0.1"] };

/** Certificates that the cluster's authority issues. */
const CLUSTER_SUBJECTS = {
  apiserver: {
    commonName: "kube-apiserver",
    server: {
      names: [
        "localhost",
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        "kubernetes.default.svc.cluster.local",
      ],
      addresses: ["127.0.0.1", API_SERVICE_ADDRESS],
    },
  },
  // What the other components serve with: the health of the controller-manager and the scheduler, and
  // KWOK's kubelet port, which the API server asks for under the nodes' address.
  components: {
    commonName: "science-platform-stand",
    server: { names: LOOPBACK.names, addresses: [...LOOPBACK.addresses, NODE_ADDRESS] },
  },
  "kubelet-client": { commonName: "kube-apiserver-kubelet-client", client: true },
  admin: { commonName: "kubernetes-admin", organizations: ["system:masters"], client: true },
  "controller-manager": { commonName: "system:kube-controller-manager", client: true },
  scheduler: { commonName: "system:kube-scheduler", client: true },
  kwok: { commonName: "science-platform:kwok", client: true },
  provisioner: { commonName: "science-platform:provisioner", client: true },
  webhook: { commonName: "science-platform:webhook", client: true },
} satisfies Record<string, Subject>;

/** Certificates that etcd's own authority issues: whoever has one may read and write everything. */
const ETCD_SUBJECTS = {
  etcd: { commonName: "etcd", client: true, server: LOOPBACK },
  "etcd-client": { commonName: "kube-apiserver-etcd-client", client: true },
} satisfies Record<string, Subject>;

/** With this the API server tells an aggregated API on whose behalf it asks. */
const FRONT_PROXY_SUBJECTS = {
  "front-proxy-client": { commonName: "front-proxy-client", client: true },
} satisfies Record<string, Subject>;

const ISSUED = [
  { authority: "ca", subjects: CLUSTER_SUBJECTS as Record<string, Subject> },
  { authority: "etcd-ca", subjects: ETCD_SUBJECTS as Record<string, Subject> },
  { authority: "front-proxy-ca", subjects: FRONT_PROXY_SUBJECTS as Record<string, Subject> },
];

/** Users that talk to the API server, each with a certificate of its own. */
export type ClientName =
  "admin" | "controller-manager" | "scheduler" | "kwok" | "provisioner" | "webhook";

const DAY = 24 * 3600 * 1000;
/** Certificates with less time left are made anew. */
const RENEW_BEFORE = 30 * DAY;

/**
 * Sees that a folder holds sound keys and certificates: `<name>.crt`, `<name>.key`,
 * `service-account.pub` and `.key`. What is there is kept when all of it is sound, otherwise all of it is
 * made anew, and with it every client's credentials.
 *
 * @returns whether they were made.
 */
export async function ensurePki(folder: string): Promise<boolean> {
  if (pkiFault(folder) === undefined) {
    return false;
  }
  const aside = `${folder}.${process.pid}.new`;
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true, mode: 0o700 });
  const put = (file: string, text: string): void =>
    writeFileSync(join(aside, file), text, { mode: 0o600 });
  for (const { authority, subjects } of ISSUED) {
    const issuer = await newAuthority(`science-platform stand ${authority}`);
    put(`${authority}.crt`, issuer.certificate);
    put(`${authority}.key`, issuer.key);
    for (const [name, subject] of Object.entries(subjects)) {
      const pair = await issuer.issue(subject);
      put(`${name}.crt`, pair.certificate);
      put(`${name}.key`, pair.key);
    }
  }
  const signing = await newSigningKey();
  put("service-account.pub", signing.publicKey);
  put("service-account.key", signing.key);
  rmSync(folder, { recursive: true, force: true });
  renameSync(aside, folder);
  return true;
}

/**
 * What is wrong with a folder of keys and certificates; nothing when it is sound.
 *
 * @param now moment in milliseconds since 1970 at which certificates must be valid. Default: now
 */
export function pkiFault(folder: string, now = Date.now()): string | undefined {
  try {
    for (const { authority, subjects } of ISSUED) {
      const root = certificate(folder, authority, now);
      for (const [name, subject] of Object.entries(subjects)) {
        checkIssued(certificate(folder, name, now), name, subject, root);
      }
    }
    const published = read(folder, "service-account.pub");
    const derived = createPublicKey(createPrivateKey(read(folder, "service-account.key")));
    if (!createPublicKey(published).equals(derived)) {
      return "service-account.pub does not belong to service-account.key";
    }
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function read(folder: string, file: string): string {
  const text = readIfPresent(join(folder, file));
  if (text === undefined) {
    throw new Error(`${file} is missing`);
  }
  return text;
}

function certificate(folder: string, name: string, now: number): X509Certificate {
  const found = new X509Certificate(read(folder, `${name}.crt`));
  if (!found.checkPrivateKey(createPrivateKey(read(folder, `${name}.key`)))) {
    throw new Error(`${name}.key does not belong to ${name}.crt`);
  }
  if (Date.parse(found.validFrom) > now || Date.parse(found.validTo) < now + RENEW_BEFORE) {
    throw new Error(`${name}.crt is not valid, or not for long: ${found.validTo}`);
  }
  return found;
}

function checkIssued(
  found: X509Certificate,
  name: string,
  subject: Subject,
  root: X509Certificate,
): void {
  if (!found.checkIssued(root) || !found.verify(root.publicKey)) {
    throw new Error(`${name}.crt was issued by another authority`);
  }
  const named = [`CN=${subject.commonName}`, ...(subject.organizations ?? []).map((o) => `O=${o}`)];
  if (found.subject !== named.join("\n")) {
    throw new Error(`${name}.crt is for another subject`);
  }
  const missing =
    subject.server?.addresses.find((address) => found.checkIP(address) === undefined) ??
    subject.server?.names.find((host) => found.checkHost(host) === undefined);
  if (missing !== undefined) {
    throw new Error(`${name}.crt does not name ${missing}`);
  }
}
