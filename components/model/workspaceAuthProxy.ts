/**
 * With the Gateway API: an oauth2-proxy as the backend of a workspace's route, since a route cannot ask one
 * first. It shares callback, cookie and credentials with the namespace's `AuthProxy`.
 */
import { createHash } from "node:crypto";
import {
  AUTH_PROXY_PORT,
  authProxyDeployment,
  authProxyService,
  type AuthProxyInstance,
} from "./authProxyDeployment";
import { authProxyFlags, type AuthProxyLogin } from "./authProxyLogin";
import type { KubernetesObject } from "./kubernetesObject";
import { LABEL_LENGTH, workspaceNames } from "./names";
import { MANAGED_BY, workspaceLabels } from "./workspaceLabels";
import type { WorkspaceSpec } from "./workspaceTypes";

/** Notebooks answer late: an hour is what a user waits for at most. The proxy's own default is 30 s. */
const UPSTREAM_TIMEOUT = "1h";

const SUFFIX = "-auth";
const HASH_LENGTH = 8;

/** Name of the proxy's Deployment and Service: the workspace's with `-auth`, cut where that is too long. */
export function workspaceAuthProxyName(spec: WorkspaceSpec): string {
  const { full } = workspaceNames(spec);
  const room = LABEL_LENGTH - SUFFIX.length;
  if (full.length <= room) {
    return `${full}${SUFFIX}`;
  }
  const hash = createHash("sha256").update(full).digest("hex").slice(0, HASH_LENGTH);
  return `${full.slice(0, room - HASH_LENGTH - 1)}-${hash}${SUFFIX}`;
}

/** Where the namespace's proxy is, and the domain that its cookie is for. */
export interface LoginPlace {
  host: string;
  domain: string;
}

/** The Deployment and the Service of the proxy in front of a workspace. */
export function workspaceAuthProxy(
  spec: WorkspaceSpec,
  port: number,
  login: AuthProxyLogin,
  { host, domain }: LoginPlace,
): KubernetesObject[] {
  const { namespace } = spec;
  const name = workspaceAuthProxyName(spec);
  // Neither the selector of the workspace's Service nor that of the namespace's proxy finds this pod.
  const selector = {
    "app.kubernetes.io/name": "workspace-oauth2-proxy",
    "app.kubernetes.io/instance": name,
  };
  const upstream = `http://${workspaceNames(spec).service}:${port}`;
  const instance: AuthProxyInstance = {
    name,
    namespace,
    labels: workspaceLabels(spec.name),
    selector,
    podLabels: { ...selector, "app.kubernetes.io/managed-by": MANAGED_BY },
    flags: [
      ...authProxyFlags(login, { namespace, host, domain, upstream, port: AUTH_PROXY_PORT }),
      `--upstream-timeout=${UPSTREAM_TIMEOUT}`,
    ],
  };
  return [authProxyDeployment(instance, login), authProxyService(instance)];
}
