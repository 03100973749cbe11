/** The form of each of an engine's settings: names, addresses, folders, images, numbers. */
import type { ExaflowSettings } from "./exaflowTypes";
import { isImageTag, parseImageName } from "./imageName";
import { isDnsLabel, isDnsSubdomain, LABEL_RULE, labelRemedy, SUBDOMAIN_RULE } from "./names";
import { oneOf, type Problems } from "./problems";
import { parseQuantity } from "./quantity";

/** What Helm takes as the name of a release. */
const RELEASE_LENGTH = 53;
const LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"];
const POD_SECURITY = ["restricted", "baseline", "privileged"];
const ACCESS_MODES = ["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"];
const FOLDER = /^(?!.*\/\.{1,2}(\/|$))(\/[A-Za-z0-9._-]+)+$/;
const IDENTIFIER = /^[A-Za-z][A-Za-z0-9_-]{0,62}$/;

/** The charts write some values without quotes: a word that YAML reads as something else is no text then. */
const YAML_WORDS = /^(true|false|null|yes|no|on|off|y|n)$/i;

const NAME = "not a name that it can have";

/** What settings that hold text must look like. Of a list it is each of its texts. */
const TEXTS: {
  paths: string[];
  fits: (text: string) => boolean;
  reason: string;
  allowed: string;
}[] = [
  { paths: ["namespace"], fits: isDnsLabel, reason: NAME, allowed: LABEL_RULE },
  {
    paths: ["releaseName"],
    fits: (text) => isDnsLabel(text) && text.length <= RELEASE_LENGTH,
    reason: NAME,
    allowed: LABEL_RULE.replace(/\d+/, String(RELEASE_LENGTH)),
  },
  {
    paths: ["federation", "globalWorkerIdentifier"],
    fits: (text) => IDENTIFIER.test(text) && !YAML_WORDS.test(text),
    reason: "not a name that the engine can have",
    allowed:
      "letters, digits, - and _, beginning with a letter, 63 characters at most, and no word like true or null",
  },
  {
    paths: ["controller.workersDns", "aggregationServer.dns"],
    fits: isDnsSubdomain,
    reason: "not a DNS name",
    allowed: `a name without scheme and port: ${SUBDOMAIN_RULE}`,
  },
  {
    paths: ["storage.storageClass"],
    fits: isDnsSubdomain,
    reason: NAME,
    allowed: SUBDOMAIN_RULE,
  },
  {
    paths: [
      "storage.credentialsLocation",
      "storage.databaseLocation",
      "storage.csvsLocation",
      "storage.cleanupLocation",
      "storage.localWorkerPath",
      "storage.globalWorkerPath",
    ],
    fits: (text) => FOLDER.test(text),
    reason: "not an absolute path of a folder",
    allowed: "such as /data/dementia",
  },
  {
    paths: ["storage.localWorkerVolume.size", "storage.globalWorkerVolume.size"],
    fits: (text) => (parseQuantity(text) ?? 0) > 0,
    reason: "not a quantity above 0",
    allowed: "bytes, such as 4Gi",
  },
  {
    paths: ["storage.localWorkerVolume.accessModes", "storage.globalWorkerVolume.accessModes"],
    fits: (text) => ACCESS_MODES.includes(text),
    reason: "not an access mode",
    allowed: oneOf(ACCESS_MODES),
  },
  {
    paths: ["smpc.image", "smpc.databaseImage", "smpc.queueImage"],
    fits: (text) => parseImageName(text)?.tag !== undefined,
    reason: "not the name of an image with its tag",
    allowed: "such as mongo:5.0.8",
  },
  {
    paths: ["images.repository"],
    fits: (text) => parseImageName(`${text}/exaflow_worker`) !== undefined,
    reason: "not a registry and account",
    allowed: "such as madgik or registry.example.org/madgik",
  },
  { paths: ["images.version"], fits: isImageTag, reason: "not a tag", allowed: "such as 1.0.0" },
  {
    paths: ["logLevel", "frameworkLogLevel"],
    fits: (text) => LEVELS.includes(text),
    reason: "not a level of the log",
    allowed: oneOf(LEVELS),
  },
  {
    paths: ["podSecurity"],
    fits: (text) => POD_SECURITY.includes(text),
    reason: "not a level of Pod Security",
    allowed: oneOf(POD_SECURITY),
  },
];

/** Where whole numbers must lie. */
const RANGES: { paths: string[]; least: number; most: number }[] = [
  { paths: ["localWorkers"], least: 0, most: 1000 },
  { paths: ["evictionSeconds"], least: 0, most: 86_400 },
  { paths: ["flower.serverPort"], least: 1, most: 65_535 },
  { paths: ["database.softLimitPercent", "database.hardLimitPercent"], least: 1, most: 100 },
  {
    paths: [
      "maxConcurrentExperiments",
      "controller.updateIntervalSeconds",
      "controller.taskTimeoutSeconds",
      "controller.cleanupIntervalSeconds",
      "aggregationServer.maxWaitSeconds",
      "flower.executionTimeoutSeconds",
      "smpc.resultIntervalSeconds",
      "smpc.resultRetries",
      "database.maxMemory",
    ],
    least: 1,
    most: 1_000_000,
  },
];

/** Lists that say nothing when they are empty. */
const LISTS = [
  "controller.workersDns",
  "storage.localWorkerVolume.accessModes",
  "storage.globalWorkerVolume.accessModes",
];

/** The setting at a path; nothing where it is not given. */
export function settingAt(settings: ExaflowSettings, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (value, key) => (value as Record<string, unknown> | undefined)?.[key],
      settings,
    );
}

/** The texts at a path, each with its own path. */
function textsAt(settings: ExaflowSettings, path: string): [path: string, text: string][] {
  const value = settingAt(settings, path) as string | string[] | undefined;
  return Array.isArray(value)
    ? value.map((text, index) => [`${path}[${index}]`, text])
    : value === undefined
      ? []
      : [[path, value]];
}

/** Adds a problem for every setting that has not the form that it must have. */
export function checkExaflowForms(settings: ExaflowSettings, problems: Problems): void {
  for (const { paths, fits, reason, allowed } of TEXTS) {
    for (const [path, value] of paths.flatMap((it) => textsAt(settings, it))) {
      if (!fits(value)) {
        const remedy = fits === isDnsLabel ? labelRemedy(value) : "Correct it.";
        problems.add({ path, reason, value, allowed, remedy });
      }
    }
  }
  for (const { paths, least, most } of RANGES) {
    for (const path of paths) {
      const value = settingAt(settings, path) as number | undefined;
      if (value !== undefined && !(Number.isInteger(value) && value >= least && value <= most)) {
        const allowed = `a whole number from ${least} to ${most}`;
        problems.add({ path, reason: "out of range", value, allowed, remedy: "Correct it." });
      }
    }
  }
  for (const path of LISTS) {
    if ((settingAt(settings, path) as string[] | undefined)?.length === 0) {
      problems.add({ path, reason: "an empty list", remedy: "Remove it, or name some." });
    }
  }
}
