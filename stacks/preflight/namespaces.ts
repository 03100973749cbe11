/** Whether the namespaces of workspaces can take them, and hold the Secrets that they name. */
import { nearest } from "../../components/model/problems";
import { keyOf } from "./liveObjects";
import type { Check, Placement } from "./placement";

/** Secrets that the stack makes itself: namespace, then name. */
export type MadeSecrets = Record<string, Record<string, unknown>>;

/** Adds a problem for each workspace whose namespace is being deleted. */
export function checkNamespaces({ placements, live }: Check): void {
  const leaving = (live.namespaces ?? [])
    .filter(({ metadata }) => metadata.deletionTimestamp !== undefined)
    .map(({ metadata }) => metadata.name);
  for (const { spec, problems } of placements) {
    if (leaving.includes(spec.namespace)) {
      problems.add({
        path: "namespace",
        reason: `is being deleted on cluster ${live.cluster}, and takes nothing new`,
        value: spec.namespace,
        remedy: "Wait until it is gone and run again, or choose another.",
      });
    }
  }
}

/** The names of a workspace's user Secrets that somebody else must have made. */
export function foreignSecrets({ spec }: Placement, made: MadeSecrets): string[] {
  return (spec.userSecrets ?? []).filter((name) => made[spec.namespace]?.[name] === undefined);
}

/** Adds a problem for each user Secret that neither exists nor is made by the stack. */
export function checkSecrets({ placements, live }: Check, made: MadeSecrets): void {
  if (live.secrets === undefined) {
    return;
  }
  const existing = new Set(live.secrets.map(keyOf));
  for (const placement of placements) {
    const { spec, problems } = placement;
    const absent = foreignSecrets(placement, made).filter(
      (name) => !existing.has(`${spec.namespace}/${name}`),
    );
    for (const name of absent) {
      const names = live.secrets.filter(({ metadata }) => metadata.namespace === spec.namespace);
      const near = nearest(
        name,
        names.map(({ metadata }) => metadata.name),
      );
      problems.add({
        path: `user_secret[${spec.userSecrets!.indexOf(name)}]`,
        reason: `namespace ${spec.namespace} on cluster ${live.cluster} has no such Secret, and workspaces.userSecrets does not make it`,
        value: name,
        remedy:
          near === undefined
            ? "Create it, or give its content in workspaces.userSecrets."
            : `Did you mean ${near}?`,
      });
    }
  }
}
