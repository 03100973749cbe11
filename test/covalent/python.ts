/** Covalent and its plugin from PyPI, and our executor as it would be installed. */
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { venvOrSkip } from "../support/pythonVenv";

/** Packages are fetched the first time. */
export const VENV_TIMEOUT_MS = 600_000;

const OURS = path.resolve(__dirname, "../../components/covalent/python");

/** Their own pins do not build on today's Python: they are installed alone, beside what they import. */
const ALONE = ["covalent==0.240.0", "covalent-kubernetes-plugin==0.1.0"];

/** `python` with Covalent. Call it in `before`: where Python is missing, the tests are skipped by name. */
export function covalentOrSkip(context: Mocha.Context): string {
  const requirements = path.join(__dirname, "requirements.txt");
  return venvOrSkip(context, { name: "covalent", requirements, alone: ALONE });
}

/** Builds our package and installs it into `target`, for `PYTHONPATH`. Building leaves nothing in the checkout. */
export function installOurs(python: string, scratch: string): string {
  const source = path.join(scratch, "source");
  const target = path.join(scratch, "packages");
  fs.cpSync(OURS, source, { recursive: true });
  const options = ["--disable-pip-version-check", "-q", "--no-deps", "--no-build-isolation"];
  const { status, stderr } = spawnSync(
    python,
    ["-m", "pip", "install", ...options, "--target", target, source],
    { encoding: "utf8" },
  );
  if (status !== 0) {
    throw new Error(`pip: ${stderr}`);
  }
  return target;
}

/** The environment of a dispatcher whose home is `scratch`; of ours nothing but PATH is taken over. */
export function dispatcherEnvironment(
  scratch: string,
  more: Record<string, string> = {},
): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: scratch,
    COVALENT_CONFIG_DIR: path.join(scratch, "config"),
    PYTHONPATH: path.join(scratch, "packages"),
    PYTHONDONTWRITEBYTECODE: "1",
    ...more,
  };
}
