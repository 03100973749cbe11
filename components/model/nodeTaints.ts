/** Which taints of a node become what, when we own some of them and others own the rest. */
import type { Taint } from "./gpuTypes";

/** Annotation with the taints that a stack wants on a node. A change of it is what a preview shows. */
export const WANTED_TAINTS = "science-platform/taints";

/** Annotation with the taints that we put there: written together with them, and all that we ever remove. */
export const OWNED_TAINTS = "science-platform/owned-taints";

/** The part of a live node that matters here. */
export interface NodeTaints {
  taints: readonly Taint[];
  /** Value of the annotation `OWNED_TAINTS`. */
  owned: string | undefined;
}

/** What a node is to have: the whole list, and the annotation's new value. */
export interface TaintChange {
  taints: Taint[];
  /** Nothing when we own none. */
  owned: string | undefined;
}

/** A taint is known by key and effect; a node has each once. */
export function taintId({ key, effect }: Pick<Taint, "key" | "effect">): string {
  return `${key}:${effect}`;
}

/** The taints as an annotation has them: the same set is always the same text. */
export function writeTaints(taints: readonly Taint[]): string {
  const plain = taints.map(({ key, value, effect }) =>
    value === undefined || value === "" ? { key, effect } : { key, value, effect },
  );
  return JSON.stringify(plain.sort((a, b) => (taintId(a) < taintId(b) ? -1 : 1)));
}

function isTaint(value: unknown): value is Taint {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof Reflect.get(value, "key") === "string" &&
    typeof Reflect.get(value, "effect") === "string"
  );
}

/** The taints in an annotation; none when it is absent or someone spoilt it. */
export function readTaints(annotation: string | undefined): Taint[] {
  try {
    const parsed: unknown = JSON.parse(annotation ?? "[]");
    return Array.isArray(parsed) ? parsed.filter(isTaint) : [];
  } catch {
    return [];
  }
}

function sameValue(a: Taint, b: Taint): boolean {
  return (a.value ?? "") === (b.value ?? "");
}

/**
 * Gives a node the wanted taints, takes away those of ours that are wanted no longer, and leaves all
 * others as they are. A wanted taint that is there already, from someone else, is left to them.
 *
 * @throws Error when someone else's taint has the same key and effect and another value
 */
export function changeTaints(node: NodeTaints, wanted: readonly Taint[]): TaintChange {
  const before = new Set(readTaints(node.owned).map(taintId));
  const foreign = node.taints.filter((taint) => !before.has(taintId(taint)));
  const missing = wanted.filter((taint) => {
    const there = foreign.find((one) => taintId(one) === taintId(taint));
    if (there !== undefined && !sameValue(there, taint)) {
      throw new Error(
        `taint ${taintId(taint)} is there already with value "${there.value ?? ""}", set by someone else; ` +
          `"${taint.value ?? ""}" is wanted. Remove it by hand (\`kubectl taint node <node> ${taintId(taint)}-\`), or declare its value.`,
      );
    }
    return there === undefined;
  });
  // In place where it was: a list that only changed its order would be a write without sense.
  const kept = node.taints.flatMap((taint) => {
    if (!before.has(taintId(taint))) {
      return [taint];
    }
    const now = missing.find((one) => taintId(one) === taintId(taint));
    return now === undefined ? [] : [sameValue(now, taint) ? taint : now];
  });
  const there = new Set(kept.map(taintId));
  return {
    taints: [...kept, ...missing.filter((taint) => !there.has(taintId(taint)))],
    owned: missing.length === 0 ? undefined : writeTaints(missing),
  };
}

/** Whether a live node has all that is wanted, and nothing of ours beyond. */
export function isSettled(node: NodeTaints, wanted: readonly Taint[]): boolean {
  const ids = new Set(wanted.map(taintId));
  return (
    wanted.every((taint) =>
      node.taints.some((one) => taintId(one) === taintId(taint) && sameValue(one, taint)),
    ) && readTaints(node.owned).every((taint) => ids.has(taintId(taint)))
  );
}

const REPAIR = / #(\d+)$/;

/** The taints in the annotation `WANTED_TAINTS`. */
export function readWanted(annotation: string): Taint[] {
  return readTaints(annotation.replace(REPAIR, ""));
}

/**
 * The annotation `WANTED_TAINTS` for a live node. A taint that someone took away leaves no trace in what
 * a stack declares, so the text then gets a number that makes it differ once.
 *
 * @param live the annotation's present value
 */
export function wantedAnnotation(
  node: NodeTaints,
  live: string | undefined,
  wanted: readonly Taint[],
): string {
  const text = writeTaints(wanted);
  if (live === undefined || live.replace(REPAIR, "") !== text) {
    return text;
  }
  const repairs = Number(REPAIR.exec(live)?.[1] ?? 0);
  return isSettled(node, wanted) ? live : `${text} #${repairs + 1}`;
}
