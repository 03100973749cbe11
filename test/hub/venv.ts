/** Python with JupyterHub, made once for a list of pinned packages and kept outside the checkout. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { skip } from "../support/reporter";

const REQUIREMENTS = path.join(__dirname, "requirements.txt");

/** Packages are fetched the first time. */
export const VENV_TIMEOUT_MS = 600_000;

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

/**
 * The environment's `python`, made if it is not there yet.
 *
 * @throws Error when packages cannot be installed; it holds pip's own words
 */
function makePython(): string {
  const pinned = fs.readFileSync(REQUIREMENTS);
  const { output: version } = run("python3", ["--version"]);
  const hash = createHash("sha256").update(version).update(pinned).digest("hex").slice(0, 16);
  const cache = process.env["XDG_CACHE_HOME"] ?? path.join(os.homedir(), ".cache");
  const folder = path.join(cache, "science-platform", `hub-${hash}`);
  const python = path.join(folder, "bin", "python");
  // Written last: an environment without it was interrupted.
  const complete = path.join(folder, "complete");
  if (fs.existsSync(complete)) {
    return python;
  }
  fs.rmSync(folder, { recursive: true, force: true });
  const install = ["-m", "pip", "install", "--disable-pip-version-check", "-q"];
  for (const [command, args] of [
    ["python3", ["-m", "venv", folder]],
    [python, [...install, "-r", REQUIREMENTS]],
  ] as const) {
    const { ok, output } = run(command, [...args]);
    if (!ok) {
      throw new Error(`${command} ${args.join(" ")}: ${output}`);
    }
  }
  fs.writeFileSync(complete, "");
  return python;
}

/** `python` for a bench, which fails where a test would be skipped. */
export function venvPython(): string {
  const reason = lacking();
  if (reason !== undefined) {
    throw new Error(reason);
  }
  return makePython();
}

/** `python` for tests. Call it in `before`: where Python is missing, the tests are skipped by name. */
export function venvPythonOrSkip(context: Mocha.Context): string {
  const reason = lacking();
  return reason === undefined ? makePython() : skip(context, reason);
}
