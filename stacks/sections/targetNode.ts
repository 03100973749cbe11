/** `interlink.targets`: the hosts behind virtual nodes. What the values mean is checked by the component's rules. */
import { z } from "zod";
import {
  InterLinkForm,
  SlurmRuntime,
  TargetArchitecture,
  TargetPluginKind,
  TlsVersion,
} from "../../components/model/targetNode/targetTypes";

const name = z.string().min(1);
const names = z.array(name);
const port = z.int().min(1).max(65535);

const proxy = z
  .strictObject({
    issuer: z
      .string()
      .describe("OIDC issuer, spelt exactly as it spells itself (a last `/` counts). https only."),
    clientId: name.describe("Client that the issuer knows the proxy by."),
    groups: names
      .optional()
      .describe(
        "Tokens of members of one of these groups may pass. Required unless `audiences` or `anyUser`.",
      ),
    audiences: names
      .optional()
      .describe("Tokens for one of these audiences may pass, as well as those for `clientId`."),
    anyUser: z
      .boolean()
      .optional()
      .describe(
        "Waive both: every token of the issuer for `clientId` or `audiences` passes. Default: false.",
      ),
    groupsClaim: name.optional().describe("Claim that holds the groups. Default: groups."),
    emailDomains: names.optional().describe("E-mail domains that may pass. Default: all."),
    validateUrl: z
      .string()
      .optional()
      .describe("Where an opaque session is asked for; the seed gives the token endpoint."),
    redirectUrl: z
      .string()
      .optional()
      .describe(
        "Where the issuer sends a browser back to. Default: `https://<address>/oauth2/callback`.",
      ),
    scope: name.optional().describe("Scopes to ask for. Default: oauth2-proxy's own."),
    skipAuthRoutes: names
      .optional()
      .describe("Requests that pass without a token, such as `GET=^/pinglink$`. Default: none."),
    cipherSuites: names
      .optional()
      .describe("Suites for TLS 1.2 by Go's names; weak ones only if listed. Default: AEAD ones."),
    tlsMinVersion: z.enum(TlsVersion).optional().describe("Default: TLS1.2."),
    passAuthorizationHeader: z
      .boolean()
      .optional()
      .describe("Hand the token on to the API server. Default: true."),
    skipJwtBearerTokens: z
      .boolean()
      .optional()
      .describe("Take tokens in the Authorization header. Default: true."),
    issuerCaFile: name
      .optional()
      .describe("Authority of the issuer's certificate (PEM), relative to the project."),
  })
  .describe("oauth2-proxy: the only part of the host that is reached from outside.");

const tsocks = z.strictObject({
  library: name.describe("Path of libtsocks.so."),
  loginNode: name,
  config: name.optional().describe("Path of its config file."),
});

const interlink = z
  .strictObject({
    form: z
      .enum(InterLinkForm)
      .optional()
      .describe("Generation of interLink; `seed` is the fork of 2024. Default: current."),
    dataRootFolder: name.optional().describe("Jobs' files. Default: /var/lib/interlink/jobs."),
    verboseLogging: z.boolean().optional().describe("Default: false."),
    errorsOnlyLogging: z.boolean().optional().describe("Default: false."),
    exportPodData: z
      .boolean()
      .optional()
      .describe("Send ConfigMaps and Secrets with a pod. Default: true."),
    commandPrefix: z.string().optional().describe("Shell text in front of every job's command."),
    singularityPrefix: z.string().optional().describe("Shell text in front of `singularity`."),
    serviceAccount: name.optional().describe("Of the virtual kubelet. Default: interlink."),
    namespace: name.optional().describe("Of the virtual kubelet. Default: vk."),
    bashPath: name.optional().describe("Default: /bin/bash."),
    tsocks: tsocks.optional().describe("Way out of a login node without internet."),
    jobScriptTemplate: name.optional().describe("Path on the host. Current form alone."),
  })
  .describe("API server, and what it shares with the plugin.");

const docker = z
  .strictObject({
    gpu: z.boolean().optional().describe("Give pods the host's NVIDIA GPUs. Default: true."),
    pool: z.int().optional().describe("Pods that may start at one time, 1 to 127. Default: 10."),
    networkSubnets: names.optional().describe("Ranges for pods' networks, each /8, /16 or /24."),
  })
  .describe("The Docker plugin.");

const flavor = z.strictObject({
  description: z.string().optional(),
  cpu: z.int().describe("CPUs of a pod that asks for none."),
  memory: name.describe("Memory of a pod that asks for none, as SLURM writes it: `8G`."),
  flags: names.optional().describe("Options of sbatch, such as `--partition=gpu`."),
});

const slurm = z
  .strictObject({
    sbatchPath: name.optional().describe("Default: /usr/bin/sbatch."),
    scancelPath: name.optional().describe("Default: /usr/bin/scancel."),
    squeuePath: name.optional().describe("Default: /usr/bin/squeue."),
    sinfoPath: name.optional().describe("Default: /usr/bin/sinfo."),
    runtime: z.enum(SlurmRuntime).optional().describe("Default: singularity."),
    singularityPath: name.optional().describe("Default: singularity."),
    singularityOptions: names.optional().describe("Options of every `singularity exec`."),
    imagePrefix: z.string().optional().describe("For images without scheme. Default: docker://."),
    enrootPath: name.optional().describe("Default: enroot."),
    sharedFilesystem: z
      .boolean()
      .optional()
      .describe("Whether jobs' nodes share `dataRootFolder`. Default: false."),
    enableProbes: z.boolean().optional().describe("Run pods' probes. Default: false."),
    flavors: z.record(z.string(), flavor).optional().describe("Sets of sbatch options by name."),
    defaultFlavor: name.optional(),
  })
  .describe("The SLURM plugin.");

const binary = z.strictObject({
  url: name.optional().describe("https address of the program, or of a .tar.gz that holds it."),
  member: name.optional().describe("Path of the program within the archive."),
  sha256: name.optional().describe("SHA-256 of the program itself. Required unless `folder`."),
});

/** One target node of the config. */
export const targetNodeSchema = z
  .strictObject({
    address: name.describe("DNS name or IP address that the virtual kubelet calls the host by."),
    proxy,
    plugin: z
      .strictObject({
        kind: z.enum(TargetPluginKind).describe("What runs the pods."),
        docker: docker.optional(),
        slurm: slurm.optional(),
      })
      .describe("What turns a pod into something that runs on the host."),
    interlink: interlink.optional(),
    ports: z
      .strictObject({
        https: port.optional().describe("oauth2-proxy. Default: 443."),
        http: port.optional().describe("Where http is sent on to https. Default: none."),
        api: port.optional().describe("API server, on loopback. Default: 3000."),
        plugin: port.optional().describe("Plugin. Default: a Unix socket; seed form: 4000."),
      })
      .optional(),
    listenAddress: name.optional().describe("Address of oauth2-proxy. Default: 0.0.0.0."),
    binaries: z
      .strictObject({
        folder: name
          .optional()
          .describe("Folder on the host with oauth2-proxy, interlink and interlink-plugin."),
        oauth2Proxy: binary.optional(),
        interlink: binary.optional(),
        plugin: binary.optional(),
      })
      .optional()
      .describe("Where the programs come from."),
    architecture: z.enum(TargetArchitecture).optional().describe("Default: amd64."),
    user: name.optional().describe("User of API server and plugin. Default: interlink."),
    certificateFile: name
      .optional()
      .describe(
        "The host's certificate (PEM), relative to the project. Default: self-signed, made there.",
      ),
    certificateKeyFile: name.optional().describe("Its key (PEM), relative to the project."),
    clientSecret: name.describe("Secret of the client at the issuer. Set with --secret."),
    cookieSecret: name
      .optional()
      .describe("16, 24 or 32 bytes, plain or in base64url. Set with --secret. Default: made."),
    outputFolder: name
      .optional()
      .describe("Where the files are written. Default: .local/targets/<name>."),
  })
  .describe("What runs on the host behind a virtual node.");

/** One target of the config, parsed. */
export type TargetNodeConfig = z.infer<typeof targetNodeSchema>;
