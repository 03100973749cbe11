/** An Ingress in the form that the cluster's controller reads: ingress-nginx or Traefik. Always TLS. */
import { compact } from "./compact";
import type { KubernetesObject } from "./kubernetesObject";
import type { IngressSettings } from "./workspaceTypes";

/** One host and path, and the Service port behind it. */
export interface IngressRoute {
  name: string;
  namespace: string;
  labels: Record<string, string>;
  host: string;
  /** With or without the leading slash. @default "/" */
  path?: string;
  service: string;
  port: number;
  /** Secret that cert-manager puts the certificate in. */
  tlsSecret: string;
  /** Further annotations, such as those of the authentication in front. */
  annotations?: Record<string, string>;
}

/** The annotations that the site's controller understands. */
export function ingressController(settings: IngressSettings): string {
  if (settings.controller !== undefined) {
    return settings.controller;
  }
  return settings.className?.includes("traefik") ? "traefik" : "nginx";
}

/** `/` and the path without the slashes that it may begin with already. */
export function rooted(path = ""): string {
  return `/${path.replace(/^\/+/, "")}`;
}

/**
 * The Ingress. The certificate comes from cert-manager's issuer, by a Secret; or from Traefik's own resolver,
 * and then no Secret is named: Traefik would log its absence for ever.
 */
export function ingressObject(route: IngressRoute, settings: IngressSettings): KubernetesObject {
  const traefik = ingressController(settings) === "traefik";
  const resolver = traefik ? settings.resolver : undefined;
  const issuer = resolver === undefined ? settings.issuer : undefined;
  const annotations = compact({
    ...(issuer === undefined ? {} : { "cert-manager.io/cluster-issuer": issuer }),
    ...(traefik
      ? {
          "traefik.ingress.kubernetes.io/router.entrypoints": "websecure",
          "traefik.ingress.kubernetes.io/router.tls": "true",
        }
      : {}),
    ...(resolver === undefined
      ? {}
      : { "traefik.ingress.kubernetes.io/router.tls.certresolver": resolver }),
    ...route.annotations,
  });
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: compact({
      name: route.name,
      namespace: route.namespace,
      labels: route.labels,
      annotations: Object.keys(annotations).length > 0 ? annotations : undefined,
    }),
    spec: {
      ingressClassName: settings.className ?? (traefik ? "traefik" : "nginx"),
      rules: [
        {
          host: route.host,
          http: {
            paths: [
              {
                path: rooted(route.path),
                pathType: "Prefix",
                backend: { service: { name: route.service, port: { number: route.port } } },
              },
            ],
          },
        },
      ],
      tls: [
        resolver === undefined
          ? { hosts: [route.host], secretName: route.tlsSecret }
          : { hosts: [route.host] },
      ],
    },
  };
}
