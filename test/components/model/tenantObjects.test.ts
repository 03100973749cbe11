import assert from "node:assert/strict";
import {
  reservationQuota,
  tenantNamespaceObject,
  tenantPolicies,
  tenantRoleBinding,
} from "../../../components/model/tenantObjects";
import { GPUS, settings } from "../../support/endpointSettings";

const ALICE = { name: "alice", namespace: "user-alice" };
const LABELS = {
  "app.kubernetes.io/managed-by": "science-platform-endpoint",
  "science-platform/tenant": "alice",
};

/** By `Kind/name`. */
function policies(over: Parameters<typeof settings>[0] = {}): Record<string, unknown> {
  return Object.fromEntries(
    tenantPolicies(ALICE, settings(over)).map((object) => {
      assert.equal(object.metadata.namespace, "user-alice");
      assert.deepEqual(object.metadata.labels, LABELS);
      return [`${object.kind}/${object.metadata.name}`, object.spec];
    }),
  );
}

describe("a tenant's namespace", () => {
  it("is under restricted pod security, and says whose it is", () => {
    assert.deepEqual(tenantNamespaceObject({ ...ALICE, claim: "Alice" }), {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: {
        name: "user-alice",
        labels: {
          ...LABELS,
          "pod-security.kubernetes.io/enforce": "restricted",
          "pod-security.kubernetes.io/warn": "restricted",
        },
        annotations: { "science-platform/tenant-claim": "Alice" },
      },
    });
  });

  it("lets the endpoint's account in, with one role", () => {
    const access = { serviceAccount: "endpoint", clusterRole: "home-endpoint-tenant" };
    const { metadata, roleRef, subjects } = tenantRoleBinding(ALICE, access, "home");
    assert.deepEqual(metadata, { name: "tenant", namespace: "user-alice", labels: LABELS });
    assert.deepEqual(roleRef, {
      apiGroup: "rbac.authorization.k8s.io",
      kind: "ClusterRole",
      name: "home-endpoint-tenant",
    });
    assert.deepEqual(subjects, [{ kind: "ServiceAccount", name: "endpoint", namespace: "home" }]);
  });

  it("has no Services that open ports of nodes, and default deny, whatever else is said", () => {
    const found = policies();
    assert.deepEqual(Object.keys(found), [
      "ResourceQuota/tenant",
      "NetworkPolicy/default-deny",
      "NetworkPolicy/allow-dns",
      "NetworkPolicy/allow-same-namespace",
      "NetworkPolicy/allow-ingress-controller",
      "NetworkPolicy/allow-internet",
    ]);
    assert.deepEqual(found["ResourceQuota/tenant"], {
      hard: { "services.nodeports": "0", "services.loadbalancers": "0" },
    });
    assert.deepEqual(found["NetworkPolicy/default-deny"], {
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
    });
  });

  it("has the quota of all, or one of its own", () => {
    const over = {
      gpus: GPUS,
      quota: { cpu: "8", memory: "32Gi", gpus: { a100: 1 } },
      tenantQuotas: { alice: { cpu: "64", pods: 9 }, bob: { cpu: "1" } },
    };
    assert.deepEqual(policies(over)["ResourceQuota/tenant"], {
      hard: {
        "requests.cpu": "64",
        pods: "9",
        "services.nodeports": "0",
        "services.loadbalancers": "0",
      },
    });
    assert.deepEqual(policies({ ...over, tenantQuotas: {} })["ResourceQuota/tenant"], {
      hard: {
        "requests.cpu": "8",
        "requests.memory": "32Gi",
        "requests.nvidia.com/gpu": "1",
        "requests.nvidia.com/mig-1g.10gb": "0",
        "services.nodeports": "0",
        "services.loadbalancers": "0",
      },
    });
  });

  it("is no other's for names that objects have by themselves", () => {
    const tenant = { name: "constructor", namespace: "user-constructor" };
    const [quota] = tenantPolicies(tenant, settings({ quota: { cpu: "1" } }));
    assert.equal((quota?.spec?.["hard"] as Record<string, string>)["requests.cpu"], "1");
  });

  it("lets in what exposes: the ingress controller, or the Gateway", () => {
    const from = (over: Parameters<typeof settings>[0]): string =>
      JSON.stringify(policies(over)["NetworkPolicy/allow-ingress-controller"]);
    const gateway = { name: "g", namespace: "gateways" };
    const exposure = { domain: "apps.example.org", kind: "gateway", gateway };
    assert.match(from({}), /"kubernetes.io\/metadata.name":"ingress-nginx"/);
    assert.match(from({ networkPolicy: { ingressNamespace: "traefik" } }), /"traefik"/);
    assert.match(from({ exposure }), /"gateways"/);
  });

  it("counts reserved GPUs by resource, those of none among them", () => {
    const { metadata, spec } = reservationQuota(ALICE, {
      "nvidia.com/mig-1g.10gb": 0,
      "nvidia.com/gpu": 2,
    });
    assert.deepEqual(metadata, {
      name: "gpu-reservation",
      namespace: "user-alice",
      labels: LABELS,
    });
    assert.deepEqual(spec, {
      hard: { "requests.nvidia.com/gpu": "2", "requests.nvidia.com/mig-1g.10gb": "0" },
    });
  });
});
