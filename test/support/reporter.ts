/** mocha's spec report, closed by what was skipped and why, and one line that counts. */
import Mocha from "mocha";

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

export default class ClosingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const skipped: string[] = [];
    runner.on(Mocha.Runner.constants.EVENT_TEST_PENDING, (test) => {
      skipped.push(`  skipped: ${test.fullTitle()} (${reasonOf(test)})`);
    });
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes = 0, failures = 0 } = this.stats;
      const lines = [...skipped, `${passes} passed, ${failures} failed, ${skipped.length} skipped`];
      process.stdout.write(`${lines.join("\n")}\n`);
    });
  }
}
