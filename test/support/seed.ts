/** One seed for every random test of a run, printed so that SEED=<seed> repeats it. */
import { randomInt } from "node:crypto";
import * as fc from "fast-check";

/** Whether this is `make test-full`: more cases of every random test. */
export const FULL = process.env["FULL"] === "1";

export const seed = Number(process.env["SEED"] ?? randomInt(2 ** 31));
fc.configureGlobal({ seed, numRuns: FULL ? 1000 : 100 });
process.stdout.write(`Random tests: SEED=${seed}\n`);
