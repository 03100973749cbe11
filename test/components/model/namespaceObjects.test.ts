import assert from "node:assert/strict";
import type { GpuClass } from "../../../components/model/gpuTypes";
import { namespaceObjects, podSecurityLabels } from "../../../components/model/namespaceObjects";
import type { NamespacePolicy } from "../../../components/model/namespaceObjects";

const gpu = (resource: string): GpuClass => ({ resource, product: "P", type: "T", vram: "1G" });
const GPUS = {
  a100: gpu("nvidia.com/gpu"),
  v100: gpu("nvidia.com/gpu"),
  slice: gpu("nvidia.com/mig-1g.10gb"),
};

function specs(policy: NamespacePolicy): Record<string, unknown> {
  return Object.fromEntries(
    namespaceObjects("ml", policy, GPUS).map(({ kind, metadata, spec }) => {
      assert.equal(metadata.namespace, "ml");
      assert.deepEqual(metadata.labels, { "app.kubernetes.io/managed-by": "science-platform" });
      return [`${kind} ${metadata.name}`, spec];
    }),
  );
}

describe("namespaceObjects", () => {
  it("makes nothing that was not asked for", () => {
    assert.deepEqual(namespaceObjects("ml", {}), []);
  });

  it("counts what the quota names", () => {
    const quota = { cpu: "8", memory: "32Gi", storage: "1Ti", claims: 4, pods: 0 };
    assert.deepEqual(specs({ quota })["ResourceQuota workspaces"], {
      hard: {
        "requests.cpu": "8",
        "requests.memory": "32Gi",
        "requests.storage": "1Ti",
        persistentvolumeclaims: "4",
        pods: "0",
      },
    });
  });

  it("counts GPUs by resource, and gives none of a class that is not named", () => {
    assert.deepEqual(specs({ quota: { gpus: { a100: 2, v100: 1 } } }), {
      "ResourceQuota workspaces": {
        hard: { "requests.nvidia.com/gpu": "3", "requests.nvidia.com/mig-1g.10gb": "0" },
      },
    });
  });

  it("refuses a quota of a class that is not in the vocabulary", () => {
    assert.throws(
      () => specs({ quota: { gpus: { a10: 1 } } }),
      /^ProblemsError: namespace ml: quota\.gpus\.a10: no such GPU class \(found "a10"; allowed: a100, v100, slice\)\. Did you mean a100\?$/,
    );
  });

  it("gives containers limits where the quota would refuse those without", () => {
    const limits = (policy: NamespacePolicy): unknown => specs(policy)["LimitRange workspaces"];
    const container = (fields: object): object => ({ limits: [{ type: "Container", ...fields }] });
    assert.deepEqual(
      limits({ quota: { cpu: "8", memory: "32Gi" } }),
      container({ default: { cpu: "1", memory: "2Gi" } }),
    );
    assert.deepEqual(
      limits({ quota: { cpu: "8" }, limits: { maxCpu: "500m" } }),
      container({ default: { cpu: "500m" }, max: { cpu: "500m" } }),
    );
    assert.deepEqual(
      limits({ quota: { cpu: "8" }, limits: { maxCpu: "16" } }),
      container({ default: { cpu: "1" }, max: { cpu: "16" } }),
    );
    assert.equal(limits({ quota: { pods: 3 } }), undefined);
  });

  it("sets the limits that are given, and no others", () => {
    const limits = { cpu: "2", cpuRequest: "1", memoryRequest: "1Gi", maxMemory: "8Gi" };
    assert.deepEqual(specs({ limits }), {
      "LimitRange workspaces": {
        limits: [
          {
            type: "Container",
            default: { cpu: "2" },
            defaultRequest: { cpu: "1", memory: "1Gi" },
            max: { memory: "8Gi" },
          },
        ],
      },
    });
  });

  describe("network policies", () => {
    it("deny everything but what a workspace needs", () => {
      assert.deepEqual(specs({ networkPolicy: {} }), {
        "NetworkPolicy default-deny": { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
        "NetworkPolicy allow-dns": {
          podSelector: {},
          policyTypes: ["Egress"],
          egress: [
            {
              to: [
                {
                  namespaceSelector: {
                    matchLabels: { "kubernetes.io/metadata.name": "kube-system" },
                  },
                },
              ],
              ports: [
                { protocol: "UDP", port: 53 },
                { protocol: "TCP", port: 53 },
              ],
            },
          ],
        },
        "NetworkPolicy allow-same-namespace": {
          podSelector: {},
          policyTypes: ["Ingress", "Egress"],
          ingress: [{ from: [{ podSelector: {} }] }],
          egress: [{ to: [{ podSelector: {} }] }],
        },
        "NetworkPolicy allow-ingress-controller": {
          podSelector: {},
          policyTypes: ["Ingress"],
          ingress: [
            {
              from: [
                {
                  namespaceSelector: {
                    matchLabels: { "kubernetes.io/metadata.name": "ingress-nginx" },
                  },
                },
              ],
            },
          ],
        },
        "NetworkPolicy allow-internet": {
          podSelector: {},
          policyTypes: ["Egress"],
          egress: [
            {
              to: [
                {
                  ipBlock: {
                    cidr: "0.0.0.0/0",
                    except: [
                      "169.254.0.0/16",
                      "10.0.0.0/8",
                      "100.64.0.0/10",
                      "172.16.0.0/12",
                      "192.168.0.0/16",
                    ],
                  },
                },
                { ipBlock: { cidr: "::/0", except: ["fe80::/10", "fc00::/7"] } },
              ],
            },
          ],
        },
      });
    });

    it("keep the metadata service closed where private networks are open", () => {
      const policies = specs({ networkPolicy: { allowPrivateNetworks: true } });
      assert.deepEqual(policies["NetworkPolicy allow-internet"], {
        podSelector: {},
        policyTypes: ["Egress"],
        egress: [
          {
            to: [
              { ipBlock: { cidr: "0.0.0.0/0", except: ["169.254.0.0/16"] } },
              { ipBlock: { cidr: "::/0", except: ["fe80::/10", "fd00:ec2::254/128"] } },
            ],
          },
        ],
      });
    });

    it("let another ingress controller in, and anyone to open ports", () => {
      const policies = specs({
        networkPolicy: { ingressNamespace: "traefik", openPorts: [2022] },
      });
      assert.deepEqual(policies["NetworkPolicy allow-ingress-controller"], {
        podSelector: {},
        policyTypes: ["Ingress"],
        ingress: [
          {
            from: [
              { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "traefik" } } },
            ],
          },
        ],
      });
      assert.deepEqual(policies["NetworkPolicy allow-open-ports"], {
        podSelector: {},
        policyTypes: ["Ingress"],
        ingress: [{ ports: [{ protocol: "TCP", port: 2022 }] }],
      });
    });
  });

  it("labels for Pod Security: refuse pods, warn on what makes them", () => {
    assert.deepEqual(podSecurityLabels("restricted"), {
      "pod-security.kubernetes.io/enforce": "restricted",
      "pod-security.kubernetes.io/warn": "restricted",
    });
  });
});
