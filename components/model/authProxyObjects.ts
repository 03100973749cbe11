/** Renders oauth2-proxy: what asks users to log in before the ingress lets them into a namespace's workspaces. */
import { compact } from "./compact";
import { ingressObject } from "./ingressObject";
import type { KubernetesObject } from "./kubernetesObject";
import { Problems } from "./problems";
import { MANAGED_BY } from "./workspaceLabels";
import type { IngressSettings } from "./workspaceTypes";

/** Name of the Deployment and Service: upstream's ingresses call it by this name. */
export const AUTH_PROXY_NAME = "oauth2-proxy";

/** Secret that the component makes, with the keys that an existing one must have too. */
export const AUTH_PROXY_SECRET = "oauth2-proxy";
export const CLIENT_SECRET_KEY = "client-secret";
export const COOKIE_SECRET_KEY = "cookie-secret";

const DEFAULT_IMAGE = "quay.io/oauth2-proxy/oauth2-proxy:v7.15.3";
const PORT = 4180;
const USER = 65532;

/** The proxy's settings; all plain. */
export interface AuthProxySettings {
  namespace: string;
  /** Host that it answers at, such as `oauth.machine-learning.lab.example.org`. */
  host: string;
  /** OIDC issuer, such as `https://keycloak.example.org/realms/lab`. */
  issuer: string;
  /** Client that the issuer knows the proxy by. */
  clientId: string;
  /** Users of one of these groups may pass. Required unless `anyUser`. */
  groups?: string[];
  /** Waives the groups: every user of the issuer passes. @default false */
  anyUser?: boolean;
  /** Claim of the token that holds the groups. @default "groups" */
  groupsClaim?: string;
  /** Scopes to ask for, separated by spaces. @default "openid email profile" */
  scope?: string;
  /** Address that the issuer sends users back to. @default `https://<host>/oauth2/callback` */
  redirectUrl?: string;
  /** Secret of the namespace with keys `client-secret` and `cookie-secret`. @default one is made */
  existingSecret?: string;
  /** Image with tag. @default v7.15.3 of quay.io/oauth2-proxy/oauth2-proxy */
  image?: string;
  /** How the cluster exposes it; `domain` is required: its cookie is valid for the hosts in there. */
  ingress?: IngressSettings;
}

const SELECTOR = { "app.kubernetes.io/name": AUTH_PROXY_NAME };
const LABELS = { ...SELECTOR, "app.kubernetes.io/managed-by": MANAGED_BY };

/** The labels of the proxy's objects. */
export function authProxyLabels(): Record<string, string> {
  return { ...LABELS };
}

function check(settings: AuthProxySettings): void {
  const problems = new Problems(`oauth2-proxy of ${settings.namespace}`);
  const groups = settings.groups ?? [];
  if (groups.length === 0 && !settings.anyUser) {
    problems.add({
      path: "groups",
      reason: "required, but missing: every user of the issuer would pass",
      remedy: "Name the groups that may pass, or set anyUser.",
    });
  }
  if (groups.length > 0 && settings.anyUser) {
    problems.add({
      path: "anyUser",
      reason: "contradicts groups",
      value: true,
      remedy: "Give one of the two.",
    });
  }
  if (!settings.issuer.startsWith("https://")) {
    problems.add({
      path: "issuer",
      reason: "not an https address: the client's secret would travel in the clear",
      value: settings.issuer,
      remedy: "Use the issuer's https address.",
    });
  }
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
}

/** The command line. Secrets are never on it: they come by environment variables. */
function commandLine(settings: AuthProxySettings): string[] {
  const { host } = settings;
  const domain = `.${settings.ingress?.domain}`;
  return [
    "--provider=oidc",
    `--oidc-issuer-url=${settings.issuer}`,
    `--client-id=${settings.clientId}`,
    `--redirect-url=${settings.redirectUrl ?? `https://${host}/oauth2/callback`}`,
    `--scope=${settings.scope ?? "openid email profile"}`,
    `--oidc-groups-claim=${settings.groupsClaim ?? "groups"}`,
    ...(settings.groups ?? []).map((group) => `--allowed-group=${group}`),
    "--email-domain=*",
    "--code-challenge-method=S256",
    // Proxies of several namespaces share the domain, so each has a cookie of its own name.
    `--cookie-name=_oauth2_proxy_${settings.namespace}`,
    `--cookie-domain=${domain}`,
    `--whitelist-domain=${domain}`,
    "--cookie-secure=true",
    "--cookie-samesite=lax",
    "--reverse-proxy=true",
    "--set-xauthrequest=true",
    "--skip-provider-button=true",
    "--upstream=static://202",
    `--http-address=0.0.0.0:${PORT}`,
  ];
}

function deployment(settings: AuthProxySettings, digest: unknown): KubernetesObject {
  const secret = settings.existingSecret ?? AUTH_PROXY_SECRET;
  const fromSecret = (name: string, key: string): object => ({
    name,
    valueFrom: { secretKeyRef: { name: secret, key } },
  });
  const probe = (path: string): object => ({ httpGet: { path, port: "http" } });
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: AUTH_PROXY_NAME, namespace: settings.namespace, labels: LABELS },
    spec: {
      replicas: 1,
      selector: { matchLabels: SELECTOR },
      template: {
        metadata: compact({
          labels: LABELS,
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
              name: AUTH_PROXY_NAME,
              image: settings.image ?? DEFAULT_IMAGE,
              args: commandLine(settings),
              env: [
                fromSecret("OAUTH2_PROXY_CLIENT_SECRET", CLIENT_SECRET_KEY),
                fromSecret("OAUTH2_PROXY_COOKIE_SECRET", COOKIE_SECRET_KEY),
              ],
              ports: [{ name: "http", containerPort: PORT }],
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

/**
 * The Deployment, its Service (port 80, which the workspaces' ingresses ask) and the Ingress of `/oauth2`
 * on its host.
 *
 * @param digest changes with the credentials, so that the proxy restarts with them; anything that ends up
 *   as a string
 * @throws ProblemsError when no group is named and that is not waived, or the domain is missing
 */
export function authProxyObjects(
  settings: AuthProxySettings,
  digest?: unknown,
): KubernetesObject[] {
  check(settings);
  const { namespace } = settings;
  return [
    deployment(settings, digest),
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: AUTH_PROXY_NAME, namespace, labels: LABELS },
      spec: {
        type: "ClusterIP",
        selector: SELECTOR,
        ports: [{ name: "http", port: 80, targetPort: "http" }],
      },
    },
    ingressObject(
      {
        name: AUTH_PROXY_NAME,
        namespace,
        labels: LABELS,
        host: settings.host,
        path: "/oauth2",
        service: AUTH_PROXY_NAME,
        port: 80,
        tlsSecret: `${AUTH_PROXY_NAME}-tls`,
      },
      settings.ingress ?? {},
    ),
  ];
}
