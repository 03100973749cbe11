/** The part `certManager` of the add-ons: cert-manager and the issuers of a cluster. */
import { z } from "zod";

const name = z.string().min(1);
const seconds = z.int().min(1);

const gateway = z
  .strictObject({
    name: name.describe("Name of the Gateway."),
    namespace: name.optional().describe("Its namespace. Default: the certificate's."),
    sectionName: name
      .optional()
      .describe("Its listener for HTTP on port 80. Default: every one that lets the route in."),
  })
  .describe("Answer challenges with HTTPRoutes of the Gateway API, in place of an Ingress.");

const acme = z
  .strictObject({
    email: name.describe("Address that the ACME server writes to."),
    staging: z
      .boolean()
      .optional()
      .describe("Use Let's Encrypt's staging server, which no browser trusts. Default: false."),
    server: name
      .optional()
      .describe("Directory of another ACME server, https. Default: Let's Encrypt."),
    ingressClass: name
      .optional()
      .describe("Class of the Ingresses that answer challenges. Default: nginx."),
    gateway: gateway.optional(),
  })
  .describe("Certificates from an ACME server, proven over HTTP.");

const ca = z
  .strictObject({
    existingSecret: name
      .optional()
      .describe("Secret in cert-manager's namespace with keys tls.crt and tls.key."),
    certificate: name.optional().describe("Certificate in PEM form, in place of a Secret."),
    key: name.optional().describe("Its private key in PEM form. Set with --secret."),
  })
  .describe("Certificates from an authority of your own.");

const issuer = z
  .strictObject({
    acme: acme.optional(),
    selfSigned: z.boolean().optional().describe("Each certificate signs itself."),
    ca: ca.optional(),
  })
  .describe("One ClusterIssuer: exactly one of acme, selfSigned and ca.");

export const certManagerSchema = z
  .strictObject({
    namespace: name.optional().describe("Namespace; made when absent. Default: cert-manager."),
    issuers: z.record(z.string(), issuer).optional().describe("ClusterIssuers by name."),
    gatewayApi: z
      .boolean()
      .optional()
      .describe(
        "Work with the Gateway API, whose CRDs must be there before. Default: whether an issuer has a gateway.",
      ),
    keepCrds: z
      .boolean()
      .optional()
      .describe("Keep the CRDs, and with them every certificate, on destroy. Default: true."),
    gateTimeoutSeconds: seconds
      .optional()
      .describe("Seconds until a webhook that does not serve is an error. Default: 300."),
    issuerTimeoutSeconds: seconds
      .optional()
      .describe("Seconds until an issuer that does not get Ready is an error. Default: 120."),
    timeoutSeconds: seconds
      .optional()
      .describe("Seconds until a release that does not get ready is an error. Default: 600."),
    values: z
      .record(z.string(), z.unknown())
      .optional()
      .describe("Further values of the chart, merged over ours; arrays are replaced."),
  })
  .describe("cert-manager and its ClusterIssuers.");
