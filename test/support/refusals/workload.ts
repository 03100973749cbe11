/** Names, image, allocation and place: what is refused. */
import { at, over, refusal, without } from "./spoil";

export const WORKLOAD_REFUSALS = [
  refusal(
    "missing-key",
    /: required, but missing/,
    ["namespace", "chart_name", "docker_image"],
    (config, key) => without(config, String(key)),
  ),
  refusal(
    "wrong-type",
    /: must be /,
    [
      { tag: 1.1 },
      { ports: [8888] },
      { clusters: "local" },
      { gpu_request: 1.5 },
      { command: "sleep" },
      { persistent_volume: {} },
      { namespace: null },
    ],
    over,
  ),
  refusal(
    "unknown-key",
    /: unknown key/,
    [{ memory_requests: "1Gi" }, { gpu: 1 }, { constructor: 1 }],
    over,
  ),
  refusal("forbidden-key", /: a key that is not allowed/, ["env_variables"], (config, key) => ({
    ...config,
    [String(key)]: JSON.parse('{ "__proto__": "x" }') as unknown,
  })),
  refusal(
    "namespace",
    /namespace: not a name/,
    ["Machine Learning", "-a", "a.b", "x".repeat(64), ""],
    at("namespace"),
  ),
  refusal(
    "system-namespace",
    /namespace: a namespace of Kubernetes/,
    ["kube-system"],
    at("namespace"),
  ),
  refusal(
    "name",
    /chart_name: not a name/,
    ["Helm_Chart_name", "1-notebook", "a.b", "a-", ""],
    at("chart_name"),
  ),
  refusal(
    "long-name",
    /chart_name: too long/,
    ["n".repeat(60), "mkg".repeat(22)],
    at("chart_name"),
  ),
  refusal(
    "image",
    /docker_image: not the name/,
    ["DOCKER_IMAGE", "https://ghcr.io/a/b", "a b", "a@sha256:1", ""],
    at("docker_image"),
  ),
  refusal("tag", /tag: not a tag/, ["a b", "-1", "x".repeat(129)], at("tag")),
  refusal("two-tags", /tag: docker_image says/, [{ docker_image: "nginx:1.2", tag: "1.3" }], over),
  refusal(
    "no-allocation",
    /allocationTime: required for a Job/,
    [{}, { deployment: false }],
    (config, value) => over(without(config, "allocationTime", "deployment"), value),
  ),
  refusal(
    "allocation",
    /allocationTime: not a time/,
    ["0", -1, "2 d", "2w", "1e3", "", "68y", "30000d"],
    (config, value) => ({
      ...without(config, "deployment"),
      allocationTime: value,
    }),
  ),
  refusal(
    "endless-allocation",
    /allocationTime: a deployment has no end/,
    [{ deployment: true, allocationTime: "2" }],
    over,
  ),
  refusal(
    "deployment-text",
    /deployment: reads like no/,
    ["false", "False", "no", ""],
    at("deployment"),
  ),
  refusal(
    "unknown-cluster",
    /clusters\[0\]: a cluster that the stack does not have/,
    [["locale"], ["CLUSTER_1", "local"]],
    at("clusters"),
  ),
  refusal("cluster-twice", /clusters\[1\]: named twice/, [["local", "local"]], at("clusters")),
  refusal("node", /node_selector: not a name/, ["", "node 1", "-a"], at("node_selector")),
  refusal(
    "pull-secret",
    /image_pull_secret: not a name/,
    ["Registry", "a_b", ""],
    at("image_pull_secret"),
  ),
  refusal("command", /command: no command/, [[], [""]], at("command")),
] as const;
