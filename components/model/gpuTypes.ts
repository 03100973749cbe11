/** The words of the GPU vocabulary: what a class of GPU is, and which node offers it. */

/** A taint as Kubernetes writes it. */
export interface Taint {
  key: string;
  /** @default "" */
  value?: string;
  /** `NoSchedule`, `PreferNoSchedule` or `NoExecute`. */
  effect: string;
}

/** One entry of the `gpus` section: a kind of accelerator that users can ask for by name. */
export interface GpuClass {
  /** The extended resource a pod requests, such as `nvidia.com/gpu` or `nvidia.com/mig-1g.10gb`. */
  resource: string;
  /** The product as GPU feature discovery names it, such as `NVIDIA-A100-SXM4-40GB`. */
  product: string;
  /** The short type users select by, such as `A100`. */
  type: string;
  /** Memory of one unit, such as `40G`. */
  vram: string;
  /** Units per node, where a node does not say. @default 1 */
  count?: number;
  /** The MIG profile behind the resource, such as `1g.10gb`. */
  mig?: string;
  /** How many pods share one unit by time-slicing. @default 1: not shared */
  sharing?: number;
  /** The taint that keeps other pods off nodes of this class. */
  taint?: Taint;
}

/** What a node offers of one class. */
export interface GpuOffer {
  /** Class name: a key of `gpus`. */
  class: string;
  /** Units on this node. @default the class's `count` */
  count?: number;
}

/** One entry of the `nodes` section: a node of which we own some labels. */
export interface DeclaredNode {
  /** Name of the cluster it is in. @default the stack's default cluster */
  cluster?: string;
  /** GPU classes that it offers. */
  gpus?: GpuOffer[];
  /** Roles: each becomes the label `<role>=true` (`master`, `worker`, `smpc_player`). */
  roles?: string[];
  /** Any label of ours, with its value. */
  labels?: Record<string, string>;
  /** Allocatable CPU, such as `16`: lets a request larger than every node be refused early. */
  cpu?: string;
  /** Allocatable memory, such as `64Gi`. */
  memory?: string;
  /** Free disk for images and data, such as `60G`. @default not checked */
  disk?: string;
  /** A virtual kubelet's node: pods on it cannot mount claims. @default false */
  virtual?: boolean;
  /** Whether the classes' taints are set on this existing node, by read-modify-write. @default false */
  applyTaints?: boolean;
}

/** What a workspace or profile asks for; every key given must match the class. */
export interface GpuSelector {
  /** Class name. */
  class?: string;
  type?: string;
  vram?: string;
  product?: string;
}
