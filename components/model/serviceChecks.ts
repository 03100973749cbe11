/** What the rules of deployments have in common. */
import { isDnsLabel, LABEL_RULE, labelRemedy } from "./names";
import type { ServiceProblems } from "./serviceProblems";
import type { ContainerYaml, TypedDocument } from "./serviceSchema";

/** A container that has the right types, and where it is. */
export interface PlacedContainer {
  path: string;
  container: ContainerYaml;
  init: boolean;
}

/** All containers that have the right types, init containers last. */
export function placedContainers(document: TypedDocument): PlacedContainer[] {
  return (["containers", "initContainers"] as const).flatMap((key) =>
    document[key].flatMap((container, i) =>
      container === undefined
        ? []
        : [{ path: `${key}[${i}]`, container, init: key === "initContainers" }],
    ),
  );
}

/** Adds a problem where `value` is not from `least` to `most`. */
export function checkRange(
  path: string,
  value: number | undefined,
  [least, most]: readonly [number, number],
  problems: ServiceProblems,
): void {
  if (value !== undefined && (value < least || value > most)) {
    const allowed = `${least} to ${most}`;
    const remedy = value > most ? "Ask for less." : "Ask for more.";
    problems.add({ path, reason: "out of range", value, allowed, remedy });
  }
}

/** Adds a problem where a list has more items than the operator allows. */
export function checkLength(
  path: string,
  items: readonly unknown[],
  most: number,
  problems: ServiceProblems,
): void {
  if (items.length > most) {
    const allowed = `${most} at most`;
    problems.add({ path, reason: `has ${items.length} items`, allowed, remedy: "Remove some." });
  }
}

/** Adds a problem for every name that comes a second time. */
export function checkOnce(
  named: readonly { path: string; name: string | number }[],
  what: string,
  problems: ServiceProblems,
): void {
  const taken = new Map<string | number, string>();
  for (const { path, name } of named) {
    const other = taken.get(name);
    if (other !== undefined) {
      const reason = `${what} that ${other} has already`;
      problems.add({ path, reason, value: name, remedy: "Choose another." });
    }
    taken.set(name, other ?? path);
  }
}

/** Adds a problem where `name` is no DNS label: containers and volumes have such names. */
export function checkName(path: string, name: string, problems: ServiceProblems): void {
  if (!isDnsLabel(name)) {
    const remedy = labelRemedy(name);
    problems.add({ path, reason: "not a name", value: name, allowed: LABEL_RULE, remedy });
  }
}

/** Adds a problem where texts that are to be one are not; those that are left out agree with any. */
export function checkSame(
  values: readonly { path: string; value: string | number | boolean | undefined }[],
  problems: ServiceProblems,
): void {
  const given = values.filter(({ value }) => value !== undefined);
  const [first, ...others] = given;
  for (const { path, value } of others) {
    if (value !== first?.value) {
      problems.add({
        path,
        reason: `differs from ${first?.path}, and a deployment has one`,
        value,
        allowed: String(first?.value),
        remedy: "Make them the same.",
      });
    }
  }
}
