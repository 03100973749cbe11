/** Python with JupyterHub. */
import * as path from "node:path";
import { venv, venvOrSkip, type VenvFacts } from "../support/pythonVenv";

const HUB: VenvFacts = { name: "hub", requirements: path.join(__dirname, "requirements.txt") };

/** Packages are fetched the first time. */
export const VENV_TIMEOUT_MS = 600_000;

/** `python` for a bench, which fails where a test would be skipped. */
export function venvPython(): string {
  return venv(HUB);
}

/** `python` for tests. Call it in `before`: where Python is missing, the tests are skipped by name. */
export function venvPythonOrSkip(context: Mocha.Context): string {
  return venvOrSkip(context, HUB);
}
