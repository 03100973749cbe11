/** An HTTPRoute of the Gateway API: one host and path, and the Service behind it. */
import { compact } from "./compact";
import { rooted } from "./ingressObject";
import type { KubernetesObject } from "./kubernetesObject";

/** The API group of Gateways and routes, and the version of both. */
export const GATEWAY_GROUP = "gateway.networking.k8s.io";
export const GATEWAY_API = `${GATEWAY_GROUP}/v1`;

/** The Gateway that routes attach to. */
export interface GatewayReference {
  name: string;
  namespace: string;
  /** One listener of it, by name. @default every listener whose host name fits */
  sectionName?: string;
}

/** One host and path, and the Service port behind it. */
export interface GatewayRoute {
  name: string;
  namespace: string;
  labels: Record<string, string>;
  host: string;
  /** With or without the leading slash. @default "/" */
  path?: string;
  service: string;
  port: number;
  /** Headers that the backend gets, whatever the client sent under these names. @default none */
  requestHeaders?: Record<string, string>;
}

/** How a route names its Gateway, with the API server's defaults written out: nothing drifts then. */
export function parentReference({
  name,
  namespace,
  sectionName,
}: GatewayReference): Record<string, string> {
  return compact({ group: GATEWAY_GROUP, kind: "Gateway", name, namespace, sectionName }) as Record<
    string,
    string
  >;
}

/**
 * The HTTPRoute, attached to a Gateway. The Gateway's listener ends TLS and must admit routes of the
 * namespace; the Service is in the route's own namespace, so no ReferenceGrant is needed.
 */
export function httpRouteObject(route: GatewayRoute, gateway: GatewayReference): KubernetesObject {
  const set = Object.entries(route.requestHeaders ?? {}).map(([name, value]) => ({ name, value }));
  return {
    apiVersion: GATEWAY_API,
    kind: "HTTPRoute",
    metadata: { name: route.name, namespace: route.namespace, labels: route.labels },
    spec: {
      parentRefs: [parentReference(gateway)],
      hostnames: [route.host],
      rules: [
        compact({
          matches: [{ path: { type: "PathPrefix", value: rooted(route.path) } }],
          filters:
            set.length === 0
              ? undefined
              : [{ type: "RequestHeaderModifier", requestHeaderModifier: { set } }],
          backendRefs: [
            { group: "", kind: "Service", name: route.service, port: route.port, weight: 1 },
          ],
        }),
      ],
    },
  };
}
