/** The importable package: one named export a component. */
export { KubeconfigCluster, type KubeconfigClusterArgs } from "./cluster/kubeconfigCluster";
export { NodeLabels, type NodeLabelsArgs } from "./nodes/nodeLabels";
export { AuthProxy, type AuthProxyArgs } from "./workspaces/authProxy";
export { Workspace, type WorkspaceArgs } from "./workspaces/workspace";
export { WorkspaceNamespace, type WorkspaceNamespaceArgs } from "./workspaces/workspaceNamespace";
