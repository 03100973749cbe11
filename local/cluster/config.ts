/** The files that a cluster's components are configured with. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { dump } from "js-yaml";
import { writeWhole } from "../processes/files";
import { NODE_ADDRESS, POD_RANGE } from "./addresses";
import { credentialsOf, kubeconfigText } from "./kubeconfig";
import type { ClusterPaths } from "./paths";
import { REPOSITORY } from "./paths";
import type { ClientName } from "./pki";
import type { Ports } from "./ports";

const STAGES = join(REPOSITORY, "local", "stages");

/** Who, what and when of every request, without bodies. What nobody looks at is left out. */
const AUDIT_POLICY = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived"],
  rules: [
    { level: "None", nonResourceURLs: ["/healthz*", "/readyz*", "/livez*", "/metrics"] },
    { level: "None", resources: [{ group: "coordination.k8s.io", resources: ["leases"] }] },
    { level: "Metadata" },
  ],
};

/** Everything that lies in the simulated cluster is asked for through a Unix socket; see `egress.ts`. */
function egressSelector(socket: string): unknown {
  return {
    apiVersion: "apiserver.k8s.io/v1beta1",
    kind: "EgressSelectorConfiguration",
    egressSelections: [
      {
        name: "cluster",
        connection: { proxyProtocol: "HTTPConnect", transport: { uds: { udsName: socket } } },
      },
      { name: "controlplane", connection: { proxyProtocol: "Direct" } },
      { name: "etcd", connection: { proxyProtocol: "Direct" } },
    ],
  };
}

function scheduler(kubeconfig: string): unknown {
  return {
    apiVersion: "kubescheduler.config.k8s.io/v1",
    kind: "KubeSchedulerConfiguration",
    clientConnection: { kubeconfig, qps: 500, burst: 1000 },
    leaderElection: { leaderElect: false },
  };
}

function kwok(podLog: string): string {
  const options = {
    apiVersion: "config.kwok.x-k8s.io/v1alpha1",
    kind: "KwokConfiguration",
    options: {
      // A node with this label is left alone, pods and all: as if its machine had lost its power. So is one without
      // any label, which KWOK takes for one that does not match; a kubelet's node has some.
      manageAllNodes: false,
      manageNodesWithLabelSelector: "science-platform/simulate!=lost",
      cidr: POD_RANGE,
      nodeIP: NODE_ADDRESS,
      // Once a file sets options, KWOK fills in no defaults: every one that counts is named.
      enableDebuggingHandlers: true,
      nodeLeaseDurationSeconds: 40,
      nodeLeaseParallelism: 8,
      podsOnNodeSyncParallelism: 4,
      enablePodsOnNodeSyncListPager: true,
      podPlayStageParallelism: 32,
      nodePlayStageParallelism: 8,
      enableProfilingHandler: false,
    },
  };
  const logs = {
    apiVersion: "kwok.x-k8s.io/v1alpha1",
    kind: "ClusterLogs",
    metadata: { name: "simulated" },
    spec: { logs: [{ logsFile: podLog }] },
  };
  const stages = readdirSync(STAGES)
    .filter((file) => file.endsWith(".yaml"))
    .sort()
    .map((file) => readFileSync(join(STAGES, file), "utf8"));
  return [dump(options), dump(logs), ...stages].join("---\n");
}

/** The paths of the configuration files. */
export interface ConfigFiles {
  audit: string;
  egress: string;
  scheduler: string;
  kwok: string;
  /** What `kubectl logs` shows of every container. */
  podLog: string;
  /** Kubeconfigs by user. */
  kubeconfigs: Record<Exclude<ClientName, "admin">, string>;
}

/** Where the configuration files lie. */
function configFiles(cluster: ClusterPaths): ConfigFiles {
  const file = (name: string): string => join(cluster.config, name);
  return {
    audit: file("audit-policy.yaml"),
    egress: file("egress-selector.yaml"),
    scheduler: file("scheduler.yaml"),
    kwok: file("kwok.yaml"),
    podLog: file("pod.log"),
    kubeconfigs: {
      "controller-manager": file("controller-manager.kubeconfig"),
      scheduler: file("scheduler.kubeconfig"),
      kwok: file("kwok.kubeconfig"),
      provisioner: file("provisioner.kubeconfig"),
      webhook: file("webhook.kubeconfig"),
    },
  };
}

/** Writes the configuration files and the kubeconfig of the cluster; unchanged ones are left alone. */
export function writeConfig(name: string, cluster: ClusterPaths, ports: Ports): ConfigFiles {
  const files = configFiles(cluster);
  writeWhole(files.audit, dump(AUDIT_POLICY));
  writeWhole(files.egress, dump(egressSelector(cluster.egressSocket)));
  writeWhole(files.scheduler, dump(scheduler(files.kubeconfigs.scheduler)));
  writeWhole(
    files.podLog,
    "2026-01-01T00:00:00.000000000Z stdout F This container is simulated: nothing runs in it.\n",
  );
  writeWhole(files.kwok, kwok(files.podLog));
  for (const [client, path] of Object.entries(files.kubeconfigs)) {
    const credentials = credentialsOf(cluster.pki, client as ClientName, ports.apiserver);
    writeWhole(path, kubeconfigText(name, client, credentials));
  }
  const admin = credentialsOf(cluster.pki, "admin", ports.apiserver);
  writeWhole(cluster.kubeconfig, kubeconfigText(name, `${name}-admin`, admin));
  return files;
}
