/**
 * The YAML document of a deployment, key by key: names and types alone. What values mean and which go together is
 * in `serviceRules.ts` and `serviceVolumeRules.ts`. The descriptions are the "meaning" column of `docs/endpoint.md`.
 */
import { z } from "zod";

const text = z.string({ error: "must be text: write it in quotes" });
const number = z.number({ error: "must be a number, in decimal and without quotes" });
const whole = z.int({ error: "must be a whole number, in decimal and without quotes" });
const flag = z.boolean({ error: "must be true or false" });

function list<T extends z.ZodType>(item: T, form: string): z.ZodArray<T> {
  return z.array(item, { error: `must be a list: ${form}` });
}

function object<T extends z.core.$ZodShape>(shape: T): z.ZodObject<T, z.core.$strict> {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === "invalid_type" ? "must be keys with values" : undefined),
  });
}

const port = object({
  name: text.describe("Name of the port, 15 characters at most."),
  port: whole.describe("Port that the container listens on, 1 to 65535."),
});

const variable = object({
  name: text.describe("Name of the variable."),
  value: text.optional().describe("Its value."),
  fromSecret: text.optional().describe("Key of the deployment's secret that has its value."),
  fromConfig: text.optional().describe("Key of the deployment's config that has its value."),
});

const mount = object({
  name: text.describe("Name of a volume of `volumes`."),
  mountPath: text.describe("Absolute path in the container."),
  readOnly: flag.optional().describe("Whether it is mounted read-only."),
  type: text
    .optional()
    .describe("`ReadWriteOnce`, or `ReadWriteMany` for a volume of several replicas."),
});

/** One container. */
export const containerSchema = object({
  name: text.describe("Name of the container."),
  image: text.describe("Image, with its tag or digest."),
  ports: list(port, "[{ name, port }]")
    .optional()
    .describe("Ports of the container; they get a Service."),
  cpu: number.optional().describe("Cores: promised, and not exceeded."),
  memory: number.optional().describe("Memory in Gi: promised, and not exceeded."),
  gpu: text.optional().describe("Kind of GPU: a resource name, or a class of the cluster."),
  gpuCount: whole.optional().describe("Number of GPUs."),
  command: z
    .union([text, list(text, "[text, text]")], {
      error: "must be a list of texts, or one text without spaces",
    })
    .optional()
    .describe("Command, in place of the image's."),
  args: list(text, "[text, text]").optional().describe("Arguments of the command."),
  environment: list(variable, "[{ name, value }]")
    .optional()
    .describe("Environment variables: each with `value`, `fromSecret` or `fromConfig`."),
  replicas: whole.optional().describe("As `replicas` at top level; the same for all containers."),
  user: whole.optional().describe("User that its processes run as."),
  group: whole.optional().describe("Group that its processes run as."),
  fsUser: whole.optional().describe("User that its files belong to: its processes run as it."),
  fsGroup: whole
    .optional()
    .describe("Group that volumes belong to; the same for all containers that say it."),
  changeGroupOnMismatch: flag
    .optional()
    .describe("Whether a volume is left alone that belongs to the group already."),
  volumeMounts: list(mount, "[{ name, mountPath }]")
    .optional()
    .describe("Volumes of the container."),
});

const memoryVolume = object({
  sizeLimit: whole.describe("Its size in Mi."),
});

/** One volume. */
export const volumeSchema = object({
  name: text.describe("Name of the volume."),
  size: text.optional().describe("Size of a volume that lasts: a number with `Mi` or `Gi`."),
  type: text.optional().describe("As `type` of a mount: `ReadWriteOnce` or `ReadWriteMany`."),
  emptyDir: memoryVolume
    .optional()
    .describe("In place of `size`: memory that is lost with the pod, such as for `/dev/shm`."),
});

/** The keys of a document. */
const documentKeys = {
  containers: list(containerSchema, "[{ name, image }]")
    .min(1, "is empty")
    .describe("The containers of each pod."),
  initContainers: list(containerSchema, "[{ name, image }]")
    .optional()
    .describe(
      "Containers that run before, one after the other; with the keys of `containers` but `ports` and `replicas`.",
    ),
  volumes: list(volumeSchema, "[{ name, size }]")
    .optional()
    .describe("Volumes that the containers mount."),
  replicas: whole.optional().describe("Number of pods, with load balancing; 0 is stopped."),
  restartPolicy: text.optional().describe("`Always`: the only one that a deployment can have."),
};

/** The whole document; unknown keys are refused. */
export const documentSchema = object(documentKeys);

/** A container as the document has it. */
export type ContainerYaml = z.infer<typeof containerSchema>;
export type VolumeYaml = z.infer<typeof volumeSchema>;
export type DocumentYaml = z.infer<typeof documentSchema>;

/** Made once: a schema is compiled when it first reads something. */
const KNOWN_KEYS = { container: containerSchema.strip(), volume: volumeSchema.strip() };

/** What of a document has the right type; an item of a list that has not is nothing there. */
export interface TypedDocument {
  containers: (ContainerYaml | undefined)[];
  initContainers: (ContainerYaml | undefined)[];
  volumes: (VolumeYaml | undefined)[];
  replicas?: number;
  restartPolicy?: string;
}

/** Keys of a container without which nothing else in it becomes wrong. */
const INDEPENDENT = new Set([
  "ports",
  "cpu",
  "memory",
  "gpuCount",
  "command",
  "args",
  "environment",
  "replicas",
  "group",
  "fsGroup",
  "changeGroupOnMismatch",
]);

/** An item without its unknown keys, and without wrong ones where the rest can be judged all the same. */
function judged<T>(item: unknown, schema: z.ZodType<T>): T | undefined {
  const parsed = schema.safeParse(item);
  if (parsed.success) {
    return parsed.data;
  }
  const wrong = new Set(parsed.error.issues.map(({ path }) => String(path[0])));
  if (
    typeof item !== "object" ||
    item === null ||
    ![...wrong].every((key) => INDEPENDENT.has(key))
  ) {
    return undefined;
  }
  const rest = Object.entries(item).filter(([key]) => !wrong.has(key));
  return schema.safeParse(Object.fromEntries(rest)).data;
}

function items<T>(value: unknown, schema: z.ZodType<T>): (T | undefined)[] {
  return Array.isArray(value) ? value.map((item) => judged(item, schema)) : [];
}

/** The part of a document that rules can look at, while something else in it is wrong. */
export function typedDocument(value: Record<string, unknown>): TypedDocument {
  const { replicas, restartPolicy } = documentKeys;
  return {
    containers: items(value["containers"], KNOWN_KEYS.container),
    initContainers: items(value["initContainers"], KNOWN_KEYS.container),
    volumes: items(value["volumes"], KNOWN_KEYS.volume),
    replicas: replicas.safeParse(value["replicas"]).data,
    restartPolicy: restartPolicy.safeParse(value["restartPolicy"]).data,
  };
}
