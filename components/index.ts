/** The importable package: one named export a component. */
export { CertManager, type CertManagerArgs } from "./addons/certManager";
export { GatewayRoutes, type GatewayRoutesArgs } from "./addons/gatewayRoutes";
export { GpuOperator, type GpuOperatorArgs } from "./addons/gpuOperator";
export { IngressNginx, type IngressNginxArgs } from "./addons/ingressNginx";
export { KubeconfigCluster, type KubeconfigClusterArgs } from "./cluster/kubeconfigCluster";
export { ServiceEndpoint, type ServiceEndpointArgs } from "./endpoint/serviceEndpoint";
export { TargetNode, type TargetNodeArgs } from "./interlink/targetNode";
export { VirtualNode, type VirtualNodeArgs } from "./interlink/virtualNode";
export { UntaintedNode, type UntaintedNodeArgs } from "./interlink/virtualNodeUntaint";
export { JupyterHub, type JupyterHubArgs } from "./jupyterhub/jupyterHub";
export { Exaflow, type ExaflowArgs } from "./mip/exaflow";
export { Federation, type FederationArgs } from "./mip/federation";
export { Mip, type MipArgs } from "./mip/mip";
export { NodeLabels, type NodeLabelsArgs } from "./nodes/nodeLabels";
export { AuthProxy, type AuthProxyArgs } from "./workspaces/authProxy";
export { Workspace, type WorkspaceArgs } from "./workspaces/workspace";
export { WorkspaceNamespace, type WorkspaceNamespaceArgs } from "./workspaces/workspaceNamespace";
