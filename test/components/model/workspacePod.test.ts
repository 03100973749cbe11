import assert from "node:assert/strict";
import type { GpuClass } from "../../../components/model/gpuTypes";
import { imageReference } from "../../../components/model/workspacePod";
import { workspaceObjects } from "../../../components/model/workspaceObjects";
import type { WorkspaceSite, WorkspaceSpec } from "../../../components/model/workspaceTypes";

const SITE: WorkspaceSite = { cluster: "local" };
const A100: GpuClass = {
  resource: "nvidia.com/gpu",
  product: "NVIDIA-A100-SXM4-40GB",
  type: "A100",
  vram: "40G",
};
const GPU_SITE: WorkspaceSite = {
  ...SITE,
  gpus: {
    a100: { ...A100, taint: { key: "gpu", value: "yes", effect: "NoSchedule" } },
    v100: { ...A100, product: "Tesla-V100", type: "V100", vram: "16G" },
    remote: { ...A100, product: "Remote", type: "R1", vram: "1G" },
  },
  nodes: {
    "gpu-1": { gpus: [{ class: "a100", count: 4 }] },
    "gpu-2": { gpus: [{ class: "v100", count: 2 }] },
    "vk-1": { virtual: true, gpus: [{ class: "remote", count: 2 }] },
  },
};

interface Pod {
  containers: Record<string, unknown>[];
  [key: string]: unknown;
}

function pod(more: Partial<WorkspaceSpec>, site = SITE): Pod {
  const spec = { namespace: "ml", name: "lab", image: "img", allocationSeconds: 60, ...more };
  const job = workspaceObjects(spec, site, {}).find(({ kind }) => kind === "Job")!;
  return (job.spec as { template: { spec: Pod } }).template.spec;
}

function container(more: Partial<WorkspaceSpec>, site = SITE): Record<string, unknown> {
  return pod(more, site).containers[0]!;
}

describe("a workspace's pod", () => {
  it("has only what every workspace has, where nothing is asked for", () => {
    assert.deepEqual(Object.keys(pod({})), [
      "restartPolicy",
      "automountServiceAccountToken",
      "securityContext",
      "containers",
      "volumes",
    ]);
    assert.deepEqual(container({}), {
      name: "lab",
      image: "img:latest",
      env: [{ name: "NVIDIA_VISIBLE_DEVICES", value: "" }],
      volumeMounts: [{ name: "dshm", mountPath: "/dev/shm" }],
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
    });
    assert.deepEqual(pod({})["volumes"], [{ name: "dshm", emptyDir: { medium: "Memory" } }]);
  });

  it("names the image by tag or by digest", () => {
    const digest = `sha256:${"a".repeat(64)}`;
    assert.equal(
      imageReference("registry.example.org:5000/a/b", "1.2"),
      "registry.example.org:5000/a/b:1.2",
    );
    assert.equal(imageReference("a"), "a:latest");
    assert.equal(imageReference("a", digest), `a@${digest}`);
    assert.equal(imageReference("a", `@${digest}`), `a@${digest}`);
  });

  describe("resources", () => {
    it("are limited by the request where no limit is given", () => {
      assert.deepEqual(container({ memoryRequest: "2Gi" })["resources"], {
        requests: { memory: "2Gi" },
        limits: { memory: "2Gi" },
      });
    });

    it("take the limits that are given, and bound /dev/shm by the memory's", () => {
      const wanted = { cpuRequest: "1", cpuLimit: "2", memoryRequest: "1Gi", memoryLimit: "3Gi" };
      assert.deepEqual(container(wanted)["resources"], {
        requests: { cpu: "1", memory: "1Gi" },
        limits: { cpu: "2", memory: "3Gi" },
      });
      assert.deepEqual(pod(wanted)["volumes"], [
        { name: "dshm", emptyDir: { medium: "Memory", sizeLimit: "3Gi" } },
      ]);
    });

    it("have limits alone where no request is given", () => {
      assert.deepEqual(container({ memoryLimit: "3Gi" })["resources"], {
        limits: { memory: "3Gi" },
      });
    });
  });

  describe("with GPUs", () => {
    const gpuSelector = { type: "A100" };

    it("requests and limits the class's resource, on its nodes, through its taint", () => {
      const spec = pod({ gpuRequest: 2, gpuSelector, nodeSelector: "gpu-1" }, GPU_SITE);
      assert.deepEqual(spec.containers[0]!["resources"], {
        requests: { "nvidia.com/gpu": "2" },
        limits: { "nvidia.com/gpu": "2" },
      });
      assert.equal("env" in spec.containers[0]!, false);
      assert.deepEqual(spec["nodeSelector"], {
        "kubernetes.io/hostname": "gpu-1",
        "science-platform/gpu-class.a100": "true",
      });
      assert.deepEqual(spec["tolerations"], [
        { key: "gpu", operator: "Equal", value: "yes", effect: "NoSchedule" },
      ]);
      assert.equal("affinity" in spec, false);
    });

    it("is placed by affinity where several classes match", () => {
      const gpus = { ...GPU_SITE.gpus, v100: { ...GPU_SITE.gpus!["v100"]!, vram: "40G" } };
      const spec = pod({ gpuRequest: 1, gpuSelector: { vram: "40G" } }, { ...GPU_SITE, gpus });
      assert.equal("nodeSelector" in spec, false);
      assert.deepEqual(spec["affinity"], {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: ["a100", "v100"].map((name) => ({
              matchExpressions: [{ key: `science-platform/gpu-class.${name}`, operator: "Exists" }],
            })),
          },
        },
      });
    });

    it("has none of it with a request of 0, and the GPUs of the node hidden", () => {
      const spec = pod({ gpuRequest: 0 }, GPU_SITE);
      assert.deepEqual(spec, pod({}));
      assert.deepEqual(spec.containers[0]!["env"], [{ name: "NVIDIA_VISIBLE_DEVICES", value: "" }]);
    });

    it("refuses a GPU that nobody offers", () => {
      assert.throws(
        () => pod({ gpuRequest: 1, gpuSelector: { type: "H100" } }, GPU_SITE),
        /^ProblemsError: workspace ml\/lab: gpu_selector.*H100/s,
      );
    });

    it("tolerates a virtual node where that alone has the GPU", () => {
      assert.deepEqual(
        pod({ gpuRequest: 1, gpuSelector: { type: "R1" } }, GPU_SITE)["tolerations"],
        [{ key: "virtual-node.interlink/no-schedule", operator: "Exists" }],
      );
    });

    it("keeps the variable that shows GPUs to the device plugin", () => {
      const env = { NVIDIA_VISIBLE_DEVICES: "all" };
      assert.throws(
        () => pod({ gpuRequest: 1, gpuSelector, env }, GPU_SITE),
        /env_variables\.NVIDIA_VISIBLE_DEVICES: a variable that the platform sets itself/,
      );
    });
  });

  describe("variables", () => {
    it("keep the order of the config", () => {
      const { env } = container({ env: { ZETA: "1", ALPHA: "2" } }) as { env: { name: string }[] };
      assert.deepEqual(
        env.map(({ name }) => name),
        ["ZETA", "ALPHA", "NVIDIA_VISIBLE_DEVICES"],
      );
    });

    it("name one user's plainly, and take only the SSH key to be optional", () => {
      const { env } = container({
        userSecrets: ["user-1-secret"],
        userSecretParams: ["user", "ssh_publickey"],
      });
      assert.deepEqual(env, [
        { name: "n_users", value: "1" },
        { name: "user", valueFrom: { secretKeyRef: { name: "user-1-secret", key: "user" } } },
        {
          name: "ssh_publickey",
          valueFrom: {
            secretKeyRef: { name: "user-1-secret", key: "ssh_publickey", optional: true },
          },
        },
        { name: "NVIDIA_VISIBLE_DEVICES", value: "" },
      ]);
    });

    it("number several users", () => {
      const { env } = container({
        userSecrets: ["first", "second"],
        userSecretParams: ["user", "password"],
      });
      const ref = (name: string, secret: string, key: string): object => ({
        name,
        valueFrom: { secretKeyRef: { name: secret, key } },
      });
      assert.deepEqual(env, [
        { name: "n_users", value: "2" },
        ref("user_0", "first", "user"),
        ref("password_0", "first", "password"),
        ref("user_1", "second", "user"),
        ref("password_1", "second", "password"),
        { name: "NVIDIA_VISIBLE_DEVICES", value: "" },
      ]);
    });

    it("refuse a name that a user's has already", () => {
      const users = { userSecrets: ["first"], userSecretParams: ["user"] };
      assert.throws(
        () => container({ ...users, env: { user: "me" } }),
        /env_variables\.user: a variable/,
      );
      assert.throws(() => container({ ...users, env: { n_users: "3" } }), /env_variables\.n_users/);
    });
  });

  it("passes command, pull secret and node on", () => {
    const more = {
      command: ["sh", "-c", "sleep 1"],
      imagePullSecret: "registry",
      nodeSelector: "n",
    };
    const spec = pod(more);
    assert.deepEqual(spec.containers[0]!["command"], ["sh", "-c", "sleep 1"]);
    assert.deepEqual(spec["imagePullSecrets"], [{ name: "registry" }]);
    assert.deepEqual(spec["nodeSelector"], { "kubernetes.io/hostname": "n" });
  });

  it("mounts volumes for the site's group", () => {
    const { securityContext } = pod({}, { ...SITE, fsGroup: 2000 });
    assert.deepEqual(securityContext, {
      runAsNonRoot: true,
      seccompProfile: { type: "RuntimeDefault" },
      fsGroup: 2000,
      fsGroupChangePolicy: "OnRootMismatch",
    });
  });

  it("may start as root at a baseline site", () => {
    const spec = pod({}, { ...SITE, podSecurity: "baseline" });
    assert.deepEqual(spec["securityContext"], { seccompProfile: { type: "RuntimeDefault" } });
    assert.equal("securityContext" in spec.containers[0]!, false);
  });
});
