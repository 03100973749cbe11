import assert from "node:assert/strict";
import { one, parse, SEED_RECORD, SEED_YAML, SITE, SMALL, valid } from "../../support/services";
import { parseDocument, parseService } from "../../../components/model/serviceSpec";

const LIMITS = SITE.limits;

describe("the seed's example", () => {
  it("is taken as printed, less the two stray commas", () => {
    const parsed = parseService(SEED_RECORD, SITE);
    assert.ok(parsed.ok);
    assert.deepEqual(parsed.value.spec, {
      containers: [
        {
          name: "nginx",
          image: "nginx:latest",
          command: ["/bin/echo"],
          args: ["asdf", "hello"],
          ports: [{ name: "default", port: 80 }],
          environment: [{ name: "MY_ENV_VAR", value: "asdf" }],
          mounts: [{ volume: "mydata", mountPath: "/mydata", readOnly: true }],
          cpu: 8,
          memory: 0.5,
          gpu: { name: "nvidia.com/gpu", resource: "nvidia.com/gpu", count: 1 },
          user: 1000,
          group: 1000,
        },
      ],
      initContainers: [],
      volumes: [{ name: "mydata", size: "1Gi", type: "ReadWriteOnce" }],
      replicas: 1,
      fsGroup: 1000,
      changeGroupOnMismatch: true,
      placement: {
        nodeSelector: {},
        tolerations: [{ key: "gpu", operator: "Equal", value: "a100", effect: "NoSchedule" }],
      },
      address: {
        container: "nginx",
        port: 80,
        hostname: "my-nginx-service",
        host: "my-nginx-service.apps.lab.example.org",
      },
    });
    assert.deepEqual(parsed.warnings, [
      {
        path: "containers[0].image",
        message:
          'changes from day to day: after a restart another image may run (found "nginx:latest"). Name a version.',
      },
    ]);
  });

  it("is told of both commas as printed", () => {
    const printed = SEED_YAML.replace("'/bin/echo' ", "'/bin/echo', ");
    assert.match(parse(printed).lines[0]!, /^line \d+, column \d+: .*Remove the comma/);
    assert.equal(parse(SEED_YAML).lines.length, 0);
  });
});

describe("a small document", () => {
  it("gets the seed's defaults, and PUT answers with them", () => {
    const { spec, document } = valid(SMALL);
    assert.deepEqual(spec, {
      containers: [
        {
          name: "web",
          image: "nginx:1.27",
          ports: [],
          environment: [],
          mounts: [],
          cpu: 4,
          memory: 16,
          user: 1000,
        },
      ],
      initContainers: [],
      volumes: [],
      replicas: 1,
      fsGroup: 1000,
      changeGroupOnMismatch: false,
      placement: { nodeSelector: {}, tolerations: [] },
    });
    assert.deepEqual(document, {
      containers: [{ name: "web", image: "nginx:1.27", cpu: 4, memory: 16, user: 1000 }],
      replicas: 1,
    });
  });

  it("is the same deployment as the answer of PUT is", () => {
    for (const document of [SMALL, SEED_YAML, one({ fsUser: 7, command: "ls" })]) {
      const { spec, document: answer } = valid(document);
      assert.deepEqual(valid(answer).spec, spec);
    }
  });

  it("gets the operator's defaults, and the operator's user", () => {
    const limits = { ...LIMITS, defaultCpu: 1, defaultMemory: 2 };
    const { spec } = valid(SMALL, { ...SITE, limits, defaultUser: 2000 });
    const [container] = spec.containers;
    assert.deepEqual([container?.cpu, container?.memory, container?.user], [1, 2, 2000]);
    assert.equal(spec.fsGroup, 2000);
  });

  it("runs as fsUser where it names no user, and must name one where the operator says so", () => {
    assert.equal(valid(one({ fsUser: 7 })).spec.containers[0]?.user, 7);
    const strict = { ...SITE, requireUser: true };
    assert.equal(valid(one({ fsUser: 7 }), strict).spec.containers[0]?.user, 7);
    assert.deepEqual(parse(SMALL, strict).errors, [
      {
        path: "containers[0].user",
        message:
          "required, but missing: image nginx:1.27 might run as root, which no container may be. Add the number of the user that the image is made for, not 0.",
      },
    ]);
  });

  it("has its own limits for the operator", () => {
    const limits = { ...LIMITS, maxCpu: 8, maxMemory: 20, maxReplicas: 2, registries: ["ghcr.io"] };
    const site = { ...SITE, limits };
    assert.deepEqual(parse({ ...one({ cpu: 9, memory: 21 }), replicas: 3 }, site).lines, [
      'containers[0].image: from a registry that is not allowed here: docker.io (found "nginx:1.27"; allowed: ghcr.io). Bring the image to one of these.',
      "containers[0].cpu: out of range (found 9; allowed: 0.1 to 8). Ask for less.",
      "containers[0].memory: out of range (found 21; allowed: 0.0625 to 20). Ask for less.",
      "replicas: out of range (found 3; allowed: 0 to 2). Ask for less.",
    ]);
    valid(one({ image: "ghcr.io/lab/web:1" }), site);
  });
});

describe("replicas", () => {
  it("are read at top level and at containers", () => {
    assert.equal(valid({ ...SMALL, replicas: 3 }).spec.replicas, 3);
    assert.equal(valid(one({ replicas: 16 })).spec.replicas, 16);
    assert.equal(valid({ ...one({ replicas: 2 }), replicas: 2 }).spec.replicas, 2);
    assert.equal(valid({ ...SMALL, replicas: 0 }).spec.replicas, 0);
  });

  it("must be one number", () => {
    assert.deepEqual(parse({ ...one({ replicas: 2 }), replicas: 3 }).lines, [
      "containers[0].replicas: differs from replicas, and a deployment has one (found 2; allowed: 3). Make them the same.",
    ]);
    const containers = [
      { name: "a", image: "a:1", replicas: 1 },
      { name: "b", image: "b:1", replicas: 4 },
    ];
    assert.match(parse({ containers }).lines[0]!, /^containers\[1\]\.replicas: differs from/);
  });
});

describe("several containers", () => {
  const two = (a: object, b: object): object => ({
    containers: [
      { name: "a", image: "a:1", ...a },
      { name: "b", image: "b:1", ...b },
    ],
  });

  it("share one network, names and the group of volumes", () => {
    const ports = (port: number): object => ({ ports: [{ name: "http", port }] });
    assert.equal(parse(two(ports(80), ports(8080))).lines.length, 0);
    assert.match(
      parse(two(ports(80), ports(80))).lines[0]!,
      /^containers\[1\]\.ports\[0\]\.port: a port that containers\[0\]\.ports\[0\]\.port has already/,
    );
    assert.match(parse(two({}, { name: "a" })).lines[0]!, /^containers\[1\]\.name: a name that/);
    assert.match(
      parse(two({ fsGroup: 1 }, { fsGroup: 2 })).lines[0]!,
      /^containers\[1\]\.fsGroup: differs/,
    );
    assert.equal(valid(two({}, { fsGroup: 2 })).spec.fsGroup, 2);
    assert.equal(valid(two({}, { changeGroupOnMismatch: true })).spec.changeGroupOnMismatch, true);
  });

  it("may be init containers, which have neither ports nor replicas", () => {
    const init = (keys: object): object => ({
      ...SMALL,
      initContainers: [{ name: "prepare", image: "busybox:1.36", ...keys }],
    });
    const { spec, document } = valid(init({ cpu: 1 }));
    assert.equal(spec.initContainers[0]?.cpu, 1);
    assert.equal(document.initContainers?.[0]?.memory, 16);
    const { lines } = parse(init({ ports: [{ name: "a", port: 1 }], replicas: 1 }));
    assert.match(lines[0]!, /^initContainers\[0\]\.ports: of no use/);
    assert.match(lines[1]!, /^initContainers\[0\]\.replicas: of no use/);
    assert.match(parse(init({ name: "web" })).lines[0]!, /^initContainers\[0\]\.name: a name that/);
  });
});

describe("errors of a document", () => {
  it("come all at once, each with its path, and with what is allowed", () => {
    const { lines } = parse({
      containers: [
        { name: "Web App", image: "nginx:1 27", cpu: 64, gpu: "nvidia.com/gpus", memmory: 4 },
        { name: "b", image: "b:1", cpu: "4", environment: [{ name: "A" }], user: 0 },
        { name: "c", image: "c:1", environment: [{ name: "A", value: 1 }] },
      ],
      volumes: [{ name: "data", size: "1G" }],
      replicas: 17,
    });
    assert.equal(
      lines[0],
      "containers[0].memmory: unknown key (allowed: name, image, ports, cpu, memory, gpu, gpuCount, command, args, environment, replicas, user, group, fsUser, fsGroup, changeGroupOnMismatch, volumeMounts). Did you mean memory?",
    );
    assert.ok(
      lines.includes(
        'volumes[0].size: not a size (found "1G"; allowed: 1 to 999 with Gi or Mi, such as 10Gi). Write it as 1Gi.',
      ),
    );
    assert.deepEqual(
      lines.slice(1).map((line) => line.split(" (")[0]),
      [
        "containers[1].cpu: must be a number, in decimal and without quotes",
        "containers[2].environment[0].value: must be text: write it in quotes.",
        "containers[0].name: not a name",
        "containers[0].image: not the name of an image",
        "containers[0].cpu: out of range",
        "containers[1].user: root, which no container may be",
        "containers[1].environment[0]: has no value",
        "replicas: out of range",
        "volumes[0].size: not a size",
        "containers[0].gpu: a GPU that this cluster does not offer",
      ],
    );
  });

  it("do not follow from another error", () => {
    // Without `gpu`, which has the wrong type, nothing is said of its number; nor without a name of anything else.
    const { lines } = parse({
      containers: [
        { name: "a", image: "a:1", gpu: 1, gpuCount: 1, user: 0 },
        { image: "b:1", cpu: 64 },
      ],
    });
    assert.deepEqual(
      lines.map((line) => line.split(":")[0]),
      ["containers[0].gpu", "containers[1].name"],
    );
  });

  it("never repeat a value that may be a secret", () => {
    const secret = "hunter2";
    for (const environment of [
      [`A=${secret}`, `B=${secret}`],
      [
        { name: "A", value: [secret] },
        { name: "C", valeu: secret },
      ],
      [
        { name: "B", value: secret, fromSecret: "x y" },
        { name: "D", value: `${secret}\0` },
      ],
    ]) {
      const { lines } = parse(one({ environment }));
      assert.ok(lines.length >= 2);
      assert.ok(!lines.join("\n").includes(secret), lines.join("\n"));
    }
    const { lines } = parse(`containers: [{ environment: "A=${secret}" }]\nvalue: '${secret}',\n`);
    assert.match(lines[0]!, /not valid YAML/);
    assert.ok(!lines[0]!.includes(secret));
  });

  it("are a hundred at most, and say how many more there are", () => {
    const { errors } = parse({ containers: Array.from({ length: 500 }, () => 0) });
    assert.equal(errors.length, 101);
    assert.equal(errors[100]?.message, "and 401 more problems");
  });

  it("name the whole where it is no object, and what is endless", () => {
    assert.deepEqual(parse([]).lines, [": must be keys with values (found [])."]);
    assert.deepEqual(parse('"text"').lines, [': must be keys with values (found "text").']);
    assert.deepEqual(parse({ containers: Array(1001).fill(0) }).lines, [
      "containers: has 1001 items (allowed: 1000 at most). Remove some.",
    ]);
    assert.deepEqual(parse({ containers: [] }).lines, ["containers: is empty (found [])."]);
    assert.deepEqual(parse({}).lines, ["containers: required, but missing. Add it."]);
  });

  it("are the same for the document alone", () => {
    const parsed = parseDocument('{"containers": 1}', SITE);
    assert.ok(!parsed.ok);
    assert.deepEqual(parsed.errors, [
      { path: "containers", message: "must be a list: [{ name, image }] (found 1)." },
    ]);
  });
});
