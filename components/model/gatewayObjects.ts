/** Renders the Gateway that routes attach to, and what it needs. */
import { compact } from "./compact";
import {
  GATEWAY_API,
  GATEWAY_GROUP,
  parentReference,
  type GatewayReference,
} from "./httpRouteObject";
import type { KubernetesObject } from "./kubernetesObject";
import { isDnsSubdomain, isHostName, SUBDOMAIN_RULE } from "./names";
import { joinPath, oneOf, type Problems } from "./problems";
import { MANAGED_BY } from "./workspaceLabels";

/** A certificate that exists, in a Secret of type `kubernetes.io/tls`. */
export interface CertificateReference {
  /** Name of the Secret. */
  secret: string;
  /** Its namespace; a ReferenceGrant is made where it is another. @default the Gateway's */
  namespace?: string;
}

/** The Gateway that routes attach to. */
export interface GatewaySettings {
  /** Name and namespace of the Gateway; its `sectionName` is not used here. */
  gateway: GatewayReference;
  /** GatewayClass of the controller that serves it, such as `envoy`. Required for one of our own. */
  className?: string;
  /**
   * Host names of its HTTPS listeners, such as `hub.lab.example.org` or `*.lab.example.org`. Required for
   * one of our own.
   */
  hostNames?: string[];
  /** cert-manager ClusterIssuer of the certificates. Required unless every host name has a certificate. */
  issuer?: string;
  /** Certificates that exist, by host name. @default cert-manager makes them */
  certificates?: Record<string, CertificateReference>;
  /** Labels of the namespaces whose routes may attach. @default every namespace */
  routeNamespaces?: Record<string, string>;
}

/** Still what every release of the Gateway API serves; v1 came with 1.5. */
const REFERENCE_GRANT_API = `${GATEWAY_GROUP}/v1beta1`;

const LABELS = { "app.kubernetes.io/managed-by": MANAGED_BY };
const MOVED_PERMANENTLY = 301;

function isListenerHost(text: string): boolean {
  return isHostName(text.replace(/^\*\./, ""));
}

/** `any.lab.example.org` for `*.lab.example.org`: names of listeners, and of the Secrets behind them. */
function listenerName(host: string): string {
  return host.replace(/^\*/, "any");
}

function secretOf(settings: GatewaySettings, host: string): CertificateReference {
  const made = { secret: `${settings.gateway.name}-${listenerName(host)}-tls` };
  return settings.certificates?.[host] ?? made;
}

function gatewayObject(settings: GatewaySettings): KubernetesObject {
  const { gateway, className, hostNames = [], issuer, routeNamespaces } = settings;
  const from =
    routeNamespaces === undefined
      ? { from: "All" }
      : { from: "Selector", selector: { matchLabels: routeNamespaces } };
  const listeners = hostNames.map((host) => {
    const { secret, namespace } = secretOf(settings, host);
    return {
      name: listenerName(host),
      hostname: host,
      port: 443,
      protocol: "HTTPS",
      allowedRoutes: { namespaces: from },
      tls: {
        mode: "Terminate",
        certificateRefs: [compact({ group: "", kind: "Secret", name: secret, namespace })],
      },
    };
  });
  // Of its own namespace alone: for the redirection, and for cert-manager's answers to ACME.
  const plain = {
    name: "http",
    port: 80,
    protocol: "HTTP",
    allowedRoutes: { namespaces: { from: "Same" } },
  };
  return {
    apiVersion: GATEWAY_API,
    kind: "Gateway",
    metadata: compact({
      name: gateway.name,
      namespace: gateway.namespace,
      labels: LABELS,
      annotations: issuer === undefined ? undefined : { "cert-manager.io/cluster-issuer": issuer },
    }),
    spec: { gatewayClassName: className, listeners: [plain, ...listeners] },
  };
}

/** Whoever comes by plain HTTP is sent to HTTPS. */
function redirection({ gateway }: GatewaySettings): KubernetesObject {
  const { name, namespace } = gateway;
  return {
    apiVersion: GATEWAY_API,
    kind: "HTTPRoute",
    metadata: { name: `${name}-https`, namespace, labels: LABELS },
    spec: {
      parentRefs: [parentReference({ name, namespace, sectionName: "http" })],
      rules: [
        {
          matches: [{ path: { type: "PathPrefix", value: "/" } }],
          filters: [
            {
              type: "RequestRedirect",
              requestRedirect: { scheme: "https", statusCode: MOVED_PERMANENTLY },
            },
          ],
        },
      ],
    },
  };
}

/** Lets the Gateway read certificates of other namespaces: these Secrets alone. */
function referenceGrants(settings: GatewaySettings): KubernetesObject[] {
  const { gateway, certificates = {} } = settings;
  const foreign = new Map<string, string[]>();
  for (const { secret, namespace = gateway.namespace } of Object.values(certificates)) {
    if (namespace !== gateway.namespace) {
      foreign.set(namespace, [...(foreign.get(namespace) ?? []), secret]);
    }
  }
  return [...foreign]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([namespace, secrets]) => ({
      apiVersion: REFERENCE_GRANT_API,
      kind: "ReferenceGrant",
      metadata: { name: `${gateway.namespace}-${gateway.name}`, namespace, labels: LABELS },
      spec: {
        from: [{ group: GATEWAY_GROUP, kind: "Gateway", namespace: gateway.namespace }],
        to: [...new Set(secrets)].sort().map((name) => ({ group: "", kind: "Secret", name })),
      },
    }));
}

/** The Gateway, its redirection to HTTPS, and its grants. */
export function gatewayObjects(settings: GatewaySettings): KubernetesObject[] {
  return [...referenceGrants(settings), gatewayObject(settings), redirection(settings)];
}

function checkReference({ gateway }: GatewaySettings, problems: Problems): void {
  for (const key of ["name", "namespace"] as const) {
    const value = gateway[key];
    if (!isDnsSubdomain(value)) {
      problems.add({
        path: `gateway.${key}`,
        reason: "not a name",
        value,
        allowed: SUBDOMAIN_RULE,
      });
    }
  }
}

/** Adds a problem for everything that would leave a listener of the Gateway unserved. */
export function checkGateway(settings: GatewaySettings, problems: Problems): void {
  checkReference(settings, problems);
  const { className, hostNames = [], issuer, certificates = {} } = settings;
  if (className === undefined) {
    problems.add({
      path: "className",
      reason: "required, but missing: a Gateway needs the GatewayClass of its controller",
      remedy: "Give one of `kubectl get gatewayclass`, or name an existing Gateway.",
    });
  }
  if (hostNames.length === 0) {
    problems.add({
      path: "hostNames",
      reason: "required, but missing: the Gateway would have no HTTPS listener",
      remedy: "Give the host names, such as *.lab.example.org.",
    });
  }
  hostNames.forEach((host, index) => {
    const path = joinPath("hostNames", [index]);
    if (!isListenerHost(host)) {
      problems.add({
        path,
        reason: "not a host name",
        value: host,
        allowed: "a host name such as hub.lab.example.org, or *.lab.example.org",
        remedy: "Correct it.",
      });
    } else if (hostNames.indexOf(host) < index) {
      problems.add({ path, reason: "named twice", value: host, remedy: "Remove one." });
    } else if (issuer === undefined && certificates[host] === undefined) {
      problems.add({
        path,
        reason: "a host name without a certificate",
        value: host,
        remedy: "Give an issuer, or the certificate of this host name.",
      });
    }
  });
  for (const [host, { secret, namespace }] of Object.entries(certificates)) {
    const path = joinPath("certificates", [host]);
    if (!hostNames.includes(host)) {
      problems.add({
        path,
        reason: "a certificate of a host name that is not listed",
        value: host,
        allowed: oneOf(hostNames),
        remedy: "Add it to hostNames, or remove it.",
      });
    }
    for (const [key, value] of Object.entries({ secret, namespace })) {
      if (value !== undefined && !isDnsSubdomain(value)) {
        problems.add({
          path: `${path}.${key}`,
          reason: "not a name",
          value,
          allowed: SUBDOMAIN_RULE,
        });
      }
    }
  }
}

/** Adds a problem for everything that a Gateway which exists already would ignore. */
export function checkExistingGateway(settings: GatewaySettings, problems: Problems): void {
  checkReference(settings, problems);
  for (const [key, value] of Object.entries(settings)) {
    if (key !== "gateway" && value !== undefined) {
      problems.add({
        path: key,
        reason: "given for a Gateway that exists already, which is not changed",
        value,
        remedy: `Remove ${key}, or existing.`,
      });
    }
  }
}
