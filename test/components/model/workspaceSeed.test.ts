import assert from "node:assert/strict";
import * as fs from "node:fs";
import type { WorkspaceSpec } from "../../../components/model/workspaceTypes";
import { BASE, BASE_SPEC, fixture, FIXTURES, parse } from "../../support/workspaceFixtures";

/** What a reader of the seed puts in place of its words in capitals. */
const FILLED: Record<string, string> = {
  NAMESPACE_NAME: "machine-learning",
  Helm_Chart_name: "helm-chart-name",
  DOCKER_IMAGE: "ghcr.io/lab/notebook",
  REQUESTED_RAM_SIZE: "4Gi",
  REQUESTED_CPUs: "5000m",
  NUMBER_OF_GPUs: "1",
  VOLUME_SIZE: "100Gi",
  ACCESS_TYPE: "ReadWriteMany",
  STORAGE_CLASS: "local-hostpath",
  EXISTING_PVC_NAME: "shared",
  NODE_NAME: "gpu-a100",
  GPU_TYPE: "RTX-2070-Super",
  VRAM_SIZE: "8G",
  "SUBDOMAIN.maia.cloud.cbh.kth.se": "notebook.maia.cloud.cbh.kth.se",
  SERVICE_PORT: "8888",
  "oauth.MY_NAMESPACE": "oauth.my-namespace",
};

/** The fixture with its words in capitals filled in; ports have names and numbers of their own. */
function filled(name: string): Record<string, unknown> {
  const text = JSON.stringify(fixture(name));
  let port = 8080;
  let nodePort = 30_080;
  return JSON.parse(
    text
      .replace(/SERVICE_NAME_(\d)/g, "service-$1")
      .replace(/"NODE_PORT_NUMBER"/g, () => `"${nodePort++}"`)
      .replace(/"PORT_NUMBER"/g, () => `"${port++}"`)
      .replace(/"([^"]+)"/g, (whole, word: string) => (FILLED[word] ? `"${FILLED[word]}"` : whole)),
  ) as Record<string, unknown>;
}

/** Each block of the seed: what it adds to the base, and where it is refused as printed. */
const BLOCKS: Record<string, { spec: Partial<WorkspaceSpec>; extra?: object; refused?: string[] }> =
  {
    "seed-namespace": { spec: { namespace: "machine-learning" }, refused: ["namespace"] },
    "seed-chart-name": { spec: { name: "helm-chart-name" }, refused: ["chart_name"] },
    "seed-docker-image": {
      spec: { image: "ghcr.io/lab/notebook", tag: undefined },
      refused: ["docker_image"],
    },
    "seed-clusters": { spec: { clusters: ["CLUSTER_1", "CLUSTER_2"] } },
    "seed-resources": {
      spec: { memoryRequest: "4Gi", cpuRequest: "5000m" },
      refused: ["memory_request", "cpu_request"],
    },
    "seed-gpu-request": { spec: { gpuRequest: 1 }, refused: ["gpu_request"] },
    "seed-allocation-time": { spec: { allocationSeconds: 172_800 } },
    "seed-ports": {
      spec: {
        ports: [
          { name: "service-1", port: 8080 },
          { name: "service-2", port: 8081 },
        ],
      },
      refused: ["ports.SERVICE_NAME_1[0]", "ports.SERVICE_NAME_2[0]"],
    },
    "seed-node-ports": {
      spec: {
        serviceType: "NodePort",
        ports: [
          { name: "service-1", port: 8080, nodePort: 30_080 },
          { name: "service-2", port: 8081, nodePort: 30_081 },
        ],
      },
      refused: [
        "ports.SERVICE_NAME_1[0]",
        "ports.SERVICE_NAME_1[1]",
        "ports.SERVICE_NAME_2[0]",
        "ports.SERVICE_NAME_2[1]",
      ],
    },
    "seed-persistent-volumes": {
      spec: {
        volumes: ["/mount/path_1", "/mount/path_2"].map((mountPath) => ({
          mountPath,
          size: "100Gi",
          accessMode: "ReadWriteMany",
          storage: "local-hostpath",
        })),
      },
      refused: [
        "persistent_volume[0].size",
        "persistent_volume[0].access_mode",
        "persistent_volume[1].size",
        "persistent_volume[1].access_mode",
      ],
    },
    "seed-existing-volumes": {
      spec: { existingVolumes: [{ claim: "shared", mountPath: "/mount/path" }] },
      refused: ["existing_persistent_volume[0].name"],
    },
    "seed-mount-files": {
      spec: {
        files: [
          { name: "file_name", localPath: "/local/file/path", mountPath: "/file/mount/path" },
        ],
      },
    },
    "seed-node-selector": { spec: { nodeSelector: "gpu-a100" } },
    "seed-gpu-selector": {
      extra: { gpu_request: 1 },
      spec: { gpuRequest: 1, gpuSelector: { type: "RTX-2070-Super", vram: "8G" } },
      refused: ["gpu_selector.vram"],
    },
    "seed-ingress": {
      extra: { ports: { jupyter: [8888] } },
      spec: {
        ports: [{ name: "jupyter", port: 8888 }],
        ingress: {
          host: "notebook.maia.cloud.cbh.kth.se",
          port: 8888,
          oauthUrl: "oauth.my-namespace",
        },
      },
      refused: ["ingress.port"],
    },
    "seed-env-variables": { spec: { env: { KEY_1: "VAL_1", KEY_2: "VAL_2" } } },
    "seed-user-secrets": {
      spec: {
        userSecrets: ["user-1-secret", "user-2-secret"],
        userSecretParams: ["user", "password", "email", "ssh_publickey"],
      },
    },
  };

describe("the seed's JSON", () => {
  it("is all here", () => {
    const names = fs.readdirSync(FIXTURES).filter((name) => name.startsWith("seed-"));
    assert.deepEqual(
      names.map((name) => name.replace(/\.json$/, "")).sort(),
      [...Object.keys(BLOCKS), "seed-full-example"].sort(),
    );
  });

  it("gives the full example's spec", () => {
    assert.deepEqual(parse(fixture("seed-full-example")), {
      spec: {
        namespace: "machine-learning",
        name: "jupyterlab-1-v1",
        image: "jupyter/scipy-notebook",
        tag: "latest",
        memoryRequest: "4Gi",
        cpuRequest: "5000m",
        allocationSeconds: 172_800,
        ports: [{ name: "jupyter", port: 8888 }],
        volumes: [
          {
            mountPath: "/home/jovyan",
            size: "100Gi",
            accessMode: "ReadWriteOnce",
            storage: "local-hostpath",
          },
        ],
      },
      lines: [],
    });
  });

  for (const [name, { spec, extra, refused = [] }] of Object.entries(BLOCKS)) {
    it(`gives ${name}'s spec once its words are filled in`, () => {
      const expected = Object.fromEntries(
        Object.entries({ ...BASE_SPEC, ...spec }).filter(([, value]) => value !== undefined),
      );
      assert.deepEqual(parse({ ...BASE, ...extra, ...filled(name) }), {
        spec: expected,
        lines: [],
      });
    });

    it(`${refused.length > 0 ? "points at the words to fill in" : "takes the words"} of ${name}`, () => {
      const { lines } = parse({ ...BASE, ...extra, ...fixture(name) });
      assert.deepEqual(
        lines.map((line) => line.split(": ")[1]),
        refused,
      );
    });
  }
});
