import assert from "node:assert/strict";
import type { KubernetesObject } from "../../../components/model/kubernetesObject";
import { Problems } from "../../../components/model/problems";
import {
  oauthHost,
  workspaceIngress,
  workspaceUrl,
} from "../../../components/model/workspaceIngress";
import type {
  IngressSettings,
  WorkspaceIngress,
  WorkspaceSpec,
} from "../../../components/model/workspaceTypes";

const HOST = "lab.example.org";
const OAUTH = "oauth.ml";

function spec(more: Partial<WorkspaceIngress>): WorkspaceSpec {
  return {
    namespace: "ml",
    name: "lab",
    image: "img",
    ingress: { host: HOST, port: 8888, ...more },
  };
}

function render(more: Partial<WorkspaceIngress>, ingress?: IngressSettings): KubernetesObject {
  const problems = new Problems("workspace");
  const site = { cluster: "local", ingress };
  const [object, ...others] = workspaceIngress(spec(more), site, problems);
  problems.throwIfAny();
  assert.equal(others.length, 0);
  return object!;
}

const TLS = [{ hosts: [HOST], secretName: "lab-mkg-ingress-tls" }];

describe("a workspace's ingress", () => {
  it("takes class and issuer from the site where the seed's three keys are given", () => {
    const object = render({ oauthUrl: OAUTH }, { issuer: "letsencrypt", domain: "example.org" });
    assert.deepEqual(object.metadata, {
      name: "lab-mkg",
      namespace: "ml",
      labels: {
        app: "lab",
        "app.kubernetes.io/name": "mkg",
        "app.kubernetes.io/instance": "lab",
        version: "v1",
        "app.kubernetes.io/managed-by": "science-platform",
        "science-platform/workspace": "lab",
      },
      annotations: {
        "cert-manager.io/cluster-issuer": "letsencrypt",
        "nginx.ingress.kubernetes.io/proxy-body-size": "500m",
        "nginx.ingress.kubernetes.io/auth-signin":
          "https://oauth.ml.example.org/oauth2/start?rd=https://$host$escaped_request_uri",
        "nginx.ingress.kubernetes.io/auth-url":
          "http://oauth2-proxy.ml.svc.cluster.local:80/oauth2/auth",
      },
    });
    assert.deepEqual(object.spec, {
      ingressClassName: "nginx",
      rules: [
        {
          host: HOST,
          http: {
            paths: [
              {
                path: "/",
                pathType: "Prefix",
                backend: { service: { name: "lab-mkg", port: { number: 8888 } } },
              },
            ],
          },
        },
      ],
      tls: TLS,
    });
  });

  it("prefers the workspace's own issuer", () => {
    const { annotations } = render({ nginxIssuer: "own" }, { issuer: "site" }).metadata;
    assert.equal(annotations?.["cert-manager.io/cluster-issuer"], "own");
  });

  it("has neither issuer nor authentication where nobody names one", () => {
    assert.deepEqual(render({}).metadata.annotations, {
      "nginx.ingress.kubernetes.io/proxy-body-size": "500m",
    });
  });

  for (const [path, expected] of [
    [undefined, "/"],
    ["", "/"],
    ["/", "/"],
    ["lab", "/lab"],
    ["/lab/", "/lab/"],
    ["//lab", "/lab"],
  ] as const) {
    it(`does not double the slash of path ${JSON.stringify(path)}`, () => {
      const { rules } = render({ path }).spec as {
        rules: { http: { paths: { path: string }[] } }[];
      };
      assert.equal(rules[0]!.http.paths[0]!.path, expected);
      assert.equal(workspaceUrl(spec({ path })), `https://${HOST}${expected}`);
    });
  }

  it("takes the traefik form from traefik's keys, on an nginx site too", () => {
    const object = render(
      { traefikResolver: "le", traefikMiddleware: "ml-auth" },
      { className: "nginx", issuer: "letsencrypt" },
    );
    assert.deepEqual(object.metadata.annotations, {
      "traefik.ingress.kubernetes.io/router.entrypoints": "websecure",
      "traefik.ingress.kubernetes.io/router.tls": "true",
      "traefik.ingress.kubernetes.io/router.tls.certresolver": "le",
      "traefik.ingress.kubernetes.io/router.middlewares": "ml-auth@kubernetescrd",
    });
    assert.equal(object.spec!["ingressClassName"], "traefik");
    // The resolver keeps the certificate itself: no Secret to name.
    assert.deepEqual(object.spec!["tls"], [{ hosts: [HOST] }]);
  });

  it("takes the traefik form from the site, with its resolver", () => {
    const object = render(
      { traefikMiddleware: "auth@file" },
      { className: "traefik-internal", resolver: "site" },
    );
    assert.equal(object.spec!["ingressClassName"], "traefik-internal");
    assert.deepEqual(object.metadata.annotations, {
      "traefik.ingress.kubernetes.io/router.entrypoints": "websecure",
      "traefik.ingress.kubernetes.io/router.tls": "true",
      "traefik.ingress.kubernetes.io/router.tls.certresolver": "site",
      "traefik.ingress.kubernetes.io/router.middlewares": "auth@file",
    });
  });

  it("uses cert-manager with traefik where there is no resolver", () => {
    const object = render(
      {},
      { className: "public", controller: "traefik", issuer: "letsencrypt" },
    );
    assert.deepEqual(object.metadata.annotations, {
      "cert-manager.io/cluster-issuer": "letsencrypt",
      "traefik.ingress.kubernetes.io/router.entrypoints": "websecure",
      "traefik.ingress.kubernetes.io/router.tls": "true",
    });
    assert.equal(object.spec!["ingressClassName"], "public");
    assert.deepEqual(object.spec!["tls"], TLS);
  });

  it("is not there where none is asked for", () => {
    const without = { ...spec({}), ingress: undefined };
    assert.deepEqual(
      workspaceIngress(without, { cluster: "local" }, new Problems("workspace")),
      [],
    );
    assert.equal(workspaceUrl(without), undefined);
  });

  it("completes a login host that is not in the domain", () => {
    assert.equal(oauthHost("oauth.ml", "example.org"), "oauth.ml.example.org");
    assert.equal(oauthHost("oauth.ml.example.org", "example.org"), "oauth.ml.example.org");
    assert.equal(oauthHost("notexample.org", "example.org"), "notexample.org.example.org");
    assert.equal(oauthHost("oauth.ml", undefined), "oauth.ml");
  });
});
