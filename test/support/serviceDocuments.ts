/** Generated documents: valid ones, ones with one thing wrong, and ones that are anything at all. */
import * as fc from "fast-check";

type Json = Record<string, unknown>;

/** A document, and what is expected of it. */
export interface GeneratedDocument {
  document: unknown;
  /** `valid`, or the name of what is wrong. */
  expected: string;
}

const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,10}[a-z0-9])?$/);

const variable = fc.oneof(
  fc.string({ maxLength: 20 }).map((value) => ({ value: value.replaceAll("\0", "") })),
  label.map((fromSecret) => ({ fromSecret })),
  label.map((fromConfig) => ({ fromConfig })),
);

const keys = fc.record(
  {
    cpu: fc.oneof(fc.integer({ min: 1, max: 32 }), fc.constantFrom(0.5, 1.25)),
    memory: fc.oneof(fc.integer({ min: 1, max: 64 }), fc.constantFrom(0.5, 0.1, 15.75)),
    command: fc.oneof(fc.constant("/bin/echo"), fc.array(label, { maxLength: 3 })),
    args: fc.array(
      fc.string({ maxLength: 10 }).map((text) => text.replaceAll("\0", "")),
      {
        maxLength: 3,
      },
    ),
    environment: fc
      .dictionary(fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,8}$/), variable, { maxKeys: 4 })
      .map((all) => Object.entries(all).map(([name, value]) => ({ name, ...value }))),
    user: fc.integer({ min: 1, max: 65_534 }),
    group: fc.integer({ min: 1, max: 65_534 }),
  },
  { requiredKeys: [] },
);

const gpus = fc.constantFrom<Json>(
  {},
  {},
  { gpu: "nvidia.com/gpu" },
  { gpu: "nvidia.com/gpu", gpuCount: 2 },
  { gpu: "a100" },
  { gpu: "nvidia.com/mig-1g.10gb" },
  { gpu: "medium", gpuCount: 2 },
  { gpu: "nvidia.com/mig-3g.40gb", gpuCount: 1 },
);

const sizes = fc
  .tuple(fc.integer({ min: 1, max: 999 }), fc.constantFrom("Gi", "Mi"))
  .map((parts) => parts.join(""));

/** A valid document, with whatever goes together. */
export const validDocument: fc.Arbitrary<Json> = fc
  .record({
    names: fc.uniqueArray(label, { minLength: 1, maxLength: 3 }),
    all: fc.array(keys, { minLength: 3, maxLength: 3 }),
    gpu: gpus,
    ports: fc.uniqueArray(fc.integer({ min: 1, max: 65_535 }), { maxLength: 3 }),
    volumes: fc.uniqueArray(label, { maxLength: 2 }),
    size: sizes,
    shared: fc.boolean(),
    replicas: fc.option(fc.integer({ min: 0, max: 16 }), { nil: undefined }),
    init: fc.boolean(),
  })
  .map(({ names, all, gpu, ports, volumes, size, shared, replicas, init }) => {
    const containers = names.map((name, i) => ({
      name,
      image: `ghcr.io/lab/${i}:1.0`,
      ...all[i],
      ...(i === 0 ? gpu : {}),
      ...(i === 0 ? { ports: ports.map((port, n) => ({ name: `p${n}`, port })) } : {}),
      volumeMounts: volumes.map((volume) => ({
        name: volume,
        mountPath: `/data/${volume}`,
        ...(shared ? { type: "ReadWriteMany" } : {}),
      })),
    }));
    const several = shared || volumes.length === 0;
    return {
      containers,
      ...(init ? { initContainers: [{ name: "the-init-container", image: "busybox:1.36" }] } : {}),
      volumes: volumes.map((name) => ({ name, size })),
      ...(replicas === undefined ? {} : { replicas: several ? replicas : Math.min(replicas, 1) }),
    };
  });

function inFirst(change: Json): (document: Json) => Json {
  return (document) => {
    const [first, ...rest] = document["containers"] as Json[];
    return { ...document, containers: [{ ...first, ...change }, ...rest] };
  };
}

function withVolume(volume: Json, mount: Json = {}): (document: Json) => Json {
  return (document) => ({
    ...inFirst({ volumeMounts: [{ name: "spoilt", mountPath: "/spoilt", ...mount }] })(document),
    replicas: 1,
    volumes: [...(document["volumes"] as Json[]), { name: "spoilt", size: "1Gi", ...volume }],
  });
}

/** What can be wrong: how it is brought about, and what the message is like. */
export const SPOILS: { name: string; pattern: RegExp; spoil: (document: Json) => Json }[] = [
  { name: "unknown key", pattern: /: unknown key/, spoil: inFirst({ hostPort: 80 }) },
  { name: "wrong type", pattern: /must be a number/, spoil: inFirst({ cpu: "4" }) },
  { name: "missing key", pattern: /required, but missing/, spoil: inFirst({ image: undefined }) },
  { name: "name", pattern: /name: not a name/, spoil: inFirst({ name: "A b" }) },
  { name: "image", pattern: /not the name of an image/, spoil: inFirst({ image: "a b" }) },
  { name: "cores", pattern: /cpu: out of range/, spoil: inFirst({ cpu: 33 }) },
  { name: "memory", pattern: /memory: out of range/, spoil: inFirst({ memory: 65 }) },
  { name: "root", pattern: /user: root/, spoil: inFirst({ user: 0 }) },
  { name: "owner", pattern: /no owner but/, spoil: inFirst({ user: 1, fsUser: 2 }) },
  { name: "GPU", pattern: /does not offer/, spoil: inFirst({ gpu: "h100" }) },
  {
    name: "GPU count",
    pattern: /gpuCount: out of range/,
    spoil: inFirst({ gpu: "a100", gpuCount: 3 }),
  },
  { name: "command", pattern: /Write it as a list/, spoil: inFirst({ command: "a b" }) },
  {
    name: "port",
    pattern: /port: out of range/,
    spoil: inFirst({ ports: [{ name: "a", port: 0 }] }),
  },
  {
    name: "variable",
    pattern: /has no value/,
    spoil: inFirst({ environment: [{ name: "A" }] }),
  },
  { name: "size", pattern: /not a size/, spoil: withVolume({ size: "1Ti" }) },
  {
    name: "two types",
    pattern: /differs from/,
    spoil: withVolume({ type: "ReadWriteOnce" }, { type: "ReadWriteMany" }),
  },
  { name: "path", pattern: /system path/, spoil: withVolume({}, { mountPath: "/proc" }) },
  {
    name: "no volume",
    pattern: /volumes does not have/,
    spoil: withVolume({}, { name: "other-volume-name" }),
  },
  {
    name: "shared",
    pattern: /replicas would mount/,
    spoil: (document) => ({ ...withVolume({})(document), replicas: 2 }),
  },
  {
    name: "replicas",
    pattern: /replicas: out of range/,
    spoil: (document) => ({ ...document, replicas: 17 }),
  },
  {
    name: "two replicas",
    pattern: /replicas: differs/,
    spoil: (document) => ({ ...inFirst({ replicas: 2 })(document), replicas: 1 }),
  },
  {
    name: "policy",
    pattern: /restartPolicy: /,
    spoil: (document) => ({ ...document, restartPolicy: "Never" }),
  },
];

/** Valid in one case of two; else with one thing wrong, whose name is what is expected. */
export const generatedDocument: fc.Arbitrary<GeneratedDocument> = fc.oneof(
  validDocument.map((document) => ({ document, expected: "valid" })),
  fc
    .tuple(validDocument, fc.constantFrom(...SPOILS))
    .map(([document, { name, spoil }]) => ({ document: spoil(document), expected: name })),
);

const NASTY = [
  ..."\0\r\n\t'\"&*!%@`|>-?:,[]{}#",
  ..."\u202E\uFEFF\u200B\uD800",
  ...["__proto__", "constructor", "<<", "../..", "${x}", "$(x)", "{{x}}", "010", "1e999", ".inf"],
];

const nastyText = fc
  .array(fc.oneof(fc.constantFrom(...NASTY), fc.string({ maxLength: 8 })), { maxLength: 8 })
  .map((parts) => parts.join(""));

const nastyValue = fc.oneof(
  nastyText,
  fc.jsonValue(),
  fc.constantFrom<unknown>(null, -1, 0, 2 ** 53, 1e308, 0.1 + 0.2, "", [], {}, [[[]]], true),
);

/** Somewhere in a tree, another value. */
function replaced(tree: unknown, at: number, value: unknown): unknown {
  if (at === 0 || typeof tree !== "object" || tree === null) {
    return value;
  }
  const entries = Object.entries(tree);
  if (entries.length === 0) {
    return value;
  }
  const index = at % entries.length;
  const changed = entries.map(([key, child], i) => [
    key,
    i === index ? replaced(child, Math.floor(at / entries.length), value) : (child as unknown),
  ]);
  return Array.isArray(tree) ? changed.map(([, child]) => child) : Object.fromEntries(changed);
}

/** The text of a document that is broken in one way or another; some happen to be valid. */
export const badText: fc.Arbitrary<string> = fc.oneof(
  nastyText,
  fc.string({ maxLength: 300 }),
  fc
    .tuple(validDocument, fc.nat(2 ** 20), nastyValue)
    .map(([document, at, value]) => JSON.stringify(replaced(document, at, value))),
  fc.tuple(validDocument, fc.nat(400), nastyText).map(([document, at, text]) => {
    const whole = JSON.stringify(document, null, 1);
    return whole.slice(0, at % whole.length) + text + whole.slice(at % whole.length);
  }),
  fc.tuple(validDocument, fc.nat(400)).map(([document, at]) => {
    const whole = JSON.stringify(document);
    return whole.slice(0, at % whole.length);
  }),
  fc.jsonValue().map((value) => JSON.stringify(value)),
);
