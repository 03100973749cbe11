/** The helm program, and what it renders. */
import { execFileSync } from "node:child_process";
import * as path from "node:path";
import { CORE_SCHEMA, loadAll } from "js-yaml";
import { findHelm } from "../../cli/charts/helm";
import { chartSource, missingChart, type ChartName } from "../../components/charts/chart";
import type { KubernetesObject } from "../../components/model/kubernetesObject";
import { cachedFile, cacheRoot } from "../../local/tools/cache";
import { CATALOGUE } from "../../local/tools/catalogue";
import { skip } from "./reporter";

const STAND_INS = path.resolve(__dirname, "../../local/charts");
const MODULES = path.resolve(__dirname, "../../local/tools");

/** The path of helm, on PATH or built before; else the tests are skipped by name. Call it in `before`. */
export async function helmOrSkip(context: Mocha.Context): Promise<string> {
  const tool = CATALOGUE.find(({ name }) => name === "helm")!;
  const built = await cachedFile(tool, MODULES, cacheRoot(process.env));
  try {
    return findHelm([path.dirname(built)]);
  } catch {
    return skip(context, "no helm: `node --import tsx local/tools.ts helm`");
  }
}

/** The charts that our values are tried with. */
export const TRIED = ["stand-in", "real"] as const;

/**
 * A chart to try our values with: the stand's stand-in, or the real one below `$CHARTS_DIR`, packed as
 * `make charts` does or unpacked. Without that the tests are skipped by name. Call it in `before`.
 */
export function chartOrSkip(
  context: Mocha.Context,
  which: (typeof TRIED)[number],
  name: ChartName,
): string {
  const folder = which === "real" ? process.env["CHARTS_DIR"] : STAND_INS;
  if (folder === undefined || folder === "") {
    return skip(context, "no CHARTS_DIR with the real charts: `make charts`");
  }
  const missing = missingChart(name, { mirror: folder });
  return missing === undefined
    ? chartSource(name, { mirror: folder }).chart
    : skip(context, `CHARTS_DIR ${missing.reason}`);
}

/** What a chart renders with values, as a release of a name in a namespace; its hooks too. */
export function renderChart(
  helm: string,
  chart: string,
  release: { name: string; namespace: string },
  values: Record<string, unknown>,
  postRenderer?: string,
): KubernetesObject[] {
  const { name, namespace } = release;
  const changed = postRenderer === undefined ? [] : ["--post-renderer", postRenderer];
  const text = execFileSync(
    helm,
    [
      ...["template", name, chart, "-n", namespace, "--kube-version", "1.36.0", "--values", "-"],
      ...changed,
    ],
    { input: JSON.stringify(values), encoding: "utf8", maxBuffer: 64 << 20 },
  );
  return loadAll(text, { schema: CORE_SCHEMA }).filter((it) => it) as KubernetesObject[];
}

/** The one object of a kind and name; an error lists those that there are. */
export function objectOf(
  objects: readonly KubernetesObject[],
  kind: string,
  name: string,
): KubernetesObject {
  const found = objects.find((it) => it.kind === kind && it.metadata.name === name);
  if (found === undefined) {
    const known = objects.map((it) => `${it.kind}/${it.metadata.name}`).join(", ");
    throw new Error(`no ${kind}/${name}; rendered: ${known}`);
  }
  return found;
}
