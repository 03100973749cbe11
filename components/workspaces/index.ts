/** Workspaces: the environment of one user, the namespace that holds it, and the login in front. */
export { AuthProxy } from "./authProxy";
export type { AuthProxyArgs } from "./authProxy";
export { Workspace } from "./workspace";
export type { WorkspaceArgs } from "./workspace";
export { WorkspaceNamespace } from "./workspaceNamespace";
export type { WorkspaceNamespaceArgs } from "./workspaceNamespace";
