import assert from "node:assert/strict";
import { authProxyObjects } from "../../../components/model/authProxyObjects";
import type { AuthProxySettings } from "../../../components/model/authProxyObjects";

const SETTINGS: AuthProxySettings = {
  namespace: "ml",
  host: "oauth.ml.example.org",
  issuer: "https://keycloak.example.org/realms/lab",
  clientId: "workspaces",
  groups: ["MAIA:ml", "admins"],
  ingress: { domain: "example.org", issuer: "letsencrypt" },
};

interface Template {
  metadata: { annotations?: Record<string, string> };
  spec: { containers: { args: string[]; env: unknown; image: string }[] };
}

function template(settings: AuthProxySettings, digest?: string): Template {
  return (authProxyObjects(settings, digest)[0]!.spec as { template: Template }).template;
}

describe("authProxyObjects", () => {
  const labels = {
    "app.kubernetes.io/name": "oauth2-proxy",
    "app.kubernetes.io/managed-by": "science-platform",
  };

  it("renders the proxy in front of a namespace", () => {
    assert.deepEqual(authProxyObjects(SETTINGS, "d1"), [
      {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "oauth2-proxy", namespace: "ml", labels },
        spec: {
          replicas: 1,
          selector: { matchLabels: { "app.kubernetes.io/name": "oauth2-proxy" } },
          template: {
            metadata: {
              labels,
              annotations: { "science-platform/credentials-digest": "d1" },
            },
            spec: {
              automountServiceAccountToken: false,
              securityContext: {
                runAsNonRoot: true,
                runAsUser: 65532,
                runAsGroup: 65532,
                seccompProfile: { type: "RuntimeDefault" },
              },
              containers: [
                {
                  name: "oauth2-proxy",
                  image: "quay.io/oauth2-proxy/oauth2-proxy:v7.15.3",
                  args: [
                    "--provider=oidc",
                    "--oidc-issuer-url=https://keycloak.example.org/realms/lab",
                    "--client-id=workspaces",
                    "--redirect-url=https://oauth.ml.example.org/oauth2/callback",
                    "--scope=openid email profile",
                    "--oidc-groups-claim=groups",
                    "--allowed-group=MAIA:ml",
                    "--allowed-group=admins",
                    "--email-domain=*",
                    "--code-challenge-method=S256",
                    "--cookie-name=_oauth2_proxy_ml",
                    "--cookie-domain=.example.org",
                    "--whitelist-domain=.example.org",
                    "--cookie-secure=true",
                    "--cookie-samesite=lax",
                    "--reverse-proxy=true",
                    "--set-xauthrequest=true",
                    "--skip-provider-button=true",
                    "--upstream=static://202",
                    "--http-address=0.0.0.0:4180",
                  ],
                  env: [
                    {
                      name: "OAUTH2_PROXY_CLIENT_SECRET",
                      valueFrom: { secretKeyRef: { name: "oauth2-proxy", key: "client-secret" } },
                    },
                    {
                      name: "OAUTH2_PROXY_COOKIE_SECRET",
                      valueFrom: { secretKeyRef: { name: "oauth2-proxy", key: "cookie-secret" } },
                    },
                  ],
                  ports: [{ name: "http", containerPort: 4180 }],
                  livenessProbe: { httpGet: { path: "/ping", port: "http" } },
                  readinessProbe: { httpGet: { path: "/ready", port: "http" } },
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
      },
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "oauth2-proxy", namespace: "ml", labels },
        spec: {
          type: "ClusterIP",
          selector: { "app.kubernetes.io/name": "oauth2-proxy" },
          ports: [{ name: "http", port: 80, targetPort: "http" }],
        },
      },
      {
        apiVersion: "networking.k8s.io/v1",
        kind: "Ingress",
        metadata: {
          name: "oauth2-proxy",
          namespace: "ml",
          labels,
          annotations: { "cert-manager.io/cluster-issuer": "letsencrypt" },
        },
        spec: {
          ingressClassName: "nginx",
          rules: [
            {
              host: "oauth.ml.example.org",
              http: {
                paths: [
                  {
                    path: "/oauth2",
                    pathType: "Prefix",
                    backend: { service: { name: "oauth2-proxy", port: { number: 80 } } },
                  },
                ],
              },
            },
          ],
          tls: [{ hosts: ["oauth.ml.example.org"], secretName: "oauth2-proxy-tls" }],
        },
      },
    ]);
  });

  it("reads an existing Secret, and takes other settings over", () => {
    const { metadata, spec } = template({
      ...SETTINGS,
      existingSecret: "login",
      image: "mirror.example.org/oauth2-proxy:1",
      redirectUrl: "https://other.example.org/oauth2/callback",
      scope: "openid groups",
      groupsClaim: "roles",
    });
    assert.equal("annotations" in metadata, false);
    const [container] = spec.containers;
    assert.equal(container!.image, "mirror.example.org/oauth2-proxy:1");
    assert.deepEqual(container!.env, [
      {
        name: "OAUTH2_PROXY_CLIENT_SECRET",
        valueFrom: { secretKeyRef: { name: "login", key: "client-secret" } },
      },
      {
        name: "OAUTH2_PROXY_COOKIE_SECRET",
        valueFrom: { secretKeyRef: { name: "login", key: "cookie-secret" } },
      },
    ]);
    for (const argument of [
      "--redirect-url=https://other.example.org/oauth2/callback",
      "--scope=openid groups",
      "--oidc-groups-claim=roles",
    ]) {
      assert.ok(container!.args.includes(argument), argument);
    }
  });

  it("lets every user in only where the group is waived", () => {
    const { args } = template({ ...SETTINGS, groups: undefined, anyUser: true }).spec
      .containers[0]!;
    assert.deepEqual(
      args.filter((argument) => argument.startsWith("--allowed-group")),
      [],
    );
  });

  for (const [what, change, message] of [
    ["no group", { groups: [] }, /oauth2-proxy of ml: groups: required, but missing/],
    ["groups that are waived", { anyUser: true }, /anyUser: contradicts groups/],
    ["an issuer in the clear", { issuer: "http://x.example.org" }, /issuer: not an https address/],
    ["no domain", { ingress: {} }, /ingress\.domain: required, but missing/],
    ["a host outside the domain", { host: "oauth.badexample.org" }, /host: not within the domain/],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => authProxyObjects({ ...SETTINGS, ...change } as AuthProxySettings),
        message,
      );
    });
  }
});
