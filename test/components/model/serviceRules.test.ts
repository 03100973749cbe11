import assert from "node:assert/strict";
import { one, parse, SMALL, valid } from "../../support/services";

/** Each is refused at its path, with words that match; the others of the same line are taken. */
type Row = [title: string, document: object, path: string, pattern: RegExp];

const mount = (keys: object, volume: object = {}): object => ({
  ...one({ volumeMounts: [{ name: "data", mountPath: "/data", ...keys }] }),
  volumes: [{ name: "data", size: "1Gi", ...volume }],
});
const memory = (mountPath: string): object => ({
  ...one({ volumeMounts: [{ name: "shm", mountPath }] }),
  volumes: [{ name: "shm", emptyDir: { sizeLimit: 64 } }],
});
const variable = (keys: object): object => one({ environment: [{ name: "A", ...keys }] });
const C = "containers[0]";

const REFUSED: Row[] = [
  ["no cores", one({ cpu: 0 }), `${C}.cpu`, /out of range/],
  ["more cores than 32", one({ cpu: 32.5 }), `${C}.cpu`, /allowed: 0.1 to 32/],
  ["more memory than 64", one({ memory: 64.1 }), `${C}.memory`, /allowed: 0.0625 to 64/],
  ["negative memory", one({ memory: -1 }), `${C}.memory`, /Ask for more/],
  ["memory as a quantity", one({ memory: "16Gi" }), `${C}.memory`, /must be a number/],
  ["root", one({ user: 0 }), `${C}.user`, /root/],
  ["the group of root for volumes", one({ fsGroup: 0 }), `${C}.fsGroup`, /root/],
  ["the group of root", one({ group: 0 }), `${C}.group`, /root/],
  ["a negative user", one({ user: -1 }), `${C}.user`, /out of range/],
  ["a user beyond 31 bits", one({ user: 2 ** 31 }), `${C}.user`, /1 to 2147483647/],
  ["fsUser other than user", one({ user: 1, fsUser: 2 }), `${C}.fsUser`, /no owner but/],
  ["half a user", one({ user: 1.5 }), `${C}.user`, /must be a whole number/],
  ["a command with spaces", one({ command: "ls -l" }), `${C}.command`, /\["ls","-l"\]/],
  ["an empty command", one({ command: "" }), `${C}.command`, /empty/],
  ["a zero byte", one({ args: ["a\0"] }), `${C}.args[0]`, /zero byte/],
  ["arguments as text", one({ args: "-l" }), `${C}.args`, /must be a list/],
  ["a port 0", one({ ports: [{ name: "a", port: 0 }] }), `${C}.ports[0].port`, /1 to 65535/],
  ["a port name", one({ ports: [{ name: "A_b", port: 1 }] }), `${C}.ports[0].name`, /as a-b/],
  [
    "a long port name",
    one({ ports: [{ name: "a".repeat(16), port: 1 }] }),
    `${C}.ports[0].name`,
    /15/,
  ],
  ["a container's name", one({ name: "a.b" }), `${C}.name`, /Write it as a-b/],
  ["no image", { containers: [{ name: "a" }] }, `${C}.image`, /required, but missing/],
  ["an image by address", one({ image: "file:///etc/passwd" }), `${C}.image`, /not the name/],
  ["an empty image", one({ image: "" }), `${C}.image`, /not the name/],
  [
    "a variable's name",
    one({ environment: [{ name: "1A", value: "" }] }),
    `${C}.environment[0].name`,
    /not the name/,
  ],
  [
    "the variable of GPUs",
    one({ environment: [{ name: "NVIDIA_VISIBLE_DEVICES", value: "all" }] }),
    `${C}.environment[0].name`,
    /platform sets/,
  ],
  ["a variable without value", variable({}), `${C}.environment[0]`, /has no value/],
  [
    "a variable with two",
    variable({ value: "a", fromConfig: "b" }),
    `${C}.environment[0]`,
    /several/,
  ],
  [
    "a key with a slash",
    variable({ fromSecret: "a/b" }),
    `${C}.environment[0].fromSecret`,
    /not a key/,
  ],
  [
    "a variable twice",
    one({
      environment: [
        { name: "A", value: "" },
        { name: "A", value: "" },
      ],
    }),
    `${C}.environment[1].name`,
    /has already/,
  ],
  [
    "a mount without a volume",
    one({ volumeMounts: [{ name: "data", mountPath: "/d" }] }),
    `${C}.volumeMounts[0].name`,
    /does not have/,
  ],
  [
    "a mount of another volume",
    mount({ name: "dato" }),
    `${C}.volumeMounts[0].name`,
    /Did you mean data/,
  ],
  [
    "a relative path",
    mount({ mountPath: "data" }),
    `${C}.volumeMounts[0].mountPath`,
    /not an absolute path/,
  ],
  [
    "a path with ..",
    mount({ mountPath: "/data/../etc" }),
    `${C}.volumeMounts[0].mountPath`,
    /leads through/,
  ],
  ["a system path", mount({ mountPath: "/etc" }), `${C}.volumeMounts[0].mountPath`, /system path/],
  [
    "the service account's path",
    mount({ mountPath: "/var/run/secrets/kubernetes.io" }),
    `${C}.volumeMounts[0].mountPath`,
    /system path/,
  ],
  [
    "shared memory on disk",
    mount({ mountPath: "/dev/shm" }),
    `${C}.volumeMounts[0].mountPath`,
    /shared memory/,
  ],
  [
    "memory below shared memory",
    memory("/dev/shm/x"),
    `${C}.volumeMounts[0].mountPath`,
    /shared memory/,
  ],
  ["a type of volume", mount({ type: "ReadOnlyMany" }), `${C}.volumeMounts[0].type`, /not a type/],
  [
    "two types",
    mount({ type: "ReadWriteMany" }, { type: "ReadWriteOnce" }),
    `${C}.volumeMounts[0].type`,
    /differs from volumes\[0\]\.type/,
  ],
  [
    "a type of memory",
    {
      ...memory("/tmp"),
      volumes: [{ name: "shm", emptyDir: { sizeLimit: 1 }, type: "ReadWriteOnce" }],
    },
    "volumes[0].type",
    /of no use/,
  ],
  [
    "ReadWriteOnce of several replicas",
    { ...mount({}), replicas: 2 },
    "volumes[0]",
    /2 replicas would mount data/,
  ],
  ["a size of zero", mount({}, { size: "0Gi" }), "volumes[0].size", /not a size/],
  ["a size of four digits", mount({}, { size: "1000Gi" }), "volumes[0].size", /1 to 999/],
  ["a size in other units", mount({}, { size: "1Ti" }), "volumes[0].size", /with Gi or Mi/],
  ["a size as number", mount({}, { size: 1 }), "volumes[0].size", /must be text/],
  [
    "a volume on disk and in memory",
    mount({}, { emptyDir: { sizeLimit: 1 } }),
    "volumes[0]",
    /at once/,
  ],
  ["a volume without size", { ...SMALL, volumes: [{ name: "a" }] }, "volumes[0]", /has no size/],
  [
    "a volume's name",
    { ...SMALL, volumes: [{ name: "a/b", size: "1Gi" }] },
    "volumes[0].name",
    /not a name/,
  ],
  [
    "a volume twice",
    {
      ...SMALL,
      volumes: [
        { name: "a", size: "1Gi" },
        { name: "a", size: "1Gi" },
      ],
    },
    "volumes[1].name",
    /has already/,
  ],
  [
    "more memory than 256",
    { ...SMALL, volumes: [{ name: "a", emptyDir: { sizeLimit: 257 } }] },
    "volumes[0].emptyDir.sizeLimit",
    /1 to 256/,
  ],
  [
    "a policy of jobs",
    { ...SMALL, restartPolicy: "Never" },
    "restartPolicy",
    /is a job and no deployment/,
  ],
  ["17 replicas", { ...SMALL, replicas: 17 }, "replicas", /0 to 16/],
  ["-1 replicas", one({ replicas: -1 }), `${C}.replicas`, /0 to 16/],
  ["a null", { ...SMALL, volumes: null }, "volumes", /must be a list/],
];

/** What no key can say: the attack list. */
const UNREACHABLE = [
  ...["privileged", "securityContext", "hostPort", "lifecycle", "livenessProbe", "resources"],
  ...["subPath", "envFrom", "volumeDevices", "stdin", "tty", "workingDir", "imagePullPolicy"],
];
const UNREACHABLE_ABOVE = [
  ...["hostNetwork", "hostPID", "hostIPC", "nodeName", "nodeSelector", "tolerations", "affinity"],
  ...["priorityClassName", "runtimeClassName", "serviceAccountName", "serviceAccount"],
  ...["automountServiceAccountToken", "hostAliases", "dnsPolicy", "externalIPs", "annotations"],
  ...["schedulerName", "ephemeralContainers", "shareProcessNamespace", "metadata", "spec", "<<"],
];

describe("rules of a document", () => {
  for (const [title, document, path, pattern] of REFUSED) {
    it(`refuse ${title}`, () => {
      const { errors } = parse(document);
      const found = errors.filter((error) => error.path === path);
      assert.ok(
        found.some(({ message }) => pattern.test(message)),
        JSON.stringify(errors),
      );
    });
  }

  it("take what is at the edges", () => {
    for (const document of [
      one({ cpu: 32, memory: 64 }),
      one({ cpu: 0.1, memory: 0.0625 }),
      one({ user: 1, group: 1, fsUser: 1, fsGroup: 1 }),
      one({ user: 2_147_483_647 }),
      one({ command: ["sh", "-c", "sleep 1"], args: [] }),
      one({ ports: [{ name: "a", port: 65_535 }] }),
      one({ image: `ghcr.io/lab/web@sha256:${"a".repeat(64)}` }),
      variable({ value: "" }),
      variable({ fromSecret: "a.b-c_d" }),
      mount({ type: "ReadWriteMany" }),
      { ...mount({ type: "ReadWriteMany" }), replicas: 16 },
      { ...mount({}, { type: "ReadWriteMany" }), replicas: 2 },
      { ...SMALL, volumes: [{ name: "spare", size: "1Gi" }], replicas: 2 },
      mount({}, { size: "999Gi" }),
      memory("/dev/shm"),
      memory("/dev/shm/"),
      { ...SMALL, restartPolicy: "Always" },
    ]) {
      assert.deepEqual(parse(document).lines, [], JSON.stringify(document));
    }
  });

  it("know no key that reaches beyond the pod", () => {
    for (const key of UNREACHABLE) {
      const { errors } = parse(one({ [key]: true }));
      assert.equal(errors[0]?.path, `containers[0].${key}`);
      assert.match(errors[0].message, /^unknown key/);
    }
    for (const key of UNREACHABLE_ABOVE) {
      const { errors } = parse({ ...SMALL, [key]: true });
      assert.match(errors[0]!.message, /^unknown key/, key);
    }
    const { errors } = parse({
      ...SMALL,
      volumes: [{ name: "host", hostPath: { path: "/" }, size: "1Gi" }],
    });
    assert.equal(errors[0]?.path, "volumes[0].hostPath");
  });

  it("read the type of a volume wherever it is said", () => {
    const { spec } = valid(mount({ type: "ReadWriteMany" }));
    assert.equal(spec.volumes[0]?.type, "ReadWriteMany");
    assert.equal(valid(mount({})).spec.volumes[0]?.type, "ReadWriteOnce");
  });

  it("count the bytes of everything that is carried by each pod", () => {
    const { lines } = parse(one({ environment: [{ name: "A", value: "ä".repeat(16_384) }] }));
    assert.deepEqual(lines, [
      "containers: variables, commands and arguments have 32769 bytes in all (allowed: 32768 at most). Put long texts into the image, or on a volume.",
    ]);
  });

  it("count containers, volumes, ports, variables and mounts", () => {
    const many = (n: number, make: (i: number) => object): object[] =>
      Array.from({ length: n }, (_, i) => make(i));
    const cases: [object, string][] = [
      [{ containers: many(11, (i) => ({ name: `c${i}`, image: "a:1" })) }, "containers"],
      [{ ...SMALL, volumes: many(17, (i) => ({ name: `v${i}`, size: "1Gi" })) }, "volumes"],
      [one({ ports: many(17, (i) => ({ name: `p${i}`, port: i + 1 })) }), `${C}.ports`],
      [one({ environment: many(101, (i) => ({ name: `V${i}`, value: "" })) }), `${C}.environment`],
      [
        one({ volumeMounts: many(33, (i) => ({ name: "v", mountPath: `/m/${i}` })) }),
        `${C}.volumeMounts`,
      ],
    ];
    for (const [document, path] of cases) {
      const { errors } = parse(document);
      assert.deepEqual(
        errors.map((error) => error.path),
        [path],
      );
      assert.match(errors[0]!.message, /at most\)\. Remove some\.$/);
    }
  });
});
