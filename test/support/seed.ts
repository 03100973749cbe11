/** One seed for every random test of a run, printed so that SEED=<seed> repeats it. */
import { randomInt } from "node:crypto";
import * as fc from "fast-check";

const seed = Number(process.env["SEED"] ?? randomInt(2 ** 31));
fc.configureGlobal({ seed });
process.stdout.write(`Random tests: SEED=${seed}\n`);
