/** Profiles as the hub's python reads them, each checked and placed by the GPU vocabulary. */
import { compact } from "./compact";
import { parseImageName } from "./imageName";
import { placeProfile, type ProfilePlacement } from "./jupyterHubPlacement";
import { parseTime, spawnerCpu, spawnerMemory, TIME_RULE } from "./jupyterHubResources";
import type { JupyterHubProfile, JupyterHubSettings } from "./jupyterHubTypes";
import { isLabelKey, isLabelValue, LABEL_KEY_RULE, LABEL_VALUE_RULE } from "./labelSyntax";
import { asDnsLabel, isDnsLabel, LABEL_RULE, labelRemedy } from "./names";
import { joinPath, type Problems, type Problem } from "./problems";
import { ProblemsBelow } from "./problemsBelow";
import { parseQuantity } from "./quantity";

/** One profile in the hub's JSON; the keys are what its python reads. */
export interface HubProfile {
  slug: string;
  display_name: string;
  description: string;
  default: boolean;
  /** Absent where everyone may use it. */
  groups?: string[];
  image?: string;
  cpu_limit?: number;
  cpu_guarantee?: number;
  mem_limit?: string;
  mem_guarantee?: string;
  extra_resource_limits?: Record<string, string>;
  extra_resource_guarantees?: Record<string, string>;
  node_selector?: Record<string, string>;
  node_affinity_required?: object[];
  tolerations?: object[];
  environment?: Record<string, string>;
  annotations?: Record<string, string>;
  labels?: Record<string, string>;
  /** Whether it has the user's files: false on virtual nodes, which cannot mount claims. */
  storage: boolean;
  max_lifetime_seconds?: number;
  /** Whether it runs on a virtual node and is reached by the tunnel. */
  remote: boolean;
}

const QUANTITIES = ["cpuLimit", "cpuGuarantee", "memoryLimit", "memoryGuarantee"] as const;

/** Kubernetes passes such a pod every GPU of the node, unless it is told that there are none. */
const NO_GPUS = { NVIDIA_VISIBLE_DEVICES: "" };

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/** The slug of a profile: its own, or one made of its name. */
function profileSlug({ slug, name }: JupyterHubProfile): string {
  return slug ?? asDnsLabel(name);
}

type At = (key: string) => string;

function checkQuantities(profile: JupyterHubProfile, problems: Problems, at: At): void {
  for (const key of QUANTITIES) {
    const value = profile[key];
    if (value !== undefined && !((parseQuantity(value) ?? 0) > 0)) {
      const allowed = key.startsWith("cpu") ? "cores, such as 2 or 500m" : "bytes, such as 4Gi";
      problems.add({ path: at(key), reason: "not a quantity above 0", value, allowed });
    }
  }
  for (const resource of ["cpu", "memory"] as const) {
    const [least, most] = [profile[`${resource}Guarantee`], profile[`${resource}Limit`]];
    const [promised, limit] = [parseQuantity(least ?? ""), parseQuantity(most ?? "")];
    if (promised !== undefined && limit !== undefined && promised > limit) {
      problems.add({
        path: at(`${resource}Guarantee`),
        reason: `more than its limit of ${most}`,
        value: least,
        remedy: `Lower it, or raise ${resource}Limit.`,
      });
    }
  }
}

function checkEnvironment(profile: JupyterHubProfile, problems: Problems, at: At): void {
  for (const name of Object.keys(profile.environment ?? {})) {
    const path = joinPath(at("environment"), [name]);
    if (!VARIABLE.test(name)) {
      const allowed = "letters, digits, _, - and ., beginning with a letter or _";
      problems.add({ path, reason: "not a name that a variable can have", value: name, allowed });
    } else if (Object.hasOwn(NO_GPUS, name)) {
      const reason = "a variable that the platform sets itself: GPUs are given by gpu";
      problems.add({ path, reason, remedy: "Remove it." });
    }
  }
}

function checkWords(profile: JupyterHubProfile, problems: Problems, at: At): void {
  for (const kind of ["labels", "annotations"] as const) {
    for (const [key, value] of Object.entries(profile[kind] ?? {})) {
      const path = joinPath(at(kind), [key]);
      if (!isLabelKey(key)) {
        problems.add({ path, reason: "not a key", value: key, allowed: LABEL_KEY_RULE });
      } else if (kind === "labels" && !isLabelValue(value)) {
        problems.add({ path, reason: "not a label's value", value, allowed: LABEL_VALUE_RULE });
      }
    }
  }
}

function checkTexts(profile: JupyterHubProfile, problems: Problems, at: At): void {
  const { groups, image, maxLifetime } = profile;
  if (profile.name.trim() === "") {
    problems.add({ path: at("name"), reason: "empty", remedy: "Say what users choose." });
  }
  if (groups?.length === 0) {
    problems.add({
      path: at("groups"),
      reason: "no group: nobody could start it",
      remedy: "Name groups, or remove it for every user.",
    });
  }
  if (image !== undefined && parseImageName(image) === undefined) {
    problems.add({ path: at("image"), reason: "not the name of an image", value: image });
  }
  if (maxLifetime !== undefined && parseTime(maxLifetime) === undefined) {
    const reason = "not a length of time";
    problems.add({ path: at("maxLifetime"), reason, value: maxLifetime, allowed: TIME_RULE });
  }
  checkWords(profile, problems, at);
  checkEnvironment(profile, problems, at);
}

function rendered(profile: JupyterHubProfile, slug: string, place: ProfilePlacement): HubProfile {
  const { cpuLimit, cpuGuarantee, memoryLimit, memoryGuarantee, maxLifetime } = profile;
  const filled = <T extends object>(value: T): T | undefined =>
    Object.keys(value).length > 0 ? value : undefined;
  const gpus = filled(place.resources);
  return compact({
    slug,
    display_name: profile.name,
    description: profile.description ?? "",
    default: profile.default ?? false,
    groups: profile.groups,
    image: profile.image,
    cpu_limit: cpuLimit === undefined ? undefined : spawnerCpu(cpuLimit),
    cpu_guarantee: cpuGuarantee === undefined ? undefined : spawnerCpu(cpuGuarantee),
    mem_limit: memoryLimit === undefined ? undefined : spawnerMemory(memoryLimit),
    mem_guarantee:
      // Else the chart's own default, which may be above this limit, would stand.
      (memoryGuarantee ?? memoryLimit) === undefined
        ? undefined
        : spawnerMemory((memoryGuarantee ?? memoryLimit)!),
    extra_resource_limits: gpus,
    extra_resource_guarantees: gpus,
    node_selector: filled(place.nodeSelector),
    node_affinity_required: filled(place.affinity),
    tolerations: filled(place.tolerations),
    environment: filled({ ...(gpus === undefined ? NO_GPUS : {}), ...profile.environment }),
    annotations: filled(profile.annotations ?? {}),
    labels: filled(profile.labels ?? {}),
    storage: !place.remote,
    max_lifetime_seconds: maxLifetime === undefined ? undefined : parseTime(maxLifetime),
    remote: place.remote,
  });
}

function checkSlugs(profiles: JupyterHubProfile[], problems: Problems): void {
  const taken = new Map<string, number>();
  profiles.forEach((profile, index) => {
    const slug = profileSlug(profile);
    const path = joinPath("profiles", [index, "slug"]);
    const first = taken.get(slug);
    if (!isDnsLabel(slug)) {
      const remedy = slug === "" ? "Add one: the name gives none." : labelRemedy(slug);
      problems.add({ path, reason: "not a slug", value: slug, allowed: LABEL_RULE, remedy });
    } else if (first !== undefined) {
      problems.add({
        path,
        reason: `the slug of profiles[${first}] too: ${profiles[first]!.name} and ${profile.name} could not be told apart`,
        value: slug,
        remedy: "Give one another slug.",
      });
    }
    taken.set(slug, first ?? index);
  });
  const defaults = profiles.filter((profile) => profile.default);
  if (defaults.length > 1) {
    problems.add({
      path: "profiles",
      reason: `several are the default: ${defaults.map(profileSlug).join(", ")}`,
      remedy: "Keep one.",
    });
  }
}

/** A profile's problems, which name it: its index alone says little in a long list. */
class ProfileProblems extends ProblemsBelow {
  constructor(
    all: Problems,
    private readonly profile: string,
  ) {
    super(all, "");
  }

  override add(problem: Problem): void {
    super.add({ ...problem, reason: `profile ${this.profile}: ${problem.reason}` });
  }
}

/** The profiles for the hub's JSON; those with a problem, which is added, are left out. */
export function hubProfiles(
  settings: Pick<JupyterHubSettings, "profiles" | "gpus" | "nodes">,
  problems: Problems,
): HubProfile[] {
  const profiles = settings.profiles ?? [];
  checkSlugs(profiles, problems);
  return profiles.flatMap((profile, index) => {
    const at = (key: string): string => joinPath("profiles", [index, ...key.split(".")]);
    const before = problems.count;
    const named = new ProfileProblems(problems, profile.name);
    checkTexts(profile, named, at);
    checkQuantities(profile, named, at);
    const place = placeProfile(profile, settings, named, at);
    return place === undefined || problems.count > before
      ? []
      : [rendered(profile, profileSlug(profile), place)];
  });
}
