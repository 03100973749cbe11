/** A workspace's Ingress, with the authentication in front of it. */
import { ingressController, ingressObject } from "./ingressObject";
import type { KubernetesObject } from "./kubernetesObject";
import { workspaceNames } from "./names";
import { workspaceLabels } from "./workspaceLabels";
import type {
  IngressSettings,
  WorkspaceIngress,
  WorkspaceSite,
  WorkspaceSpec,
} from "./workspaceTypes";

/** Uploads of notebooks and data sets: upstream's limit. */
const MAX_BODY = "500m";

/**
 * The site's settings as this workspace sees them. Its own traefik keys choose the traefik form, and then
 * a class that belongs to nginx is not kept.
 */
export function settingsFor(ingress: WorkspaceIngress, site: WorkspaceSite): IngressSettings {
  const settings = site.ingress ?? {};
  const own = {
    ...settings,
    issuer: ingress.nginxIssuer ?? settings.issuer,
    resolver: ingress.traefikResolver ?? settings.resolver,
  };
  const wantsTraefik =
    ingress.traefikResolver !== undefined || ingress.traefikMiddleware !== undefined;
  return wantsTraefik && ingressController(settings) !== "traefik"
    ? { ...own, controller: "traefik", className: "traefik" }
    : own;
}

/** The full host of an `oauth_url`: the seed writes `oauth.MY_NAMESPACE`, without the cluster's domain. */
export function oauthHost(oauthUrl: string, domain: string | undefined): string {
  const inDomain = domain === undefined || oauthUrl === domain || oauthUrl.endsWith(`.${domain}`);
  return inDomain ? oauthUrl : `${oauthUrl}.${domain}`;
}

function nginxAnnotations(
  namespace: string,
  oauthUrl: string | undefined,
  domain: string | undefined,
): Record<string, string> {
  const size = { "nginx.ingress.kubernetes.io/proxy-body-size": MAX_BODY };
  if (oauthUrl === undefined) {
    return size;
  }
  // The variables are nginx's own; the return address is whole, so no snippet is needed.
  const back = "https://$host$escaped_request_uri";
  return {
    ...size,
    "nginx.ingress.kubernetes.io/auth-signin": `https://${oauthHost(oauthUrl, domain)}/oauth2/start?rd=${back}`,
    "nginx.ingress.kubernetes.io/auth-url": `http://oauth2-proxy.${namespace}.svc.cluster.local:80/oauth2/auth`,
  };
}

function traefikAnnotations(middleware: string | undefined): Record<string, string> {
  if (middleware === undefined) {
    return {};
  }
  const name = middleware.includes("@") ? middleware : `${middleware}@kubernetescrd`;
  return { "traefik.ingress.kubernetes.io/router.middlewares": name };
}

/** The Ingress of a workspace that has one. */
export function workspaceIngress(spec: WorkspaceSpec, site: WorkspaceSite): KubernetesObject[] {
  const { ingress } = spec;
  if (ingress === undefined) {
    return [];
  }
  const names = workspaceNames(spec);
  const settings = settingsFor(ingress, site);
  return [
    ingressObject(
      {
        name: names.ingress,
        namespace: spec.namespace,
        labels: workspaceLabels(spec.name),
        host: ingress.host,
        path: ingress.path,
        service: names.service,
        port: ingress.port,
        tlsSecret: names.tlsSecret,
        annotations:
          ingressController(settings) === "traefik"
            ? traefikAnnotations(ingress.traefikMiddleware)
            : nginxAnnotations(spec.namespace, ingress.oauthUrl, settings.domain),
      },
      settings,
    ),
  ];
}

/** Where a browser finds the workspace, where it has an ingress. */
export function workspaceUrl(spec: WorkspaceSpec): string | undefined {
  return (
    spec.ingress && `https://${spec.ingress.host}/${(spec.ingress.path ?? "").replace(/^\/+/, "")}`
  );
}
