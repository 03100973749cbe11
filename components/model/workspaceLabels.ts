/** The labels of a workspace's objects, and the part of them that selects its pod. */

/** Value of `app.kubernetes.io/managed-by` on all that we make. */
export const MANAGED_BY = "science-platform";

/** The label that names the workspace: on every object of it, and on its pod. */
export const WORKSPACE_LABEL = "science-platform/workspace";

/**
 * What the Service and a Deployment select the pod by. Upstream has `version` here too; it is left out,
 * because a selector can never change and must find the pods of every version.
 */
export function workspaceSelector(name: string): Record<string, string> {
  return {
    app: name,
    "app.kubernetes.io/name": "mkg",
    "app.kubernetes.io/instance": name,
  };
}

/** All labels of a workspace's object: upstream's, and ours. */
export function workspaceLabels(name: string): Record<string, string> {
  return {
    ...workspaceSelector(name),
    version: "v1",
    "app.kubernetes.io/managed-by": MANAGED_BY,
    [WORKSPACE_LABEL]: name,
  };
}
