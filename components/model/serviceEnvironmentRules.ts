/** Rules of environment variables, and of the keys that they read. */
import { checkOnce, type PlacedContainer } from "./serviceChecks";
import type { Problem } from "./problems";
import type { ServiceProblems } from "./serviceProblems";
import type { ServiceLimits } from "./serviceTypes";

/** What the platform sets itself: another value would give a container every GPU of its node. */
export const GPU_VARIABLE = "NVIDIA_VISIBLE_DEVICES";

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_.-]*$/;
const DATA_KEY = /^(?!\.\.)(?!\.$)[-._a-zA-Z0-9]{1,253}$/;

/** The rule of a config's and a secret's keys, for messages. */
export const DATA_KEY_RULE =
  "letters, digits, -, _ and ., 253 characters at most, not beginning with ..";

/** Whether `text` can be a key of a ConfigMap or Secret. */
export function isDataKey(text: string): boolean {
  return DATA_KEY.test(text);
}

/** Adds the problems of a container's variables. Values are never shown: they may be secrets. */
export function checkEnvironment(
  { path: base, container: { environment = [] } }: PlacedContainer,
  problems: ServiceProblems,
): void {
  const path = `${base}.environment`;
  const add = (at: string, problem: Omit<Problem, "path">): void =>
    problems.add({ path: `${path}${at}`, ...problem });
  environment.forEach(({ name, value, fromSecret, fromConfig }, i) => {
    if (!VARIABLE.test(name)) {
      const allowed = "letters, digits, _, - and ., beginning with a letter or _";
      const reason = "not the name of a variable";
      add(`[${i}].name`, { reason, value: name, allowed, remedy: "Rename it." });
    } else if (name === GPU_VARIABLE) {
      const reason = "a variable that the platform sets itself";
      add(`[${i}].name`, { reason, value: name, remedy: "Remove it: gpu says which GPUs." });
    }
    const sources = [value, fromSecret, fromConfig].filter((source) => source !== undefined);
    if (sources.length !== 1) {
      const reason = sources.length === 0 ? "has no value" : "has several values";
      const allowed = "one of value, fromSecret and fromConfig";
      add(`[${i}]`, { reason, allowed, remedy: "Keep one of them." });
    }
    for (const [key, from] of Object.entries({ fromSecret, fromConfig })) {
      if (from !== undefined && !isDataKey(from)) {
        const reason = "not a key";
        add(`[${i}].${key}`, {
          reason,
          value: from,
          allowed: DATA_KEY_RULE,
          remedy: "Correct it.",
        });
      }
    }
    if (value?.includes("\0")) {
      const remedy = "Remove it: variables cannot hold one.";
      add(`[${i}].value`, { reason: "has a zero byte", remedy });
    }
  });
  const names = environment.map(({ name }, i) => ({ path: `${path}[${i}].name`, name }));
  checkOnce(names, "a variable", problems);
}

/** Adds a problem where the texts that go into pods are too long: each pod carries all of them. */
export function checkTexts(
  containers: readonly PlacedContainer[],
  { maxTextBytes }: ServiceLimits,
  problems: ServiceProblems,
): void {
  const texts = containers.flatMap(({ container: { environment = [], command, args = [] } }) => [
    ...environment.flatMap(({ name, value = "" }) => [name, value]),
    ...[command ?? []].flat(),
    ...args,
  ]);
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (bytes > maxTextBytes) {
    problems.add({
      path: "containers",
      reason: `variables, commands and arguments have ${bytes} bytes in all`,
      allowed: `${maxTextBytes} at most`,
      remedy: "Put long texts into the image, or on a volume.",
    });
  }
}
