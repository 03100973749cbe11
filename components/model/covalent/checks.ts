/** Everything that can be wrong with the settings of Covalent's executor, and what is only worth a warning. */
import { parseImageName } from "../imageName";
import { isDnsLabel, isDnsSubdomain, LABEL_RULE, SUBDOMAIN_RULE } from "../names";
import { nearest, oneOf, type Problems } from "../problems";
import { compareQuantities, parseQuantity } from "../quantity";
import { checkDataStore, checkFolder } from "./dataStoreChecks";
import { gpuOffers } from "./gpuClasses";
import { checkRegistry, registryParts, RegistryKind } from "./registry";
import {
  PLAIN_NAMESPACE,
  TASK_FOLDER,
  withCovalentDefaults,
  type CovalentSettings,
  type CovalentSpec,
} from "./settings";

const LONGEST_POLL = 3600;
const LONGEST_TTL = 30 * 24 * 3600;

function checkAmount(path: string, value: string, problems: Problems): void {
  if (!((parseQuantity(value) ?? 0) > 0)) {
    problems.add({
      path,
      reason: "not an amount that a pod can request",
      value,
      allowed: path === "vcpu" ? "cores, such as 500m or 2" : "bytes, such as 500Mi or 4G",
    });
  }
}

function checkSeconds(
  path: string,
  value: number,
  least: number,
  most: number,
  problems: Problems,
): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    problems.add({
      path,
      reason: "not a number of seconds that works",
      value,
      allowed: `a whole number, ${least} to ${most}`,
    });
  }
}

function checkNamespace(namespace: string, problems: Problems): void {
  if (!isDnsLabel(namespace)) {
    problems.add({
      path: "namespace",
      reason: "not a namespace's name",
      value: namespace,
      allowed: LABEL_RULE,
    });
  } else if (namespace === PLAIN_NAMESPACE || namespace.startsWith("kube-")) {
    problems.add({
      path: "namespace",
      reason: "whoever may create Jobs reads every Secret beside them",
      value: namespace,
      remedy:
        "Give tasks a namespace of their own; for the plugin as it is, add plainPlugin: true.",
    });
  }
}

/** A quota that no task fits into, and one of classes that there are not. */
function checkQuota(settings: CovalentSettings, problems: Problems): void {
  const { quota, vcpu, memory, gpus = {} } = withCovalentDefaults(settings);
  for (const [key, request] of [
    ["cpu", vcpu],
    ["memory", memory],
  ] as const) {
    const most = quota?.[key];
    const whole = parseQuantity(most ?? "");
    if (most !== undefined && whole === undefined) {
      problems.add({ path: `quota.${key}`, reason: "not a quantity", value: most });
    } else if (most !== undefined && parseQuantity(request) !== undefined) {
      if (compareQuantities(most, request) < 0) {
        problems.add({
          path: `quota.${key}`,
          reason: "less than one task requests: none would ever start",
          value: most,
          allowed: `${request} or more`,
        });
      }
    }
  }
  for (const name of Object.keys(quota?.gpus ?? {}).filter((it) => !Object.hasOwn(gpus, it))) {
    const near = nearest(name, Object.keys(gpus));
    problems.add({
      path: `quota.gpus.${name}`,
      reason: "no such GPU class",
      allowed: oneOf(Object.keys(gpus)),
      remedy: near === undefined ? "Declare it in gpus." : `Did you mean ${near}?`,
    });
  }
}

/** Adds every problem of the settings that do not wait for other resources. */
export function checkCovalentSettings(settings: CovalentSettings, problems: Problems): void {
  const complete = withCovalentDefaults(settings);
  const { baseImage, cleanerImage, cacheDir, pollSeconds, ttlSeconds, tokenName } = complete;
  checkNamespace(complete.namespace, problems);
  for (const [path, image] of Object.entries({ baseImage, cleanerImage })) {
    if (parseImageName(image) === undefined) {
      problems.add({ path, reason: "not the name of an image", value: image });
    }
  }
  checkAmount("vcpu", complete.vcpu, problems);
  checkAmount("memory", complete.memory, problems);
  checkSeconds("pollSeconds", pollSeconds, 1, LONGEST_POLL, problems);
  // A Job that is gone before the plugin looks again is an error to it.
  checkSeconds("ttlSeconds", ttlSeconds, 2 * pollSeconds, LONGEST_TTL, problems);
  if (cacheDir !== undefined) {
    checkFolder("cacheDir", cacheDir, problems);
  }
  if (!isDnsSubdomain(tokenName)) {
    problems.add({
      path: "tokenName",
      reason: "not a Secret's name",
      value: tokenName,
      allowed: SUBDOMAIN_RULE,
    });
  }
  checkQuota(settings, problems);
  gpuOffers(settings, problems);
}

/** Adds every problem of settings whose every value is known. */
export function checkCovalent(spec: CovalentSpec, problems: Problems): void {
  checkCovalentSettings(spec, problems);
  checkDataStore(spec, problems);
  checkRegistry(spec.registry ?? {}, problems);
}

/** What works, but not everywhere. */
export function covalentWarnings(spec: CovalentSpec): string[] {
  const { dataStore, minikube, plainPlugin, registry, namespace } = withCovalentDefaults(spec);
  const shared = dataStore.path !== undefined && dataStore.claim === undefined;
  const elsewhere =
    registryParts(registry).kind === RegistryKind.Minikube && minikube === undefined;
  return [
    ...(shared && minikube === undefined
      ? [
          `tasks mount ${TASK_FOLDER} of their node: it must show the files of ${dataStore.path} on every node`,
        ]
      : []),
    ...(elsewhere
      ? ["task images are loaded into minikube: without a registry no other cluster can run them"]
      : []),
    ...(plainPlugin === true
      ? [
          `whoever has the dispatcher's kubeconfig can read every Secret of namespace ${PLAIN_NAMESPACE}, by a Job there; the executor platform_k8s needs ${namespace} alone`,
        ]
      : []),
  ];
}
