/** Reads a workspace's live objects; changes nothing. */
import * as path from "node:path";
import type {
  CoreV1Event,
  KubeConfig,
  V1Deployment,
  V1Ingress,
  V1Job,
  V1PersistentVolumeClaim,
  V1Pod,
  V1Service,
} from "@kubernetes/client-node";
import { workspaceNames } from "../../components/model/names";
import type { WorkspaceSpec } from "../../components/model/workspaceTypes";
import type { Request } from "./request";

/** What a cluster holds of one workspace. */
export interface Live {
  job?: V1Job;
  deployment?: V1Deployment;
  /** Newest first. */
  pods: V1Pod[];
  /** About the workload and its pods, oldest first. */
  events: CoreV1Event[];
  /** Its own claims and those it mounts, in the order of the JSON. */
  claims: { name: string; claim?: V1PersistentVolumeClaim }[];
  service?: V1Service;
  ingress?: V1Ingress;
}

/** Reads the workspace anew at every call. */
export type ReadLive = () => Promise<Live>;

async function loadKubeconfig(request: Request, cluster: string): Promise<KubeConfig> {
  const { KubeConfig } = await import("@kubernetes/client-node");
  const { kubeconfig: file, context, stack } = request.config.clusters[cluster]!;
  const loaded = new KubeConfig();
  if (stack !== undefined) {
    const { kubeconfigFromStack } = await import("./stackKubeconfig.js");
    loaded.loadFromString(await kubeconfigFromStack(request.root, stack, cluster));
  } else if (file === undefined) {
    loaded.loadFromDefault();
  } else {
    const absolute = path.resolve(request.root, file);
    try {
      loaded.loadFromFile(absolute);
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
      const reason = missing ? "does not exist" : `cannot be read: ${(error as Error).message}`;
      throw new Error(
        `clusters.${cluster}.kubeconfig: ${absolute} ${reason}. For the embedded cluster: make cluster`,
        { cause: error },
      );
    }
  }
  if (context !== undefined) {
    if (loaded.getContextObject(context) === null) {
      const known = loaded.getContexts().map(({ name }) => name);
      throw new Error(
        `clusters.${cluster}.context: the kubeconfig has no context ${context}; it has ${known.join(", ")}.`,
      );
    }
    loaded.setCurrentContext(context);
  }
  return loaded;
}

/** An object, or nothing where the cluster has none of that name. */
async function found<T>(object: Promise<T>): Promise<T | undefined> {
  try {
    return await object;
  } catch (error) {
    if ((error as { code?: unknown }).code === 404) {
      return undefined;
    }
    throw error;
  }
}

function labelSelector(labels: Record<string, string>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}

function time(date: Date | undefined): number {
  return date === undefined ? 0 : new Date(date).getTime();
}

function eventTime(event: CoreV1Event): number {
  return time(event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp);
}

/** Whether an event is about the workload, its ReplicaSets or its pods: all are named after it. */
function isAbout(event: CoreV1Event, name: string, uids: ReadonlySet<string>): boolean {
  const { kind, name: object = "", uid = "" } = event.involvedObject;
  return uids.has(uid) || (kind === "ReplicaSet" && object.startsWith(`${name}-`));
}

/** The claims that a workspace mounts: its own first. */
function claimNames(spec: WorkspaceSpec): string[] {
  const names = workspaceNames(spec);
  return [
    ...(spec.volumes ?? []).map((_, index) => names.claim(index)),
    ...(spec.existingVolumes ?? []).map(({ claim }) => claim),
  ];
}

/**
 * Connects to a cluster of the request.
 *
 * @throws Error when its kubeconfig cannot be read
 */
export async function connect(request: Request, cluster: string): Promise<ReadLive> {
  const config = await loadKubeconfig(request, cluster);
  const { AppsV1Api, BatchV1Api, CoreV1Api, NetworkingV1Api } =
    await import("@kubernetes/client-node");
  const [core, apps] = [config.makeApiClient(CoreV1Api), config.makeApiClient(AppsV1Api)];
  const batch = config.makeApiClient(BatchV1Api);
  const networking = config.makeApiClient(NetworkingV1Api);
  const { spec } = request.entry;
  const { namespace } = spec;
  const names = workspaceNames(spec);
  const at = { namespace, name: names.full };

  return async () => {
    const [job, deployment, service, ingress, claims] = await Promise.all([
      found(batch.readNamespacedJob(at)),
      found(apps.readNamespacedDeployment(at)),
      found(core.readNamespacedService({ namespace, name: names.service })),
      found(networking.readNamespacedIngress({ namespace, name: names.ingress })),
      Promise.all(
        claimNames(spec).map(async (name) => ({
          name,
          claim: await found(core.readNamespacedPersistentVolumeClaim({ namespace, name })),
        })),
      ),
    ]);
    const workload = job ?? deployment;
    const selector = workload?.spec?.selector?.matchLabels;
    if (workload === undefined || selector === undefined) {
      return { pods: [], events: [], claims, service, ingress };
    }
    const [{ items: pods }, { items: events }] = await Promise.all([
      core.listNamespacedPod({ namespace, labelSelector: labelSelector(selector) }),
      core.listNamespacedEvent({ namespace }),
    ]);
    const uids = new Set(
      [workload, ...pods].map(({ metadata }) => metadata?.uid).filter((uid) => uid !== undefined),
    );
    return {
      job,
      deployment,
      service,
      ingress,
      claims,
      pods: pods.sort(
        (a, b) => time(b.metadata?.creationTimestamp) - time(a.metadata?.creationTimestamp),
      ),
      events: events
        .filter((event) => isAbout(event, names.full, uids))
        .sort((a, b) => eventTime(a) - eventTime(b)),
    };
  };
}
