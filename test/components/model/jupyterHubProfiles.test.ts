import assert from "node:assert/strict";
import { spawnerCpu, spawnerMemory } from "../../../components/model/jupyterHubResources";
import type { HubProfile } from "../../../components/model/jupyterHubProfiles";
import type { JupyterHubProfile } from "../../../components/model/jupyterHubTypes";
import { check, checkedOf, EVERYTHING, GPUS, MINIMAL, NODES } from "../../support/jupyterHub";

function one(profile: JupyterHubProfile): HubProfile {
  const { hub } = checkedOf({ ...MINIMAL, gpus: GPUS, nodes: NODES, profiles: [profile] });
  assert.equal(hub.profiles.length, 1);
  return hub.profiles[0]!;
}

function refusals(...profiles: JupyterHubProfile[]): readonly string[] {
  return check({ ...MINIMAL, gpus: GPUS, nodes: NODES, profiles }).lines;
}

describe("profiles of a hub", () => {
  it("are what the hub's python reads", () => {
    assert.deepEqual(checkedOf(EVERYTHING).hub.profiles, [
      {
        slug: "cpu",
        display_name: "CPU",
        description: "",
        default: true,
        cpu_limit: 4,
        mem_limit: "16G",
        mem_guarantee: "16G",
        environment: { NVIDIA_VISIBLE_DEVICES: "" },
        storage: true,
        remote: false,
      },
      {
        slug: "a100",
        display_name: "A100",
        description: "One whole GPU",
        default: false,
        groups: ["ml"],
        image: "quay.io/jupyter/pytorch-notebook:cuda12-2026-01-05",
        extra_resource_limits: { "nvidia.com/gpu": "1" },
        extra_resource_guarantees: { "nvidia.com/gpu": "1" },
        node_selector: { "science-platform/gpu-class.a100": "true" },
        tolerations: [{ key: "gpu", operator: "Equal", value: "a100", effect: "NoSchedule" }],
        storage: true,
        max_lifetime_seconds: 14_400,
        remote: false,
      },
      {
        slug: "remote",
        display_name: "Remote T4",
        description: "",
        default: false,
        extra_resource_limits: { "nvidia.com/gpu": "1" },
        extra_resource_guarantees: { "nvidia.com/gpu": "1" },
        node_selector: { "science-platform/gpu-class.t4": "true" },
        tolerations: [{ key: "virtual-node.interlink/no-schedule", operator: "Exists" }],
        storage: false,
        remote: true,
      },
    ]);
  });

  it("ask for a MIG slice by its own resource", () => {
    const profile = one({ name: "Slices", gpu: { class: "a100-1g", count: 2 } });
    assert.deepEqual(profile.extra_resource_limits, { "nvidia.com/mig-1g.10gb": "2" });
  });

  it("are remote on a virtual node without a GPU, too", () => {
    const profile = one({ name: "Far away", node: "vk" });
    assert.deepEqual(
      [profile.node_selector, profile.tolerations, profile.storage, profile.remote],
      [
        { "kubernetes.io/hostname": "vk" },
        [{ key: "virtual-node.interlink/no-schedule", operator: "Exists" }],
        false,
        true,
      ],
    );
    assert.equal(one({ name: "Here", node: "cpu-1" }).remote, false);
  });

  it("give amounts as KubeSpawner reads them: its G is 1024^3", () => {
    const cases = { "16Gi": "16G", "16G": "15625000K", "512Mi": "512M", "2Ti": "2T", "1": "1K" };
    for (const [quantity, expected] of Object.entries(cases)) {
      assert.equal(spawnerMemory(quantity), expected, quantity);
    }
    assert.equal(spawnerCpu("500m"), 0.5);
  });

  it("name the class and the nodes that were looked at, when nobody offers it", () => {
    const nodes = { "cpu-1": {} };
    const profiles = [{ name: "Big", gpu: { class: "a100" } }];
    assert.deepEqual(check({ ...MINIMAL, gpus: GPUS, nodes, profiles }).lines, [
      'hub: profiles[0].gpu: profile Big: a GPU nobody offers: no node has class a100 (nodes looked at: cpu-1) (found {"class":"a100"}). Say in nodes which node offers it.',
    ]);
    assert.match(
      refusals({ name: "X", gpu: { class: "a10" } })[0]!,
      /profiles\[0\]\.gpu: profile X: no GPU class/,
    );
  });

  it("are refused when no offering node is large enough", () => {
    assert.match(
      refusals({ name: "X", gpu: { class: "a100", count: 5 } })[0]!,
      /profiles\[0\]\.gpu\.count: profile X: more GPUs than any one node has: gpu-1 offers 4 of a100/,
    );
    assert.deepEqual(refusals({ name: "X", gpu: { class: "a100" }, memoryLimit: "600Gi" }), [
      'hub: profiles[0].memoryLimit: profile X: larger than any node that it could be on: gpu-1 has 512Gi (found "600Gi"). Ask for less.',
    ]);
    assert.deepEqual(refusals({ name: "X", node: "cpu-1", cpuGuarantee: "33", cpuLimit: "40" }), [
      'hub: profiles[0].cpuGuarantee: profile X: larger than any node that it could be on: cpu-1 has 32 (found "33"). Ask for less.',
    ]);
    // The promise decides where there is one, and a node of unknown size may be large enough.
    assert.deepEqual(refusals({ name: "X", node: "cpu-1", cpuGuarantee: "3", cpuLimit: "40" }), []);
    assert.deepEqual(refusals({ name: "X", gpu: { class: "a100-1g" }, memoryLimit: "9Ti" }), []);
  });

  it("are refused when no one node has enough of both", () => {
    const nodes = { fast: { cpu: "64", memory: "8Gi" }, large: { cpu: "8", memory: "64Gi" } };
    const profiles = [{ name: "X", cpuLimit: "32", memoryLimit: "32Gi" }];
    assert.deepEqual(check({ ...MINIMAL, nodes, profiles }).lines, [
      'hub: profiles[0].memoryLimit: profile X: no node has this and 32 of CPU together: fast has 8Gi, large has 64Gi; fast has 64, large has 8 (found "32Gi"). Ask for less of one.',
    ]);
  });

  it("must have slugs of their own", () => {
    assert.deepEqual(refusals({ name: "Big GPU" }, { name: "CPU" }, { name: "big-gpu" }), [
      'hub: profiles[2].slug: the slug of profiles[0] too: Big GPU and big-gpu could not be told apart (found "big-gpu"). Give one another slug.',
    ]);
    assert.match(refusals({ name: "日本" })[0]!, /profiles\[0\]\.slug: not a slug/);
    assert.match(
      refusals({ name: "A", default: true }, { name: "B", default: true })[0]!,
      /profiles: several are the default: a, b/,
    );
  });

  it("have every problem said at once", () => {
    const lines = refusals({
      name: "X",
      groups: [],
      image: "NO:",
      cpuLimit: "much",
      memoryLimit: "1Gi",
      memoryGuarantee: "2Gi",
      maxLifetime: "4",
      node: "cpu-2",
      labels: { "a*b": "c", ok: "not ok" },
      environment: { "1A": "x", NVIDIA_VISIBLE_DEVICES: "all" },
    });
    const paths = lines.map((line) => /^hub: (\S+): /.exec(line)?.[1]);
    assert.deepEqual(paths, [
      "profiles[0].groups",
      "profiles[0].image",
      "profiles[0].maxLifetime",
      'profiles[0].labels["a*b"]',
      "profiles[0].labels.ok",
      'profiles[0].environment["1A"]',
      "profiles[0].environment.NVIDIA_VISIBLE_DEVICES",
      "profiles[0].cpuLimit",
      "profiles[0].memoryGuarantee",
      "profiles[0].node",
    ]);
  });
});
