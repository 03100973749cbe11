/** The endpoint's settings: one JSON file, checked as a whole, with every default filled in. */
import { z } from "zod";
import { ExposeKind } from "./exposureObjects";
import { checkGpus } from "./gpu";
import { isDnsLabel, isDnsSubdomain, isHostName } from "./names";
import { nearest, oneOf, parseWith, type Problems } from "./problems";
import { parseQuantity } from "./quantity";
import { serviceLimitsSchema } from "./serviceLimits";

export type * from "./endpointTypes";

/** The signatures that may be configured: all asymmetric, so that whoever checks a token cannot make one. */
const ALGORITHMS = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "EdDSA", "Ed25519"],
] as const;

/** A namespace is a DNS label; a tenant's name and its hash must still fit behind the prefix. */
const LONGEST_PREFIX = 20;

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

const name = z.string().min(1);
const label = name.refine(isDnsLabel, "must be a DNS label");
const port = z.int().min(0).max(65_535);
const quantity = z
  .union([z.string(), z.number()])
  .transform(String)
  .refine((text) => (parseQuantity(text) ?? -1) >= 0, "must be a quantity, such as 500m or 4Gi");
const words = z.record(z.string(), z.string());

/** Whether what is sent there can be read or changed on the way by nobody. */
function isPrivateAddress(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return (
    url !== undefined &&
    url.username === "" &&
    url.password === "" &&
    (url.protocol === "https:" || (url.protocol === "http:" && LOOPBACK.has(url.hostname)))
  );
}

const address = name.refine(
  isPrivateAddress,
  "must be an https address without credentials (http on loopback alone)",
);
const base = address.transform((text) => text.replace(/\/+$/, ""));

const quota = z.strictObject({
  cpu: quantity.optional(),
  memory: quantity.optional(),
  storage: quantity.optional(),
  claims: z.int().min(0).optional(),
  pods: z.int().min(0).optional(),
  gpus: z.record(z.string(), z.int().min(0)).optional(),
});

const containerLimits = z.strictObject({
  cpu: quantity.optional(),
  memory: quantity.optional(),
  cpuRequest: quantity.optional(),
  memoryRequest: quantity.optional(),
  maxCpu: quantity.optional(),
  maxMemory: quantity.optional(),
});

const networkPolicy = z.strictObject({
  ingressNamespace: label.optional(),
  allowPrivateNetworks: z.boolean().optional(),
  openPorts: z.array(port.min(1)).optional(),
});

const exposure = z
  .strictObject({
    kind: z.enum(ExposeKind).default(ExposeKind.Ingress),
    domain: name.refine(isHostName, "must be a host name of two labels or more"),
    className: name.optional(),
    controller: z.enum(["nginx", "traefik"]).optional(),
    issuer: name.optional(),
    resolver: name.optional(),
    gateway: z
      .strictObject({ name: label, namespace: label, sectionName: name.optional() })
      .optional(),
    reservedHosts: z.array(label).default([]),
  })
  .refine((it) => (it.kind === ExposeKind.Gateway) === (it.gateway !== undefined), {
    path: ["gateway"],
    message: "must be given with kind gateway, and with no other kind",
  });

const taint = z.strictObject({
  key: name,
  value: z.string().optional(),
  effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]),
});

const gpuClass = z.strictObject({
  resource: name,
  product: name,
  type: name,
  vram: quantity,
  count: z.int().min(1).optional(),
  mig: name.optional(),
  sharing: z.int().min(1).optional(),
  taint: taint.optional(),
});

const node = z.strictObject({
  cluster: name.optional(),
  gpus: z.array(z.strictObject({ class: name, count: z.int().min(1).optional() })).optional(),
  roles: z.array(name).optional(),
  labels: words.optional(),
  cpu: quantity.optional(),
  memory: quantity.optional(),
  virtual: z.boolean().optional(),
  applyTaints: z.boolean().optional(),
});

/** The file's shape. */
export const endpointSettingsSchema = z
  .strictObject({
    listen: z
      .strictObject({ host: name.default("0.0.0.0"), port: port.default(8080) })
      .prefault({}),
    metricsPort: port.optional(),
    namespace: label.default("endpoint"),
    access: z.strictObject({ serviceAccount: label, clusterRole: name }).optional(),
    issuer: address,
    audience: name,
    jwksUri: address.optional(),
    algorithms: z.array(z.enum(ALGORITHMS)).min(1).default(["RS256", "PS256", "ES256", "EdDSA"]),
    clockTolerance: z.int().min(0).max(30).default(5),
    tenantClaim: name.default("sub"),
    tenantPrefix: z.string().default(""),
    groupsClaim: name.default("groups"),
    requiredGroup: name.optional(),
    namespacePrefix: z
      .string()
      .regex(/^[a-z][a-z0-9-]*-$/, "must be lower-case letters, digits and -, with - at its end")
      .max(LONGEST_PREFIX)
      .default("user-"),
    createNamespaces: z.boolean().default(true),
    quota: quota.optional(),
    tenantQuotas: z.record(z.string(), quota).default({}),
    containerLimits: containerLimits.optional(),
    networkPolicy: networkPolicy.prefault({}),
    exposure: exposure.optional(),
    limits: serviceLimitsSchema.prefault({}),
    gpus: z.record(z.string(), gpuClass).default({}),
    nodes: z.record(z.string(), node).default({}),
    reservationsFile: name.optional(),
    defaultUser: z.int().min(1).max(2_147_483_647).default(1000),
    requireUser: z.boolean().default(false),
    storageClass: name.refine(isDnsSubdomain, "must be the name of a storage class").optional(),
    keepVolumes: z.boolean().default(false),
    rateLimit: z
      .strictObject({
        reads: z.int().min(1).default(600),
        writes: z.int().min(1).default(120),
        refused: z.int().min(1).default(60),
        streams: z.int().min(1).default(8),
        inFlight: z.int().min(1).default(64),
      })
      .prefault({}),
    drainSeconds: z.int().min(0).max(600).default(10),
    recordSource: z
      .strictObject({
        url: base,
        tokenFile: name.optional(),
        ownerField: name.default("user_created"),
        allowPrivateNetworks: z.boolean().default(false),
      })
      .optional(),
    page: z
      .strictObject({
        url: base,
        clientId: name,
        clientSecretFile: name.optional(),
        cookieKeyFile: name,
        scope: name.default("openid profile email"),
      })
      .optional(),
  })
  .refine(
    (it) =>
      it.metricsPort === undefined || it.metricsPort === 0 || it.metricsPort !== it.listen.port,
    {
      path: ["metricsPort"],
      message: "must differ from listen.port",
    },
  );

/** The settings after reading: what has a default has a value. */
export type EndpointSettings = z.output<typeof endpointSettingsSchema>;

/** Quotas of classes that nobody declares. */
function checkQuotas(settings: EndpointSettings, problems: Problems): void {
  const known = Object.keys(settings.gpus).sort();
  const quotas: [string, EndpointSettings["quota"]][] = [
    ["quota", settings.quota],
    ...Object.entries(settings.tenantQuotas).map(
      ([tenant, one]): [string, EndpointSettings["quota"]] => [`tenantQuotas.${tenant}`, one],
    ),
  ];
  for (const [path, one] of quotas) {
    for (const wanted of Object.keys(one?.gpus ?? {}).filter((each) => !known.includes(each))) {
      const near = nearest(wanted, known);
      problems.add({
        path: `${path}.gpus.${wanted}`,
        reason: "no such GPU class",
        value: wanted,
        allowed: oneOf(known),
        remedy: near === undefined ? "Define it in `gpus`." : `Did you mean ${near}?`,
      });
    }
  }
}

/**
 * Reads the settings.
 *
 * @param value the file's content, parsed; or the component's args
 * @param problems receives everything that is wrong
 * @returns nothing when there was a problem
 */
export function readEndpointSettings(
  value: unknown,
  problems: Problems,
): EndpointSettings | undefined {
  const before = problems.count;
  const settings = parseWith(endpointSettingsSchema, value, problems);
  if (settings !== undefined) {
    checkGpus(settings.gpus, settings.nodes, problems);
    checkQuotas(settings, problems);
  }
  return problems.count === before ? settings : undefined;
}
