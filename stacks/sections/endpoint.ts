/** The `endpoint` section. What the values mean is checked by the component's rules. */
import { z } from "zod";
import { exposeSchema } from "./addons";
import { limitsSchema, quotaSchema } from "./namespaceLimits";

const name = z.string().min(1);
const quantity = z.union([z.string(), z.number()]).transform(String);
const count = z.int().min(1);

const quota = quotaSchema.describe("What one tenant may have in all.");

const containerLimits = limitsSchema.describe(
  "LimitRange of tenants' namespaces. Default: none of ours.",
);

const networkPolicy = z
  .strictObject({
    ingressNamespace: name
      .optional()
      .describe("Namespace of the ingress controller. Default: ingress-nginx."),
    allowPrivateNetworks: z
      .boolean()
      .optional()
      .describe("Let tenants' pods reach private address ranges. Default: false."),
    openPorts: z.array(z.int().min(1).max(65_535)).optional(),
  })
  .describe("Exceptions to default deny in tenants' namespaces.");

const limits = z
  .strictObject({
    defaultCpu: z
      .number()
      .optional()
      .describe("Cores of a container that does not say. Default: 4."),
    minCpu: z.number().optional(),
    maxCpu: z.number().optional().describe("Default: 32."),
    defaultMemory: z
      .number()
      .optional()
      .describe("GiB of a container that does not say. Default: 16."),
    minMemory: z.number().optional(),
    maxMemory: z.number().optional().describe("Default: 64."),
    maxGpus: z.int().optional().describe("GPUs of one container. Default: 2."),
    maxReplicas: z.int().optional().describe("Default: 16."),
    maxVolumeSize: z.string().optional().describe("Default: 999Gi."),
    maxMemoryVolume: z.int().optional().describe("Largest memory volume, in MiB. Default: 256."),
    maxContainers: z.int().optional().describe("Default: 10."),
    maxVolumes: z.int().optional().describe("Default: 16."),
    maxPorts: z.int().optional().describe("Ports of one container. Default: 16."),
    maxVariables: z.int().optional().describe("Variables of one container. Default: 100."),
    maxTextBytes: z.int().optional(),
    maxDocumentBytes: z.int().optional().describe("Default: 65536."),
    registries: z
      .array(name)
      .optional()
      .describe("Registries that images may come from. Default: any."),
  })
  .describe("Limits of one deployment.");

const { kind, className, controller, issuer, resolver, gateway } = exposeSchema.shape;

const exposure = z
  .strictObject({
    domain: name.describe("Domain of tenants' host names; best one of its own."),
    reservedHosts: z.array(name).optional().describe("First labels that no tenant gets."),
    kind,
    className,
    controller,
    issuer,
    resolver,
    gateway,
  })
  .describe("How services are exposed; what is left out is as `expose` says.");

const rateLimit = z
  .strictObject({
    reads: count.optional().describe("Per minute and subject. Default: 600."),
    writes: count.optional().describe("Per minute and subject. Default: 120."),
    refused: count
      .optional()
      .describe("Without a valid token, per minute and address. Default: 60."),
    streams: count.optional().describe("Logs that a subject follows at once. Default: 8."),
    inFlight: count.optional().describe("Requests under way at once. Default: 64."),
  })
  .describe("Of one replica.");

const reservation = z.strictObject({
  tenant: name,
  class: name.describe("GPU class."),
  count: z.int().min(0),
  from: name.optional().describe("RFC 3339. Default: since ever."),
  until: name.optional().describe("RFC 3339. Default: for ever."),
});

/** The section's shape. */
export const endpointSchema = z
  .strictObject({
    cluster: name.optional().describe("Cluster that it runs on. Default: `defaultCluster`."),
    hostname: name.describe("Host that the API and the page answer at."),
    image: name.describe("Image of endpoint/Dockerfile, with tag or digest."),
    imagePullSecrets: z.array(name).optional(),
    namespace: name.optional().describe("Default: endpoint."),
    replicas: count.optional().describe("Default: 2."),
    resources: z
      .strictObject({
        cpuRequest: quantity.optional().describe("Default: 250m."),
        cpuLimit: quantity.optional().describe("Default: 2."),
        memory: quantity.optional().describe("Default: 512Mi."),
      })
      .optional(),
    issuer: name.describe("OIDC issuer: exactly the `iss` of its tokens."),
    audience: name.describe("The `aud` that tokens must have."),
    caCertificate: name
      .optional()
      .describe("Authority of the issuer's certificate, PEM. Default: the public ones alone."),
    jwksUri: name.optional().describe("Where its keys are. Default: by its discovery document."),
    algorithms: z
      .array(name)
      .optional()
      .describe("Signatures that are taken. Default: RS256, PS256, ES256, EdDSA."),
    clockTolerance: z.int().optional().describe("Seconds that clocks may differ. Default: 5."),
    tenantClaim: name.optional().describe("Claim that names the tenant. Default: sub."),
    tenantPrefix: z
      .string()
      .optional()
      .describe("What the name there begins with; it is cut off. Default: nothing."),
    groupsClaim: name.optional().describe("Claim that holds the groups. Default: groups."),
    requiredGroup: name.optional().describe("Group that users must be in. Default: none."),
    login: z
      .strictObject({
        clientId: name.describe("Client that the issuer knows the page by."),
        clientSecret: name
          .optional()
          .describe("Its secret. Set with --secret. Default: a public client, with PKCE alone."),
        scope: name.optional().describe("Default: openid profile email."),
      })
      .optional()
      .describe("The page for people. Default: none."),
    collection: z
      .strictObject({
        url: name.describe("Address of the LLP's collection; a record is at `<url>/<id>`."),
        token: name.optional().describe("Token for it. Set with --secret."),
        ownerField: name.optional().describe("Default: user_created."),
        allowPrivateNetworks: z.boolean().optional().describe("Default: false."),
      })
      .optional()
      .describe("Where records are fetched. Default: they come in the bodies of PUT."),
    namespacePrefix: name.optional().describe("Of tenants' namespaces. Default: user-."),
    createNamespaces: z
      .boolean()
      .optional()
      .describe("Make a tenant's namespace on first use. Default: true."),
    tenants: z
      .array(name)
      .optional()
      .describe(
        "Without that: tenants whose namespaces the stack makes, by what their claim says.",
      ),
    quota: quota.optional(),
    tenantQuotas: z
      .record(z.string(), quota)
      .optional()
      .describe("Quotas of single tenants, in place of `quota`."),
    containerLimits: containerLimits.optional(),
    networkPolicy: networkPolicy.optional(),
    exposure: exposure.optional(),
    limits: limits.optional(),
    reservations: z
      .array(reservation)
      .optional()
      .describe("GPUs by tenant; tenants then have these and no others."),
    defaultUser: z
      .int()
      .optional()
      .describe("User of containers that name none; never 0. Default: 1000."),
    requireUser: z.boolean().optional().describe("Every container must name its user."),
    storageClass: name.optional().describe("Of claims. Default: the cluster's."),
    keepVolumes: z.boolean().optional().describe("DELETE keeps claims. Default: false."),
    rateLimit: rateLimit.optional(),
    drainSeconds: z.int().optional().describe("Default: 10."),
    monitoringNamespace: name
      .optional()
      .describe("Namespace that may read the metrics. Default: monitoring."),
    dashboard: z.boolean().optional().describe("Make Grafana's dashboard. Default: true."),
  })
  .describe("The REST endpoint at which people deploy services of their own.");

/** Where the section may hold a secret, which no message repeats. */
export function isEndpointSecret(path: string): boolean {
  return path === "endpoint.login.clientSecret" || path === "endpoint.collection.token";
}

/** The section after validation. */
export type EndpointConfig = z.infer<typeof endpointSchema>;
