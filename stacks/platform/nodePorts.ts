/** The NodePorts that the platform's Services ask for: each may be had once in a cluster. */
import { checkedHub, DEFAULT_NAMESPACE } from "../../components/model/jupyterHubSettings";
import { TUNNEL_SERVICE } from "../../components/model/jupyterHubSsh";
import { Problems } from "../../components/model/problems";
import { federationNodePorts } from "../federation/nodePorts";
import type { PlatformConfig } from "../platformConfig";
import { addonsCluster } from "./addons";
import { hubCluster, jupyterHubArgs } from "./jupyterhub";

/** One port that is asked for. */
export interface WantedNodePort {
  /** Where the config says so. */
  path: string;
  nodePort: number;
  /** The Service that gets it, `namespace/name`. */
  service: string;
  /** What to do where it is taken. @default to choose another */
  remedy?: string;
}

function ingressPorts({ addons }: PlatformConfig): WantedNodePort[] {
  const { namespace, releaseName, nodePorts = {} } = addons?.ingressNginx ?? {};
  const service = `${namespace ?? "ingress-nginx"}/${releaseName ?? "ingress-nginx"}-controller`;
  return (["http", "https"] as const).flatMap((name) => {
    const nodePort = nodePorts[name];
    const path = `addons.ingressNginx.nodePorts.${name}`;
    return nodePort === undefined ? [] : [{ path, nodePort, service }];
  });
}

function tunnelPorts(config: PlatformConfig): WantedNodePort[] {
  // What is wrong with the section is told elsewhere.
  const unheard = new Problems("");
  const args = jupyterHubArgs(config, unheard);
  const tunnel = args && checkedHub(args, true, unheard).tunnel;
  return args === undefined || tunnel?.service !== true
    ? []
    : [
        {
          path: "jupyterhub.ssh.nodePort",
          nodePort: tunnel.nodePort,
          service: `${args.namespace ?? DEFAULT_NAMESPACE}/${TUNNEL_SERVICE}`,
        },
      ];
}

/** The ports that the platform asks for on a cluster. */
export function platformNodePorts(config: PlatformConfig, cluster: string): WantedNodePort[] {
  return [
    ...(cluster === addonsCluster(config) ? ingressPorts(config) : []),
    ...(cluster === hubCluster(config) ? tunnelPorts(config) : []),
  ];
}

/** Adds a problem for each port of the platform that something else in the stack asks for. */
export function checkPlatformPorts(config: PlatformConfig, problems: Problems): void {
  for (const cluster of Object.keys(config.clusters)) {
    const seen = new Map<number, string>();
    const wanted = [...federationNodePorts(config, cluster), ...platformNodePorts(config, cluster)];
    for (const { path, nodePort } of wanted) {
      const other = seen.get(nodePort);
      // That two federations cannot both have theirs is told with what else they cannot share.
      if (other !== undefined && !path.startsWith("federations.")) {
        problems.add({
          path,
          reason: `${other} has this NodePort already`,
          value: nodePort,
          remedy: "Choose another from 30000 to 32767.",
        });
      }
      seen.set(nodePort, path);
    }
  }
}
