/**
 * The JSON of MAIAKubeGate, key by key: names and types alone. What values mean and which go together is in
 * `workspaceRules.ts`. The descriptions are the "meaning" column of `docs/workspaces.md`.
 */
import { z } from "zod";

const TEXT = "must be text in double quotes";

const text = z.string({ error: TEXT });
const texts = z.array(text, { error: "must be a list of texts: […]" });

/** A number as text, where JSON has either: `4` for `"4"`. One that lost digits in reading stays a number. */
function numberAsText(value: unknown): unknown {
  const exact = Number.isSafeInteger(value) || !Number.isInteger(value);
  return typeof value === "number" && exact ? String(value) : value;
}

/** A whole number, where JSON has either: `"8888"` for `8888`. */
function textAsNumber(value: unknown): unknown {
  return typeof value === "string" && /^[+-]?\d+$/.test(value) ? Number(value) : value;
}

/** `"True"`, as Python writes it, and `"readOnly"`, as upstream's lists have it. */
function textAsBoolean(value: unknown): unknown {
  const word = typeof value === "string" ? value.toLowerCase() : value;
  if (word === "true" || word === "readonly") {
    return true;
  }
  return word === "false" ? false : value;
}

const quantity = z.preprocess(
  numberAsText,
  z.string({ error: "must be a quantity, such as 4Gi or 500m, in double quotes" }),
);
const whole = z.preprocess(
  textAsNumber,
  z.int({ error: "must be a whole number, or one in quotes" }),
);
const flag = z.preprocess(textAsBoolean, z.boolean({ error: "must be true or false" }));
const loose = z.preprocess(numberAsText, text);

function object<T extends z.core.$ZodShape>(shape: T): z.ZodObject<T, z.core.$strict> {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === "invalid_type" ? "must be an object: {…}" : undefined),
  });
}

const port = z
  .array(whole, { error: "must be a list: [port] or [port, nodePort]" })
  .min(1, { error: "must be a list with a port: [port] or [port, nodePort]" })
  .max(2, { error: "must be a list of at most two: [port] or [port, nodePort]" });

const mountedFile = z
  .array(z.unknown(), {
    error: 'must be a list: [file, mountPath] or [file, mountPath, "readOnly"]',
  })
  .min(2, { error: "must name the file and where it is mounted: [file, mountPath]" })
  .max(3, { error: 'must be a list of at most three: [file, mountPath, "readOnly"]' })
  .pipe(
    z.tuple([text, text, flag.optional()], {
      error: 'must be a list: [file, mountPath] or [file, mountPath, "readOnly"]',
    }),
  );

const map = { error: "must be an object: {…}" };

const volume = object({
  mountPath: text.meta({ description: "Absolute path in the container." }),
  size: quantity.meta({ description: "Size of the claim, such as `100Gi`." }),
  access_mode: text.meta({
    description: "`ReadWriteOnce`, `ReadOnlyMany`, `ReadWriteMany` or `ReadWriteOncePod`.",
  }),
  pvc_type: text.meta({
    description: "A key of the stack's `workspaces.storage`, else a storage class of the cluster.",
  }),
  readOnly: flag.optional().meta({ description: "Whether it is mounted read-only." }),
});

const existingVolume = object({
  name: text.meta({ description: "Name of a claim that the namespace has already." }),
  mountPath: text.meta({ description: "Absolute path in the container." }),
  readOnly: flag.optional().meta({ description: "Whether it is mounted read-only." }),
});

const gpuSelector = object({
  type: text.optional().meta({ description: "Type of the GPU, such as `RTX-2070-Super`." }),
  vram: text.optional().meta({ description: "Memory of one GPU, such as `8G`." }),
  product: text.optional().meta({ description: "Product as GPU feature discovery names it." }),
  class: text.optional().meta({ description: "Name of a class in the stack's `gpus`." }),
});

const ingress = object({
  host: text.meta({ description: "Full host name, within the cluster's domain." }),
  port: whole.meta({ description: "A port that `ports` offers." }),
  path: text
    .optional()
    .meta({ description: "Path below the host, with or without the first `/`." }),
  oauth_url: text.optional().meta({
    description:
      "Host of the oauth2-proxy in front; the cluster's domain is added where it is missing.",
  }),
  nginx_issuer: text.optional().meta({
    description: "cert-manager ClusterIssuer of the certificate.",
  }),
  traefik_resolver: text.optional().meta({
    description: "Traefik's certificate resolver; chooses the traefik form.",
  }),
  traefik_middleware: text.optional().meta({
    description:
      "Traefik middleware that authenticates, `<namespace>-<name>`; chooses the traefik form.",
  }),
});

/** Every key of a workspace's JSON. */
export const workspaceKeys = {
  namespace: text.meta({ description: "Namespace of the workspace; made when it is absent." }),
  chart_name: text.meta({ description: "Name of the workspace: its objects are named after it." }),
  docker_image: text.meta({ description: "Image, with or without tag or digest." }),
  tag: text.optional().meta({ description: "Tag of the image, or its digest: `sha256:…`." }),
  clusters: texts
    .optional()
    .meta({ description: "Clusters that it runs on, by their names in the stack config." }),
  memory_request: quantity.optional().meta({ description: "Memory that it is promised." }),
  cpu_request: quantity.optional().meta({ description: "CPU cores that it is promised." }),
  memory_limit: quantity.optional().meta({ description: "Memory that it may use." }),
  cpu_limit: quantity.optional().meta({ description: "CPU cores that it may use." }),
  gpu_request: whole.optional().meta({ description: "Number of GPUs." }),
  gpu_selector: gpuSelector
    .optional()
    .meta({ description: "Which GPUs; every key given must agree. Needs `gpu_request`." }),
  allocationTime: z
    .union([z.string(), z.number()], { error: "must be a number of days, or text such as 12h" })
    .optional()
    .meta({
      description: "How long the Job may run: days, or a number with `s`, `m`, `h` or `d`.",
    }),
  deployment: z
    .union(
      [
        z.boolean(),
        z.string(),
        z.number(),
        z.array(z.unknown()),
        z.record(z.string(), z.unknown()),
      ],
      {
        error: "must be true or false",
      },
    )
    .optional()
    .meta({ description: "A Deployment without an end in place of a Job: any value but `false`." }),
  command: z
    .array(loose, { error: "must be a list of texts: […]" })
    .optional()
    .meta({ description: "Command with its arguments, in place of the image's." }),
  image_pull_secret: text
    .optional()
    .meta({ description: "Secret of the namespace with the registry's credentials." }),
  ports: z
    .record(z.string(), port, map)
    .optional()
    .meta({ description: "Ports that can be reached: name to `[port]` or `[port, nodePort]`." }),
  service_type: text.optional().meta({ description: "`ClusterIP`, `NodePort` or `LoadBalancer`." }),
  persistent_volume: z
    .array(volume, { error: "must be a list of objects: [{…}]" })
    .optional()
    .meta({ description: "Claims of the workspace's own." }),
  existing_persistent_volume: z
    .array(existingVolume, { error: "must be a list of objects: [{…}]" })
    .optional()
    .meta({ description: "Claims that exist already." }),
  mount_files: z.record(z.string(), mountedFile, map).optional().meta({
    description: 'Single files: name to `[file, mountPath]` or `[file, mountPath, "readOnly"]`.',
  }),
  node_selector: text
    .optional()
    .meta({ description: "Node to run on: its label `kubernetes.io/hostname`." }),
  ingress: ingress.optional().meta({ description: "HTTPS address of one port." }),
  env_variables: z
    .record(z.string(), loose, map)
    .optional()
    .meta({ description: "Environment variables." }),
  user_secret: texts.optional().meta({ description: "Secrets of the namespace, one per user." }),
  user_secret_params: texts
    .optional()
    .meta({ description: "Keys of those Secrets that become environment variables." }),
};

/** The whole JSON of a workspace; unknown keys are refused. */
export const workspaceSchema = object(workspaceKeys);

/** A workspace's JSON after the schema: numbers are numbers, quantities are text. */
export type WorkspaceJson = z.infer<typeof workspaceSchema>;

/** The keys of a workspace's JSON that have the right type, where others may not. */
export type TypedKeys = Partial<WorkspaceJson>;
