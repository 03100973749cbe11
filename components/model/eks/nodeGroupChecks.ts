/** What must be right about node groups before AWS is asked for them. */
import { checkGpus } from "../gpu";
import type { GpuClass } from "../gpuTypes";
import {
  domainOf,
  isLabelKey,
  isLabelValue,
  LABEL_KEY_RULE,
  LABEL_VALUE_RULE,
} from "../labelSyntax";
import { checkNodeLabels } from "../nodeLabels";
import { joinPath, oneOf, Problems, type Problem } from "../problems";
import { imageOf } from "./images";
import { familiesWith, isProduct, parseInstanceType, type InstanceType } from "./instanceTypes";
import { EKS_EFFECTS, groupTaints, nodeOfGroup, sizesOf } from "./nodeGroups";
import { CapacityType, type EksNodeGroup } from "./settings";

const NAME = /^[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?$/;
/** Largest volume of EBS, in GiB. */
const LARGEST_DISK = 16_384;
/** Slices of one GPU, at most. */
const MOST_SLICES = 7;

type Say = (key: string, problem: Omit<Problem, "path">) => void;

/** The problems of nodes, said of the groups that they came from. */
class OfGroups extends Problems {
  constructor(private readonly all: Problems) {
    super(all.source);
  }

  override add(problem: Problem): void {
    this.all.add({ ...problem, path: problem.path.replace(/^nodes\b/, "nodeGroups") });
  }
}

function checkSizes(group: EksNodeGroup, say: Say): void {
  const { minSize, maxSize, desiredSize } = sizesOf(group);
  const whole = Object.entries({ minSize, maxSize, desiredSize }).filter(([key, value]) => {
    const least = key === "maxSize" ? 1 : 0;
    const fits = Number.isInteger(value) && value >= least;
    if (!fits) {
      say(key, {
        reason: "not a number of nodes",
        value,
        allowed: `a whole number, ${least} or more`,
      });
    }
    return fits;
  });
  if (whole.length < 3) {
    return;
  }
  if (minSize > maxSize) {
    say("minSize", {
      reason: `more than maxSize, ${maxSize}`,
      value: minSize,
      remedy: "Raise maxSize, or lower minSize.",
    });
  } else if (desiredSize < minSize || desiredSize > maxSize) {
    say("desiredSize", {
      reason: "outside minSize and maxSize",
      value: desiredSize,
      allowed: `${minSize} to ${maxSize}`,
    });
  }
}

function checkDisk(group: EksNodeGroup, say: Say): void {
  const { diskSize } = group;
  if (diskSize === undefined) {
    return;
  }
  const { amiType, minimumDisk } = imageOf(group);
  if (!Number.isInteger(diskSize) || diskSize < minimumDisk || diskSize > LARGEST_DISK) {
    say("diskSize", {
      reason:
        diskSize < minimumDisk
          ? `smaller than what image ${amiType} needs`
          : "not a size of a disk",
      value: diskSize,
      allowed: `${minimumDisk} to ${LARGEST_DISK} (GiB)`,
    });
  }
}

/** The instance types that are such names; problems for the others, and for groups that mix what no image serves. */
function checkInstanceTypes(group: EksNodeGroup, say: Say): InstanceType[] {
  if (group.instanceTypes.length === 0) {
    say("instanceTypes", {
      reason: "empty",
      remedy: "Name an EC2 instance type, such as m7i.large.",
    });
  }
  const types = group.instanceTypes.map((text, index) => {
    const type = parseInstanceType(text);
    if (type === undefined) {
      say(joinPath("instanceTypes", [index]), {
        reason: "not an EC2 instance type",
        value: text,
        allowed: "family and size, such as m7i.large or g5.xlarge",
      });
    }
    return type;
  });
  const known = types.filter((type) => type !== undefined);
  const mixed = (what: string, differs: (type: InstanceType) => boolean): void => {
    if (known.some(differs)) {
      say("instanceTypes", {
        reason: `instances with and without ${what} in one group: no image serves both`,
        value: group.instanceTypes,
        remedy: "Make two groups of them.",
      });
    }
  };
  mixed("arm64 processors", ({ arm }) => arm !== known[0]!.arm);
  mixed("GPUs", ({ gpus }) => (gpus === undefined) !== (known[0]!.gpus === undefined));
  return known;
}

/** Whether every instance type has the GPUs that the classes of the group ask for. */
function checkClasses(
  group: EksNodeGroup,
  types: readonly InstanceType[],
  gpus: Record<string, GpuClass>,
  say: Say,
): void {
  (group.gpus ?? []).forEach((offer, index) => {
    const gpu = Object.hasOwn(gpus, offer.class) ? gpus[offer.class] : undefined;
    if (gpu === undefined) {
      return; // Said by the vocabulary's own checks.
    }
    const { product } = gpu;
    const families = familiesWith(product);
    const wanted = offer.count ?? gpu.count ?? 1;
    for (const { family, size, gpus: has } of types) {
      const type = `${family}.${size}`;
      const most =
        has?.count === undefined ? Infinity : has.count * (gpu.mig === undefined ? 1 : MOST_SLICES);
      if (has === undefined || !isProduct(has, product)) {
        say(joinPath("gpus", [index, "class"]), {
          reason: `${type} has ${has === undefined ? "no GPU" : oneOf(has.products)}, class ${offer.class} is ${product}`,
          value: offer.class,
          ...(families.length === 0
            ? { remedy: "Correct the class's product, or choose another instance type." }
            : { allowed: `instances of ${oneOf(families)}` }),
        });
      } else if (wanted > most) {
        say(joinPath("gpus", [index, "count"]), {
          reason: `more than ${type} has`,
          value: wanted,
          allowed: `1 to ${most}`,
        });
      }
    }
  });
}

/** Labels that a kubelet may not give its own node, so that the nodes would never join. */
function checkOwnLabels(group: EksNodeGroup, say: Say): void {
  const keys = [...Object.keys(group.labels ?? {}), ...(group.roles ?? [])];
  for (const key of keys.filter((one) => /(^|\.)(kubernetes|k8s)\.io$/.test(domainOf(one)))) {
    say("labels", {
      reason: "a label that nodes may not give themselves",
      value: key,
      remedy: "Choose a key of your own.",
    });
  }
}

function checkTaints(group: EksNodeGroup, say: Say): void {
  (group.taints ?? []).forEach(({ key, value, effect }, index) => {
    const at = joinPath("taints", [index]);
    if (!isLabelKey(key)) {
      say(`${at}.key`, { reason: "not a taint's key", value: key, allowed: LABEL_KEY_RULE });
    }
    if (!isLabelValue(value ?? "")) {
      say(`${at}.value`, { reason: "not a taint's value", value, allowed: LABEL_VALUE_RULE });
    }
    if (EKS_EFFECTS[effect] === undefined) {
      const allowed = oneOf(Object.keys(EKS_EFFECTS));
      say(`${at}.effect`, { reason: "not a taint's effect", value: effect, allowed });
    }
  });
}

function checkGroup(group: EksNodeGroup, gpus: Record<string, GpuClass>, say: Say): void {
  checkSizes(group, say);
  const types = checkInstanceTypes(group, say);
  checkDisk(group, say);
  checkClasses(group, types, gpus, say);
  checkOwnLabels(group, say);
  checkTaints(group, say);
  const capacities: string[] = Object.values(CapacityType);
  if (group.capacityType !== undefined && !capacities.includes(group.capacityType)) {
    say("capacityType", {
      reason: "not a way to buy instances",
      value: group.capacityType,
      allowed: oneOf(capacities),
    });
  }
}

function isOpen(group: EksNodeGroup, gpus: Record<string, GpuClass>): boolean {
  return (
    sizesOf(group).minSize > 0 &&
    groupTaints(group, gpus).every(({ effect }) => effect === "PreferNoSchedule")
  );
}

/** Adds a problem for everything about the node groups that AWS would refuse, or that could not work. */
export function checkNodeGroups(
  groups: Record<string, EksNodeGroup>,
  gpus: Record<string, GpuClass>,
  problems: Problems,
): void {
  for (const [name, group] of Object.entries(groups)) {
    const base = joinPath("nodeGroups", [name]);
    if (!NAME.test(name)) {
      problems.add({
        path: base,
        reason: "not a name of a node group",
        value: name,
        allowed: "lower-case letters, digits and -, 30 characters at most",
      });
    }
    checkGroup(group, gpus, (key, problem) => problems.add({ path: `${base}.${key}`, ...problem }));
  }
  const nodes = Object.fromEntries(
    Object.entries(groups).map(([name, group]) => [name, nodeOfGroup(group)]),
  );
  const ofGroups = new OfGroups(problems);
  checkGpus(gpus, nodes, ofGroups);
  checkNodeLabels(nodes, gpus, [], ofGroups);
  if (!Object.values(groups).some((group) => isOpen(group, gpus))) {
    problems.add({
      path: "nodeGroups",
      reason:
        "no group always has a node that takes any pod: DNS and the other add-ons would never start",
      remedy: "Add a group without taints, with minSize 1 or more.",
    });
  }
}
