/** The tunnel by which servers on virtual nodes are reached: containers beside the hub, and a Service. */
import type { KubernetesObject } from "./kubernetesObject";
import type { JupyterHubSettings, JupyterHubSsh } from "./jupyterHubTypes";

/** Port that the forwarder listens at: fixed in its image. */
export const FORWARDER_PORT = 8022;
/** Port that the listener listens at: fixed in its image. */
const LISTENER_PORT = 8122;

const DEFAULT_NODE_PORT = 31_022;

const IMAGES = {
  forwarder: "ghcr.io/comp-dev-cms-ita/ssh-forwarder:v0.0.3",
  listener: "ghcr.io/comp-dev-cms-ita/ssh-listener:v0.0.3",
  redis: "redis:6.2.5",
};

/** Name of the tunnel's NodePort Service. */
export const TUNNEL_SERVICE = "ssh-fwd";

/** The tunnel with its defaults. */
export interface HubTunnel {
  nodePort: number;
  /** Port that remote pods are told. */
  port: number;
  service: boolean;
  userService: boolean;
  servicePrefix: string;
  openListener: boolean;
  images: { forwarder: string; listener: string; redis: string };
}

/** The tunnel's settings, or nothing where it is off. @param remote whether a profile needs it */
export function hubTunnel(ssh: JupyterHubSsh = {}, remote: boolean): HubTunnel | undefined {
  if (!(ssh.enabled ?? remote)) {
    return undefined;
  }
  const nodePort = ssh.nodePort ?? DEFAULT_NODE_PORT;
  return {
    nodePort,
    port: ssh.port ?? nodePort,
    service: ssh.service ?? true,
    userService: ssh.userService ?? true,
    servicePrefix: ssh.servicePrefix ?? "ssh-",
    openListener: ssh.openListener ?? false,
    images: {
      forwarder: ssh.forwarderImage ?? IMAGES.forwarder,
      listener: ssh.listenerImage ?? IMAGES.listener,
      redis: ssh.redisImage ?? IMAGES.redis,
    },
  };
}

/** The labels of a pod of the chart. */
function podLabels(releaseName: string, component: string): Record<string, string> {
  return {
    "app.kubernetes.io/name": "jupyterhub",
    "app.kubernetes.io/instance": releaseName,
    "app.kubernetes.io/component": component,
  };
}

function container(
  name: string,
  image: string,
  user: number,
  rest: Record<string, unknown>,
): Record<string, unknown> {
  return {
    name,
    image,
    ...rest,
    resources: {
      requests: { cpu: "25m", memory: "64Mi" },
      limits: { cpu: "500m", memory: "256Mi" },
    },
    securityContext: {
      runAsUser: user,
      runAsGroup: user,
      runAsNonRoot: user !== 0,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
    },
  };
}

/**
 * The containers. Both ssh images make their host key in `/root`, so they run as root, without any
 * capability; they find redis at `localhost:6379`, and nothing else may.
 *
 * @param hubUrl where they check users' tokens; they do not verify certificates
 */
export function tunnelContainers(tunnel: HubTunnel, hubUrl: string): Record<string, unknown>[] {
  const { forwarder, listener, redis } = tunnel.images;
  const env = [{ name: "JHUB_URL", value: hubUrl }];
  const port = (name: string, containerPort: number): object[] => [{ name, containerPort }];
  return [
    container("redis", redis, 999, {
      args: ["redis-server", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
    }),
    container("ssh-forwarder", forwarder, 0, { env, ports: port("ssh", FORWARDER_PORT) }),
    container("ssh-listener", listener, 0, { env, ports: port("ssh-listener", LISTENER_PORT) }),
  ];
}

/** The NodePort Service in front of the forwarder. */
export function tunnelService(
  tunnel: HubTunnel,
  { namespace, releaseName }: Required<Pick<JupyterHubSettings, "namespace" | "releaseName">>,
  labels: Record<string, string>,
): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: TUNNEL_SERVICE, namespace, labels },
    spec: {
      type: "NodePort",
      selector: podLabels(releaseName, "hub"),
      ports: [
        {
          name: "ssh",
          port: FORWARDER_PORT,
          targetPort: FORWARDER_PORT,
          nodePort: tunnel.nodePort,
          protocol: "TCP",
        },
      ],
    },
  };
}

/**
 * What the chart's network policies must allow besides: the tunnel from anywhere, and the proxy and the
 * hub to the ports within the hub's pod at which tunnelled servers appear.
 */
export function tunnelPolicies(
  tunnel: HubTunnel,
  releaseName: string,
): { hub: Record<string, unknown>; proxy: Record<string, unknown> } {
  const pods = (component: string): object => ({
    podSelector: { matchLabels: podLabels(releaseName, component) },
  });
  const listener = {
    from: [pods("singleuser-server")],
    ports: [{ port: LISTENER_PORT, protocol: "TCP" }],
  };
  return {
    hub: {
      allowedIngressPorts: [FORWARDER_PORT],
      ingress: [{ from: [pods("proxy"), pods("hub")] }, ...(tunnel.openListener ? [listener] : [])],
      egress: [{ to: [pods("hub")] }],
    },
    proxy: { egress: [{ to: [pods("hub")] }] },
  };
}
