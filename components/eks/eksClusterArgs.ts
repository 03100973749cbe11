import type * as pulumi from "@pulumi/pulumi";
import type { EksSettings } from "../model/eks/settings";

/** A VPC that is there already. */
export interface EksExistingVpc {
  id: pulumi.Input<string>;
  /** Subnets of nodes and of the control plane's interfaces, two or more, in different zones, with a way out. */
  privateSubnetIds: pulumi.Input<string>[];
  /** Subnets of load balancers that the internet reaches. @default none */
  publicSubnetIds?: pulumi.Input<string>[];
  /** Whether the subnets get the tags that load balancers look for. @default true */
  tagSubnets?: boolean;
}

/** What an `EksCluster` is made from. */
export interface EksClusterArgs extends EksSettings {
  /** In place of `network`. @default a VPC is made */
  existingVpc?: EksExistingVpc;
  /**
   * File that the kubeconfig is written to, readable for its owner alone; absolute, or relative to the folder that
   * the program runs in. @default none is written
   */
  kubeconfigFile?: string;
}
