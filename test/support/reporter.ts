/** mocha's spec report, closed by what was skipped and why, and one line that counts. */
import * as fs from "node:fs";
import * as path from "node:path";
import Mocha from "mocha";
import { seed } from "./seed";

/** Why a test was skipped, by test; `skip` writes it, the reporter reads it. */
const reasons = new WeakMap<object, string>();

/** Skips the running test or suite, and says why in the closing lines. */
export function skip(context: Mocha.Context, reason: string): never {
  const runnable = context.currentTest ?? context.test;
  if (runnable?.parent) {
    reasons.set(runnable, reason);
    reasons.set(runnable.parent, reason);
  }
  context.skip();
}

function reasonOf(test: Mocha.Test): string {
  for (let at: Mocha.Test | Mocha.Suite | undefined = test; at; at = at.parent) {
    const reason = reasons.get(at);
    if (reason !== undefined) {
      return reason;
    }
  }
  return "no reason given";
}

/** The result of `make test-full`, which is committed. */
function record(lines: readonly string[]): void {
  const page = path.resolve(__dirname, "../../docs/test-full.md");
  const head = `# The last \`make test-full\`\n\n${new Date().toISOString().slice(0, 10)}, Node ${process.version}, SEED=${seed}`;
  fs.writeFileSync(page, `${head}\n\n\`\`\`\n${lines.join("\n")}\n\`\`\`\n`);
}

export default class ClosingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const skipped: string[] = [];
    runner.on(Mocha.Runner.constants.EVENT_TEST_PENDING, (test) => {
      skipped.push(`  skipped: ${test.fullTitle()} (${reasonOf(test)})`);
    });
    // Once more below the skipped ones: whoever sees only the end of the output learns what failed.
    const failed: string[] = [];
    runner.on(Mocha.Runner.constants.EVENT_TEST_FAIL, (test, error: Error) => {
      failed.push(`  failed: ${test.fullTitle()}\n${error.message.replace(/^/gm, "    ")}`);
    });
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes = 0, failures = 0 } = this.stats;
      const lines = [
        ...skipped,
        ...failed,
        `${passes} passed, ${failures} failed, ${skipped.length} skipped`,
      ];
      process.stdout.write(`${lines.join("\n")}\n`);
      // Not for a file or two with FULL=1.
      if (process.env["FULL_PAGE"] === "1") {
        record(lines);
      }
    });
  }
}
