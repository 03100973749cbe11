import assert from "node:assert/strict";
import { BASE, BASE_SPEC, fixture, parse } from "../../support/workspaceFixtures";

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
