/** The command lines of the components around the API server, and how each one tells that it is ready. */
import { join } from "node:path";
import { readFileSync } from "node:fs";
import type { ProcessSpec } from "../processes/processes";
import { firstLineLike } from "../processes/logs";
import type { ProcessRecord } from "../processes/records";
import { NODE_ADDRESS } from "./addresses";
import { isHealthy } from "./api";
import type { ApiClient } from "./api";
import type { ConfigFiles } from "./config";
import { egressAnswers } from "./egressClient";
import { REPOSITORY } from "./paths";
import type { ClusterPaths } from "./paths";
import type { Ports } from "./ports";

/** The programs of a cluster that are built from Go modules. */
export type ClusterTool =
  "etcd" | "kube-apiserver" | "kube-controller-manager" | "kube-scheduler" | "kwok";

/** What the command lines are made of. */
export interface ClusterContext {
  name: string;
  tools: Record<ClusterTool, string>;
  paths: ClusterPaths;
  ports: Ports;
  files: ConfigFiles;
  /** The API server, as its administrator. */
  api: ApiClient;
}

/** The components in the order of their start; the numbers of `ProcessSpec.order`. */
export const ORDER = { egress: 1, etcd: 2, apiserver: 3, controllers: 4 };

/** `--flag=value` for each entry. */
export function flags(values: Record<string, string | number | boolean>): string[] {
  return Object.entries(values).map(([flag, value]) => `--${flag}=${value}`);
}

/** A TypeScript program of the stand, run by this Node. */
export function nodeProgram(file: string): Pick<ProcessSpec, "command" | "arguments" | "inputs"> {
  const path = join(REPOSITORY, "local", file);
  const loader = require.resolve("tsx", { paths: [REPOSITORY] });
  return {
    command: process.execPath,
    arguments: ["--import", `file://${loader}`, path],
    inputs: [path],
  };
}

/** The path of a key or certificate of the cluster. */
export function pki(context: ClusterContext, file: string): string {
  return join(context.paths.pki, file);
}

function authority(context: ClusterContext): string {
  return readFileSync(pki(context, "ca.crt"), "utf8");
}

export function controllerManager(context: ClusterContext): ProcessSpec {
  const { ports, files } = context;
  const kubeconfig = files.kubeconfigs["controller-manager"];
  const input = {
    kubeconfig,
    "authentication-kubeconfig": kubeconfig,
    "authorization-kubeconfig": kubeconfig,
    "client-ca-file": pki(context, "ca.crt"),
    "tls-cert-file": pki(context, "components.crt"),
    "tls-private-key-file": pki(context, "components.key"),
    "root-ca-file": pki(context, "ca.crt"),
    "cluster-signing-cert-file": pki(context, "ca.crt"),
    "cluster-signing-key-file": pki(context, "ca.key"),
    "service-account-private-key-file": pki(context, "service-account.key"),
  };
  const workers = {
    "concurrent-deployment-syncs": 20,
    "concurrent-replicaset-syncs": 20,
    "concurrent-statefulset-syncs": 20,
    "concurrent-job-syncs": 20,
    "concurrent-endpoint-syncs": 20,
    "concurrent-service-endpoint-syncs": 20,
    "concurrent-namespace-syncs": 30,
    "concurrent-gc-syncs": 40,
    "concurrent-resource-quota-syncs": 20,
    "concurrent-serviceaccount-token-syncs": 20,
  };
  return {
    name: `${context.name}-kube-controller-manager`,
    command: context.tools["kube-controller-manager"],
    arguments: flags({
      ...input,
      ...workers,
      "bind-address": "127.0.0.1",
      "secure-port": ports.controllerManager,
      "use-service-account-credentials": true,
      "leader-elect": false,
      "kube-api-qps": 500,
      "kube-api-burst": 1000,
      profiling: false,
    }),
    inputs: Object.values(input),
    order: ORDER.controllers,
    ready: () => isHealthy(authority(context), ports.controllerManager),
  };
}

export function scheduler(context: ClusterContext): ProcessSpec {
  const { ports, files } = context;
  const kubeconfig = files.kubeconfigs.scheduler;
  const input = {
    config: files.scheduler,
    "authentication-kubeconfig": kubeconfig,
    "authorization-kubeconfig": kubeconfig,
    "client-ca-file": pki(context, "ca.crt"),
    "tls-cert-file": pki(context, "components.crt"),
    "tls-private-key-file": pki(context, "components.key"),
  };
  return {
    name: `${context.name}-kube-scheduler`,
    command: context.tools["kube-scheduler"],
    arguments: flags({ ...input, "bind-address": "127.0.0.1", "secure-port": ports.scheduler }),
    inputs: Object.values(input),
    order: ORDER.controllers,
    ready: () => isHealthy(authority(context), ports.scheduler),
  };
}

export function kwok(context: ClusterContext): ProcessSpec {
  const { ports, files } = context;
  const input = {
    config: files.kwok,
    kubeconfig: files.kubeconfigs.kwok,
    "tls-cert-file": pki(context, "components.crt"),
    "tls-private-key-file": pki(context, "components.key"),
  };
  return {
    name: `${context.name}-kwok`,
    command: context.tools.kwok,
    arguments: flags({
      ...input,
      "node-port": ports.kwok,
      "server-address": `127.0.0.1:${ports.kwok}`,
    }),
    inputs: [...Object.values(input), files.podLog],
    order: ORDER.controllers,
    ready: () => isHealthy(authority(context), ports.kwok),
  };
}

export function egress(context: ClusterContext): ProcessSpec {
  const program = nodeProgram("cluster/egress.ts");
  const { egressSocket, egressRoutes } = context.paths;
  return {
    ...program,
    name: `${context.name}-egress`,
    arguments: [
      ...program.arguments,
      egressSocket,
      egressRoutes,
      `${NODE_ADDRESS}:${context.ports.kwok}=127.0.0.1:${context.ports.kwok}`,
    ],
    order: ORDER.egress,
    ready: () => egressAnswers(egressSocket),
  };
}

/** Has a program of the stand's begun to watch what it works on? */
function watches(record: ProcessRecord): boolean {
  return firstLineLike(record.log, record.logOffset, /^watching /) !== undefined;
}

export function provisioner(context: ClusterContext): ProcessSpec {
  const program = nodeProgram("cluster/provisioner.ts");
  const kubeconfig = context.files.kubeconfigs.provisioner;
  return {
    ...program,
    name: `${context.name}-provisioner`,
    arguments: [...program.arguments, kubeconfig],
    inputs: [...program.inputs, kubeconfig],
    order: ORDER.controllers,
    ready: watches,
  };
}

export function webhook(context: ClusterContext): ProcessSpec {
  const program = nodeProgram("webhook/server.ts");
  const kubeconfig = context.files.kubeconfigs.webhook;
  const { egressRoutes } = context.paths;
  return {
    ...program,
    name: `${context.name}-webhook`,
    arguments: [...program.arguments, kubeconfig, egressRoutes, String(context.ports.webhook)],
    inputs: [...program.inputs, kubeconfig],
    order: ORDER.controllers,
    ready: watches,
  };
}
