/** The sections `addons` and `expose`: what a cluster gets beneath the applications, and how these are reached. */
import { z } from "zod";
import { ExposeKind } from "../../components/model/exposureObjects";
import { certManagerSchema } from "./certManager";

const name = z.string().min(1);
const words = z.record(z.string(), z.string());
const nodePort = z.int().min(30_000).max(32_767);

/** What every add-on that is a chart takes. */
const chartOptions = {
  namespace: name.optional().describe("Namespace that it is installed in. Default: its own name."),
  values: z
    .record(z.string(), z.unknown())
    .optional()
    .describe("Further values of the chart, merged over ours; arrays are replaced."),
  timeoutSeconds: z
    .int()
    .min(1)
    .optional()
    .describe("Seconds until a release that does not get ready is an error. Default: 600."),
};

const ingressNginx = z
  .strictObject({
    className: name.optional().describe("Name of the IngressClass. Default: nginx."),
    defaultClass: z
      .boolean()
      .optional()
      .describe("Whether Ingresses without a class are its own. Default: false."),
    serviceType: z
      .enum(["LoadBalancer", "NodePort", "ClusterIP"])
      .optional()
      .describe("`NodePort` for minikube and bare metal. Default: LoadBalancer."),
    nodePorts: z
      .strictObject({ http: nodePort.optional(), https: nodePort.optional() })
      .optional()
      .describe("Fixed ports on every node, 30000 to 32767. Default: chosen by the cluster."),
    admissionWebhook: z
      .boolean()
      .optional()
      .describe("Check Ingresses before the API server takes them. Default: true."),
    replicas: z.int().min(1).optional().describe("Number of controllers. Default: 1."),
    releaseName: name.optional().describe("Name of the Helm release. Default: ingress-nginx."),
    ...chartOptions,
  })
  .describe("The controller ingress-nginx; retired upstream.");

const gpuOperator = z
  .strictObject({
    driver: z
      .boolean()
      .optional()
      .describe("Install the driver; off for images that carry it. Default: true."),
    toolkit: z
      .boolean()
      .optional()
      .describe("Install the container toolkit; off for images that carry it. Default: true."),
    migConfigs: words
      .optional()
      .describe(
        "Name of mig-manager's layout by node. Default: `all-<profile>` where a node offers one profile alone.",
      ),
    ...chartOptions,
  })
  .describe("NVIDIA's GPU operator, with MIG and time-slicing as `gpus` and `nodes` say.");

const certificate = z.strictObject({
  secret: name.describe("Secret of type kubernetes.io/tls."),
  namespace: name.optional().describe("Its namespace. Default: the Gateway's."),
});

const gateway = z
  .strictObject({
    existing: z
      .boolean()
      .optional()
      .describe(
        "The Gateway of `expose.gateway` is there already; look for it alone. Default: false.",
      ),
    className: name.optional().describe("GatewayClass of the controller that serves it."),
    hostNames: z
      .array(name)
      .optional()
      .describe("Host names of its HTTPS listeners. Default: `*.` with `expose.domain`."),
    issuer: name
      .optional()
      .describe("cert-manager ClusterIssuer of the certificates. Default: `expose.issuer`."),
    certificates: z
      .record(z.string(), certificate)
      .optional()
      .describe("Certificates that exist, by host name. Default: cert-manager makes them."),
    routeNamespaces: words
      .optional()
      .describe("Labels of the namespaces whose routes may attach. Default: every namespace."),
  })
  .describe("The Gateway that `expose.gateway` names; its controller is not installed.");

export const addonsSchema = z
  .strictObject({
    cluster: name.optional().describe("Cluster that gets them. Default: `defaultCluster`."),
    certManager: certManagerSchema.optional(),
    ingressNginx: ingressNginx.optional(),
    gpuOperator: gpuOperator.optional(),
    gateway: gateway.optional(),
  })
  .describe("Add-ons of a cluster; each is installed where it is named, `{}` for defaults.");

const gatewayReference = z
  .strictObject({
    name,
    namespace: name,
    sectionName: name
      .optional()
      .describe("One listener. Default: every listener whose host name fits."),
  })
  .describe("The Gateway that routes attach to; required with kind `gateway`.");

export const exposeSchema = z
  .strictObject({
    kind: z
      .enum(ExposeKind)
      .optional()
      .describe("`gateway` for routes of the Gateway API. Default: ingress."),
    className: name.optional().describe("Ingress class. Default: nginx."),
    controller: z.enum(["nginx", "traefik"]).optional().describe("Default: by the class's name."),
    issuer: name.optional().describe("cert-manager ClusterIssuer for certificates."),
    resolver: name.optional().describe("Traefik's certificate resolver."),
    domain: name.optional().describe("Domain that every host must be in."),
    gateway: gatewayReference.optional(),
  })
  .refine((it) => (it.kind === "gateway") === (it.gateway !== undefined), {
    path: ["gateway"],
    message: "must be given with kind gateway, and with no other kind",
  })
  .describe("How web applications are exposed.");
