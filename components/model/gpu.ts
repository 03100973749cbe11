/**
 * The GPU vocabulary: whether the classes and the nodes that offer them make sense, and how a request
 * becomes a placement. Everything that has to do with GPUs goes through here.
 */
import { gpuClassLabel } from "./gpuOffers";
import type { DeclaredNode, GpuClass, Taint } from "./gpuTypes";
import {
  domainOf,
  isLabelKey,
  isLabelName,
  isLabelValue,
  LABEL_KEY_RULE,
  LABEL_VALUE_RULE,
} from "./labelSyntax";
import { isDnsSubdomain, LABEL_LENGTH } from "./names";
import { joinPath, nearest, oneOf, type Problem, type Problems } from "./problems";
import { parseQuantity } from "./quantity";

export { offersOf } from "./gpuOffers";
export { placeGpu, type GpuPlacement } from "./gpuPlacement";

const EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

/** Profiles as NVIDIA writes them: `1g.10gb`, and with its media engines `1g.10gb+me`. */
const MIG_PROFILE = /^[1-9]\d*g\.[1-9]\d*gb(\+[a-z0-9.]+)?$/;
const MIG_RESOURCE = "nvidia.com/mig-";
/** What a node with a single kind of slice advertises. */
const WHOLE_RESOURCE = "nvidia.com/gpu";

type Say = (key: string, problem: Omit<Problem, "path">) => void;

/** Whether Kubernetes takes `text` for an extended resource, in a pod and in a quota. */
function isExtendedResource(text: string): boolean {
  const domain = domainOf(text);
  return (
    isDnsSubdomain(domain) &&
    isLabelKey(text) &&
    isLabelKey(`requests.${text}`) &&
    !text.startsWith("requests.") &&
    domain !== "kubernetes.io" &&
    !domain.endsWith(".kubernetes.io")
  );
}

function checkMig(gpu: GpuClass, say: Say): void {
  const sliced = gpu.resource.startsWith(MIG_RESOURCE);
  if (gpu.mig === undefined) {
    return;
  }
  if (!MIG_PROFILE.test(gpu.mig)) {
    say("mig", {
      reason: "not a MIG profile",
      value: gpu.mig,
      allowed: "compute and memory slices, such as 1g.10gb",
    });
    return;
  }
  const expected = `${MIG_RESOURCE}${gpu.mig.replace("+", ".")}`;
  if (sliced ? gpu.resource !== expected : gpu.resource !== WHOLE_RESOURCE) {
    say("resource", {
      reason: `not the resource of MIG profile ${gpu.mig}`,
      value: gpu.resource,
      allowed: `${expected}, or ${WHOLE_RESOURCE} on nodes that have this profile alone`,
      remedy: "Change mig or resource.",
    });
  }
}

function checkTaint(taint: Taint, say: Say): void {
  if (!isLabelKey(taint.key)) {
    say("taint.key", { reason: "not a taint's key", value: taint.key, allowed: LABEL_KEY_RULE });
  }
  if (!isLabelValue(taint.value ?? "")) {
    say("taint.value", {
      reason: "not a taint's value",
      value: taint.value,
      allowed: LABEL_VALUE_RULE,
    });
  }
  if (!EFFECTS.includes(taint.effect)) {
    const near = nearest(taint.effect, EFFECTS);
    say("taint.effect", {
      reason: "not a taint's effect",
      value: taint.effect,
      allowed: oneOf(EFFECTS),
      ...(near === undefined ? {} : { remedy: `Did you mean ${near}?` }),
    });
  }
}

function isCount(value: number | undefined): boolean {
  return value === undefined || (Number.isInteger(value) && value >= 1);
}

const COUNT_RULE = "a whole number, 1 or more";

function checkClass(name: string, gpu: GpuClass, say: Say): void {
  if (!isLabelName(gpuClassLabel(name).split("/")[1] ?? "") || !isLabelName(name)) {
    const longest = LABEL_LENGTH - "gpu-class.".length;
    say("", {
      reason: "a class name that cannot be part of a node's label",
      value: name,
      allowed: `letters, digits, -, _ and ., ${longest} characters at most, beginning and ending with a letter or digit`,
      remedy: "Choose another name for the class.",
    });
  }
  if (!isExtendedResource(gpu.resource)) {
    say("resource", {
      reason: "not an extended resource",
      value: gpu.resource,
      allowed: "domain/name, such as nvidia.com/gpu; not of kubernetes.io",
    });
  } else {
    checkMig(gpu, say);
  }
  for (const key of ["product", "type"] as const) {
    if (gpu[key].trim() === "") {
      say(key, { reason: "empty", remedy: "Users select by it: say what it is." });
    }
  }
  if (!((parseQuantity(gpu.vram) ?? 0) > 0)) {
    const plain = gpu.vram.replace(/\s+/g, "").replace(/[bB]$/, "");
    say("vram", {
      reason: "not an amount of memory",
      value: gpu.vram,
      allowed: "a quantity above 0, such as 40G or 40Gi",
      ...((parseQuantity(plain) ?? 0) > 0 ? { remedy: `Write it as ${plain}.` } : {}),
    });
  }
  for (const key of ["count", "sharing"] as const) {
    if (!isCount(gpu[key])) {
      say(key, { reason: "not a count", value: gpu[key], allowed: COUNT_RULE });
    }
  }
  if (gpu.taint !== undefined) {
    checkTaint(gpu.taint, say);
  }
}

/** Offers of unknown classes, of a class twice, and of two classes that are one resource. */
function checkOffers(
  node: DeclaredNode,
  gpus: Record<string, GpuClass>,
  at: (parts: PropertyKey[]) => string,
  problems: Problems,
): void {
  const seen = new Map<string, string>();
  (node.gpus ?? []).forEach((offer, index) => {
    if (!isCount(offer.count)) {
      problems.add({
        path: at(["gpus", index, "count"]),
        reason: "not a count",
        value: offer.count,
        allowed: COUNT_RULE,
      });
    }
    const path = at(["gpus", index, "class"]);
    const gpu = Object.hasOwn(gpus, offer.class) ? gpus[offer.class] : undefined;
    if (gpu === undefined) {
      const near = nearest(offer.class, Object.keys(gpus));
      problems.add({
        path,
        reason: "a GPU class that gpus does not declare",
        value: offer.class,
        allowed: oneOf(Object.keys(gpus).sort()),
        remedy: near === undefined ? "Declare it in gpus." : `Did you mean ${near}?`,
      });
      return;
    }
    const other = seen.get(gpu.resource);
    if (other !== undefined) {
      problems.add({
        path,
        reason:
          other === offer.class
            ? "a class that this node offers already"
            : `the same resource as class ${other} on this node: ${gpu.resource}`,
        value: offer.class,
        remedy:
          other === offer.class
            ? "Say it once, with the whole count."
            : "Kubernetes could not tell them apart: give one its own resource, or offer one class here.",
      });
    }
    seen.set(gpu.resource, offer.class);
  });
}

/**
 * Adds a problem for everything in the vocabulary that could not work: names and resources that
 * Kubernetes would refuse, amounts that mean nothing, and nodes that offer what is not declared.
 */
export function checkGpus(
  gpus: Record<string, GpuClass>,
  nodes: Record<string, DeclaredNode>,
  problems: Problems,
): void {
  for (const [name, gpu] of Object.entries(gpus)) {
    checkClass(name, gpu, (key, problem) => {
      const parts = key === "" ? [name] : [name, ...key.split(".")];
      problems.add({ path: joinPath("gpus", parts), ...problem });
    });
  }
  for (const [name, node] of Object.entries(nodes)) {
    checkOffers(node, gpus, (parts) => joinPath("nodes", [name, ...parts]), problems);
  }
}
