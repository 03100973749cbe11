/** Rules of a workspace's environment: its own variables, and those of its users. */
import { isDnsSubdomain, labelRemedy, SUBDOMAIN_RULE } from "./names";
import { joinPath, type Problems } from "./problems";
import type { TypedKeys } from "./workspaceSchema";

/** Variables that the platform sets: another value would give a workspace every GPU of its node. */
const RESERVED_VARIABLE = "NVIDIA_VISIBLE_DEVICES";
const USER_COUNT_VARIABLE = "n_users";

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_.-]*$/;
const VARIABLE_RULE = "letters, digits, _, - and ., beginning with a letter or _";
/** Adds a problem for every name that the list has a second time. */
export function checkListedOnce(
  path: string,
  names: readonly string[] | undefined,
  problems: Problems,
): void {
  names?.forEach((name, i) => {
    if (names.indexOf(name) < i) {
      const remedy = "Remove one of the two.";
      problems.add({ path: `${path}[${i}]`, reason: "named twice", value: name, remedy });
    }
  });
}

/**
 * Adds the problems of the user Secrets.
 *
 * @param given the keys that the JSON has, of whatever type
 */
export function checkUsers(json: TypedKeys, given: ReadonlySet<string>, problems: Problems): void {
  const { user_secret: secrets = [], user_secret_params: params = [] } = json;
  for (const [path, missing, has] of [
    ["user_secret", "user_secret_params", secrets.length > 0],
    ["user_secret_params", "user_secret", params.length > 0],
  ] as const) {
    if (has && (!given.has(missing) || json[missing]?.length === 0)) {
      const remedy = `Add ${missing}, or remove ${path}.`;
      problems.add({ path, reason: `of no use without ${missing}`, remedy });
    }
  }
  secrets.forEach((value, i) => {
    if (!isDnsSubdomain(value)) {
      problems.add({
        path: `user_secret[${i}]`,
        reason: "not a name that a Secret can have",
        value,
        allowed: SUBDOMAIN_RULE,
        remedy: labelRemedy(value),
      });
    }
  });
  params.forEach((value, i) => {
    if (!VARIABLE.test(value) || value === RESERVED_VARIABLE || value === USER_COUNT_VARIABLE) {
      problems.add({
        path: `user_secret_params[${i}]`,
        reason: VARIABLE.test(value)
          ? "a variable that the platform sets itself"
          : "not a key that can become an environment variable",
        value,
        allowed: VARIABLE_RULE,
        remedy: "Choose another key.",
      });
    }
  });
  checkListedOnce("user_secret", secrets, problems);
  checkListedOnce("user_secret_params", params, problems);
}

/** The variables that come from user Secrets, as the renderer names them. */
function userVariables({
  user_secret: secrets = [],
  user_secret_params: params = [],
}: TypedKeys): string[] {
  const suffixes = secrets.length === 1 ? [""] : secrets.map((_, i) => `_${i}`);
  return suffixes.flatMap((suffix) => params.map((param) => `${param}${suffix}`));
}

/** Adds the problems of the variables. */
export function checkVariables(json: TypedKeys, problems: Problems): void {
  const ours = new Set([RESERVED_VARIABLE, ...userVariables(json)]);
  if (json.user_secret?.length) {
    ours.add(USER_COUNT_VARIABLE);
  }
  for (const [name, value] of Object.entries(json.env_variables ?? {})) {
    const path = joinPath("env_variables", [name]);
    if (!VARIABLE.test(name)) {
      const reason = "not a name that an environment variable can have";
      problems.add({ path, reason, value: name, allowed: VARIABLE_RULE, remedy: "Rename it." });
    } else if (ours.has(name)) {
      const reason = "a variable that the platform sets itself for this workspace";
      problems.add({ path, reason, remedy: "Remove it, or give it another name." });
    }
    if (value.includes("\0")) {
      const reason = "a value with a zero byte";
      problems.add({ path, reason, remedy: "Remove it: variables cannot hold one." });
    }
  }
}
