/** Whether the ports and hosts that workspaces ask for are free. */
import { joinPath, type Problems } from "../../components/model/problems";
import type { WorkspacePort } from "../../components/model/workspaceTypes";
import type { WantedNodePort } from "../platform/nodePorts";
import type { LiveCluster } from "./liveCluster";
import { keyOf, type LiveIngress, type LiveService } from "./liveObjects";
import { isOfThisRun, type Check, type Placement } from "./placement";

/** cert-manager's own Ingress, which stands beside the real one while a certificate is proven. */
const SOLVER_LABEL = "acme.cert-manager.io/http01-solver";

/** Adds a problem for each NodePort that another Service has. */
export function checkNodePorts({ placements, live }: Check): void {
  for (const { spec, names, problems } of placements) {
    for (const port of spec.ports ?? []) {
      const holder = live.services?.find(
        (service) =>
          holds(service, port) && keyOf(service) !== `${spec.namespace}/${names.service}`,
      );
      if (holder !== undefined) {
        problems.add({
          path: `${joinPath("ports", [port.name])}[1]`,
          reason: `Service ${keyOf(holder)} on cluster ${live.cluster} has this NodePort`,
          value: port.nodePort,
          remedy: "Choose a free one from 30000 to 32767, or leave it out to get one.",
        });
      }
    }
  }
}

/** Adds a problem for each NodePort of platform or federations that another Service has. */
export function checkPlatformNodePorts(
  ports: readonly WantedNodePort[],
  live: LiveCluster,
  problems: Problems,
): void {
  for (const { path, nodePort, service, remedy } of ports) {
    const holder = live.services?.find((one) => holds(one, { nodePort }) && keyOf(one) !== service);
    if (holder !== undefined) {
      problems.add({
        path,
        reason: `Service ${keyOf(holder)} on cluster ${live.cluster} has this NodePort`,
        value: nodePort,
        remedy: remedy ?? "Choose a free one from 30000 to 32767.",
      });
    }
  }
}

function holds({ spec }: LiveService, { nodePort }: Pick<WorkspacePort, "nodePort">): boolean {
  if (nodePort === undefined) {
    return false;
  }
  const ports = (spec?.ports ?? []).filter(({ protocol }) => (protocol ?? "TCP") === "TCP");
  return ports.some((port) => port.nodePort === nodePort) || spec?.healthCheckNodePort === nodePort;
}

/** Adds a problem for each host that an Ingress of somebody else answers for. */
export function checkHosts(check: Check): void {
  const { placements, live } = check;
  for (const placement of placements) {
    const host = placement.spec.ingress?.host;
    const holder = live.ingresses?.find(
      (ingress) =>
        host !== undefined && answers(ingress, host) && isForeign(ingress, placement, check),
    );
    if (holder !== undefined) {
      placement.problems.add({
        path: "ingress.host",
        reason: `Ingress ${keyOf(holder)} on cluster ${live.cluster} answers for this host`,
        value: host,
        remedy: "Choose another host, or remove that Ingress first.",
      });
    }
  }
}

function answers({ spec }: LiveIngress, host: string): boolean {
  return (spec?.rules ?? []).some((rule) => rule.host === host);
}

function isForeign({ metadata }: LiveIngress, { spec }: Placement, check: Check): boolean {
  const namespace = metadata.namespace ?? "";
  if (namespace === spec.namespace && metadata.labels?.[SOLVER_LABEL] !== undefined) {
    return false;
  }
  return !isOfThisRun(check, namespace, metadata.name);
}
