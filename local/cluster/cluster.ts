/** One cluster of the stand: what it needs before its start, and its components in order. */
import type { ProcessSpec } from "../processes/processes";
import { isRunning, readRecord } from "../processes/records";
import { ApiClient } from "./api";
import { applyBaseObjects } from "./baseObjects";
import * as components from "./components";
import type { ClusterContext, ClusterTool } from "./components";
import { apiserver, etcd } from "./controlPlane";
import { writeConfig } from "./config";
import { credentialsOf } from "./kubeconfig";
import { applyNodes, nodesNotReady, readNodes } from "./nodes";
import { clusterPaths, makeFolders } from "./paths";
import type { StandPaths } from "./paths";
import { ensurePki } from "./pki";
import { choosePorts } from "./ports";
import type { PortName } from "./ports";

/** The process that listens on a port. */
const LISTENERS: Record<PortName, string> = {
  etcd: "etcd",
  etcdPeer: "etcd",
  apiserver: "kube-apiserver",
  controllerManager: "kube-controller-manager",
  scheduler: "kube-scheduler",
  kwok: "kwok",
  webhook: "webhook",
};

function runs(stand: StandPaths, process: string): boolean {
  const record = readRecord(stand.run, process);
  return record !== undefined && isRunning(record);
}

/** Whether the cluster's API server is one that we started and that still runs. */
export function isClusterRunning(stand: StandPaths, name: string): boolean {
  return runs(stand, `${name}-kube-apiserver`);
}

/**
 * Makes folders, keys, ports and configuration of a cluster, or keeps those that are there.
 *
 * @param reserved ports that other clusters use
 */
export async function prepareCluster(
  stand: StandPaths,
  name: string,
  tools: Record<ClusterTool, string>,
  reserved: readonly number[],
): Promise<ClusterContext> {
  const paths = clusterPaths(stand, name);
  makeFolders(stand, paths);
  await ensurePki(paths.pki);
  const held = (port: PortName): boolean => {
    const record = readRecord(stand.run, `${name}-${LISTENERS[port]}`);
    return record !== undefined && isRunning(record);
  };
  const ports = await choosePorts(paths.ports, held, reserved);
  const files = writeConfig(name, paths, ports);
  const api = new ApiClient(credentialsOf(paths.pki, "admin", ports.apiserver));
  return { name, tools, paths, ports, files, api };
}

/** The processes of a cluster, in groups: each group needs the ones before it. */
export function clusterProcesses(context: ClusterContext): ProcessSpec[][] {
  return [
    [components.egress(context), etcd(context)],
    [apiserver(context)],
    [
      components.controllerManager(context),
      components.scheduler(context),
      components.kwok(context),
      components.provisioner(context),
      components.webhook(context),
    ],
  ];
}

const LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";

/** Puts the objects into a cluster that the stand's processes need, and the nodes. */
export async function furnishCluster(stand: StandPaths, context: ClusterContext): Promise<void> {
  if (!runs(stand, `${context.name}-kwok`)) {
    // A KWOK that was stopped holds its nodes for 40 more seconds, in which no pod would start.
    await context.api.call("DELETE", LEASES);
  }
  await applyBaseObjects(context.api);
  await applyNodes(context.api, readNodes());
}

/** What the cluster still lacks before pods can run in it; nothing when it is ready. */
export async function lacking(context: ClusterContext): Promise<string | undefined> {
  const notReady = await nodesNotReady(context.api, Object.keys(readNodes()));
  if (notReady.length > 0) {
    return `nodes that are not Ready: ${notReady.join(", ")}`;
  }
  const account = "/api/v1/namespaces/default/serviceaccounts/default";
  return (await context.api.find(account)) === undefined
    ? "the default service account"
    : undefined;
}
