import assert from "node:assert/strict";
import { commandLine, withSubcommand } from "../../cli/workspace";
import { allocation, timeout } from "../../cli/workspace/arguments";
import { failureText } from "../../cli/workspace/failure";
import { PlainError } from "../../cli/output";
import { ProblemsError } from "../../components/model/problems";

const AGAIN = "npm run --silent workspace -- up --config-file f.json";

/** Parses without acting: what the act would get, or commander's refusal. */
function parsed(...argv: string[]): { act: string; options: Record<string, unknown> } {
  const program = commandLine();
  const acts: { act: string; options: Record<string, unknown> }[] = [];
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({ writeErr: () => undefined });
  }
  for (const command of program.commands) {
    command.action((options: Record<string, unknown>) => {
      acts.push({ act: command.name(), options });
    });
  }
  program.parse(withSubcommand(argv), { from: "user" });
  return acts[0]!;
}

describe("the command line `workspace`", () => {
  let stack: string | undefined;
  beforeEach(() => {
    stack = process.env["STACK"];
    delete process.env["STACK"];
  });
  afterEach(() => {
    if (stack === undefined) {
      delete process.env["STACK"];
    } else {
      process.env["STACK"] = stack;
    }
  });

  it("means `up` with MAIAKubeGate's plain --config-file", () => {
    const expected = {
      act: "up",
      options: { configFile: "f.json", stack: "dev", timeout: 300, wait: true },
    };
    assert.deepEqual(parsed("--config-file", "f.json"), expected);
    assert.deepEqual(parsed("--config-file=f.json"), expected);
    assert.deepEqual(parsed("up", "--config-file", "f.json"), expected);
    assert.deepEqual(withSubcommand([]), []);
    assert.deepEqual(withSubcommand(["--help"]), ["--help"]);
  });

  it("takes the stack from --stack, else from $STACK", () => {
    process.env["STACK"] = "minikube";
    assert.equal(parsed("render", "--config-file", "f").options["stack"], "minikube");
    assert.equal(parsed("render", "--config-file", "f", "--stack", "eks").options["stack"], "eks");
  });

  it("reads times in the units of allocationTime, and a bare timeout in minutes", () => {
    assert.equal(parsed("extend", "--config-file", "f", "--by", "1.5d").options["by"], 129_600);
    assert.equal(parsed("extend", "--config-file", "f", "--to", "3").options["to"], 259_200);
    assert.equal(parsed("up", "--config-file", "f", "--timeout", "90s").options["timeout"], 90);
    assert.equal(timeout("5"), 300);
    assert.equal(allocation("12h"), 43_200);
    for (const wrong of ["", "-1", "1w", "1d2h", "0", "soon"]) {
      assert.throws(() => allocation(wrong), { code: "commander.invalidArgument" }, wrong);
    }
    assert.throws(() => timeout("0"), { code: "commander.invalidArgument" });
  });

  it("refuses what it does not know, or is not given", () => {
    const refused: [argv: string[], code: string][] = [
      [["rendr", "--config-file", "f"], "commander.unknownCommand"],
      [["up"], "commander.missingMandatoryOptionValue"],
      [["--stack", "dev"], "commander.missingMandatoryOptionValue"],
      [["up", "--config-file"], "commander.optionMissingArgument"],
      [["up", "--config-file", "f", "--force"], "commander.unknownOption"],
      [["up", "--config-file", "f", "g"], "commander.excessArguments"],
      [["render", "--config-file", "f", "--timeout", "1"], "commander.unknownOption"],
      [["extend", "--config-file", "f", "--by", "1d", "--to", "2d"], "commander.conflictingOption"],
    ];
    for (const [argv, code] of refused) {
      assert.throws(() => parsed(...argv), { code }, argv.join(" "));
    }
  });
});

describe("what a failure tells", () => {
  it("is the lines of the problems, and nothing else", () => {
    const error = new ProblemsError(["f.json: tag: wrong.", "f.json: ports: wrong."]);
    assert.equal(failureText(error, AGAIN), "f.json: tag: wrong.\nf.json: ports: wrong.");
    assert.equal(
      failureText(new PlainError("Nothing was changed."), AGAIN),
      "Nothing was changed.",
    );
  });

  it("names the next command for everything else", () => {
    const told = (message: string): string => failureText(new Error(message), AGAIN);
    assert.equal(told("disk full"), `disk full\nWhen that is mended: ${AGAIN}`);
    assert.equal(
      told("request failed, reason: connect ECONNREFUSED 127.0.0.1:1"),
      "request failed, reason: connect ECONNREFUSED 127.0.0.1:1\n" +
        "The cluster does not answer. For the embedded one: make cluster",
    );
    assert.equal(
      told("code: 255\n stdout: \n stderr: a long dump"),
      `The engine stopped; what it said is above.\nWhen that is mended: ${AGAIN}`,
    );
    assert.equal(
      told("code: 255\n stderr: error: the stack is currently locked by 1 lock(s)"),
      "Another run holds this stack, or one was interrupted. If none is running, unlock it with `up --recover` on the same file.",
    );
  });

  it("gives the API server's own sentence", () => {
    const body = JSON.stringify({ kind: "Status", message: 'jobs.batch is forbidden: User "ada"' });
    const error = Object.assign(new Error("HTTP-Code: 403 and much more"), { code: 403, body });
    assert.equal(
      failureText(error, AGAIN),
      `The cluster refused: jobs.batch is forbidden: User "ada"\nWhen that is mended: ${AGAIN}`,
    );
  });
});
