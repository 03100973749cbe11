/** Problems as the API answers them: each with its path beside its words. */
import { formatProblem, Problems, type Problem } from "./problems";
import type { Checked, ServiceError } from "./serviceTypes";

/** How many problems are told at once: an answer is no longer than a person reads. */
const MOST_ERRORS = 100;

/** Longest message, in characters: words of the document may be in it. */
const LONGEST_MESSAGE = 800;

/** Longest path: it ends with a key of the document. */
const LONGEST_PATH = 300;

function cut(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

/** The words of a problem without its path: `out of range (found 33; allowed: 0.1 to 32). Ask for less.` */
function messageOf(problem: Problem): string {
  const message = formatProblem("", { ...problem, path: "" }).replace(/^: /, "");
  return cut(message, LONGEST_MESSAGE);
}

function errorOf(problem: Problem): ServiceError {
  return { path: cut(problem.path, LONGEST_PATH), message: messageOf(problem) };
}

/** Gathers what is wrong with a record or a document, and what its author should know of it. */
export class ServiceProblems extends Problems {
  readonly errors: ServiceError[] = [];
  readonly warnings: ServiceError[] = [];

  constructor() {
    super("");
  }

  override add(problem: Problem): void {
    super.add(problem);
    this.errors.push(errorOf(problem));
  }

  warn(problem: Problem): void {
    this.warnings.push(errorOf(problem));
  }

  /** The value, unless there was a problem. */
  checked<T>(value: T | undefined): Checked<T> {
    if (this.count === 0 && value !== undefined) {
      return { ok: true, value, warnings: this.warnings };
    }
    const more = this.errors.length - MOST_ERRORS;
    const errors = this.errors.slice(0, MOST_ERRORS);
    return {
      ok: false,
      errors: more > 0 ? [...errors, { path: "", message: `and ${more} more problems` }] : errors,
    };
  }
}
