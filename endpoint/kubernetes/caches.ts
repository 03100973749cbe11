/** The copies that status is read from: deployments, their pods and their claims, of all tenants. */
import type {
  LiveClaim,
  LiveContainer,
  LiveContainerStatus,
  LiveDeployment,
  LiveMetadata,
  LivePod,
  LivePodSpec,
} from "../../components/model/serviceLive";
import {
  DEPLOYMENT_LABEL,
  HOST_ANNOTATION,
  REPLICAS_ANNOTATION,
  serviceLabelSelector,
  TITLE_ANNOTATION,
} from "../../components/model/serviceNames";
import type { Kubernetes } from "../seams";
import { WatchCache } from "./watchCache";

/** One copy for each kind. */
export interface Caches {
  deployments: WatchCache<LiveDeployment>;
  pods: WatchCache<LivePod>;
  claims: WatchCache<LiveClaim>;
}

const ANNOTATIONS = [TITLE_ANNOTATION, HOST_ANNOTATION, REPLICAS_ANNOTATION];

/** What the objects of one deployment are found by. */
export function groupOf(namespace: string, id: string): string {
  return `${namespace}/${id}`;
}

function group({ metadata }: { metadata: LiveMetadata }): string {
  return groupOf(metadata.namespace ?? "", metadata.labels?.[DEPLOYMENT_LABEL] ?? "");
}

function keepMetadata(metadata: LiveMetadata): LiveMetadata {
  const { name, namespace, uid, resourceVersion, creationTimestamp, deletionTimestamp } = metadata;
  const { labels, annotations = {} } = metadata;
  const kept = ANNOTATIONS.flatMap((key) => (key in annotations ? [[key, annotations[key]]] : []));
  return {
    name,
    namespace,
    uid,
    resourceVersion,
    creationTimestamp,
    ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
    labels,
    ...(kept.length === 0
      ? {}
      : { annotations: Object.fromEntries(kept) as Record<string, string> }),
  };
}

function keepContainer({ name, resources }: LiveContainer): LiveContainer {
  return {
    name,
    ...(resources?.limits === undefined ? {} : { resources: { limits: resources.limits } }),
  };
}

function keepPodSpec({ containers, initContainers, volumes }: LivePodSpec): LivePodSpec {
  const claims = (volumes ?? []).filter((one) => one.persistentVolumeClaim !== undefined);
  return {
    containers: containers?.map(keepContainer),
    ...(initContainers === undefined ? {} : { initContainers: initContainers.map(keepContainer) }),
    ...(claims.length === 0
      ? {}
      : {
          volumes: claims.map(({ name, persistentVolumeClaim }) => ({
            name,
            persistentVolumeClaim,
          })),
        }),
  };
}

function keepStatus({ name, ready, started, state }: LiveContainerStatus): LiveContainerStatus {
  return { name, ready, started, state };
}

function keepDeployment({ metadata, spec, status }: LiveDeployment): LiveDeployment {
  const { observedGeneration, replicas, updatedReplicas, readyReplicas } = status ?? {};
  return {
    metadata: { ...keepMetadata(metadata), generation: metadata.generation },
    spec: {
      replicas: spec?.replicas,
      template: { spec: keepPodSpec(spec?.template?.spec ?? {}) },
    },
    status: { observedGeneration, replicas, updatedReplicas, readyReplicas },
  };
}

function keepPod({ metadata, spec, status }: LivePod): LivePod {
  const { phase, reason, message, conditions, containerStatuses, initContainerStatuses } =
    status ?? {};
  const unmet = conditions?.filter((one) => one.status === "False");
  return {
    metadata: keepMetadata(metadata),
    spec: keepPodSpec(spec ?? {}),
    status: {
      phase,
      ...(reason === undefined ? {} : { reason, message }),
      ...(unmet === undefined || unmet.length === 0
        ? {}
        : {
            conditions: unmet.map(({ type, status: is, reason: why, message: more }) => ({
              type,
              status: is,
              reason: why,
              message: more,
            })),
          }),
      containerStatuses: containerStatuses?.map(keepStatus),
      ...(initContainerStatuses === undefined
        ? {}
        : { initContainerStatuses: initContainerStatuses.map(keepStatus) }),
    },
  };
}

function keepClaim({ metadata, spec, status }: LiveClaim): LiveClaim {
  const { accessModes, storageClassName, resources } = spec ?? {};
  return {
    metadata: keepMetadata(metadata),
    spec: { accessModes, storageClassName, resources },
    status: { phase: status?.phase, capacity: status?.capacity },
  };
}

/**
 * Begins to follow all that the endpoint has made.
 *
 * @param onLost told when a copy falls behind, with its kind and why
 */
export function openCaches(
  kubernetes: Kubernetes,
  onLost: (kind: string, reason: string) => void = () => undefined,
): Caches {
  const labelSelector = serviceLabelSelector();
  const common = (kind: string) => ({
    labelSelector,
    group,
    onLost: (reason: string) => onLost(kind, reason),
  });
  return {
    deployments: new WatchCache(kubernetes, {
      ...common("deployments"),
      path: "/apis/apps/v1/deployments",
      keep: keepDeployment,
    }),
    pods: new WatchCache(kubernetes, { ...common("pods"), path: "/api/v1/pods", keep: keepPod }),
    claims: new WatchCache(kubernetes, {
      ...common("claims"),
      path: "/api/v1/persistentvolumeclaims",
      keep: keepClaim,
    }),
  };
}

/** What is done to all copies alike. */
type AnyCopy = Pick<
  WatchCache<LiveDeployment>,
  "isReady" | "silentMs" | "size" | "start" | "close"
>;

/** The copies by kind. */
export function copiesOf({ deployments, pods, claims }: Caches): [string, AnyCopy][] {
  return [
    ["deployments", deployments],
    ["pods", pods],
    ["claims", claims],
  ];
}
