import assert from "node:assert/strict";
import { dashboardMetrics, endpointDashboard } from "../../../components/model/endpointDashboard";
import { endpointObjects } from "../../../components/model/endpointObjects";
import type { EndpointSpec } from "../../../components/model/endpointSpec";
import { readEndpointSettings } from "../../../components/model/endpointSettings";
import type { KubernetesObject } from "../../../components/model/kubernetesObject";
import { Problems, ProblemsError } from "../../../components/model/problems";
import { newMetrics } from "../../../endpoint/http/metrics";
import { GPUS, NODES } from "../../support/endpointSettings";

const SPEC: EndpointSpec = {
  hostname: "services.lab.example.org",
  image: "registry.example.org/endpoint:1.0.0",
  issuer: "https://iam.example.org/",
  audience: "services",
};
const NONE = { clientSecret: false, collectionToken: false };

function objectsOf(over: Partial<EndpointSpec> = {}, secrets = NONE): KubernetesObject[] {
  return endpointObjects({ ...SPEC, ...over }, secrets).objects;
}

function one(objects: KubernetesObject[], kind: string, name: string): KubernetesObject {
  const found = objects.filter((object) => object.kind === kind && object.metadata.name === name);
  assert.equal(found.length, 1, `${kind}/${name}`);
  return found[0]!;
}

function problemsOf(over: Partial<EndpointSpec>, secrets = NONE): readonly string[] {
  try {
    objectsOf(over, secrets);
  } catch (error) {
    assert.ok(error instanceof ProblemsError, String(error));
    return error.lines;
  }
  return [];
}

interface Pod {
  containers: {
    env: object[];
    volumeMounts: { name: string; readOnly: boolean }[];
    securityContext: object;
    resources: object;
    readinessProbe: { httpGet: object };
  }[];
  volumes: { name: string; secret?: object; configMap?: object }[];
  securityContext: object;
  terminationGracePeriodSeconds: number;
}

function podOf(objects: KubernetesObject[]): Pod {
  const { spec } = one(objects, "Deployment", "endpoint");
  return (spec as { template: { spec: Pod } }).template.spec;
}

describe("the endpoint's objects", () => {
  it("are these, in the order in which they are needed", () => {
    const exposure = { domain: "apps.example.org" };
    assert.deepEqual(
      objectsOf({ exposure, reservations: [] }).map(
        ({ kind, metadata }) => `${kind}/${metadata.name}`,
      ),
      [
        "ServiceAccount/endpoint",
        "ValidatingAdmissionPolicy/endpoint-endpoint",
        "ValidatingAdmissionPolicyBinding/endpoint-endpoint",
        "ValidatingAdmissionPolicy/endpoint-endpoint-hosts",
        "ValidatingAdmissionPolicyBinding/endpoint-endpoint-hosts",
        "ClusterRole/endpoint-endpoint-tenant",
        "ClusterRole/endpoint-endpoint",
        "ClusterRoleBinding/endpoint-endpoint",
        "Role/endpoint",
        "RoleBinding/endpoint",
        "ConfigMap/endpoint-settings",
        "ConfigMap/endpoint-reservations",
        "Deployment/endpoint",
        "Service/endpoint",
        "PodDisruptionBudget/endpoint",
        "NetworkPolicy/endpoint",
        "Ingress/endpoint",
        "ConfigMap/endpoint-dashboard",
      ],
    );
  });

  it("hold a settings file that the endpoint reads, and nothing of the deployment in it", () => {
    const objects = objectsOf({
      gpus: GPUS,
      nodes: NODES,
      quota: { gpus: { a100: 1 } },
      login: { clientId: "page" },
      collection: { url: "https://llp.example.org/items/deployments" },
      replicas: 3,
      limits: { maxCpu: 8 },
    });
    const text = one(objects, "ConfigMap", "endpoint-settings").data?.["settings.json"] ?? "";
    const problems = new Problems("settings.json");
    const settings = readEndpointSettings(JSON.parse(text), problems);
    assert.deepEqual(problems.list(), []);
    assert.equal(settings?.limits.maxCpu, 8);
    assert.equal(settings?.metricsPort, 9090);
    assert.deepEqual(settings?.access, {
      serviceAccount: "endpoint",
      clusterRole: "endpoint-endpoint-tenant",
    });
    assert.deepEqual(settings?.page, {
      clientId: "page",
      scope: "openid profile email",
      url: "https://services.lab.example.org",
      cookieKeyFile: "/etc/endpoint/secrets/cookie-key",
    });
    assert.equal(settings?.recordSource?.tokenFile, undefined);
  });

  it("run two replicas under restricted pod security, with a read-only root", () => {
    const objects = objectsOf();
    const { spec } = one(objects, "Deployment", "endpoint");
    assert.equal((spec as { replicas: number }).replicas, 2);
    const pod = podOf(objects);
    assert.deepEqual(pod.securityContext, {
      runAsNonRoot: true,
      runAsUser: 65532,
      runAsGroup: 65532,
      fsGroup: 65532,
      seccompProfile: { type: "RuntimeDefault" },
    });
    const [container] = pod.containers;
    assert.deepEqual(container?.securityContext, {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      readOnlyRootFilesystem: true,
    });
    assert.ok(container?.volumeMounts.every(({ readOnly }) => readOnly));
    assert.deepEqual(container?.readinessProbe.httpGet, { path: "/readyz", port: "http" });
    assert.equal(pod.terminationGracePeriodSeconds, 30);
    assert.deepEqual(one(objects, "PodDisruptionBudget", "endpoint").spec?.["maxUnavailable"], 1);
  });

  it("mount the Secret where there is one, and no value of it is anywhere else", () => {
    assert.deepEqual(
      podOf(objectsOf()).volumes.map(({ name }) => name),
      ["settings"],
    );
    const secrets = { clientSecret: true, collectionToken: false };
    const objects = objectsOf({ login: { clientId: "page" } }, secrets);
    assert.deepEqual(podOf(objects).volumes, [
      { name: "settings", configMap: { name: "endpoint-settings" } },
      { name: "secrets", secret: { secretName: "endpoint", defaultMode: 0o440 } },
    ]);
    assert.deepEqual(podOf(objects).containers[0]?.env, [
      { name: "ENDPOINT_SETTINGS", value: "/etc/endpoint/settings/settings.json" },
    ]);
  });

  it("trust an authority of the operator's", () => {
    const caCertificate = "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n";
    const objects = objectsOf({ caCertificate });
    const { data } = one(objects, "ConfigMap", "endpoint-settings");
    assert.equal(data?.["ca.crt"], caCertificate);
    assert.doesNotMatch(data?.["settings.json"] ?? "", /CERTIFICATE/);
    assert.deepEqual(podOf(objects).containers[0]?.env[1], {
      name: "NODE_EXTRA_CA_CERTS",
      value: "/etc/endpoint/settings/ca.crt",
    });
    assert.match(problemsOf({ caCertificate: "abc" })[0] ?? "", /caCertificate: not certificates/);
    const key = `${caCertificate}-----BEGIN PRIVATE KEY-----`;
    assert.equal(problemsOf({ caCertificate: key }).length, 1);
  });

  it("restart with their settings, and not with their reservations", () => {
    const digest = (over: Partial<EndpointSpec>): unknown => {
      const { spec } = one(objectsOf(over), "Deployment", "endpoint");
      const { metadata } = (spec as { template: { metadata: { annotations: object } } }).template;
      return Reflect.get(metadata.annotations, "science-platform/config-digest");
    };
    const reservation = { tenant: "alice", class: "a100", count: 1 };
    const base = { gpus: GPUS, reservations: [reservation] };
    assert.equal(digest(base), digest({ ...base, reservations: [{ ...reservation, count: 2 }] }));
    assert.notEqual(digest(base), digest({ ...base, keepVolumes: true }));
  });

  it("are exposed as the cluster exposes everything", () => {
    const ingress = one(objectsOf({ expose: { issuer: "lab-issuer" } }), "Ingress", "endpoint");
    assert.deepEqual(ingress.metadata.annotations, {
      "cert-manager.io/cluster-issuer": "lab-issuer",
      "nginx.ingress.kubernetes.io/proxy-read-timeout": "3600",
      "nginx.ingress.kubernetes.io/proxy-body-size": "2m",
      "nginx.ingress.kubernetes.io/proxy-buffering": "off",
    });
    const gateway = { name: "g", namespace: "gateways" };
    const objects = objectsOf({ expose: { kind: "gateway", gateway } });
    assert.deepEqual(one(objects, "HTTPRoute", "endpoint").spec?.["hostnames"], [SPEC.hostname]);
    assert.match(JSON.stringify(one(objects, "NetworkPolicy", "endpoint").spec), /"gateways"/);
    const traefik = one(objectsOf({ expose: { className: "traefik" } }), "Ingress", "endpoint");
    assert.doesNotMatch(JSON.stringify(traefik), /nginx/);
  });

  it("make tenants' namespaces where the operator names them", () => {
    const spec = {
      ...SPEC,
      createNamespaces: false,
      tenants: ["alice", "Bob@example.org", "alice"],
    };
    const { tenants } = endpointObjects(spec, NONE);
    assert.deepEqual(
      tenants.map(({ namespace }) => namespace.metadata.annotations),
      [
        { "science-platform/tenant-claim": "alice" },
        { "science-platform/tenant-claim": "Bob@example.org" },
      ],
    );
    assert.match(tenants[1]!.namespace.metadata.name, /^user-bob-example-org-[0-9a-f]{10}$/);
    assert.deepEqual(
      tenants[0]!.objects.slice(0, 2).map(({ kind, metadata }) => `${kind}/${metadata.name}`),
      ["RoleBinding/tenant", "ResourceQuota/tenant"],
    );
    assert.doesNotMatch(JSON.stringify(endpointObjects(spec, NONE).objects), /"bind"/);
  });

  it("are refused with everything that is wrong, under the names that were given", () => {
    assert.deepEqual(
      problemsOf(
        {
          hostname: "services",
          image: "registry.example.org/endpoint",
          replicas: 0,
          tenants: ["alice"],
          collection: { url: "http://llp.example.org" },
          reservations: [{ tenant: "alice", class: "h100", count: 1 }],
          resources: { memory: "much" },
          defaultUser: 0,
        },
        { clientSecret: true, collectionToken: false },
      ).map((line) => /^endpoint \S+: ([^:]+):/.exec(line)?.[1]),
      [
        "hostname",
        "image",
        "replicas",
        "resources.memory",
        "tenants",
        "clientSecret",
        "reservations[0].class",
        "defaultUser",
        "collection.url",
      ],
    );
  });

  it("keep tenants' hosts out of reach of the endpoint's cookies", () => {
    const [line] = problemsOf({ exposure: { domain: "lab.example.org" } });
    assert.match(
      line ?? "",
      /exposure.domain: the endpoint's own host is within the tenants' domain/,
    );
    assert.deepEqual(problemsOf({ exposure: { domain: "apps.lab.example.org" } }), []);
  });

  it("want an image that is named for good", () => {
    const good = ["a:1", "r.example.org:5000/a/b:1.0", `r/a@sha256:${"0".repeat(64)}`];
    const bad = ["a", "r.example.org:5000/a", "a:", "a b:1", "a@sha256:12"];
    good.forEach((image) => assert.deepEqual(problemsOf({ image }), [], image));
    bad.forEach((image) => assert.equal(problemsOf({ image }).length, 1, image));
  });
});

describe("Grafana's dashboard", () => {
  it("asks for metrics that the endpoint has", async () => {
    const { registry } = newMetrics();
    const known = (await registry.getMetricsAsJSON()).map(({ name }) => name);
    const asked = dashboardMetrics();
    assert.ok(asked.length >= 7, asked.join(" "));
    assert.deepEqual(
      asked.filter((name) => !known.includes(name)),
      [],
    );
  });

  it("has panels that do not lie on each other", () => {
    const panels = endpointDashboard()["panels"] as { id: number; gridPos: object }[];
    assert.equal(new Set(panels.map(({ gridPos }) => JSON.stringify(gridPos))).size, panels.length);
    assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  });
});
