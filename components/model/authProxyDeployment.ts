/** An oauth2-proxy's Deployment and Service, whatever is behind it. */
import { compact } from "./compact";
import type { AuthProxyLogin } from "./authProxyLogin";
import type { KubernetesObject } from "./kubernetesObject";

/** Secret that `AuthProxy` makes, with the keys that an existing one must have too. */
export const AUTH_PROXY_SECRET = "oauth2-proxy";
export const CLIENT_SECRET_KEY = "client-secret";
export const COOKIE_SECRET_KEY = "cookie-secret";

/** Port that a proxy listens on; its Service has port 80. */
export const AUTH_PROXY_PORT = 4180;

const CONTAINER = "oauth2-proxy";
const DEFAULT_IMAGE = "quay.io/oauth2-proxy/oauth2-proxy:v7.15.3";
const USER = 65532;

/** What tells one proxy from another. */
export interface AuthProxyInstance {
  /** Of the Deployment and the Service. */
  name: string;
  namespace: string;
  labels: Record<string, string>;
  /** Labels that the pod has among its own, and that no other pod has. */
  selector: Record<string, string>;
  podLabels: Record<string, string>;
  flags: string[];
  /** Changes with the credentials, so that the proxy restarts with them. */
  digest?: unknown;
}

/** The Deployment: under restricted pod security, credentials by environment variables. */
export function authProxyDeployment(
  instance: AuthProxyInstance,
  login: AuthProxyLogin,
): KubernetesObject {
  const { name, namespace, labels, selector, podLabels, flags, digest } = instance;
  const secret = login.existingSecret ?? AUTH_PROXY_SECRET;
  const fromSecret = (variable: string, key: string): object => ({
    name: variable,
    valueFrom: { secretKeyRef: { name: secret, key } },
  });
  const probe = (path: string): object => ({ httpGet: { path, port: "http" } });
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace, labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: selector },
      template: {
        metadata: compact({
          labels: podLabels,
          annotations:
            digest === undefined ? undefined : { "science-platform/credentials-digest": digest },
        }),
        spec: {
          automountServiceAccountToken: false,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: USER,
            runAsGroup: USER,
            seccompProfile: { type: "RuntimeDefault" },
          },
          containers: [
            {
              name: CONTAINER,
              image: login.image ?? DEFAULT_IMAGE,
              args: flags,
              env: [
                fromSecret("OAUTH2_PROXY_CLIENT_SECRET", CLIENT_SECRET_KEY),
                fromSecret("OAUTH2_PROXY_COOKIE_SECRET", COOKIE_SECRET_KEY),
              ],
              ports: [{ name: "http", containerPort: AUTH_PROXY_PORT }],
              livenessProbe: probe("/ping"),
              readinessProbe: probe("/ready"),
              resources: {
                requests: { cpu: "50m", memory: "64Mi" },
                limits: { cpu: "500m", memory: "128Mi" },
              },
              securityContext: {
                allowPrivilegeEscalation: false,
                capabilities: { drop: ["ALL"] },
                readOnlyRootFilesystem: true,
              },
            },
          ],
        },
      },
    },
  };
}

/** The Service: port 80. */
export function authProxyService(instance: AuthProxyInstance): KubernetesObject {
  const { name, namespace, labels, selector } = instance;
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace, labels },
    spec: {
      type: "ClusterIP",
      selector,
      ports: [{ name: "http", port: 80, targetPort: "http" }],
    },
  };
}
