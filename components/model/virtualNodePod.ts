/** The pod of a virtual kubelet, of both generations. It passes Pod Security's `restricted`. */
import { compact } from "./compact";
import {
  CONFIG_FILE,
  CONFIG_FOLDER,
  RESOURCES_FILE,
  TOKEN_FILE,
  TOKEN_FOLDER,
} from "./virtualNodeConfig";
import {
  imagesOf,
  needsRefreshToken,
  VirtualNodeForm,
  withDefaults,
  type VirtualNodeLogin,
  type VirtualNodeSpec,
} from "./virtualNodeTypes";

/** Keys of the Secret with the client's credentials. */
export const CLIENT_ID_KEY = "client-id";
export const CLIENT_SECRET_KEY = "client-secret";
export const REFRESH_TOKEN_KEY = "refresh-token";

/** The authority that signed the remote host's certificate, beside the configuration files. */
export const CA_FILE = "ca.crt";

/** Starts the refresher with the issuer's token endpoint, beside the configuration files. */
export const LAUNCHER_FILE = "token-endpoint.py";

const USER = 65532;

/** Where client libraries look for the service account. */
const SERVICE_ACCOUNT_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";

/** The port of the kubelet's own server; the seed's had another. */
const KUBELET_PORT = { today: 10250, seed: 10255 };

const RESOURCES = {
  requests: { cpu: "50m", memory: "100Mi" },
  limits: { cpu: "500m", memory: "600Mi" },
};

const SECURITY = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  readOnlyRootFilesystem: true,
};

/** Names of the containers, as upstream has them, so that its instructions fit. */
export function containerNames(form: VirtualNodeForm | undefined): {
  kubelet: string;
  refresher: string;
} {
  return {
    kubelet: form === VirtualNodeForm.Seed ? "inttw-vk" : "vk",
    refresher: "refresh-token",
  };
}

/** Name of the Secret with the client's credentials. */
export function loginSecret({ nodeName, login }: VirtualNodeSpec): string {
  return login?.existingSecret ?? `${nodeName}-login`;
}

const plain = (name: string, value: string): object => ({ name, value });

function kubeletEnvironment(spec: VirtualNodeSpec): object[] {
  const { nodeName, form, login, tracing, tracingEndpoint, caCertificate } = withDefaults(spec);
  const seed = form === VirtualNodeForm.Seed;
  const config = `${CONFIG_FOLDER}/${CONFIG_FILE}`;
  return [
    plain("NODENAME", nodeName),
    { name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
    plain("KUBELET_PORT", String(seed ? KUBELET_PORT.seed : KUBELET_PORT.today)),
    ...(seed
      ? [
          plain("INTERLINKCONFIGPATH", config),
          plain("CONFIGPATH", `${CONFIG_FOLDER}/${RESOURCES_FILE}`),
        ]
      : [plain("CONFIGPATH", config)]),
    ...(login === undefined ? [] : [plain("VKTOKENFILE", TOKEN_FILE)]),
    // Go's own way to trust one more authority. interLink's HTTP.CaCert reads no PEM.
    ...(caCertificate === undefined ? [] : [plain("SSL_CERT_FILE", `${CONFIG_FOLDER}/${CA_FILE}`)]),
    ...(tracing === true && !seed
      ? [plain("ENABLE_TRACING", "1"), plain("TELEMETRY_ENDPOINT", tracingEndpoint ?? "")]
      : []),
  ];
}

/** What the refreshers of both generations read; what they do not know does not disturb them. */
function refresherEnvironment(spec: VirtualNodeSpec, login: VirtualNodeLogin): object[] {
  const { issuer, tokenEndpoint, audience, grantType = "authorization_code" } = login;
  const fromSecret = (name: string, key: string): object => ({
    name,
    valueFrom: { secretKeyRef: { name: loginSecret(spec), key } },
  });
  return [
    ...(issuer === undefined ? [] : [plain("IAM_SERVER", issuer)]),
    ...(tokenEndpoint === undefined ? [] : [plain("IAM_TOKEN_ENDPOINT", tokenEndpoint)]),
    fromSecret("IAM_CLIENT_ID", CLIENT_ID_KEY),
    fromSecret("IAM_CLIENT_SECRET", CLIENT_SECRET_KEY),
    // The refresher writes it to a file even where there is none, and fails where it is not set.
    needsRefreshToken(login)
      ? fromSecret("IAM_REFRESH_TOKEN", REFRESH_TOKEN_KEY)
      : plain("IAM_REFRESH_TOKEN", ""),
    plain("IAM_GRANT_TYPE", grantType),
    // An audience that is empty would be asked for; one that is absent is not.
    ...(audience === undefined || audience === "" ? [] : [plain("IAM_VK_AUD", audience)]),
    plain("TOKEN_PATH", TOKEN_FILE),
  ];
}

function container(facts: {
  name: string;
  image: string;
  command?: string[];
  args?: string[];
  env?: object[];
  volumeMounts?: object[];
}): object {
  return { ...facts, resources: RESOURCES, securityContext: SECURITY };
}

const mount = (name: string, mountPath: string): object => ({ name, mountPath });
const CONFIG_MOUNT = { ...mount("config", CONFIG_FOLDER), readOnly: true };
const TOKEN_MOUNT = mount("token", TOKEN_FOLDER);
const TMP_MOUNT = mount("tmp", "/tmp");

function refresher(spec: VirtualNodeSpec, login: VirtualNodeLogin): object {
  const { form } = withDefaults(spec);
  const command =
    login.tokenEndpoint === undefined
      ? { command: ["python3", `${CONFIG_FOLDER}/${LAUNCHER_FILE}`] }
      : {};
  return container({
    name: containerNames(form).refresher,
    image: imagesOf(spec).refresher,
    ...command,
    env: refresherEnvironment(spec, login),
    volumeMounts: [CONFIG_MOUNT, TOKEN_MOUNT],
  });
}

/** The kubelet's token for the cluster, in its own container alone. */
const SERVICE_ACCOUNT_VOLUME = {
  name: "kube-api-access",
  projected: {
    sources: [
      { serviceAccountToken: { path: "token", expirationSeconds: 3607 } },
      { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
      {
        downwardAPI: {
          items: [{ path: "namespace", fieldRef: { fieldPath: "metadata.namespace" } }],
        },
      },
    ],
  },
};

/**
 * The pod's specification.
 *
 * @param configMap name of the ConfigMap with all files
 */
export function virtualNodePod(spec: VirtualNodeSpec, configMap: string): Record<string, unknown> {
  const { form, login, tracing, serviceAccount } = withDefaults(spec);
  const images = imagesOf({ ...spec, form });
  const seed = form === VirtualNodeForm.Seed;
  const names = containerNames(form);
  const port = seed ? KUBELET_PORT.seed : KUBELET_PORT.today;
  return compact({
    serviceAccountName: serviceAccount,
    automountServiceAccountToken: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER,
      runAsGroup: USER,
      fsGroup: USER,
      seccompProfile: { type: "RuntimeDefault" },
    },
    // The kubelet ends where the file is missing, and the refresher needs a while to fill it.
    initContainers:
      login === undefined
        ? undefined
        : [
            container({
              name: "settoken",
              image: images.tokenInit,
              command: ["touch", TOKEN_FILE],
              volumeMounts: [TOKEN_MOUNT],
            }),
          ],
    containers: [
      ...(seed && tracing === true
        ? [container({ name: "jaeger", image: images.jaeger, volumeMounts: [TMP_MOUNT] })]
        : []),
      {
        ...container({
          name: names.kubelet,
          image: images.virtualKubelet,
          env: kubeletEnvironment(spec),
          volumeMounts: [
            CONFIG_MOUNT,
            ...(login === undefined ? [] : [{ ...TOKEN_MOUNT, readOnly: true }]),
            TMP_MOUNT,
            { ...mount(SERVICE_ACCOUNT_VOLUME.name, SERVICE_ACCOUNT_FOLDER), readOnly: true },
          ],
        }),
        ports: [{ name: "kubelet", containerPort: port }],
      },
      ...(login === undefined ? [] : [refresher({ ...spec, form }, login)]),
    ],
    volumes: [
      { name: "config", configMap: { name: configMap } },
      ...(login === undefined
        ? []
        : [{ name: "token", emptyDir: { medium: "Memory", sizeLimit: "1Mi" } }]),
      { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
      SERVICE_ACCOUNT_VOLUME,
    ],
  });
}
