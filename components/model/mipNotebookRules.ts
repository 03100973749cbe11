/** What is wrong with a platform's notebooks. */
import { parseImageName } from "./imageName";
import { MIP_GENERATIONS, MipNotebookKind, type MipGeneration } from "./mipGenerations";
import type { MipNotebook, MipSettings } from "./mipTypes";
import { mipStorageClass } from "./mipValues";
import { oneOf, type Problems } from "./problems";
import { parseQuantity } from "./quantity";

const QUANTITIES = ["size", "cpuGuarantee", "cpuLimit", "memoryGuarantee", "memoryLimit"] as const;

/** Keys that only a hub of ours has. */
const OF_OUR_HUB = ["storageClass", "allowedGroups", "releaseName"] as const;

function checkAmounts(notebook: MipNotebook, problems: Problems): void {
  for (const key of QUANTITIES) {
    const value = notebook[key];
    if (value !== undefined && !((parseQuantity(value) ?? 0) > 0)) {
      problems.add({
        path: `notebook.${key}`,
        reason: "not a quantity above 0",
        value,
        allowed: key.startsWith("cpu") ? "such as 500m or 2" : "such as 2Gi",
      });
    }
  }
  if (notebook.image !== undefined && parseImageName(notebook.image)?.tag === undefined) {
    problems.add({
      path: "notebook.image",
      reason: "not an image with a tag",
      value: notebook.image,
      allowed: "registry/repository:tag",
    });
  }
}

function checkOwnHub(settings: MipSettings, version: string, problems: Problems): void {
  for (const key of OF_OUR_HUB) {
    const value = settings.notebook?.[key];
    if (value !== undefined) {
      problems.add({
        path: `notebook.${key}`,
        reason: `chart ${version} brings its own hub, which has no such setting`,
        value,
        remedy: "Remove it.",
      });
    }
  }
  if (mipStorageClass(settings) === "") {
    problems.add({
      path: "storage.storageClass",
      reason: `required, but missing: the hub of chart ${version} names a class for users' volumes`,
      remedy: "See `kubectl get storageclass`.",
    });
  }
}

/** Adds the problems of notebooks: on a chart without keys for them they are one. */
export function checkMipNotebook(
  settings: MipSettings,
  generation: MipGeneration,
  problems: Problems,
): void {
  const { notebook, keycloak } = settings;
  if (notebook === undefined) {
    return;
  }
  const { notebook: kind, version } = generation;
  if (kind === MipNotebookKind.None) {
    const able = MIP_GENERATIONS.filter((one) => one.notebook !== MipNotebookKind.None);
    problems.add({
      path: "notebook",
      reason: `chart ${version} has no keys for notebooks, and would ignore them`,
      allowed: `with chart ${oneOf(able.map((one) => one.version))}`,
      remedy: "Remove it, or set charts.versions.mip.",
    });
    return;
  }
  checkAmounts(notebook, problems);
  if (kind === MipNotebookKind.Within) {
    checkOwnHub(settings, version, problems);
  } else if (keycloak.protocol === "http") {
    problems.add({
      path: "keycloak.protocol",
      reason: "notebooks are handed tokens, which must not travel in the clear",
      value: "http",
      allowed: "https with notebook",
    });
  }
}
