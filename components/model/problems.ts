/**
 * Collecting errors for the person who reads them: every problem of an input at once, each with its
 * path, the value found, what is allowed and what to do.
 */
import type { z } from "zod";

/** One thing that is wrong with an input. */
export interface Problem {
  /** Where: a JSON path such as `ports.jupyter[1]`, or a config path such as `clusters.local.kubeconfig`. */
  path: string;
  /** What is wrong, as a clause without a full stop. */
  reason: string;
  /** The value found. Left out where it may be a secret. */
  value?: unknown;
  /** What would be accepted. */
  allowed?: string;
  /** What to do about it. */
  remedy?: string;
}

const MAX_SHOWN_VALUE = 80;

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > MAX_SHOWN_VALUE ? `${text.slice(0, MAX_SHOWN_VALUE)}…` : text;
}

/** One problem on one line: `file: path: reason (found …; allowed: …). Remedy.` */
export function formatProblem(source: string, problem: Problem): string {
  const facts = [
    problem.value === undefined ? undefined : `found ${shown(problem.value)}`,
    problem.allowed === undefined ? undefined : `allowed: ${problem.allowed}`,
  ].filter((fact) => fact !== undefined);
  const where = [source, problem.path].filter((part) => part !== "").join(": ");
  const detail = facts.length > 0 ? ` (${facts.join("; ")})` : "";
  const remedy = problem.remedy === undefined ? "" : ` ${problem.remedy}`;
  return `${where}: ${problem.reason}${detail}.${remedy}`;
}

/** All problems of one or several inputs; its message has a line for each. */
export class ProblemsError extends Error {
  override readonly name = "ProblemsError";
  constructor(readonly lines: readonly string[]) {
    super(
      lines.length === 1
        ? lines[0]!
        : `${lines.length} problems:\n${lines.map((l) => `  ${l}`).join("\n")}`,
    );
  }
}

/**
 * Whether places of an input can be relied on: nothing is wrong with any of them, with what holds it, or with
 * what is in it. A place may be sound and absent; one that is wrong may have a value all the same.
 */
export type Soundness = (...paths: string[]) => boolean;

/** Whether `path` is `outer`, or a place within it. */
function isWithin(path: string, outer: string): boolean {
  const next = path.charAt(outer.length);
  return outer === "" || (path.startsWith(outer) && (next === "" || next === "." || next === "["));
}

/** All is sound but these places; the empty path is the whole input. */
export function soundExcept(wrong: readonly string[]): Soundness {
  return (...paths) =>
    paths.every((path) => !wrong.some((one) => isWithin(path, one) || isWithin(one, path)));
}

/** Gathers problems; `source` names the file or stack config that they are in. */
export class Problems {
  private readonly lines: string[] = [];
  private readonly places: string[] = [];

  constructor(readonly source: string) {}

  /** Where the problems added so far are; a copy. */
  get paths(): string[] {
    return [...this.places];
  }

  get count(): number {
    return this.lines.length;
  }

  add(problem: Problem): void {
    this.lines.push(formatProblem(this.source, problem));
    this.places.push(problem.path);
  }

  /** The problems of another source, for one error over several files. */
  addAll(other: Problems): void {
    this.lines.push(...other.lines);
  }

  list(): readonly string[] {
    return this.lines;
  }

  /** @throws ProblemsError with every problem, when there is one. */
  throwIfAny(): void {
    if (this.lines.length > 0) {
      throw new ProblemsError(this.lines);
    }
  }
}

function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      current.push(Math.min(previous[j]! + 1, current[j - 1]! + 1, previous[j - 1]! + change));
    }
    previous = current;
  }
  return previous[b.length]!;
}

/** The known word that `word` was most likely meant to be, or nothing when none is close. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  const ranked = [...known]
    .map((candidate) => ({
      candidate,
      steps: distance(word.toLowerCase(), candidate.toLowerCase()),
    }))
    .sort((a, b) => a.steps - b.steps);
  const best = ranked[0];
  return best && best.steps <= Math.max(2, Math.floor(word.length / 3))
    ? best.candidate
    : undefined;
}

/** `a`, `b` or `c`: what a reader may choose from. */
export function oneOf(known: Iterable<string>): string {
  const words = [...known];
  return words.length === 0 ? "nothing is defined" : words.join(", ");
}

/** `["ports", "jupyter", 1]` as `ports.jupyter[1]`, below `base`. */
export function joinPath(base: string, parts: readonly PropertyKey[]): string {
  return parts.reduce<string>((path, part) => {
    if (typeof part === "number") {
      return `${path}[${part}]`;
    }
    const key = String(part);
    const simple = /^[A-Za-z_][\w-]*$/.test(key);
    if (!simple) {
      return `${path}[${JSON.stringify(key)}]`;
    }
    return path === "" ? key : `${path}.${key}`;
  }, base);
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null
        ? (value as Record<PropertyKey, unknown>)[key]
        : undefined,
    root,
  );
}

/** The library's sentence as a clause of ours. */
function clause(message: string): string {
  return message
    .replace(/^Invalid input: expected (.+), received (.+)$/, "must be $1, not $2")
    .replace(/^(Invalid|Too)/, (word) => `is ${word.toLowerCase()}`);
}

/** The object schema at a path, through optional, default, union and record wrappers. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let current = schema as unknown as { def: Record<string, unknown>; shape?: object } | undefined;
  const unwrap = (): void => {
    while (current?.def["innerType"] !== undefined) {
      current = current.def["innerType"] as typeof current;
    }
    while (current?.def["type"] === "pipe") {
      current = current.def["in"] as typeof current;
    }
  };
  for (const part of path) {
    unwrap();
    if (current?.shape !== undefined) {
      current = (current.shape as Record<PropertyKey, typeof current>)[part];
    } else {
      current = (current?.def["valueType"] ?? current?.def["element"]) as typeof current;
    }
  }
  unwrap();
  return Object.keys(current?.shape ?? {});
}

/**
 * Parses `value` with a schema; what does not fit is added to `problems` with its path below `base`,
 * and an unknown key with the nearest known one.
 *
 * @param isSecret whether the value at a path may be a secret, and is left out of the messages
 * @returns the parsed value, or nothing when there was a problem
 */
export function parseWith<T extends z.ZodType>(
  schema: T,
  value: unknown,
  problems: Problems,
  base = "",
  isSecret: (path: string) => boolean = () => false,
): z.infer<T> | undefined {
  const result = schema.safeParse(value);
  if (result.success) {
    return result.data;
  }
  for (const issue of result.error.issues) {
    if (issue.code === "unrecognized_keys") {
      const known = keysAt(schema, issue.path);
      for (const key of issue.keys) {
        const near = nearest(key, known);
        problems.add({
          path: joinPath(base, [...issue.path, key]),
          reason: "unknown key",
          allowed: oneOf(known),
          remedy: near === undefined ? "Remove it." : `Did you mean ${near}?`,
        });
      }
      continue;
    }
    const found = valueAt(value, issue.path);
    const missing = found === undefined && issue.code === "invalid_type";
    const path = joinPath(base, issue.path);
    problems.add({
      path,
      reason: missing ? "required, but missing" : clause(issue.message),
      value: missing || isSecret(path) ? undefined : found,
      ...(missing ? { remedy: "Add it." } : {}),
    });
  }
  return undefined;
}
