/** How the cluster exposes web applications: by an Ingress, or by a route of the Gateway API. */
import type { AuthProxyLogin } from "./authProxyLogin";
import { httpRouteObject, type GatewayReference } from "./httpRouteObject";
import { ingressObject } from "./ingressObject";
import type { KubernetesObject } from "./kubernetesObject";
import type { IngressSettings } from "./workspaceTypes";

export type { GatewayReference } from "./httpRouteObject";

/** What exposes an application. */
export const ExposeKind = { Ingress: "ingress", Gateway: "gateway" } as const;

/** The `expose` section: how the cluster exposes web applications. */
export interface ExposeSettings extends IngressSettings {
  /** `ingress` or `gateway`. @default "ingress" */
  kind?: string;
  /** The Gateway that routes attach to; required with kind `gateway`. */
  gateway?: GatewayReference;
  /**
   * With kind `gateway`: how users of each namespace log in, by the namespace's name. A route cannot ask
   * an oauth2-proxy first, so each workspace with an `oauthUrl` gets one of its own as its backend.
   * @default none
   */
  logins?: Record<string, AuthProxyLogin>;
}

/** One host and path, and the Service port behind it. */
export interface Exposure {
  name: string;
  namespace: string;
  labels: Record<string, string>;
  host: string;
  /** With or without the leading slash. @default "/" */
  path?: string;
  service: string;
  port: number;
  /** Secret for the certificate of an Ingress; a Gateway has its own. @default `<name>-tls` */
  tlsSecret?: string;
  /** Further annotations of an Ingress, such as those of the authentication in front. @default none */
  annotations?: Record<string, string>;
  /** Headers that the backend gets from a route. @default none */
  requestHeaders?: Record<string, string>;
}

/** Whether applications are exposed by routes of a Gateway. */
export function usesGateway(expose: ExposeSettings): boolean {
  return expose.kind === ExposeKind.Gateway;
}

/**
 * The objects that expose one application: an Ingress, which asks for its certificate itself, or an
 * HTTPRoute, whose certificate is the Gateway's.
 *
 * @throws Error when the kind is unknown, or is `gateway` and no Gateway is named
 */
export function exposureObjects(expose: ExposeSettings, exposure: Exposure): KubernetesObject[] {
  const { kind = ExposeKind.Ingress, gateway } = expose;
  const { tlsSecret = `${exposure.name}-tls`, annotations, requestHeaders, ...route } = exposure;
  switch (kind) {
    case ExposeKind.Ingress:
      return [ingressObject({ ...route, tlsSecret, annotations }, expose)];
    case ExposeKind.Gateway:
      if (gateway === undefined) {
        throw new Error(
          "expose.gateway: required with kind gateway, but missing. Give the name and namespace of the Gateway.",
        );
      }
      return [httpRouteObject({ ...route, requestHeaders }, gateway)];
    default:
      throw new Error(
        `expose.kind: not a way to expose (found ${JSON.stringify(kind)}; allowed: ingress, gateway).`,
      );
  }
}
