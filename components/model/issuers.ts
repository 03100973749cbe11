/** ClusterIssuers of cert-manager: what they are made of, what is refused, and the objects. */
import { checkAuthorityPair } from "./certificatePair";
import { compact } from "./compact";
import type { KubernetesObject } from "./kubernetesObject";
import { joinPath, oneOf, type Problems } from "./problems";
import { MANAGED_BY } from "./workspaceLabels";

/** Let's Encrypt's directories: the one that browsers trust, and the one to try things out with. */
const LETS_ENCRYPT = "https://acme-v02.api.letsencrypt.org/directory";
const LETS_ENCRYPT_STAGING = "https://acme-staging-v02.api.letsencrypt.org/directory";

/** The class that challenges are answered with where none is named. */
const DEFAULT_INGRESS_CLASS = "nginx";

/** A Gateway's listener that challenges are answered through. */
export interface ChallengeGateway {
  /** Name of the Gateway. */
  name: string;
  /** Namespace of the Gateway. @default that of the certificate */
  namespace?: string;
  /** Listener, which must be HTTP on port 80. @default every one that lets the route in */
  sectionName?: string;
}

/** Certificates from an ACME server, proven over HTTP (`http01`). */
export interface AcmeIssuer {
  /** Address that the server writes to, and the name of its account. */
  email: string;
  /** Whether Let's Encrypt's staging server is used, whose certificates no browser trusts. @default false */
  staging?: boolean;
  /** Directory of another ACME server; `https`. @default Let's Encrypt */
  server?: string;
  /** Class of the Ingresses that answer challenges. @default "nginx", unless `gateway` is given */
  ingressClass?: string;
  /** Answers challenges with HTTPRoutes of the Gateway API instead. */
  gateway?: ChallengeGateway;
}

/** Where the certificate authority of an issuer comes from. */
export interface AuthoritySource {
  existingSecret?: string;
  /** PEM texts; whatever is no text yet is not looked at. */
  certificate?: unknown;
  key?: unknown;
}

/** One issuer: exactly one of the three. */
export interface IssuerSource {
  acme?: AcmeIssuer;
  selfSigned?: boolean;
  ca?: AuthoritySource;
}

/** Names of objects: a DNS subdomain. */
const SUBDOMAIN = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
/** Room for the suffixes of the Secrets that are named after an issuer. */
const LONGEST_NAME = 240;

const EMAIL = /^[^\s@,;]+@[^\s@,;]+\.[^\s@,;.]+$/;

/** Secret that a given pair is kept in. */
export function authoritySecret(issuer: string): string {
  return `${issuer}-ca`;
}

function checkEmail(email: string | undefined, path: string, problems: Problems): void {
  if (email === undefined || email === "") {
    problems.add({
      path,
      reason: "required, but missing: the ACME server warns there of certificates that expire",
      remedy: "Give an address that somebody reads.",
    });
  } else if (!EMAIL.test(email)) {
    problems.add({
      path,
      reason: "is not an e-mail address",
      value: email,
      remedy: "Write it as name@example.org.",
    });
  }
}

function checkAcme(acme: AcmeIssuer, path: string, problems: Problems): void {
  const { email, server, staging, ingressClass, gateway } = acme;
  const at = (key: string): string => joinPath(path, [key]);
  checkEmail(email, at("email"), problems);
  if (server !== undefined && !/^https:\/\/[^\s/]/.test(server)) {
    problems.add({
      path: at("server"),
      reason: "is not an https address: anyone on the way could hand out certificates",
      value: server,
      allowed: `the address of an ACME directory, such as ${LETS_ENCRYPT}`,
    });
  }
  if (server !== undefined && staging === true) {
    problems.add({
      path: at("staging"),
      reason: "contradicts server: it chooses between the two of Let's Encrypt",
      value: staging,
      remedy: "Give one of the two.",
    });
  }
  if (ingressClass !== undefined && gateway !== undefined) {
    problems.add({
      path: at("ingressClass"),
      reason: "contradicts gateway: challenges are answered by one of them",
      value: ingressClass,
      remedy: "Give one of the two.",
    });
  }
}

function checkAuthority(ca: AuthoritySource, path: string, problems: Problems): void {
  const { existingSecret, certificate, key } = ca;
  const pair = [certificate, key].filter((value) => value !== undefined).length;
  if (existingSecret === undefined ? pair === 2 : pair === 0) {
    if (typeof certificate === "string" && typeof key === "string") {
      checkAuthorityPair({ certificate, key }, path, problems);
    }
    return;
  }
  problems.add({
    path,
    reason:
      existingSecret !== undefined
        ? "has both an existing Secret and a pair"
        : pair === 0
          ? "names no certificate authority"
          : `has a ${key === undefined ? "certificate without its key" : "key without its certificate"}`,
    allowed: "existingSecret, or certificate and key",
  });
}

const KINDS = ["acme", "selfSigned", "ca"] as const;

/**
 * Adds a problem for each issuer that cert-manager would refuse or could not work with: a certificate and a
 * key that do not belong together, too.
 */
export function checkIssuers(
  issuers: Readonly<Record<string, IssuerSource>>,
  path: string,
  problems: Problems,
): void {
  for (const [name, issuer] of Object.entries(issuers)) {
    const at = joinPath(path, [name]);
    if (!SUBDOMAIN.test(name) || name.length > LONGEST_NAME) {
      problems.add({
        path: at,
        reason: "is not a name that an issuer can have",
        value: name,
        allowed: `${LONGEST_NAME} lower-case letters, digits, - and . at most`,
      });
    }
    const given = KINDS.filter((kind) => (issuer[kind] ?? false) !== false);
    if (given.length !== 1) {
      problems.add({
        path: at,
        reason: given.length === 0 ? "is of no kind" : "is of several kinds",
        ...(given.length === 0 ? {} : { value: given }),
        allowed: `exactly one of ${oneOf(KINDS)}`,
      });
    }
    if (issuer.acme !== undefined) {
      checkAcme(issuer.acme, joinPath(at, ["acme"]), problems);
    }
    if (issuer.ca !== undefined) {
      checkAuthority(issuer.ca, joinPath(at, ["ca"]), problems);
    }
  }
}

/** Whether any issuer answers challenges by HTTPRoutes, for which cert-manager must be told so. */
export function usesGateway(issuers: Readonly<Record<string, IssuerSource>>): boolean {
  return Object.values(issuers).some(({ acme }) => acme?.gateway !== undefined);
}

/** The solver; its Services are not NodePorts, which cert-manager would make and quotas forbid. */
function solver({ ingressClass, gateway }: AcmeIssuer): object {
  const serviceType = "ClusterIP";
  if (gateway === undefined) {
    return { ingress: { ingressClassName: ingressClass ?? DEFAULT_INGRESS_CLASS, serviceType } };
  }
  const { name, namespace, sectionName } = gateway;
  const parent = { group: "gateway.networking.k8s.io", kind: "Gateway" };
  return {
    gatewayHTTPRoute: {
      parentRefs: [compact({ ...parent, name, namespace, sectionName })],
      serviceType,
    },
  };
}

function specOf(name: string, { acme, ca }: IssuerSource): Record<string, unknown> {
  if (acme !== undefined) {
    const { email, server, staging = false } = acme;
    return {
      acme: {
        email,
        server: server ?? (staging ? LETS_ENCRYPT_STAGING : LETS_ENCRYPT),
        privateKeySecretRef: { name: `${name}-account` },
        solvers: [{ http01: solver(acme) }],
      },
    };
  }
  return ca === undefined
    ? { selfSigned: {} }
    : { ca: { secretName: ca.existingSecret ?? authoritySecret(name) } };
}

/** The ClusterIssuer of a name. Secrets that it names are in cert-manager's namespace. */
export function issuerObject(name: string, issuer: IssuerSource): KubernetesObject {
  return {
    apiVersion: "cert-manager.io/v1",
    kind: "ClusterIssuer",
    metadata: { name, labels: { "app.kubernetes.io/managed-by": MANAGED_BY } },
    spec: specOf(name, issuer),
  };
}
