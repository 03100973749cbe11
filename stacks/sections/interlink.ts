/** The `interlink` section: virtual nodes of the cluster and the hosts behind them. */
import { z } from "zod";
import { VirtualNodeForm } from "../../components/model/virtualNodeTypes";
import { targetNodeSchema } from "./targetNode";

const name = z.string().min(1);
const seconds = z.int().min(0);

const interLink = z
  .strictObject({
    url: name.describe("Scheme and host, such as `https://gpu.example.org`: no port, no path."),
    port: z.int().min(1).max(65535).optional().describe("Default: 443."),
    insecureTls: z
      .boolean()
      .optional()
      .describe("Do not verify the host's certificate. Default: false."),
  })
  .describe("Where the remote host answers.");

const login = z
  .strictObject({
    issuer: name.optional().describe("OIDC issuer; https only."),
    tokenEndpoint: name
      .optional()
      .describe("Where tokens are fetched. Default: what the issuer's discovery document says."),
    audience: z.string().optional().describe("Audience of the token. Default: none."),
    grantType: name
      .optional()
      .describe(
        "authorization_code (exchanges the refresh token) or client_credentials. Default: authorization_code.",
      ),
    existingSecret: name
      .optional()
      .describe("Secret with client-id, client-secret and refresh-token. Default: one is made."),
    clientId: name.optional().describe("Client at the issuer. Set with --secret."),
    clientSecret: name.optional().describe("Set with --secret."),
    refreshToken: name.optional().describe("Set with --secret."),
  })
  .describe("How the virtual kubelet gets the token that it shows to the remote host.");

const images = z
  .strictObject({
    virtualKubelet: name.optional(),
    refresher: name.optional(),
    tokenInit: name.optional(),
    jaeger: name.optional(),
  })
  .describe("Images with tags, in place of those that we test.");

const virtualNode = z
  .strictObject({
    form: z
      .enum(VirtualNodeForm)
      .optional()
      .describe(
        "objects (ours, today's configuration), chart (interLink's), seed (2024). Default: objects.",
      ),
    namespace: name.optional().describe("Namespace of the virtual kubelet. Default: vk."),
    offloadNamespaces: z
      .array(name)
      .optional()
      .describe(
        "Namespaces whose pods may run on the node; the kubelet reads their Secrets. Required.",
      ),
    interLink: interLink.optional(),
    target: name
      .optional()
      .describe("Target of `interlink.targets` behind the node, in place of `interLink`."),
    caCertificateFile: name
      .optional()
      .describe(
        "Authority of the remote host's certificate (PEM), relative to the project. Default: the target's `certificateFile`.",
      ),
    interLinkConfigFile: name
      .optional()
      .describe("InterLinkConfig.yaml of the seed's kind to start from, relative to the project."),
    vkConfigFile: name
      .optional()
      .describe("vk-cfg.json of the seed's kind to start from, relative to the project."),
    pods: z.int().min(1).optional().describe("Most pods at a time. Default: 100."),
    login: login.optional(),
    unauthenticated: z.boolean().optional().describe("Waive the login. Default: false."),
    images: images.optional(),
    tracing: z.boolean().optional().describe("Traces. Default: false."),
    tracingEndpoint: name.optional().describe("host:port of an OTLP collector; form objects."),
    verboseLogging: z.boolean().optional().describe("Default: false."),
    errorsOnlyLogging: z.boolean().optional().describe("Default: false."),
    projectedVolumes: z
      .boolean()
      .optional()
      .describe("Hand projected volumes to the remote host, tokens included. Default: false."),
    kubeletCsr: z
      .boolean()
      .optional()
      .describe("Let the cluster sign the certificate of the kubelet's port. Default: false."),
    serviceAccount: name
      .optional()
      .describe("Service account of the kubelet. Default: `<node>-virtual-kubelet`."),
    config: z
      .record(z.string(), z.unknown())
      .optional()
      .describe("Further keys of InterLinkConfig.yaml."),
    values: z.record(z.string(), z.unknown()).optional().describe("Further values of the chart."),
    chartSecretsInClear: z
      .boolean()
      .optional()
      .describe("Form chart: accept credentials in the pod's environment. Default: false."),
    waitSeconds: seconds
      .optional()
      .describe("Time for the node to get Ready, in seconds. Default: 300."),
    timeoutSeconds: seconds.optional().describe("Form chart: time for the release. Default: 600."),
  })
  .describe(
    "One virtual node. What it offers stands in `nodes`, by the same name, with `virtual: true`.",
  );

/** The section. */
export const interlinkSchema = z
  .strictObject({
    virtualNodes: z
      .record(z.string(), virtualNode)
      .optional()
      .describe("Virtual nodes by the name of the node."),
    targets: z
      .record(z.string(), targetNodeSchema)
      .optional()
      .describe("The hosts behind virtual nodes, by name."),
    untaintSingleNode: name
      .optional()
      .describe(
        "Node of a one-node cluster that ordinary pods are let onto: its control-plane taints are removed.",
      ),
  })
  .describe("interLink: remote hosts as nodes of the cluster.");

/** The section, parsed. */
export type InterlinkConfig = z.infer<typeof interlinkSchema>;

/** One virtual node of the section. */
export type VirtualNodeConfig = z.infer<typeof virtualNode>;

/** Whether the value at a path below the section is secret, and is left out of messages. */
export function isInterlinkSecret(path: string): boolean {
  return /\.login\.(clientId|clientSecret|refreshToken)$|\.(clientSecret|cookieSecret)$/.test(path);
}
