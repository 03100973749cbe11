/** Generated workspace JSON: valid ones, and ones with one thing wrong, tagged with what that is. */
import * as fc from "fast-check";
import type { WorkspaceSite } from "../../components/model/workspaceTypes";
import { REFUSALS, type Json, type RefusalClass } from "./workspaceRefusals";

/** Namespaces that generated workspaces are in: a test that applies them makes these. */
const GENERATED_NAMESPACES = ["machine-learning", "vision"];

/** Names of the mounted files of generated workspaces, all of which are read from this one path. */
const GENERATED_FILE = "settings.json";

/** The cluster that generated workspaces are valid on: the stand, as `Pulumi.dev.yaml` declares it. */
export const GENERATED_SITE: WorkspaceSite = {
  cluster: "local",
  gpus: {
    a100: {
      resource: "nvidia.com/gpu",
      product: "NVIDIA-A100-SXM4-40GB",
      type: "A100",
      vram: "40G",
      count: 4,
    },
    "a100-1g": {
      resource: "nvidia.com/mig-1g.10gb",
      product: "NVIDIA-A100-SXM4-80GB-MIG-1g.10gb",
      type: "A100-1g",
      vram: "10G",
      mig: "1g.10gb",
    },
    "remote-t4": { resource: "nvidia.com/gpu", product: "Tesla-T4", type: "T4", vram: "16G" },
  },
  nodes: {
    "cpu-1": { cpu: "32", memory: "128Gi" },
    "cpu-2": { cpu: "32", memory: "128Gi" },
    "gpu-a100": { gpus: [{ class: "a100", count: 4 }], cpu: "64", memory: "512Gi" },
    "gpu-mig": { gpus: [{ class: "a100-1g", count: 4 }], cpu: "64", memory: "512Gi" },
    "interlink-vk": { virtual: true, gpus: [{ class: "remote-t4", count: 2 }] },
  },
  storage: {
    "local-hostpath": { hostPath: "/var/lib/workspaces" },
    exports: { nfs: { server: "nfs.lab.example.org", path: "/exports" } },
  },
  ingress: { className: "nginx", issuer: "lab-issuer", domain: "lab.example.org" },
  unauthenticatedHosts: ["open.lab.example.org"],
};

/** One generated config, and what is expected of it. */
export interface GeneratedConfig {
  config: unknown;
  expected: "valid" | RefusalClass;
}

const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/);
const key = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,12}$/);

/** A number, or the same as text. */
function written(numbers: fc.Arbitrary<number>): fc.Arbitrary<number | string> {
  return fc.tuple(numbers, fc.boolean()).map(([n, quoted]) => (quoted ? String(n) : n));
}

const resources = fc.record(
  {
    memory_request: fc.constantFrom("64Mi", "1Gi", "1.5Gi", "4G", "1e9", 2_000_000_000),
    memory_limit: fc.constantFrom("8Gi", "16Gi", "20000M"),
    cpu_request: fc.constantFrom("10m", "500m", "0.5", "2", 1, 0.25),
    cpu_limit: fc.constantFrom("4", "8000m", 6),
  },
  { requiredKeys: [] },
);

const gpus = fc.oneof(
  fc.constant({}),
  written(fc.constantFrom(0)).map((n) => ({ gpu_request: n })),
  fc.record({
    gpu_request: written(fc.integer({ min: 1, max: 4 })),
    gpu_selector: fc.constantFrom(
      { type: "A100" },
      { type: "a100", vram: "40Gi" },
      { class: "a100-1g" },
      { product: "NVIDIA-A100-SXM4-40GB" },
      { vram: "10G" },
    ),
  }),
);

const duration = fc.oneof(
  fc.constantFrom<Json>(
    { allocationTime: "2" },
    { allocationTime: 0.5 },
    { allocationTime: "12h" },
    { allocationTime: "90m" },
    { allocationTime: "3600s", deployment: false },
  ),
  fc.constantFrom<Json>({ deployment: true }, { deployment: "yes" }, { deployment: 1 }),
);

const portNumbers = fc.uniqueArray(fc.integer({ min: 1, max: 65_535 }), { maxLength: 4 });

const ports = fc
  .tuple(
    portNumbers,
    fc.constantFrom(undefined, "ClusterIP", "NodePort", "LoadBalancer"),
    fc.nat(500),
  )
  .map(([numbers, type, start]): Json => {
    if (numbers.length === 0) {
      return {};
    }
    const fixed = type === "NodePort" || type === "LoadBalancer";
    const entries = numbers.map((port, i) => {
      const nodePort = fixed && i % 2 === 0 ? [String(30_000 + start + i)] : [];
      return [`p${i}-${port % 7}`, [i % 2 === 0 ? port : String(port), ...nodePort]];
    });
    return {
      ports: Object.fromEntries(entries) as Json,
      ...(type === undefined ? {} : { service_type: type }),
    };
  });

const PLACES = [
  "/data",
  "/home/jovyan",
  "/mnt/a",
  "/opt/b/",
  "/workspace",
  "/usr/share/nginx/html",
  "/var/www",
];

const mounts = fc
  .tuple(
    fc.shuffledSubarray(PLACES),
    fc.array(
      fc.tuple(
        fc.constantFrom("volume", "existing", "file"),
        fc.constantFrom("1Gi", "100Gi", "1.5Ti", "500M"),
        fc.constantFrom("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"),
        fc.constantFrom("local-hostpath", "exports", "standard"),
        fc.constantFrom(undefined, true, false, "True", "false"),
      ),
      { maxLength: PLACES.length },
    ),
  )
  .map(([places, kinds]): Json => {
    const chosen = kinds.slice(0, places.length).map((kind, i) => ({ kind, place: places[i]! }));
    const readOnly = (value: unknown): Json => (value === undefined ? {} : { readOnly: value });
    const of = (name: string): typeof chosen => chosen.filter(({ kind }) => kind[0] === name);
    const files = of("file").map(({ kind, place }, i) => [
      `file-${i}.json`,
      [
        GENERATED_FILE,
        `${place.replace(/\/$/, "")}/file-${i}.json`,
        ...(kind[4] === true ? ["readOnly"] : []),
      ],
    ]);
    return {
      persistent_volume: of("volume").map(({ kind, place }) => ({
        mountPath: place,
        size: kind[1],
        access_mode: kind[2],
        pvc_type: kind[3],
        ...readOnly(kind[4]),
      })),
      existing_persistent_volume: of("existing").map(({ kind, place }, i) => ({
        name: `shared.claim-${i}`,
        mountPath: place,
        ...readOnly(kind[4]),
      })),
      ...(files.length > 0 ? { mount_files: Object.fromEntries(files) as Json } : {}),
    };
  });

const users = fc
  .tuple(
    fc.uniqueArray(label, { maxLength: 3 }),
    fc.subarray(["user", "password", "email", "ssh_publickey"], { minLength: 1 }),
  )
  .map(([secrets, params]): Json =>
    secrets.length === 0 ? {} : { user_secret: secrets, user_secret_params: params },
  );

/** Names in capitals, so that none is a user's. */
const environment = fc.dictionary(
  key.map((name) => `V_${name.toUpperCase()}`),
  fc.oneof(fc.string({ unit: "grapheme", maxLength: 30 }), fc.integer()),
  { maxKeys: 4 },
);

const extras = fc.record(
  {
    clusters: fc.constantFrom([], ["local"]),
    command: fc.constantFrom(["sleep", "infinity"], ["python", "-m", "http.server", 8080]),
    image_pull_secret: fc.constantFrom("registry-credentials", "registry.lab"),
    env_variables: environment,
  },
  { requiredKeys: [] },
);

const ingress = fc.record(
  {
    host: label.map((name) => `${name}.lab.example.org`),
    oauth_url: fc.constantFrom("oauth.machine-learning", "oauth.lab.example.org"),
    path: fc.constantFrom("/", "/notebook", "notebook/a_b"),
    nginx_issuer: fc.constantFrom("lab-issuer", "cluster.issuer"),
  },
  { requiredKeys: ["host", "oauth_url"] },
);

const image = fc.constantFrom<Json>(
  { docker_image: "jupyter/scipy-notebook", tag: "latest" },
  { docker_image: "registry.lab.example.org:5000/team/notebook", tag: "1.2_rc" },
  { docker_image: "ghcr.io/lab/notebook:2024-10-07" },
  { docker_image: "nginx" },
  { docker_image: `busybox@sha256:${"0a".repeat(32)}` },
);

function firstPort(config: Json): unknown {
  return Object.values((config["ports"] ?? {}) as Record<string, unknown[]>)[0]?.[0];
}

const valid: fc.Arbitrary<Json> = fc
  .tuple(
    fc.record({ namespace: fc.constantFrom(...GENERATED_NAMESPACES), chart_name: label }),
    fc.tuple(image, resources, gpus, duration, ports, mounts, users, extras),
    fc.option(ingress, { nil: undefined }),
  )
  .map(([names, parts, web]) => {
    const config: Json = Object.assign({}, names, ...parts) as Json;
    const port = firstPort(config);
    return web === undefined || port === undefined
      ? config
      : { ...config, ingress: { ...web, port } };
  });

const refused: fc.Arbitrary<GeneratedConfig> = fc
  .tuple(valid, fc.constantFrom(...REFUSALS))
  .chain(([config, { refusal, values, spoil }]) =>
    fc
      .constantFrom(...values)
      .map((value) => ({ config: spoil(config, value), expected: refusal })),
  );

/** A config that `GENERATED_SITE` takes, or one that is refused for what `expected` says: half of each. */
export function workspaceConfig(): fc.Arbitrary<GeneratedConfig> {
  const good = valid.map((config): GeneratedConfig => ({ config, expected: "valid" }));
  return fc.oneof(good, refused);
}
