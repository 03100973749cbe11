/** Values of interLink's Helm chart, from the same settings as our own objects. */
import { taintsOf } from "./nodeLabels";
import { parseQuantity } from "./quantity";
import { INTERLINK_PORT, PODS } from "./virtualNodeConfig";
import { acceleratorsOf, declaredNode } from "./virtualNodeGpus";
import { CA_FILE } from "./virtualNodePod";
import { imagesOf, needsRefreshToken, type VirtualNodeSpec } from "./virtualNodeTypes";

/** Where the chart mounts the Secret `<node>-tls-certs`. */
const CERTIFICATE_FOLDER = "/etc/vk/certs";

/** The Secret that the chart looks for when TLS is on. */
export function chartTlsSecret(nodeName: string): string {
  return `${nodeName}-tls-certs`;
}

/** The client's credentials; anything that ends up as strings. */
export interface ChartCredentials {
  clientId: unknown;
  clientSecret: unknown;
  refreshToken?: unknown;
}

/** GiB as text: Helm writes large numbers in a form that is no quantity. */
function gibibytes(memory: string): string {
  return String((parseQuantity(memory) ?? 0) / 2 ** 30);
}

function oauth(
  { login, images, form }: VirtualNodeSpec,
  credentials: ChartCredentials | undefined,
): Record<string, unknown> {
  if (login === undefined || credentials === undefined) {
    return { enabled: false };
  }
  const { tokenEndpoint, audience = "", grantType = "authorization_code" } = login;
  return {
    enabled: true,
    image: imagesOf({ images, form } as VirtualNodeSpec).refresher,
    TokenURL: tokenEndpoint,
    ClientID: credentials.clientId,
    ClientSecret: credentials.clientSecret,
    RefreshToken: needsRefreshToken(login) ? credentials.refreshToken : "",
    GrantType: grantType,
    Audience: audience,
  };
}

/**
 * The chart's values.
 *
 * @param credentials the chart writes them into the pod's environment in the clear
 * @param nodeLabels labels that the kubelet puts on its node when it registers
 */
export function interLinkChartValues(
  spec: VirtualNodeSpec,
  credentials: ChartCredentials | undefined,
  nodeLabels: Record<string, string>,
): Record<string, unknown> {
  const { nodeName, node, gpus = {}, interLink, pods, caCertificate } = spec;
  return {
    nodeName,
    interlink: {
      enabled: false,
      address: interLink.url,
      port: interLink.port ?? INTERLINK_PORT,
      disableProjectedVolumes: spec.projectedVolumes !== true,
      skipDownwardAPIResolution: true,
      logging: {
        verboseLogging: spec.verboseLogging ?? false,
        errorsOnlyLogging: spec.errorsOnlyLogging ?? false,
      },
      ...(caCertificate === undefined
        ? {}
        : { tls: { enabled: true, caCertFile: `${CERTIFICATE_FOLDER}/${CA_FILE}` } }),
    },
    virtualNode: {
      image: imagesOf(spec).virtualKubelet,
      resources: {
        CPUs: node.cpu,
        memGiB: gibibytes(node.memory ?? "0"),
        pods: String(pods ?? PODS),
        accelerators: acceleratorsOf(spec).map(({ resource, model, units }) => ({
          resourceType: resource,
          model,
          available: units,
        })),
      },
      nodeLabels: Object.entries(nodeLabels).map(([key, value]) => `${key}=${value}`),
      nodeTaints: taintsOf(declaredNode(spec), gpus).map(({ key, value, effect }) => ({
        key,
        value: value ?? "",
        effect,
      })),
      HTTP: { insecure: interLink.insecureTls ?? false },
      tracing: { enabled: spec.tracing ?? false },
      disableCSR: spec.kubeletCsr !== true,
    },
    OAUTH: oauth(spec, credentials),
  };
}
