/** The workspace configs in `test/fixtures/workspaces`, and what a config that says little comes to. */
import * as fs from "node:fs";
import * as path from "node:path";
import { parseJson } from "../../components/model/json";
import { Problems } from "../../components/model/problems";
import { parseWorkspace } from "../../components/model/workspaceSpec";
import type { WorkspaceSpec } from "../../components/model/workspaceTypes";

export const FIXTURES = path.join(__dirname, "../fixtures/workspaces");

/** As little as a workspace can say. */
export const BASE = {
  namespace: "vision",
  chart_name: "base",
  docker_image: "nginx:1.27",
  allocationTime: "2",
};

/** The spec of `BASE`. */
export const BASE_SPEC: WorkspaceSpec = {
  namespace: "vision",
  name: "base",
  image: "nginx",
  tag: "1.27",
  allocationSeconds: 172_800,
};

/** A fixture's value. */
export function fixture(name: string): Record<string, unknown> {
  const problems = new Problems(name);
  const text = fs.readFileSync(path.join(FIXTURES, `${name}.json`), "utf8");
  const value = parseJson(text, problems);
  problems.throwIfAny();
  return value as Record<string, unknown>;
}

/** Spec and problems of a config, as of a file `w.json`. */
export function parse(value: unknown): { spec?: WorkspaceSpec; lines: readonly string[] } {
  const problems = new Problems("w.json");
  const spec = parseWorkspace(value, problems);
  return { spec, lines: problems.list() };
}
