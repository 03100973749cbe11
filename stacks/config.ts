/** The only reader of `pulumi.Config`: one frozen typed object, with every problem of it collected. */
import * as pulumi from "@pulumi/pulumi";
import { Problems, ProblemsError } from "../components/model/problems";
import { parseConfig, PROJECT, type PlatformConfig } from "./platformConfig";

export type { PlatformConfig } from "./platformConfig";

/** The config as the engine has it: every key of the project, JSON values decoded. */
function readSections(): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [key, text] of Object.entries(pulumi.runtime.allConfig())) {
    const [project, ...rest] = key.split(":");
    if (project === PROJECT) {
      values[rest.join(":")] = decode(text);
    }
  }
  return values;
}

/** Objects, lists, numbers and booleans reach us as JSON; a plain string does not. */
function decode(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/**
 * The current stack's config.
 *
 * @param problems receives what is wrong beyond the shape; the caller adds its own and throws once
 * @throws ProblemsError when the shape itself is wrong, with every problem found
 */
export function loadConfig(root: string, problems: Problems): PlatformConfig {
  const config = parseConfig(readSections(), root, problems);
  if (config === undefined) {
    throw new ProblemsError(problems.list());
  }
  return config;
}
