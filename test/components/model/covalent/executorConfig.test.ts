import assert from "node:assert/strict";
import { executorConfig } from "../../../../components/model/covalent/executorConfig";
import type { CovalentSpec } from "../../../../components/model/covalent/settings";
import { ARN, ECR, eksSpec, GPUS, minikubeSpec } from "../../../support/covalent";

const FACTS = {
  kubeconfigFile: "/lab/kubeconfig",
  context: ARN,
  credentialsFile: "",
  cacheDir: "/home/user/.cache/covalent",
};

function config(spec: CovalentSpec, facts = FACTS): string {
  return executorConfig(spec, facts);
}

describe("Covalent's config", () => {
  it("has every key of the plugin, in its order, and those of our executor", () => {
    assert.equal(
      config(eksSpec({ vcpu: "2.0", memory: "4G", pollSeconds: 5 })),
      `[executors.k8s]
base_image = "python:3.11-slim-bookworm"
k8s_config_file = "/lab/kubeconfig"
k8s_context = "${ARN}"
image_repo = "covalent-eks-task"
registry = "${ECR}"
registry_credentials_file = ""
data_store = "s3://covalent-eks-task-1"
region = "us-east-1"
vcpu = "2.0"
memory = "4G"
cache_dir = "/home/user/.cache/covalent"
poll_freq = 5

[executors.platform_k8s]
namespace = "covalent"
service_account = "covalent-task"
ttl_seconds = 3600
claim = ""
gpu_class = ""
gpu_count = 0
`,
    );
  });

  it("is the seed's for minikube", () => {
    const text = config(minikubeSpec(), { ...FACTS, context: "minikube" });
    for (const line of [
      'k8s_context = "minikube"',
      'image_repo = "covalent-eks-task"',
      'registry = "localhost"',
      'data_store = "/home/user/.cache/covalent"',
      'region = ""',
      'vcpu = "500m"',
      'memory = "1G"',
      "poll_freq = 10",
    ]) {
      assert.ok(text.includes(`\n${line}\n`), line);
    }
  });

  it("names claim and credentials where there are some", () => {
    const text = config(
      { dataStore: { path: "/nfs", claim: { size: "1Gi" } } },
      { ...FACTS, credentialsFile: "/lab/registry.toml" },
    );
    assert.match(text, /^claim = "covalent-data"$/m);
    assert.match(text, /^registry_credentials_file = "\/lab\/registry.toml"$/m);
    assert.match(
      config({ dataStore: { path: "/nfs", claim: { existingClaim: "mine" } } }),
      /^claim = "mine"$/m,
    );
  });

  it("has the GPU classes that nodes offer, with what a node has at most", () => {
    const [, ...elements] = config(eksSpec(GPUS)).split("[[executors.platform_k8s.gpu_classes]]\n");
    assert.deepEqual(elements, [
      `name = "a100"
resource = "nvidia.com/gpu"
most = 4
node_label = "science-platform/gpu-class.a100"
tolerations = ["lab/gpu=a100:NoSchedule"]

`,
      `name = "t4.remote"
resource = "nvidia.com/gpu"
most = 1
node_label = "science-platform/gpu-class.t4.remote"
tolerations = ["virtual-node.interlink/no-schedule"]
`,
    ]);
  });

  it("keeps quotes and backslashes within their value", () => {
    const text = config(eksSpec({ baseImage: 'a"\\b\u007f' }));
    assert.ok(text.includes('base_image = "a\\"\\\\b\\u007f"\n'), text);
  });
});
