/** Renders charts as Helm does, to see what our values make of them. */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { loadAll } from "js-yaml";
import { skip } from "./reporter";

/** The part of a rendered object that tests look at. */
export interface Rendered {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  spec?: Record<string, unknown>;
  data?: Record<string, string>;
}

/** helm from PATH, or the one that `make bench` builds; skips the test where there is none. */
export function helmOrSkip(context: Mocha.Context): string {
  const cache = path.join(
    process.env["XDG_CACHE_HOME"] ?? path.join(os.homedir(), ".cache"),
    "science-platform",
  );
  const built = fs.existsSync(cache)
    ? fs.readdirSync(cache).map((folder) => path.join(cache, folder))
    : [];
  return (
    [...(process.env["PATH"] ?? "").split(path.delimiter), ...built]
      .map((folder) => path.join(folder, "helm"))
      .find((file) => fs.existsSync(file)) ?? skip(context, "no helm: `make bench` builds one")
  );
}

/** @throws Error with Helm's own words where it refuses the values */
export function helmTemplate(
  helm: string,
  chart: string,
  release: { name: string; namespace: string },
  values: object,
): Rendered[] {
  const text = execFileSync(
    helm,
    [
      ...["template", release.name, chart, "--namespace", release.namespace],
      ...["--kube-version", "1.36.1", "--values", "-"],
    ],
    { input: JSON.stringify(values), encoding: "utf8", stdio: ["pipe", "pipe", "pipe"] },
  );
  return (loadAll(text) as (Rendered | null)[]).filter((it) => it !== null);
}
