import assert from "node:assert/strict";
import { authProxyObjects } from "../../../components/model/authProxyObjects";
import type { ExposeSettings } from "../../../components/model/exposureObjects";
import type { KubernetesObject } from "../../../components/model/kubernetesObject";
import { workspaceNames } from "../../../components/model/names";
import { Problems } from "../../../components/model/problems";
import { workspaceAuthProxyName } from "../../../components/model/workspaceAuthProxy";
import { workspaceIngress } from "../../../components/model/workspaceIngress";
import { workspaceSelector } from "../../../components/model/workspaceLabels";
import { checkOnSite } from "../../../components/model/workspaceSiteChecks";
import type { WorkspaceIngress, WorkspaceSpec } from "../../../components/model/workspaceTypes";

const LOGIN = {
  issuer: "https://keycloak.example.org/realms/lab",
  clientId: "workspaces",
  groups: ["MAIA:ml"],
};

const HOST = "example.org";

const EXPOSE: ExposeSettings = {
  kind: "gateway",
  gateway: { name: "lab", namespace: "gateway" },
  domain: HOST,
  logins: { ml: LOGIN },
};

function spec(more: Partial<WorkspaceIngress> = {}, name = "lab"): WorkspaceSpec {
  const ingress = { host: "lab.example.org", port: 8888, oauthUrl: "oauth.ml", ...more };
  return { namespace: "ml", name, image: "img", ingress };
}

function render(expose: ExposeSettings, given = spec()): [KubernetesObject[], readonly string[]] {
  const problems = new Problems("w");
  const objects = workspaceIngress(given, { cluster: "local", ingress: expose }, problems);
  return [objects, problems.list()];
}

interface PodTemplate {
  metadata: { labels: Record<string, string>; annotations?: object };
  spec: { containers: { args: string[]; env: { valueFrom: object }[]; image: string }[] };
}

function template(object: KubernetesObject): PodTemplate {
  return (object.spec as { template: PodTemplate }).template;
}

describe("a workspace behind a Gateway", () => {
  it("has an oauth2-proxy of its own as the backend of its route", () => {
    const [objects, problems] = render(EXPOSE, spec({ path: "lab" }));
    assert.deepEqual(problems, []);
    assert.deepEqual(
      objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`),
      ["Deployment ml/lab-mkg-auth", "Service ml/lab-mkg-auth", "HTTPRoute ml/lab-mkg"],
    );
    const [rule] = objects[2]!.spec!["rules"] as object[];
    assert.deepEqual(rule, {
      matches: [{ path: { type: "PathPrefix", value: "/lab" } }],
      filters: [
        {
          type: "RequestHeaderModifier",
          requestHeaderModifier: {
            set: [{ name: "X-Auth-Request-Redirect", value: "https://lab.example.org/lab" }],
          },
        },
      ],
      backendRefs: [{ group: "", kind: "Service", name: "lab-mkg-auth", port: 80, weight: 1 }],
    });
  });

  it("shares callback, cookie and groups with the namespace's proxy, and has the workspace behind it", () => {
    const [objects] = render(EXPOSE);
    const own = template(objects[0]!).spec.containers[0]!;
    const settings = { ...LOGIN, namespace: "ml", host: "oauth.ml.example.org", ingress: EXPOSE };
    const shared = template(authProxyObjects(settings)[0]!).spec.containers[0]!;
    assert.deepEqual(own.env, shared.env);
    assert.equal(own.image, shared.image);
    const isOwn = (flag: string): boolean => flag.startsWith("--upstream");
    assert.deepEqual(
      own.args.filter((flag) => !isOwn(flag)),
      shared.args.filter((flag) => !isOwn(flag)),
    );
    assert.deepEqual(own.args.filter(isOwn), [
      "--upstream=http://lab-mkg:8888",
      "--upstream-timeout=1h",
    ]);
    assert.ok(own.args.includes("--redirect-url=https://oauth.ml.example.org/oauth2/callback"));
    assert.deepEqual(shared.args.filter(isOwn), ["--upstream=static://202"]);
  });

  it("takes credentials and image from the login", () => {
    const logins = { ml: { ...LOGIN, existingSecret: "login", image: "mirror/oauth2-proxy:v7" } };
    const [objects] = render({ ...EXPOSE, logins });
    const { env, image } = template(objects[0]!).spec.containers[0]!;
    assert.equal(image, "mirror/oauth2-proxy:v7");
    assert.deepEqual(env[0]!.valueFrom, { secretKeyRef: { name: "login", key: "client-secret" } });
  });

  it("is a pod that neither the workspace's Service nor the namespace's proxy takes for its own", () => {
    const [objects] = render(EXPOSE);
    const { labels } = template(objects[0]!).metadata;
    assert.deepEqual(objects[1]!.spec!["selector"], {
      "app.kubernetes.io/name": "workspace-oauth2-proxy",
      "app.kubernetes.io/instance": "lab-mkg-auth",
    });
    for (const selector of [
      workspaceSelector("lab"),
      { "app.kubernetes.io/name": "oauth2-proxy" },
    ]) {
      assert.ok(!Object.entries(selector).every(([key, value]) => labels[key] === value));
    }
    assert.equal(labels["science-platform/workspace"], undefined);
    assert.equal(objects[0]!.metadata.labels!["science-platform/workspace"], "lab");
  });

  it("has names that a Service can have, however long its own", () => {
    const names = [60, 59, 58, 20].map((length) => {
      const given = spec({}, `${"a".repeat(length - 3)}mkg`);
      assert.equal(workspaceNames(given).full.length, length);
      return workspaceAuthProxyName(given);
    });
    assert.deepEqual(
      names.map(({ length }) => length),
      [63, 63, 63, 25],
    );
    assert.equal(new Set(names).size, 4);
    assert.ok(names.every((name) => name.endsWith("-auth")));
  });

  it("is the route alone where nobody must log in", () => {
    const [objects, problems] = render(EXPOSE, spec({ oauthUrl: undefined }));
    assert.deepEqual(problems, []);
    assert.deepEqual(
      objects.map(({ kind }) => kind),
      ["HTTPRoute"],
    );
    const rule = (objects[0]!.spec!["rules"] as { backendRefs: object[] }[])[0]!;
    assert.ok(!("filters" in rule));
    assert.deepEqual(rule.backendRefs, [
      { group: "", kind: "Service", name: "lab-mkg", port: 8888, weight: 1 },
    ]);
  });

  it("is refused where it would stand open, or could not be logged in to", () => {
    const reasons = (expose: ExposeSettings, more?: Partial<WorkspaceIngress>): string[] =>
      render(expose, spec(more))[1].map((line) => line.replace(/ \(.*/, ""));
    assert.deepEqual(reasons({ ...EXPOSE, logins: {} }), [
      "w: ingress.oauth_url: exposed by a Gateway, and namespace ml has no login: no proxy can be put in front",
    ]);
    assert.deepEqual(reasons({ ...EXPOSE, domain: undefined }), [
      "w: ingress.oauth_url: needs a domain for the proxy's cookie, and expose.domain gives none",
    ]);
    assert.deepEqual(reasons({ ...EXPOSE, gateway: undefined }), [
      "w: ingress: exposed by a Gateway, and expose.gateway names none. Give the name and namespace of the Gateway in expose.gateway.",
    ]);
    assert.deepEqual(reasons(EXPOSE, { oauthUrl: undefined, traefikMiddleware: "ml-auth" }), [
      "w: ingress.traefik_middleware: has no effect on a route of the Gateway API: the workspace would stand open",
    ]);
    assert.deepEqual(reasons({ ...EXPOSE, logins: { ml: { ...LOGIN, groups: [] } } }), [
      "w: login of namespace ml: groups: required, but missing: every user of the issuer would pass. Name the groups that may pass, or set anyUser.",
    ]);
  });

  it("is held to oauth_url, whatever form its JSON has for an Ingress", () => {
    const ingress: ExposeSettings = { ...EXPOSE, className: "traefik", controller: "traefik" };
    const check = (more: Partial<WorkspaceIngress>): readonly string[] => {
      const problems = new Problems("w");
      checkOnSite(spec(more), { cluster: "local", ingress }, problems);
      return problems.list();
    };
    const host = `notebook.${HOST}`;
    assert.deepEqual(check({ host, traefikResolver: "le" }), []);
    assert.match(check({ host, traefikResolver: "le", oauthUrl: undefined })[0]!, /Add oauth_url/);
  });

  it("leaves the namespace's proxy its callback, by a route", () => {
    const settings = { ...LOGIN, namespace: "ml", host: "oauth.ml.example.org", ingress: EXPOSE };
    const [, , route, ...others] = authProxyObjects(settings);
    assert.deepEqual(others, []);
    assert.equal(route!.kind, "HTTPRoute");
    assert.deepEqual(route!.spec!["hostnames"], ["oauth.ml.example.org"]);
    const [rule] = route!.spec!["rules"] as object[];
    assert.deepEqual(rule, {
      matches: [{ path: { type: "PathPrefix", value: "/oauth2" } }],
      backendRefs: [{ group: "", kind: "Service", name: "oauth2-proxy", port: 80, weight: 1 }],
    });
  });
});
