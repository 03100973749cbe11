/** What the GPU vocabulary means for NVIDIA's GPU operator: its chart's values, and labels of nodes. */
import { createHash } from "node:crypto";
import type { DeclaredNode, GpuClass } from "./gpuTypes";
import { isLabelValue } from "./labelSyntax";
import { joinPath, oneOf, type Problems } from "./problems";

/** What we decide about the operator; everything else is the chart's. */
export interface GpuOperatorSettings {
  /** The GPU vocabulary. @default none: no MIG, nothing shared */
  gpus?: Record<string, GpuClass>;
  /** Which node offers what; virtual nodes have no operator. @default none */
  nodes?: Record<string, DeclaredNode>;
  /** Whether it installs the driver: on for bare metal and minikube, off for images that carry it. @default true */
  driver?: boolean;
  /** Whether it installs the container toolkit; as with the driver. @default true */
  toolkit?: boolean;
  /**
   * Name of mig-manager's layout by node, such as `all-balanced`; for nodes that offer several profiles.
   * @default `all-<profile>` for a node whose whole offer is one profile, else the layout is left alone
   */
  migConfigs?: Record<string, string>;
}

/** Nodes are told their MIG layout and how their GPUs are shared by these labels. */
const MIG_CONFIG_LABEL = "nvidia.com/mig.config";
const SHARING_LABEL = "nvidia.com/device-plugin.config";

const MIG_RESOURCE = "nvidia.com/mig-";
const SHARING_CONFIG = "device-plugin-sharing";
const UNSHARED = "unshared";

/** Taints that the chart's DaemonSets tolerate already; a list of ours replaces theirs. */
const OPERAND_TOLERATIONS = [{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }];
const DISCOVERY_TOLERATIONS = [
  {
    key: "node-role.kubernetes.io/control-plane",
    operator: "Equal",
    value: "",
    effect: "NoSchedule",
  },
  ...OPERAND_TOLERATIONS,
];

interface RealNode {
  name: string;
  /** NVIDIA's classes that it offers, sorted. */
  classes: GpuClass[];
}

/** The nodes that the operator works on. */
function realNodes({ gpus = {}, nodes = {} }: GpuOperatorSettings): RealNode[] {
  return Object.keys(nodes)
    .sort()
    .filter((name) => nodes[name]!.virtual !== true)
    .map((name) => {
      const offered = (nodes[name]!.gpus ?? []).map((offer) => offer.class).sort();
      const classes = [...new Set(offered)].flatMap((offer) => gpus[offer] ?? []);
      return { name, classes: classes.filter((gpu) => gpu.resource.startsWith("nvidia.com/")) };
    })
    .filter(({ classes }) => classes.length > 0);
}

/** Whether the slices have names of their own, such as `nvidia.com/mig-1g.10gb`. */
function isNamedSlice(gpu: GpuClass): boolean {
  return gpu.resource.startsWith(MIG_RESOURCE);
}

/** Whether the slices stand as whole GPUs. */
function isPlainSlice(gpu: GpuClass): boolean {
  return gpu.mig !== undefined && !isNamedSlice(gpu);
}

/**
 * NVIDIA's MIG strategy: `mixed` where slices are resources of their own, `single` where they stand as
 * `nvidia.com/gpu`, `none` where no node offers slices.
 */
export function migStrategy(settings: GpuOperatorSettings): string {
  const classes = realNodes(settings).flatMap((node) => node.classes);
  if (classes.some(isNamedSlice)) {
    return "mixed";
  }
  return classes.some(isPlainSlice) ? "single" : "none";
}

interface Replicas {
  name: string;
  replicas: number;
}

function replicasOf(node: RealNode): Replicas[] {
  return node.classes
    .filter((gpu) => (gpu.sharing ?? 1) > 1)
    .map((gpu) => ({ name: gpu.resource, replicas: gpu.sharing! }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** `gpu-x4` or `mig-1g.10gb-x2.mig-2g.20gb-x2`: nodes that share alike have one configuration. */
function sharingName(shared: Replicas[]): string {
  const name = shared.map((it) => `${it.name.split("/")[1]}-x${it.replicas}`).join(".");
  return isLabelValue(name)
    ? name
    : `shared-${createHash("sha256").update(name).digest("hex").slice(0, 16)}`;
}

/** Configurations of the device plugin, in YAML's subset JSON; empty where no node shares. */
function sharingConfigs(settings: GpuOperatorSettings): Record<string, string> {
  const flags = { migStrategy: migStrategy(settings) };
  const config = (more: object): string =>
    `${JSON.stringify({ version: "v1", flags, ...more }, undefined, 2)}\n`;
  const shared = realNodes(settings)
    .map(replicasOf)
    .filter((resources) => resources.length > 0)
    .map((resources) => [
      sharingName(resources),
      config({ sharing: { timeSlicing: { resources } } }),
    ]);
  return shared.length === 0
    ? {}
    : Object.fromEntries([[UNSHARED, config({})], ...shared] as [string, string][]);
}

/** The layout that a node's offer means, where it means one. */
function migConfigOf(node: RealNode, given: Record<string, string>): string | undefined {
  const [only, ...others] = node.classes;
  const whole = only?.mig !== undefined && others.length === 0;
  return given[node.name] ?? (whole ? `all-${only.mig!.replace("+", ".")}` : undefined);
}

/**
 * The labels that the operator reads, by node: a MIG layout and a configuration of the device plugin. Only
 * nodes that need one are there.
 */
export function gpuOperatorNodeLabels(
  settings: GpuOperatorSettings,
): Record<string, Record<string, string>> {
  const labelled = realNodes(settings).map((node) => {
    const layout = migConfigOf(node, settings.migConfigs ?? {});
    const shared = replicasOf(node);
    const labels: Record<string, string> = {
      ...(layout === undefined ? {} : { [MIG_CONFIG_LABEL]: layout }),
      ...(shared.length === 0 ? {} : { [SHARING_LABEL]: sharingName(shared) }),
    };
    return [node.name, labels] as const;
  });
  return Object.fromEntries(labelled.filter(([, labels]) => Object.keys(labels).length > 0));
}

/** Values of the chart `gpu-operator`. */
export function gpuOperatorValues(settings: GpuOperatorSettings): Record<string, unknown> {
  const data = sharingConfigs(settings);
  const taints = realNodes(settings).flatMap(({ classes }) =>
    classes.flatMap((it) => it.taint ?? []),
  );
  const tolerations = taints.map(({ key, value = "", effect }) => ({
    key,
    ...(value === "" ? { operator: "Exists" } : { operator: "Equal", value }),
    effect,
  }));
  const unique = [...new Map(tolerations.map((it) => [JSON.stringify(it), it])).values()];
  return {
    driver: { enabled: settings.driver ?? true },
    toolkit: { enabled: settings.toolkit ?? true },
    mig: { strategy: migStrategy(settings) },
    ...(Object.keys(data).length === 0
      ? {}
      : {
          devicePlugin: {
            config: { create: true, name: SHARING_CONFIG, default: UNSHARED, data },
          },
        }),
    ...(unique.length === 0
      ? {}
      : {
          daemonsets: { tolerations: [...OPERAND_TOLERATIONS, ...unique] },
          "node-feature-discovery": {
            worker: { tolerations: [...DISCOVERY_TOLERATIONS, ...unique] },
          },
        }),
  };
}

/** Adds a problem for layouts of nodes that have none, and for slices that one cluster cannot offer together. */
export function checkGpuOperator(settings: GpuOperatorSettings, problems: Problems): void {
  const real = realNodes(settings);
  const sliced = real.filter(({ classes }) => classes.some((gpu) => gpu.mig !== undefined));
  for (const [node, layout] of Object.entries(settings.migConfigs ?? {})) {
    const path = joinPath("migConfigs", [node]);
    if (!sliced.some(({ name }) => name === node)) {
      problems.add({
        path,
        reason: "a layout for a node that offers no class with a MIG profile",
        value: layout,
        allowed: `for ${oneOf(sliced.map(({ name }) => name))}`,
        remedy: "Remove it, or declare in nodes what the node offers.",
      });
    }
    if (layout === "" || !isLabelValue(layout)) {
      problems.add({
        path,
        reason: "not the name of a layout",
        value: layout,
        allowed: "the value of a label, not empty",
        remedy: "Take one of mig-manager's names, such as all-balanced.",
      });
    }
  }
  const nodesWith = (test: (gpu: GpuClass) => boolean): string[] =>
    real.filter(({ classes }) => classes.some(test)).map(({ name }) => name);
  const [named, plain] = [nodesWith(isNamedSlice), nodesWith(isPlainSlice)];
  if (named.length > 0 && plain.length > 0) {
    problems.add({
      path: "gpus",
      reason: `slices with names of their own (on ${oneOf(named)}) and slices that stand as nvidia.com/gpu (on ${oneOf(plain)}): the operator has one MIG strategy for all nodes`,
      remedy: "Give every class with a MIG profile the resource nvidia.com/mig-<profile>.",
    });
  }
}
