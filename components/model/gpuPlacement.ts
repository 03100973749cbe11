/**
 * From what someone asks for (a count, perhaps a type, an amount of memory or a product) to what a
 * pod needs: the resource, the labels of nodes and the tolerations.
 */
import type { DeclaredNode, GpuClass, GpuSelector } from "./gpuTypes";
import { describeClass, matchClasses, selectorEntries } from "./gpuMatching";
import { gpuClassLabel, offersOf, type NodeOffer } from "./gpuOffers";
import { oneOf, type Problems } from "./problems";

/** A toleration as a pod's spec has it. */
export interface GpuToleration {
  key: string;
  /** `Equal` where the taint has a value, else `Exists`. */
  operator: string;
  value?: string;
  effect?: string;
}

/** One way to be on a suitable node. */
export interface GpuNodeSelectorTerm {
  matchExpressions: { key: string; operator: string }[];
}

/** A pod's node affinity: any one of the terms must hold. */
export interface GpuAffinity {
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: GpuNodeSelectorTerm[] };
  };
}

/** What a pod needs so that it runs on a node with the GPUs asked for. */
export interface GpuPlacement {
  /** Extended resource to request, and to limit. */
  resource: string;
  /** Units of it. */
  count: number;
  /** Classes that the pod may get, by name, sorted. */
  classes: string[];
  /** Where one class is asked for. Absent without a selector. */
  nodeSelector?: Record<string, string>;
  /** Where several classes match a selector. */
  affinity?: GpuAffinity;
  /** Of the classes' taints, and of the virtual node's where only virtual nodes have it. */
  tolerations: GpuToleration[];
  /** Whether virtual nodes alone offer it: the pod can then mount no claim. */
  virtual: boolean;
}

/** Where a problem is said to be: of the number, and of the selector. */
export interface GpuPaths {
  count: string;
  selector: string;
}

/** The resource meant where no selector says otherwise: what MAIAKubeGate always requests. */
const PLAIN_RESOURCE = "nvidia.com/gpu";

/** The taint that interLink's virtual nodes carry. */
const VIRTUAL_NODE_TAINT = "virtual-node.interlink/no-schedule";

function toleration(taint: NonNullable<GpuClass["taint"]>): GpuToleration {
  const { key, value, effect } = taint;
  return value === undefined || value === ""
    ? { key, operator: "Exists", effect }
    : { key, operator: "Equal", value, effect };
}

function tolerationsOf(classes: string[], gpus: Record<string, GpuClass>): GpuToleration[] {
  const all = classes.flatMap((name) => {
    const taint = gpus[name]?.taint;
    return taint === undefined ? [] : [toleration(taint)];
  });
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

function selection(classes: string[]): Pick<GpuPlacement, "nodeSelector" | "affinity"> {
  const [first, ...others] = classes;
  if (first !== undefined && others.length === 0) {
    return { nodeSelector: { [gpuClassLabel(first)]: "true" } };
  }
  const nodeSelectorTerms = classes.map((name) => ({
    matchExpressions: [{ key: gpuClassLabel(name), operator: "Exists" }],
  }));
  return {
    affinity: {
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } },
    },
  };
}

function listed(offers: NodeOffer[]): string {
  return oneOf(
    offers.map(({ node, className, units }) => `${node} offers ${units} of ${className}`),
  );
}

/** Those of the offers that use one resource; a problem when they use several and none is the plain one. */
function ofOneResource(
  offers: NodeOffer[],
  selector: GpuSelector | undefined,
  gpus: Record<string, GpuClass>,
  problems: Problems,
  path: string,
): NodeOffer[] | undefined {
  const resourceOf = (offer: NodeOffer): string => gpus[offer.className]!.resource;
  const plain = offers.filter((offer) => resourceOf(offer) === PLAIN_RESOURCE);
  if (selector === undefined && plain.length > 0) {
    return plain;
  }
  if (new Set(offers.map(resourceOf)).size === 1) {
    return offers;
  }
  const names = [...new Set(offers.map(({ className }) => className))].sort();
  problems.add({
    path,
    reason: `several GPU classes match, and they are different resources: ${names
      .map((name) => `${describeClass(name, gpus[name]!)} is ${gpus[name]!.resource}`)
      .join("; ")}`,
    ...(selector === undefined ? {} : { value: selector }),
    remedy: "Add type, vram or product, so that one kind is meant.",
  });
  return undefined;
}

/**
 * Where a pod with `count` GPUs goes. Every key of the selector must match: `class` and `product`
 * exactly, `type` in any case, `vram` as an amount, where `8G` and `8Gi` are the same. Without a
 * selector any `nvidia.com/gpu` will do. Virtual nodes are chosen only where no other node offers it.
 *
 * @param count GPUs asked for; 0 asks for none and gives nothing
 * @param path where problems are said to be
 * @returns nothing when no GPU is asked for, or when a problem was added
 */
export function placeGpu(
  count: number,
  selector: GpuSelector | undefined,
  gpus: Record<string, GpuClass>,
  nodes: Record<string, DeclaredNode>,
  problems: Problems,
  path: string | GpuPaths,
): GpuPlacement | undefined {
  const paths = typeof path === "string" ? { count: path, selector: path } : path;
  if (count === 0) {
    return undefined;
  }
  if (!Number.isInteger(count) || count < 0) {
    problems.add({
      path: paths.count,
      reason: "not a number of GPUs",
      value: count,
      allowed: "a whole number, 0 or more",
      remedy: "GPUs are not divisible: ask for a smaller class, such as a MIG slice.",
    });
    return undefined;
  }
  if (Object.keys(gpus).length === 0) {
    problems.add({
      path: paths.count,
      reason: "a GPU nobody offers: no GPU class is declared",
      value: count,
      remedy: "Declare the classes in gpus, and in nodes which node offers them.",
    });
    return undefined;
  }
  const chosen = selectorEntries(selector).length > 0 ? selector : undefined;
  const names =
    chosen === undefined ? Object.keys(gpus) : matchClasses(chosen, gpus, problems, paths.selector);
  if (names.length === 0) {
    return undefined;
  }
  const offered = offersOf(nodes, gpus).filter(({ className }) => names.includes(className));
  if (offered.length === 0) {
    problems.add({
      path: chosen === undefined ? paths.count : paths.selector,
      reason: `a GPU nobody offers: no node has class ${names.join(" or ")} (nodes looked at: ${oneOf(Object.keys(nodes))})`,
      ...(chosen === undefined ? { value: count } : { value: chosen }),
      remedy: "Say in nodes which node offers it.",
    });
    return undefined;
  }
  const same = ofOneResource(offered, chosen, gpus, problems, paths.selector);
  if (same === undefined) {
    return undefined;
  }
  const real = same.filter((offer) => !offer.virtual);
  const virtual = real.length === 0;
  const usable = virtual ? same : real;
  const enough = usable.filter(({ units }) => units >= count);
  if (enough.length === 0) {
    problems.add({
      path: paths.count,
      reason: `more GPUs than any one node has: ${listed(same)}`,
      value: count,
      allowed: `up to ${Math.max(...usable.map(({ units }) => units))}`,
      remedy: "Ask for fewer: a pod runs on one node.",
    });
    return undefined;
  }
  const classes = [...new Set(enough.map(({ className }) => className))].sort();
  return {
    resource: gpus[classes[0]!]!.resource,
    count,
    classes,
    ...(chosen === undefined ? {} : selection(classes)),
    tolerations: [
      ...tolerationsOf(classes, gpus),
      ...(virtual ? [{ key: VIRTUAL_NODE_TAINT, operator: "Exists" }] : []),
    ],
    virtual,
  };
}
