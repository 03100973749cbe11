/** Python environments for tests, each made once for its lists of pinned packages and kept outside the checkout. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { skip } from "./reporter";

/** What is in an environment. */
export interface VenvFacts {
  /** Beginning of its folder's name. */
  name: string;
  /** File of pinned packages. */
  requirements: string;
  /** Pinned packages that are installed without what they ask for. @default none */
  alone?: string[];
}

function run(command: string, args: string[]): { ok: boolean; output: string } {
  const done = spawnSync(command, args, { encoding: "utf8" });
  return { ok: done.status === 0, output: `${done.stdout ?? ""}${done.stderr ?? ""}`.trim() };
}

/** Why no environment can be made here, or nothing. */
function lacking(): string | undefined {
  const version = run("python3", ["-c", "import sys; print(sys.version_info >= (3, 11))"]);
  if (!version.ok) {
    return "python3 is not on PATH";
  }
  if (version.output !== "True") {
    return "python3 is older than 3.11";
  }
  return run("python3", ["-c", "import venv, ensurepip"]).ok
    ? undefined
    : "python3 has no venv and pip";
}

/** @throws Error when packages cannot be installed; it holds pip's own words. */
function makePython({ name, requirements, alone = [] }: VenvFacts): string {
  const { output: version } = run("python3", ["--version"]);
  const hash = [fs.readFileSync(requirements), ...alone]
    .reduce((sum, part) => sum.update(part), createHash("sha256").update(version))
    .digest("hex")
    .slice(0, 16);
  const cache = process.env["XDG_CACHE_HOME"] ?? path.join(os.homedir(), ".cache");
  const folder = path.join(cache, "science-platform", `${name}-${hash}`);
  const python = path.join(folder, "bin", "python");
  // Written last: an environment without it was interrupted.
  const complete = path.join(folder, "complete");
  if (fs.existsSync(complete)) {
    return python;
  }
  fs.rmSync(folder, { recursive: true, force: true });
  const install = ["-m", "pip", "install", "--disable-pip-version-check", "-q"];
  const steps: [command: string, args: string[]][] = [
    ["python3", ["-m", "venv", folder]],
    [python, [...install, "-r", requirements]],
    ...(alone.length === 0
      ? []
      : [[python, [...install, "--no-deps", ...alone]] as [string, string[]]]),
  ];
  for (const [command, args] of steps) {
    const { ok, output } = run(command, args);
    if (!ok) {
      throw new Error(`${command} ${args.join(" ")}: ${output}`);
    }
  }
  fs.writeFileSync(complete, "");
  return python;
}

/** `python` for a bench, which fails where a test would be skipped. */
export function venvPython(facts: VenvFacts): string {
  const reason = lacking();
  if (reason !== undefined) {
    throw new Error(reason);
  }
  return makePython(facts);
}

/** `python` for tests. Call it in `before`: where Python is missing, the tests are skipped by name. */
export function venvOrSkip(context: Mocha.Context, facts: VenvFacts): string {
  const reason = lacking();
  return reason === undefined ? makePython(facts) : skip(context, reason);
}
