/** The state of a deployment in a word, out of its status. */
import type { DeploymentSummary, ServiceStatus } from "./service";

/** Good, on its way, in need of somebody, or still. */
export type StateKind = "good" | "wait" | "bad" | "still";

/** What is said of a deployment, or of a pod. */
export interface State {
  kind: StateKind;
  text: string;
}

type Pod = ServiceStatus["pods"][number];

/** Whether everything in the pod answers. */
export function isReady(pod: Pod): boolean {
  return (
    pod.phase === "Running" && pod.containers.length > 0 && pod.containers.every((c) => c.ready)
  );
}

/** How many of a deployment's pods are ready. */
export function readyPods(status: ServiceStatus): number {
  return status.pods.filter(isReady).length;
}

/** What is said of one pod. */
export function podState(pod: Pod): State {
  switch (pod.phase) {
    case "Running":
      return isReady(pod)
        ? { kind: "good", text: "Running" }
        : { kind: "wait", text: "Running, not ready" };
    case "Succeeded":
      return { kind: "still", text: "Ended" };
    case "Failed":
    case "Unknown":
      return { kind: "bad", text: pod.phase };
    default:
      return { kind: "wait", text: pod.phase };
  }
}

/** What is said of a deployment. */
export function deploymentState({ deployed, status }: DeploymentSummary): State {
  if (!deployed || status === undefined) {
    return { kind: "still", text: "Not deployed" };
  }
  if (status.replicas === 0) {
    return status.pods.length > 0
      ? { kind: "wait", text: "Stopping" }
      : { kind: "still", text: "Stopped" };
  }
  const ready = readyPods(status);
  if (ready >= status.replicas) {
    return { kind: "good", text: "Running" };
  }
  if (status.pods.some(({ phase }) => phase === "Failed")) {
    return { kind: "bad", text: "Failing" };
  }
  return { kind: "wait", text: "Starting" };
}

/** `2 of 3 pods ready`. */
export function readyText(status: ServiceStatus): string {
  return `${readyPods(status)} of ${status.replicas} ${status.replicas === 1 ? "pod" : "pods"} ready`;
}
