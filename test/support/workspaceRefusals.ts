/** What can be wrong with a workspace's JSON: how to bring it about, and how its message reads. */

/** A JSON object. */
export type Json = Record<string, unknown>;

interface Refusal<Class extends string> {
  refusal: Class;
  /** The messages that say so: one of a spoilt config's problems matches. */
  pattern: RegExp;
  /** Wrong values. */
  values: readonly unknown[];
  /** The config with the wrong value in it, whatever else it has. */
  spoil: (config: Json, value: unknown) => Json;
}

function refusal<Class extends string>(
  name: Class,
  pattern: RegExp,
  values: readonly unknown[],
  spoil: (config: Json, value: unknown) => Json,
): Refusal<Class> {
  return { refusal: name, pattern, values, spoil };
}

/** Sets one key to the wrong value. */
function at(key: string): (config: Json, value: unknown) => Json {
  return (config, value) => ({ ...config, [key]: value });
}

/** Puts the wrong values over the config's. */
function over(config: Json, value: unknown): Json {
  return { ...config, ...(value as Json) };
}

function without(config: Json, ...keys: string[]): Json {
  return Object.fromEntries(Object.entries(config).filter(([key]) => !keys.includes(key)));
}

const VOLUME = {
  mountPath: "/data",
  size: "1Gi",
  access_mode: "ReadWriteOnce",
  pvc_type: "standard",
};

/** Mounts this alone. */
function volume(config: Json, value: unknown): Json {
  const plain = without(config, "existing_persistent_volume", "mount_files");
  return { ...plain, persistent_volume: [{ ...VOLUME, ...(value as Json) }] };
}

const INGRESS = { host: "a.lab.example.org", port: 8888, oauth_url: "oauth.vision" };

function ingress(config: Json, value: unknown): Json {
  return { ...config, ports: { web: [8888] }, ingress: { ...INGRESS, ...(value as Json) } };
}

function gpu(config: Json, value: unknown): Json {
  return { ...without(config, "gpu_request", "gpu_selector", "node_selector"), ...(value as Json) };
}

/** Every class of refusal. */
export const REFUSALS = [
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
    "quantity",
    /: not a quantity/,
    [
      { memory_request: "4GB" },
      { cpu_limit: "two" },
      { memory_limit: "" },
      { cpu_request: "5.5.5" },
    ],
    over,
  ),
  refusal(
    "too-little",
    /: too little/,
    [{ memory_request: 4 }, { memory_limit: "400m" }, { cpu_request: 0 }, { cpu_request: "-1" }],
    over,
  ),
  refusal("too-much", /: more than any machine has/, [{ cpu_request: "4Gi" }], over),
  refusal(
    "limit",
    /_limit: less than the request/,
    [
      { memory_request: "4Gi", memory_limit: "4G" },
      { cpu_request: 2, cpu_limit: "1999m" },
    ],
    over,
  ),
  refusal("negative-gpus", /gpu_request: not a number of GPUs/, [{ gpu_request: -1 }], gpu),
  refusal(
    "selector-alone",
    /gpu_selector: selects among GPUs/,
    [{ gpu_selector: { type: "A100" } }],
    gpu,
  ),
  refusal(
    "empty-selector",
    /gpu_selector: selects nothing/,
    [{ gpu_request: 1, gpu_selector: {} }],
    gpu,
  ),
  refusal(
    "selector-value",
    /gpu_selector\.\w+: (not an amount|empty)/,
    [
      { gpu_request: 1, gpu_selector: { vram: "VRAM_SIZE" } },
      { gpu_request: 1, gpu_selector: { type: "" } },
    ],
    gpu,
  ),
  refusal(
    "gpu-nobody-offers",
    /gpu_selector: no GPU class matches/,
    [{ gpu_request: 1, gpu_selector: { type: "H100" } }],
    gpu,
  ),
  refusal(
    "too-many-gpus",
    /gpu_request: more GPUs than/,
    [{ gpu_request: 5, gpu_selector: { type: "A100" } }],
    gpu,
  ),
  refusal(
    "claims-on-virtual-node",
    /: claims cannot be mounted/,
    [{ gpu_request: 1, gpu_selector: { type: "T4" } }],
    (config, value) => gpu(volume(config, {}), value),
  ),
  refusal(
    "node-without-gpu",
    /node_selector: a node without the GPUs/,
    [{ gpu_request: 1, gpu_selector: { type: "A100" }, node_selector: "cpu-1" }],
    gpu,
  ),
  refusal(
    "virtual-node",
    /node_selector: a virtual node/,
    [{ node_selector: "interlink-vk" }],
    gpu,
  ),
  refusal(
    "memory-of-no-node",
    /memory_request: larger than any/,
    [{ memory_request: "600Gi", memory_limit: "1Ti" }],
    over,
  ),
  refusal(
    "cpu-of-no-node",
    /cpu_request: larger than any/,
    [{ cpu_request: 65, cpu_limit: 65 }],
    over,
  ),
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
    /deployment: text that reads like no/,
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
  refusal(
    "port-name",
    /ports[^:]*: not a name that a port/,
    [
      { SERVICE_NAME_1: [80] },
      { "a-name-that-is-too-long": [80] },
      { "80": [80] },
      { "a--b": [80] },
      { "": [80] },
    ],
    at("ports"),
  ),
  refusal(
    "port-range",
    /ports\.web\[0\]: out of range/,
    [{ web: [0] }, { web: [65_536] }, { web: ["-1"] }],
    at("ports"),
  ),
  refusal("port-twice", /ports\.b\[0\]: port used twice/, [{ a: [80], b: ["80"] }], at("ports")),
  refusal(
    "node-port-range",
    /ports\.web\[1\]: out of range/,
    [{ web: [80, 29_999] }, { web: [80, "32768"] }],
    (config, value) => ({
      ...config,
      service_type: "NodePort",
      ports: value,
    }),
  ),
  refusal(
    "node-port-twice",
    /ports\.b\[1\]: node port used twice/,
    [{ a: [80, 30_080], b: [81, "30080"] }],
    (config, value) => ({
      ...config,
      service_type: "NodePort",
      ports: value,
    }),
  ),
  refusal(
    "node-port-of-cluster-ip",
    /ports\.web\[1\]: a node port, but/,
    [{}, { service_type: "ClusterIP" }],
    (config, value) =>
      over({ ...without(config, "service_type"), ports: { web: [80, 30_080] } }, value),
  ),
  refusal(
    "service-type",
    /service_type: not a type/,
    ["Nodeport", "ExternalName"],
    at("service_type"),
  ),
  refusal(
    "service-type-alone",
    /service_type: of no use/,
    ["NodePort", "LoadBalancer"],
    (config, value) => ({
      ...without(config, "ports"),
      service_type: value,
    }),
  ),
  refusal(
    "access-mode",
    /\.access_mode: not an access mode/,
    [{ access_mode: "ReadWrite" }, { access_mode: "" }],
    volume,
  ),
  refusal(
    "storage",
    /\.pvc_type: (empty|not a name)/,
    [{ pvc_type: "" }, { pvc_type: "STORAGE_CLASS" }],
    volume,
  ),
  refusal(
    "size",
    /\.size: (not a quantity|too little)/,
    [{ size: "VOLUME_SIZE" }, { size: 100 }, { size: "-1Gi" }],
    volume,
  ),
  refusal(
    "system-path",
    /mountPath: (a system path|reserved)/,
    [
      "/",
      "/etc",
      "/etc/app",
      "/proc/1",
      "/sys",
      "/dev/shm",
      "/var/run/secrets",
      "/usr",
      "/bin/",
    ].map((mountPath) => ({ mountPath })),
    volume,
  ),
  refusal(
    "path",
    /mountPath: (not an absolute path|a path )/,
    ["data", "", "/data/../etc", "/a//b", "/a:b"].map((mountPath) => ({ mountPath })),
    volume,
  ),
  refusal(
    "file-path",
    /mount_files[^:]*\[1\]: a (system path|folder)/,
    ["/etc/passwd", "/usr/bin/env", "/home", "/opt/files/"],
    (config, value) => ({
      ...config,
      mount_files: { "a.json": ["settings.json", value] },
    }),
  ),
  refusal("file-name", /mount_files[^:]*: not a name/, ["..", "a/b", ""], (config, name) => ({
    ...config,
    mount_files: { [String(name)]: ["settings.json", "/opt/a.json"] },
  })),
  refusal(
    "mounted-twice",
    /mountPath: mounted twice/,
    ["/data", "/data/"],
    (config, mountPath) => ({
      ...config,
      persistent_volume: [VOLUME, { ...VOLUME, mountPath }],
    }),
  ),
  refusal("below-a-file", /mountPath: below /, ["/opt/a/b"], (config, mountPath) => ({
    ...volume(config, { mountPath }),
    mount_files: { a: ["settings.json", "/opt/a"] },
  })),
  refusal(
    "claim",
    /existing_persistent_volume\[0\]\.name: not a name/,
    ["EXISTING_PVC_NAME", "a_b", ""],
    (config, name) => ({
      ...config,
      existing_persistent_volume: [{ name, mountPath: "/mnt/x" }],
    }),
  ),
  refusal(
    "own-claim",
    /existing_persistent_volume\[0\]\.name: the claim that/,
    ["a-mkg-claim-0"],
    (config, name) => ({
      ...config,
      chart_name: "a",
      persistent_volume: [VOLUME],
      existing_persistent_volume: [{ name, mountPath: "/mnt/x" }],
    }),
  ),
  refusal(
    "host",
    /ingress\.host: not a host name/,
    [
      { host: "SUBDOMAIN.lab.example.org" },
      { host: "*.lab.example.org" },
      { host: "a" },
      { host: "1.2.3.4" },
      { host: "https://a.b" },
    ],
    ingress,
  ),
  refusal(
    "oauth-host",
    /ingress\.oauth_url: not a host name/,
    [{ oauth_url: "oauth.MY_NAMESPACE" }, { oauth_url: "https://a.b" }],
    ingress,
  ),
  refusal(
    "ingress-path",
    /ingress\.path: not a path/,
    [{ path: "/a;b" }, { path: "/a/../b" }, { path: "//a" }, { path: "/a b" }],
    ingress,
  ),
  refusal(
    "ingress-names",
    /ingress\.\w+: not the name of/,
    [{ nginx_issuer: "Lab_Issuer" }, { traefik_resolver: "a b" }, { traefik_middleware: "a/b" }],
    ingress,
  ),
  refusal(
    "ingress-port",
    /ingress\.port: a port that ports does not offer/,
    [{ port: 8889 }],
    ingress,
  ),
  refusal(
    "ingress-forms",
    /ingress\.nginx_issuer: an ingress has/,
    [{ nginx_issuer: "a", traefik_resolver: "b" }],
    ingress,
  ),
  refusal(
    "outside-domain",
    /ingress\.host: outside the domain/,
    [{ host: "a.example.org" }, { host: "alab.example.org" }],
    ingress,
  ),
  refusal(
    "unauthenticated",
    /ingress: an ingress without authentication/,
    [{ oauth_url: undefined }, { traefik_resolver: "le" }],
    (config, value) => {
      const web = { ...INGRESS, ...(value as Json) };
      return {
        ...config,
        ports: { web: [8888] },
        ingress: Object.fromEntries(Object.entries(web).filter(([, v]) => v !== undefined)),
      };
    },
  ),
  refusal(
    "variable",
    /env_variables[^:]*: not a name/,
    [{ "1A": "x" }, { "A=B": "x" }, { "": "x" }],
    at("env_variables"),
  ),
  refusal(
    "reserved-variable",
    /env_variables\.\w+: a variable that the platform sets/,
    ["NVIDIA_VISIBLE_DEVICES", "n_users", "user_1"],
    (config, name) => ({
      ...config,
      user_secret: ["a", "b"],
      user_secret_params: ["user"],
      env_variables: { [String(name)]: "all" },
    }),
  ),
  refusal(
    "variable-value",
    /env_variables\.A: a value with a zero byte/,
    [{ A: "\0" }],
    at("env_variables"),
  ),
  refusal(
    "secrets-alone",
    /user_secret: of no use without/,
    [{ user_secret: ["a"] }, { user_secret: ["a"], user_secret_params: [] }],
    (config, value) => over(without(config, "user_secret", "user_secret_params"), value),
  ),
  refusal(
    "params-alone",
    /user_secret_params: of no use without/,
    [{ user_secret_params: ["user"] }],
    (config, value) => over(without(config, "user_secret", "user_secret_params"), value),
  ),
  refusal(
    "user-secret",
    /user_secret\[0\]: not a name/,
    [["USER_1_SECRET"], [""]],
    (config, value) => ({
      ...config,
      user_secret: value,
      user_secret_params: ["user"],
    }),
  ),
  refusal(
    "user-param",
    /user_secret_params\[0\]: (not a key|a variable)/,
    [["1a"], ["n_users"], ["a b"]],
    (config, value) => ({
      ...config,
      user_secret: ["a"],
      user_secret_params: value,
    }),
  ),
  refusal(
    "user-twice",
    /user_secret\w*\[1\]: named twice/,
    [
      { user_secret: ["a", "a"], user_secret_params: ["user"] },
      { user_secret: ["a"], user_secret_params: ["user", "user"] },
    ],
    over,
  ),
] as const;

/** What a config can be refused for. */
export type RefusalClass = (typeof REFUSALS)[number]["refusal"];
