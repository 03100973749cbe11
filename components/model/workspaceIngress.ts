/** What exposes a workspace, Ingress or HTTPRoute, with the authentication in front of it. */
import { checkLogin } from "./authProxyLogin";
import {
  exposureObjects,
  usesGateway,
  type Exposure,
  type ExposeSettings,
} from "./exposureObjects";
import { ingressController } from "./ingressObject";
import type { KubernetesObject } from "./kubernetesObject";
import { workspaceNames } from "./names";
import { oneOf, type Problems } from "./problems";
import { workspaceAuthProxy, workspaceAuthProxyName } from "./workspaceAuthProxy";
import { workspaceLabels } from "./workspaceLabels";
import type { WorkspaceIngress, WorkspaceSite, WorkspaceSpec } from "./workspaceTypes";

/** Uploads of notebooks and data sets: upstream's limit. */
const MAX_BODY = "500m";

/**
 * The site's settings as this workspace sees them. Its own traefik keys choose the traefik form, and then
 * a class that belongs to nginx is not kept. A Gateway knows neither class nor form: it asks for `oauth_url`.
 */
export function settingsFor(ingress: WorkspaceIngress, site: WorkspaceSite): ExposeSettings {
  const settings: ExposeSettings = site.ingress ?? {};
  const own = {
    ...settings,
    issuer: ingress.nginxIssuer ?? settings.issuer,
    resolver: ingress.traefikResolver ?? settings.resolver,
  };
  if (usesGateway(settings)) {
    return { ...own, className: undefined, controller: undefined };
  }
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

/** What exposes a workspace that has an ingress. */
export function workspaceIngress(
  spec: WorkspaceSpec,
  site: WorkspaceSite,
  problems: Problems,
): KubernetesObject[] {
  const { ingress } = spec;
  if (ingress === undefined) {
    return [];
  }
  const names = workspaceNames(spec);
  const exposure = {
    name: names.ingress,
    namespace: spec.namespace,
    labels: workspaceLabels(spec.name),
    host: ingress.host,
    path: ingress.path,
    service: names.service,
    port: ingress.port,
    tlsSecret: names.tlsSecret,
  };
  const expose: ExposeSettings = site.ingress ?? {};
  if (usesGateway(expose)) {
    return routeObjects(spec, ingress, exposure, expose, problems);
  }
  const settings = settingsFor(ingress, site);
  const annotations =
    ingressController(settings) === "traefik"
      ? traefikAnnotations(ingress.traefikMiddleware)
      : nginxAnnotations(spec.namespace, ingress.oauthUrl, settings.domain);
  return exposureObjects(settings, { ...exposure, annotations });
}

/** The route; with an `oauth_url`, to an oauth2-proxy of the workspace's own, which has it behind. */
function routeObjects(
  spec: WorkspaceSpec,
  ingress: WorkspaceIngress,
  exposure: Exposure,
  expose: ExposeSettings,
  problems: Problems,
): KubernetesObject[] {
  if (expose.gateway === undefined) {
    problems.add({
      path: "ingress",
      reason: "exposed by a Gateway, and expose.gateway names none",
      remedy: "Give the name and namespace of the Gateway in expose.gateway.",
    });
    return [];
  }
  if (ingress.traefikMiddleware !== undefined) {
    problems.add({
      path: "ingress.traefik_middleware",
      reason: "has no effect on a route of the Gateway API: the workspace would stand open",
      value: ingress.traefikMiddleware,
      remedy: "Use oauth_url.",
    });
  }
  if (ingress.oauthUrl === undefined) {
    return exposureObjects(expose, exposure);
  }
  const { domain, logins = {} } = expose;
  const login = logins[spec.namespace];
  if (login === undefined) {
    problems.add({
      path: "ingress.oauth_url",
      reason: `exposed by a Gateway, and namespace ${spec.namespace} has no login: no proxy can be put in front`,
      value: ingress.oauthUrl,
      allowed: `in namespaces with a login: ${oneOf(Object.keys(logins).sort())}`,
      remedy: `Add workspaces.namespaces.${spec.namespace}.authProxy.`,
    });
    return [];
  }
  checkLogin(login, problems, `login of namespace ${spec.namespace}: `);
  if (domain === undefined) {
    problems.add({
      path: "ingress.oauth_url",
      reason: "needs a domain for the proxy's cookie, and expose.domain gives none",
      value: ingress.oauthUrl,
      remedy: "Give expose.domain.",
    });
    return [];
  }
  const place = { host: oauthHost(ingress.oauthUrl, domain), domain };
  return [
    ...workspaceAuthProxy(spec, ingress.port, login, place),
    ...exposureObjects(expose, {
      ...exposure,
      service: workspaceAuthProxyName(spec),
      port: 80,
      // After the login the namespace's proxy, on another host, sends the browser back here.
      requestHeaders: { "X-Auth-Request-Redirect": workspaceUrl(spec)! },
    }),
  ];
}

/** Where a browser finds the workspace, where it has an ingress. */
export function workspaceUrl(spec: WorkspaceSpec): string | undefined {
  return (
    spec.ingress && `https://${spec.ingress.host}/${(spec.ingress.path ?? "").replace(/^\/+/, "")}`
  );
}
