import { Problems, type Problem } from "./problems";

/** Problems of one part of a whole, added to those of the whole with the part's path in front. */
export class ProblemsBelow extends Problems {
  constructor(
    private readonly all: Problems,
    private readonly base: string,
  ) {
    super(all.source);
  }

  override get count(): number {
    return this.all.count;
  }

  override add(problem: Problem): void {
    const path = [this.base, problem.path].filter((part) => part !== "").join(".");
    this.all.add({ ...problem, path });
  }
}
