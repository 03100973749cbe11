/** What a federation is told: an Exaflow engine, its nodes by role, its data, and the platform in front of it. */
import type { ExaflowSettings } from "./exaflowTypes";
import type { MipSettings } from "./mipTypes";

/** Nodes by role, by their names in the cluster. Each must exist. */
export interface FederationRoles {
  /**
   * Controller, global worker and aggregation server; on unmanaged clusters the platform, too.
   * @default none, where `nodes` has roles
   */
  master?: string[];
  /** Local workers, one a node. */
  worker?: string[];
  /** Players of secure multi-party computation: three nodes. */
  smpcPlayer?: string[];
}

/** Where the data of pathologies is. */
export interface FederationData {
  /**
   * Folder on each worker node, with a folder for each pathology. Unmanaged clusters.
   * @default "/data/<federation>"
   */
  folder?: string;
  /** Class of the workers' volumes, which several nodes may mount. Managed clusters: required there. */
  storageClass?: string;
  /** Size of each worker's volume. Managed clusters. @default "4Gi" */
  size?: string;
}

/** Who reaches the federation's pods, and whom they reach. */
export interface FederationNetwork {
  /** Whether network policies keep other namespaces out. @default true */
  isolated?: boolean;
  /** Namespace of the ingress controller. @default "ingress-nginx"; unmanaged: microk8s's "ingress" */
  ingressNamespace?: string;
  /** Whether pods may reach private addresses outside, such as a Keycloak of the hospital. @default false */
  allowPrivateNetworks?: boolean;
  /** Ports that anyone may reach, such as those behind a NodePort. @default none */
  openPorts?: number[];
}

/** The script that sets up machines for an unmanaged cluster. */
export interface FederationNodeSetup {
  /** User that owns the data. @default "mipadmin" */
  user?: string;
  /** Groups that the user is in. @default sudo, microk8s */
  groups?: string[];
  /** Channel of the microk8s snap. @default "1.32/stable" */
  channel?: string;
  /** Add-ons of the cluster. @default dns, helm3, ingress, hostpath-storage */
  addons?: string[];
}

/** What is done about nodes that are lost, beyond what Kubernetes does. */
export interface FederationRecovery {
  /**
   * Seconds after which a node of the federation that is not heard of is taken out of service, from 30 to 180: all pods
   * on it, those of StatefulSets too, then go where another node has their role, and their volumes with them. It is put
   * back when it returns. **For machines that are off when they are not heard of**: one that is merely cut off runs on,
   * and two pods may write one volume.
   */
  outOfServiceAfterSeconds: number;
  /** Image with Python of the program that does it. @default "python:3.13-alpine" */
  image?: string;
}

/** A federation in one cluster; all plain. */
export interface FederationSettings extends ExaflowSettings {
  /** Names of the pathologies: a folder each, with the data of a worker. */
  pathologies: string[];
  roles?: FederationRoles;
  data?: FederationData;
  /**
   * The platform in front of the engine. `namespace`, `managedCluster` and `nodes` follow from the federation.
   * @default none: the engine alone, as in further clusters of a federation
   */
  platform?: MipSettings;
  network?: FederationNetwork;
  /** Machines of an unmanaged cluster. */
  nodeSetup?: FederationNodeSetup;
  /** @default none: pods of StatefulSets wait for their node, or for somebody who declares it out of service */
  recovery?: FederationRecovery;
}
