/** The target nodes of a stack: read and checked before anything is registered, then their folders written. */
import * as path from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { TargetNode, type TargetNodeArgs } from "../../components/interlink/targetNode";
import { isDnsLabel, LABEL_RULE } from "../../components/model/names";
import { joinPath, type Problems } from "../../components/model/problems";
import { ProblemsBelow } from "../../components/model/problemsBelow";
import { checkTarget, checkTargetSecrets } from "../../components/model/targetNode/targetFiles";
import type { TargetNodeConfig } from "../sections/targetNode";
import { readText } from "./configFiles";

/** One target, ready to be registered. */
export interface TargetEntry {
  name: string;
  args: TargetNodeArgs & { clientSecret: string; cookieSecret?: string; certificateKey?: string };
}

const PEM = "Give the path of a PEM file, relative to the project.";

function entryOf(
  name: string,
  config: TargetNodeConfig,
  root: string,
  problems: Problems,
): TargetEntry {
  const { certificateFile, certificateKeyFile, outputFolder, proxy, ...rest } = config;
  const { issuerCaFile, ...proxySettings } = proxy;
  return {
    name,
    args: {
      ...rest,
      proxy: {
        ...proxySettings,
        issuerCa: readText(issuerCaFile, "proxy.issuerCaFile", root, problems, PEM),
      },
      certificate: readText(certificateFile, "certificateFile", root, problems, PEM),
      certificateKey: readText(certificateKeyFile, "certificateKeyFile", root, problems, PEM),
      outputFolder: path.resolve(root, outputFolder ?? path.join(".local", "targets", name)),
    },
  };
}

/**
 * Reads the targets' files and adds every problem, below `interlink.targets`.
 *
 * @param root the project's folder: paths in the config are relative to it
 */
export function readTargets(
  targets: Record<string, TargetNodeConfig> | undefined,
  root: string,
  problems: Problems,
): TargetEntry[] {
  const folders = new Map<string, string>();
  return Object.entries(targets ?? {}).map(([name, config]) => {
    const base = joinPath("interlink.targets", [name]);
    if (!isDnsLabel(name)) {
      problems.add({ path: base, reason: "not a name of a target", allowed: LABEL_RULE });
    }
    const below = new ProblemsBelow(problems, base);
    const before = problems.count;
    const entry = entryOf(name, config, root, below);
    // A file that cannot be read is missing from the settings: no more is said of it.
    if (problems.count === before) {
      const { clientSecret, cookieSecret, certificateKey, ...settings } = entry.args;
      checkTarget(settings, certificateKey !== undefined, below);
      checkTargetSecrets(settings, { clientSecret, cookieSecret, certificateKey }, below);
    }
    const folder = entry.args.outputFolder!;
    const other = folders.get(folder);
    if (other !== undefined) {
      below.add({
        path: "outputFolder",
        reason: `is the folder of ${other} too`,
        value: config.outputFolder,
        remedy: "Choose another.",
      });
    }
    folders.set(folder, name);
    return entry;
  });
}

/** Registers the targets. Virtual nodes take theirs from here, by name. */
export function registerTargets(entries: readonly TargetEntry[]): Record<string, TargetNode> {
  return Object.fromEntries(entries.map(({ name, args }) => [name, new TargetNode(name, args)]));
}

/** What the stack tells of each target: where its files are, and what to run. */
export function targetOutputs(
  targets: Record<string, TargetNode>,
): Record<string, Record<string, pulumi.Output<string>>> {
  return Object.fromEntries(
    Object.entries(targets).map(([name, { url, folder, command }]) => [
      name,
      { url, folder, command },
    ]),
  );
}
