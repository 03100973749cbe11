import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { parseJson } from "../../../components/model/json";
import { Problems } from "../../../components/model/problems";
import { parseWorkspace } from "../../../components/model/workspaceSpec";
import type { WorkspaceSpec } from "../../../components/model/workspaceTypes";

const FIXTURES = path.join(__dirname, "../../fixtures/workspaces");

const BASE = {
  namespace: "vision",
  chart_name: "base",
  docker_image: "nginx:1.27",
  allocationTime: "2",
};

const BASE_SPEC: WorkspaceSpec = {
  namespace: "vision",
  name: "base",
  image: "nginx",
  tag: "1.27",
  allocationSeconds: 172_800,
};

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

function fixture(name: string): Record<string, unknown> {
  const problems = new Problems(name);
  const text = fs.readFileSync(path.join(FIXTURES, `${name}.json`), "utf8");
  const value = parseJson(text, problems);
  problems.throwIfAny();
  return value as Record<string, unknown>;
}

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

function parse(value: unknown): { spec?: WorkspaceSpec; lines: readonly string[] } {
  const problems = new Problems("w.json");
  const spec = parseWorkspace(value, problems);
  return { spec, lines: problems.list() };
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

describe("parseWorkspace", () => {
  it("reads every key", () => {
    assert.deepEqual(parse(fixture("everything")), {
      spec: {
        namespace: "machine-learning",
        name: "everything",
        image: "ghcr.io/lab/notebook",
        tag: "2024-10-07",
        clusters: ["local"],
        memoryRequest: "4Gi",
        cpuRequest: "500m",
        memoryLimit: "8Gi",
        cpuLimit: "2",
        gpuRequest: 1,
        gpuSelector: {
          type: "A100",
          vram: "40G",
          product: "NVIDIA-A100-SXM4-40GB",
          class: "a100",
        },
        allocationSeconds: 129_600,
        command: ["start-notebook.sh", "--port", "8888"],
        imagePullSecret: "registry-credentials",
        ports: [
          { name: "jupyter", port: 8888, nodePort: 30_888 },
          { name: "board", port: 6006 },
        ],
        serviceType: "NodePort",
        volumes: [
          {
            mountPath: "/home/jovyan",
            size: "100Gi",
            accessMode: "ReadWriteOnce",
            storage: "local-hostpath",
          },
          {
            mountPath: "/data",
            size: "1Ti",
            accessMode: "ReadOnlyMany",
            storage: "nfs",
            readOnly: true,
          },
        ],
        existingVolumes: [{ claim: "shared", mountPath: "/mnt/shared", readOnly: false }],
        files: [
          { name: "settings.json", localPath: "settings.json", mountPath: "/opt/settings.json" },
          {
            name: "start.sh",
            localPath: "files/start.sh",
            mountPath: "/opt/start.sh",
            readOnly: true,
          },
        ],
        nodeSelector: "gpu-a100",
        ingress: {
          host: "everything.lab.example.org",
          port: 8888,
          path: "/notebook",
          oauthUrl: "oauth.machine-learning",
          nginxIssuer: "lab-issuer",
        },
        env: { EPOCHS: "5", MODE: "train" },
        userSecrets: ["user-1-secret", "user-2-secret"],
        userSecretParams: ["user", "password", "ssh_publickey"],
      },
      lines: [],
    });
  });

  it("has no key that the JSON lacks", () => {
    assert.deepEqual(parse(BASE), { spec: BASE_SPEC, lines: [] });
    const { tag, ...untagged } = BASE_SPEC;
    assert.equal(tag, "1.27");
    assert.deepEqual(parse({ ...BASE, docker_image: "nginx" }).spec, untagged);
  });

  const DIGEST = `sha256:${"0f".repeat(32)}`;
  const versions: [docker_image: string, tag: string | undefined, version: string][] = [
    ["nginx:1.27", "1.27", "1.27"],
    ["nginx", "1.27", "1.27"],
    [`nginx:1.27@${DIGEST}`, undefined, DIGEST],
    ["nginx", `@${DIGEST}`, DIGEST],
    ["nginx", DIGEST, DIGEST],
    [`nginx@${DIGEST}`, DIGEST, DIGEST],
  ];
  for (const [docker_image, tag, version] of versions) {
    it(`takes ${version.slice(0, 12)} from ${docker_image.slice(0, 18)} and ${tag?.slice(0, 12)}`, () => {
      const { spec } = parse({ ...BASE, docker_image, ...(tag === undefined ? {} : { tag }) });
      assert.deepEqual([spec?.image, spec?.tag], ["nginx", version]);
    });
  }

  for (const deployment of [true, "true", "yes", 1, {}, []]) {
    it(`makes a Deployment of deployment: ${JSON.stringify(deployment)}`, () => {
      const { allocationTime, ...rest } = BASE;
      const { allocationSeconds, ...expected } = BASE_SPEC;
      assert.deepEqual(parse({ ...rest, deployment }), {
        spec: { ...expected, deployment: true },
        lines: [],
      });
      assert.ok(allocationTime !== undefined && allocationSeconds !== undefined);
    });
  }

  it("makes a Job of deployment: false", () => {
    assert.deepEqual(parse({ ...BASE, deployment: false }), { spec: BASE_SPEC, lines: [] });
  });

  for (const [written, read] of [
    [true, true],
    ["True", true],
    ["true", true],
    [false, false],
    ["False", false],
  ] as const) {
    it(`reads readOnly ${JSON.stringify(written)} as ${read}`, () => {
      const volume = { name: "shared", mountPath: "/data", readOnly: written };
      const { spec } = parse({ ...BASE, existing_persistent_volume: [volume] });
      assert.deepEqual(spec?.existingVolumes, [
        { claim: "shared", mountPath: "/data", readOnly: read },
      ]);
    });
  }

  it("roots the ingress path once, as upstream's double slash was not meant", () => {
    const ingress = { host: "a.lab.example.org", port: 80 };
    for (const [written, read] of [
      ["notebook", "/notebook"],
      ["/notebook", "/notebook"],
      ["/", "/"],
      ["", "/"],
    ]) {
      const { spec } = parse({
        ...BASE,
        ports: { web: [80] },
        ingress: { ...ingress, path: written },
      });
      assert.deepEqual(spec?.ingress, { ...ingress, path: read });
    }
  });

  it("reports everything at once, whatever else is wrong", () => {
    const { spec, lines } = parse({
      namespace: "Machine Learning",
      docker_image: 7,
      gpu_request: "many",
      gpu_selector: { tpye: "A100" },
      memory_request: "4GB",
      ports: { web: [80], api: [80, 30_080] },
      persistent_volume: [{ mountPath: "/etc", size: "1Gi", access_mode: "RWO", pvc_type: "nfs" }],
      user_secret: ["a"],
    });
    assert.equal(spec, undefined);
    assert.deepEqual(
      lines.map((line) => line.split(": ").slice(1, 3).join(": ").replace(/ \(.*/, "")),
      [
        "chart_name: required, but missing. Add it.",
        "docker_image: must be text in double quotes",
        "gpu_request: must be a whole number, or one in quotes",
        "gpu_selector.tpye: unknown key",
        "namespace: not a name that a namespace can have",
        "memory_request: not a quantity",
        "allocationTime: required for a Job, but missing",
        "user_secret: of no use without user_secret_params. Add user_secret_params, or remove user_secret.",
        "ports.api[0]: port used twice",
        "ports.api[1]: a node port, but the Service has type ClusterIP",
        "persistent_volume[0].access_mode: not an access mode",
        "persistent_volume[0].mountPath: a system path",
      ],
    );
  });

  const whole: [change: object, line: string][] = [
    [
      { memory_requets: "4Gi" },
      "w.json: memory_requets: unknown key (allowed: namespace, chart_name, docker_image, tag, clusters, memory_request, cpu_request, memory_limit, cpu_limit, gpu_request, gpu_selector, allocationTime, deployment, command, image_pull_secret, ports, service_type, persistent_volume, existing_persistent_volume, mount_files, node_selector, ingress, env_variables, user_secret, user_secret_params). Did you mean memory_request?",
    ],
    [
      { namespace: "Machine Learning" },
      'w.json: namespace: not a name that a namespace can have (found "Machine Learning"; allowed: lower-case letters, digits and -, beginning and ending with a letter or digit, 63 characters at most). Write it as machine-learning.',
    ],
    [
      { memory_request: "4GB" },
      'w.json: memory_request: not a quantity (found "4GB"; allowed: 1Mi or more: a number with Ki, Mi, Gi, Ti or k, M, G, T, such as 4Gi). Write it as 4G.',
    ],
    [
      { memory_request: 4 },
      'w.json: memory_request: too little (found "4"; allowed: 1Mi or more: a number with Ki, Mi, Gi, Ti or k, M, G, T, such as 4Gi). Is the unit right?',
    ],
    [
      { ports: { web: [80, 30_080] } },
      'w.json: ports.web[1]: a node port, but the Service has type ClusterIP (found 30080). Add "service_type": "NodePort", or remove the node port.',
    ],
    [
      { ports: { jupyter: [8888, 7] }, service_type: "NodePort" },
      "w.json: ports.jupyter[1]: out of range (found 7; allowed: 30000 to 32767). Choose another.",
    ],
    [{ ports: 8888 }, "w.json: ports: must be an object: {…} (found 8888)."],
    [
      { ports: { jupyter: 8888 } },
      "w.json: ports.jupyter: must be a list: [port] or [port, nodePort] (found 8888).",
    ],
    [
      { tag: 1.1, docker_image: "nginx" },
      "w.json: tag: must be text in double quotes (found 1.1).",
    ],
    [
      { deployment: "false" },
      'w.json: deployment: text that reads like no, but would mean yes (found "false"; allowed: false, or any other value). Write false without quotes, or remove it.',
    ],
    [
      { gpu_selector: { type: "A100" } },
      'w.json: gpu_selector: selects among GPUs, but gpu_request asks for none (found {"type":"A100"}). Add gpu_request, or remove gpu_selector.',
    ],
    [
      { env_variables: { NVIDIA_VISIBLE_DEVICES: "all" } },
      "w.json: env_variables.NVIDIA_VISIBLE_DEVICES: a variable that the platform sets itself for this workspace. Remove it, or give it another name.",
    ],
    [
      { mount_files: { passwd: ["passwd", "/etc/passwd"] } },
      "w.json: mount_files.passwd[1]: a system path: it would hide the image's own /etc (found \"/etc/passwd\"; allowed: a path below /data, /home, /mnt, /opt, /srv, /workspace or another folder of the image's own). Mount it elsewhere.",
    ],
  ];
  for (const [change, line] of whole) {
    it(`refuses ${JSON.stringify(change)}`, () => {
      assert.deepEqual(parse({ ...BASE, ...change }), { spec: undefined, lines: [line] });
    });
  }

  it("does not print a number that lost digits", () => {
    const { lines } = parse({ ...BASE, env_variables: { ID: 12345678901234567890 } });
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, /^w\.json: env_variables\.ID: must be text in double quotes/);
  });

  it("refuses endless nesting before anything looks into it", () => {
    let deep: unknown = 1;
    for (let i = 0; i < 100_000; i++) {
      deep = [deep];
    }
    assert.deepEqual(parse({ ...BASE, deployment: deep }).lines, [
      "w.json: nested deeper than 32 levels. A workspace needs 3 levels.",
    ]);
  });

  for (const value of [undefined, null, "text", 7, true, []]) {
    it(`refuses ${JSON.stringify(value)} in place of an object`, () => {
      const { spec, lines } = parse(value);
      assert.equal(spec, undefined);
      assert.equal(lines.length, 1);
    });
  }
});
