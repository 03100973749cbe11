/** `federations.<name>.platform`: the MIP in front of a federation. What the values mean is checked by its rules. */
import { z } from "zod";

const name = z.string().min(1);
const quantity = z.union([z.string(), z.number()]).transform(String);

const keycloak = z
  .strictObject({
    host: name.describe("Host, such as iam.example.org; no scheme and no path."),
    protocol: z.enum(["https", "http"]).optional().describe("Default: https."),
    realm: name,
    clientId: name,
    clientSecret: name
      .optional()
      .describe("Its secret. Set with --secret, or say `existingSecret`."),
    existingSecret: z
      .boolean()
      .optional()
      .describe("The namespace has the Secret keycloak-credentials already. Default: false."),
  })
  .describe("The Keycloak that users log in at; realm and client are made there.");

const database = z
  .strictObject({
    user: name.optional().describe("Role that the backend logs in with. Default: portal."),
    password: name
      .optional()
      .describe("Its password. Set with --secret. Default: one is made, and kept in state."),
    adminUser: name.optional().describe("Role that the database is set up with. Default: `user`."),
    adminPassword: name.optional().describe("Its password. Set with --secret."),
    passwordRevision: z
      .int()
      .min(1)
      .optional()
      .describe("Raise it to have another password; the data stays. Default: 1."),
    existingSecret: z
      .boolean()
      .optional()
      .describe("The namespace has the Secret mip-secret already. Default: false."),
    image: name.optional(),
    size: quantity.optional().describe("Default: 1Gi."),
  })
  .describe("The platform's Postgres.");

const notebook = z
  .strictObject({
    image: name.optional().describe("Image with tag of users' servers."),
    storageClass: name.optional().describe("Of users' volumes. Default: `storage.storageClass`."),
    size: quantity.optional().describe("Of each user's volume."),
    cpuGuarantee: quantity.optional(),
    cpuLimit: quantity.optional(),
    memoryGuarantee: quantity.optional().describe("Default: 1G."),
    memoryLimit: quantity.optional().describe("Default: 4G."),
    allowedGroups: z
      .array(name)
      .optional()
      .describe("Groups whose users may start notebooks. Default: every user of the realm."),
    releaseName: name.optional().describe("Helm's name of the hub. Default: jupyterhub."),
  })
  .describe("Notebooks within the platform; {} for the defaults.");

/** The section's shape. */
export const platformSchema = z
  .strictObject({
    releaseName: name.optional().describe("Helm's name of it. Default: mip."),
    publicHost: name.describe("Host that users reach it by; no scheme."),
    displayName: name.optional().describe("Default: MIP."),
    keycloak,
    engineUrl: name.optional().describe("Default: the federation's controller."),
    engineVersion: name.optional().describe("Version that users are shown."),
    dataCatalogue: z
      .strictObject({
        host: name.describe("Host, without a scheme."),
        protocol: z.enum(["https", "http"]).optional().describe("Default: https."),
      })
      .optional()
      .describe("The catalogue that the platform links to."),
    guide: z
      .strictObject({
        covariate: name.optional().describe("Default: Sex."),
        variable: name.optional().describe("Default: Age."),
      })
      .optional()
      .describe("Variables of the user interface's guide. From chart 9.2.0."),
    database: database.optional(),
    storage: z
      .strictObject({
        storageClass: name
          .optional()
          .describe("Default: the cluster's; unmanaged: microk8s-hostpath."),
        folder: name
          .optional()
          .describe("Folder of the master node. Default: /opt/mip-deployment/<namespace>."),
        dataSize: quantity.optional().describe("Default: 100Mi."),
        logsSize: quantity.optional().describe("Default: 1Gi."),
      })
      .optional()
      .describe("The platform's volumes; they are kept when it is removed."),
    images: z
      .strictObject({ ui: name.optional(), backend: name.optional() })
      .optional()
      .describe("Images with tags. Default: the chart's."),
    logLevel: name.optional().describe("Default: INFO."),
    frameworkLogLevel: name.optional().describe("Of the libraries. Default: INFO."),
    algorithmUpdateSeconds: z.int().min(1).optional().describe("Default: 60."),
    notebook: notebook.optional(),
    redirectRootTo: name
      .optional()
      .describe("Path that / sends users on to. With ingress-nginx and snippets alone."),
  })
  .describe("The MIP in front of the engine. Default: none.");

/** Whether a place below `federations` may hold a secret, which no message repeats. */
export function isFederationSecret(path: string): boolean {
  return /\.platform\.(keycloak\.clientSecret|database\.(password|adminPassword))$/.test(path);
}
