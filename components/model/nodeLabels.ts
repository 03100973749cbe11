/** The labels and taints that we own on the nodes declared in `nodes`. */
import { gpuClassLabel } from "./gpuOffers";
import type { DeclaredNode, GpuClass, Taint } from "./gpuTypes";
import {
  domainOf,
  isLabelKey,
  isLabelValue,
  LABEL_KEY_RULE,
  LABEL_VALUE_RULE,
} from "./labelSyntax";
import { joinPath, type Problems } from "./problems";

/** Labels for every declared node whose own labels match: several nodes at once. */
export interface NodeRule {
  /** Labels that a declared node must carry of its own; all of them. Empty matches every node. */
  selector: Record<string, string>;
  /** Labels that it gets then. */
  labels: Record<string, string>;
}

/** The label of a node with exactly one class of GPU. */
const ONLY_CLASS_LABEL = "science-platform/gpu-class";

/** Roles that `kubectl get nodes` shows: the one key of Kubernetes' own that is for people to set. */
const NODE_ROLE = "node-role.kubernetes.io";

type Labels = Record<string, string>;

function sorted(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Classes that a node offers, each once, sorted. */
function classesOf(node: DeclaredNode): string[] {
  return [...new Set((node.gpus ?? []).map((offer) => offer.class))].sort();
}

/** The labels that a node has without any rule. */
function ownLabels(node: DeclaredNode): Labels {
  const classes = classesOf(node);
  const only = classes.length === 1 ? classes[0] : undefined;
  return {
    ...node.labels,
    ...Object.fromEntries((node.roles ?? []).map((role) => [role, "true"])),
    ...Object.fromEntries(classes.map((name) => [gpuClassLabel(name), "true"])),
    ...(only === undefined ? {} : { [ONLY_CLASS_LABEL]: only }),
  };
}

function matches(labels: Labels, selector: Labels): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

/**
 * Every label of ours on a node, sorted by key: a label for each GPU class, a further one where there
 * is exactly one class, its roles, its own labels, and those of the rules that match these.
 */
export function labelsOf(node: DeclaredNode, rules: NodeRule[] = []): Labels {
  const own = ownLabels(node);
  const given = rules.filter((rule) => matches(own, rule.selector)).map((rule) => rule.labels);
  return sorted(Object.assign({}, ...given, own) as Labels);
}

/** The taints of the classes that a node offers; each once, sorted by key and effect. */
export function taintsOf(node: DeclaredNode, gpus: Record<string, GpuClass>): Taint[] {
  const taints = classesOf(node).flatMap((name) => gpus[name]?.taint ?? []);
  const unique = new Map(taints.map((taint) => [`${taint.key}:${taint.effect}`, taint]));
  return [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, taint]) => taint);
}

function reserved(key: string): string | undefined {
  const domain = domainOf(key);
  const within = (suffix: string): boolean => domain === suffix || domain.endsWith(`.${suffix}`);
  if (domain === NODE_ROLE) {
    return undefined;
  }
  if (within("kubernetes.io") || within("k8s.io")) {
    return `a key of Kubernetes itself; of these only ${NODE_ROLE}/<role> may be set`;
  }
  if (within("nvidia.com")) {
    return "a key of NVIDIA's GPU feature discovery, which sets it back";
  }
  if (domain === "science-platform") {
    return "a key that is made from gpus";
  }
  return undefined;
}

function checkKey(key: string, path: string, problems: Problems): void {
  const whose = isLabelKey(key) ? reserved(key) : undefined;
  if (!isLabelKey(key)) {
    problems.add({ path, reason: "not a label's key", value: key, allowed: LABEL_KEY_RULE });
  } else if (whose !== undefined) {
    problems.add({
      path,
      reason: `not ours to set: ${whose}`,
      value: key,
      remedy: "Choose a key of your own.",
    });
  }
}

function checkLabels(labels: Labels, base: string, problems: Problems): void {
  for (const [key, value] of Object.entries(labels)) {
    const path = joinPath(base, [key]);
    checkKey(key, path, problems);
    if (!isLabelValue(value)) {
      problems.add({ path, reason: "not a label's value", value, allowed: LABEL_VALUE_RULE });
    }
  }
}

/** Two classes of a node that want one taint with different values. */
function checkTaints(
  path: string,
  node: DeclaredNode,
  gpus: Record<string, GpuClass>,
  problems: Problems,
): void {
  const values = new Map<string, string>();
  for (const name of classesOf(node)) {
    const taint = gpus[name]?.taint;
    if (taint === undefined) {
      continue;
    }
    const id = `${taint.key}:${taint.effect}`;
    const value = taint.value ?? "";
    const other = values.get(id);
    if (other !== undefined && other !== value) {
      problems.add({
        path: joinPath(path, ["gpus"]),
        reason: `classes that want taint ${id} with different values: "${other}" and "${value}"`,
        remedy: "Give the classes the same taint: a node has one value of it.",
      });
    }
    values.set(id, value);
  }
}

/**
 * Adds a problem for every label, role, rule and taint that could not be set as declared.
 *
 * @param rulesPath what the rules are called where they were written
 */
export function checkNodeLabels(
  nodes: Record<string, DeclaredNode>,
  gpus: Record<string, GpuClass>,
  rules: NodeRule[],
  problems: Problems,
  rulesPath = "rules",
): void {
  for (const [name, node] of Object.entries(nodes)) {
    const base = joinPath("nodes", [name]);
    checkLabels(node.labels ?? {}, joinPath(base, ["labels"]), problems);
    (node.roles ?? []).forEach((role, index) => {
      const path = joinPath(base, ["roles", index]);
      const label = node.labels?.[role];
      checkKey(role, path, problems);
      if (label !== undefined && label !== "true") {
        problems.add({
          path,
          reason: `a role that is a label too, with another value: "${label}"`,
          value: role,
          remedy: `Remove the role, or the label ${role}.`,
        });
      }
    });
    checkTaints(base, node, gpus, problems);
    if (node.virtual === true && node.applyTaints === true) {
      problems.add({
        path: joinPath(base, ["applyTaints"]),
        reason: "a virtual kubelet writes its node's taints itself",
        remedy: "Remove it, and set the taint in the virtual kubelet's configuration.",
      });
    }
  }
  checkRules(nodes, rules, problems, rulesPath);
}

function checkRules(
  nodes: Record<string, DeclaredNode>,
  rules: NodeRule[],
  problems: Problems,
  rulesPath: string,
): void {
  const given = new Map<string, { value: string; index: number }>();
  rules.forEach((rule, index) => {
    const path = joinPath(rulesPath, [index]);
    checkLabels(rule.labels, joinPath(path, ["labels"]), problems);
    const chosen = Object.entries(nodes).filter(([, node]) =>
      matches(ownLabels(node), rule.selector),
    );
    if (chosen.length === 0) {
      problems.add({
        path: joinPath(path, ["selector"]),
        reason: "matches no declared node",
        value: rule.selector,
        remedy: "Correct the labels, or remove the rule.",
      });
    }
    for (const [name, node] of chosen) {
      const own = ownLabels(node);
      for (const [key, value] of Object.entries(rule.labels)) {
        const id = `${name} ${key}`;
        const before = own[key] ?? given.get(id)?.value;
        if (before !== undefined && before !== value) {
          const whose =
            own[key] === undefined ? joinPath(rulesPath, [given.get(id)!.index]) : "the node's own";
          problems.add({
            path: joinPath(path, ["labels", key]),
            reason: `node ${name} has it already with another value: "${before}" (${whose})`,
            value,
            remedy: "Give one value, or narrow the selector.",
          });
        }
        given.set(id, { value, index });
      }
    }
  });
}
