import assert from "node:assert/strict";
import { databaseVolume, jupyterHubObjects } from "../../../components/model/jupyterHubObjects";
import type { JupyterHubSettings } from "../../../components/model/jupyterHubTypes";
import type { KubernetesObject } from "../../../components/model/kubernetesObject";
import { checkedOf, EVERYTHING, MINIMAL } from "../../support/jupyterHub";

function objectsOf(settings: JupyterHubSettings): KubernetesObject[] {
  return jupyterHubObjects(settings, checkedOf(settings));
}

describe("objects beside the chart", () => {
  it("expose the hub below its base URL, by an Ingress", () => {
    const [ingress, ...others] = objectsOf({ ...MINIMAL, baseUrl: "/n/", expose: { issuer: "i" } });
    assert.deepEqual(others, []);
    assert.deepEqual(ingress!.metadata.annotations, {
      "cert-manager.io/cluster-issuer": "i",
      "nginx.ingress.kubernetes.io/proxy-body-size": "0",
      "nginx.ingress.kubernetes.io/proxy-read-timeout": "3600",
      "nginx.ingress.kubernetes.io/proxy-send-timeout": "3600",
    });
    assert.deepEqual(ingress!.spec, {
      ingressClassName: "nginx",
      rules: [
        {
          host: "hub.lab.example.org",
          http: {
            paths: [
              {
                path: "/n",
                pathType: "Prefix",
                backend: { service: { name: "proxy-public", port: { number: 80 } } },
              },
            ],
          },
        },
      ],
      tls: [{ hosts: ["hub.lab.example.org"], secretName: "jupyterhub-tls" }],
    });
  });

  it("expose it by a route of the Gateway API", () => {
    const gateway = { name: "web", namespace: "gateways" };
    const [route] = objectsOf({ ...MINIMAL, expose: { kind: "gateway", gateway } });
    assert.equal(route!.kind, "HTTPRoute");
    assert.deepEqual(route!.spec!["hostnames"], ["hub.lab.example.org"]);
  });

  it("are the tunnel's Service, unless something else stands in front", () => {
    const service = objectsOf(EVERYTHING).find(({ kind }) => kind === "Service");
    assert.equal(service?.metadata.namespace, "notebooks");
    assert.deepEqual(service?.spec, {
      type: "NodePort",
      selector: {
        "app.kubernetes.io/name": "jupyterhub",
        "app.kubernetes.io/instance": "jupyterhub",
        "app.kubernetes.io/component": "hub",
      },
      ports: [{ name: "ssh", port: 8022, targetPort: 8022, nodePort: 31_022, protocol: "TCP" }],
    });
    const without = objectsOf({ ...EVERYTHING, ssh: { service: false, port: 22 } });
    assert.deepEqual(
      without.map(({ kind }) => kind),
      ["Ingress"],
    );
  });

  it("are a role to read nodes, only where asked for", () => {
    const [, role, binding] = objectsOf({ ...MINIMAL, readNodes: true });
    assert.deepEqual(role, {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: role!.metadata,
      rules: [{ apiGroups: [""], resources: ["nodes"], verbs: ["get", "list", "watch"] }],
    });
    assert.deepEqual(Reflect.get(binding!, "subjects"), [
      { kind: "ServiceAccount", name: "hub", namespace: "jupyterhub" },
    ]);
  });

  it("are a volume bound to the database's claim, on its node, where it is a folder", () => {
    assert.equal(databaseVolume(MINIMAL), undefined);
    assert.deepEqual(databaseVolume(EVERYTHING)!.spec, {
      accessModes: ["ReadWriteOnce"],
      capacity: { storage: "2Gi" },
      claimRef: {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        namespace: "notebooks",
        name: "hub-db-dir",
      },
      persistentVolumeReclaimPolicy: "Retain",
      storageClassName: "",
      hostPath: { path: "/mnt/data/jupyterhub", type: "DirectoryOrCreate" },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            {
              matchExpressions: [
                { key: "kubernetes.io/hostname", operator: "In", values: ["cpu-1"] },
              ],
            },
          ],
        },
      },
    });
  });
});
