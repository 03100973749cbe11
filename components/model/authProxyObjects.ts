/** Renders oauth2-proxy: what asks users to log in before they are let into a namespace's workspaces. */
import {
  AUTH_PROXY_PORT,
  authProxyDeployment,
  authProxyService,
  type AuthProxyInstance,
} from "./authProxyDeployment";
import { authProxyFlags, checkLogin, type AuthProxyLogin } from "./authProxyLogin";
import { exposureObjects, type ExposeSettings } from "./exposureObjects";
import type { KubernetesObject } from "./kubernetesObject";
import { Problems } from "./problems";
import { MANAGED_BY } from "./workspaceLabels";

export { AUTH_PROXY_SECRET, CLIENT_SECRET_KEY, COOKIE_SECRET_KEY } from "./authProxyDeployment";

/** Name of the Deployment and Service: upstream's ingresses call it by this name. */
export const AUTH_PROXY_NAME = "oauth2-proxy";

/** The proxy's settings; all plain. */
export interface AuthProxySettings extends AuthProxyLogin {
  namespace: string;
  /** Host that it answers at, such as `oauth.machine-learning.lab.example.org`. */
  host: string;
  /** How the cluster exposes it; `domain` is required: its cookie is valid for the hosts in there. */
  ingress?: ExposeSettings;
}

const SELECTOR = { "app.kubernetes.io/name": AUTH_PROXY_NAME };
const LABELS = { ...SELECTOR, "app.kubernetes.io/managed-by": MANAGED_BY };

/** The labels of the proxy's objects. */
export function authProxyLabels(): Record<string, string> {
  return { ...LABELS };
}

/** The domain of its cookie. */
function checkedDomain(settings: AuthProxySettings): string {
  const problems = new Problems(`oauth2-proxy of ${settings.namespace}`);
  checkLogin(settings, problems);
  const domain = settings.ingress?.domain;
  if (domain === undefined) {
    problems.add({
      path: "ingress.domain",
      reason: "required, but missing: the cookie must be valid for the workspaces' hosts",
      remedy: "Give the domain that the workspaces' hosts are in.",
    });
  } else if (!settings.host.endsWith(`.${domain}`)) {
    problems.add({
      path: "host",
      reason: "not within the domain that its cookie is for",
      value: settings.host,
      allowed: `a host below ${domain}`,
    });
  }
  problems.throwIfAny();
  return domain ?? "";
}

/**
 * The Deployment, its Service (port 80, which the workspaces' ingresses ask) and what exposes `/oauth2` on
 * its host: an Ingress, or an HTTPRoute.
 *
 * @param digest changes with the credentials, so that the proxy restarts with them; anything that ends up
 *   as a string
 * @throws ProblemsError when no group is named and that is not waived, or the domain is missing
 */
export function authProxyObjects(
  settings: AuthProxySettings,
  digest?: unknown,
): KubernetesObject[] {
  const domain = checkedDomain(settings);
  const { namespace, host } = settings;
  const instance: AuthProxyInstance = {
    name: AUTH_PROXY_NAME,
    namespace,
    labels: LABELS,
    selector: SELECTOR,
    podLabels: LABELS,
    flags: authProxyFlags(settings, {
      namespace,
      host,
      domain,
      upstream: "static://202",
      port: AUTH_PROXY_PORT,
    }),
    digest,
  };
  return [
    authProxyDeployment(instance, settings),
    authProxyService(instance),
    ...exposureObjects(settings.ingress ?? {}, {
      name: AUTH_PROXY_NAME,
      namespace,
      labels: LABELS,
      host,
      path: "/oauth2",
      service: AUTH_PROXY_NAME,
      port: 80,
    }),
  ];
}
