/** Parts of pods as the API server gives them. */
import type { V1ContainerState, V1ContainerStatus } from "@kubernetes/client-node";

/** The status of the workspace's container, which is not ready. */
export function container(state: V1ContainerState): V1ContainerStatus {
  return { name: "lab", image: "x", imageID: "", ready: false, restartCount: 0, state };
}
