/** What the command line was asked about: one workspace's file, and the stack that describes its clusters. */
import * as path from "node:path";
import { Problems, ProblemsError } from "../../components/model/problems";
import {
  checkWorkspaces,
  clustersOf,
  workspaceWarnings,
} from "../../components/model/workspaceChecks";
import { parseConfig, type PlatformConfig } from "../../stacks/config";
import { readWorkspaceFile, type WorkspaceEntry } from "../../stacks/workspaceFiles";
import { siteOf } from "../../stacks/workspaces";
import type { WorkspaceSite } from "../../components/model/workspaceTypes";
import { readSettings, type StackSettings } from "../stackHandle";
import { sectionsOf, workspaceSettings, workspaceStackName } from "./stackSettings";

/** The workspace on one cluster. */
export interface Placement {
  cluster: string;
  /** The stack that the command line holds it in. */
  stack: string;
  site: WorkspaceSite;
}

export interface Request {
  root: string;
  /** The stack whose config describes the clusters. */
  siteStack: string;
  config: PlatformConfig;
  /** Settings of every stack in `placements`. */
  settings: StackSettings;
  /** The workspace's JSON, absolute. */
  file: string;
  /** The same as it was typed, for messages. */
  shownFile: string;
  entry: WorkspaceEntry;
  placements: Placement[];
  warnings: string[];
}

export interface RequestOptions {
  root: string;
  /** As typed. */
  configFile: string;
  stack: string;
  /**
   * Whether the workspace is checked against the stack's clusters. Looking at a workspace and removing it
   * must work after the clusters' description changed. Default: true.
   */
  checked?: boolean;
}

/** npm runs a script in the project's folder; paths were typed where npm was called. */
function absolute(file: string): string {
  const typedIn =
    process.env["npm_lifecycle_event"] === "workspace" ? process.env["INIT_CWD"] : undefined;
  return path.resolve(typedIn ?? process.cwd(), file);
}

/**
 * Reads and checks file and config; contacts nothing.
 *
 * @throws ProblemsError with every problem of both
 */
export function readRequest(options: RequestOptions): Request {
  const { root, stack, configFile, checked = true } = options;
  const raw = readSettings(root, stack);
  const all = [new Problems(`Pulumi.${stack}.yaml`)];
  const [ofConfig] = all as [Problems];
  const file = absolute(configFile);
  const settings = workspaceSettings(raw, root, file);
  const config = parseConfig(sectionsOf(settings, ofConfig), root, ofConfig);
  const filesRoot = config?.workspaces?.filesRoot;
  const entry = readWorkspaceFile(file, configFile, filesRoot, all);
  if (config === undefined || entry === undefined) {
    throw new ProblemsError(all.flatMap((problems) => problems.list()));
  }

  const clusters = clustersOf(entry.spec, config.defaultCluster);
  const placements = clusters.map((cluster) => {
    const own = workspaceStackName(cluster, entry.spec, entry.problems);
    return { cluster, stack: own, site: siteOf(config, cluster, own) };
  });
  if (checked) {
    const known = placements.filter(({ cluster }) => config.clusters[cluster] !== undefined);
    const sites = Object.fromEntries(known.map(({ cluster, site }) => [cluster, site]));
    checkWorkspaces([entry], { ...otherSites(config, sites), ...sites }, config.defaultCluster);
  }
  const lines = all.flatMap((problems) => problems.list());
  if (lines.length > 0) {
    throw new ProblemsError(lines);
  }
  const warnings = workspaceWarnings(entry.spec).map((warning) => `${configFile}: ${warning}`);
  return {
    root,
    siteStack: stack,
    config,
    settings,
    file,
    shownFile: configFile,
    entry,
    placements,
    warnings,
  };
}

/** Clusters that the workspace is not on, so that messages can name all there are. */
function otherSites(
  config: PlatformConfig,
  own: Record<string, WorkspaceSite>,
): Record<string, WorkspaceSite> {
  const others = Object.keys(config.clusters).filter((cluster) => own[cluster] === undefined);
  return Object.fromEntries(others.map((cluster) => [cluster, siteOf(config, cluster, "")]));
}

/** A command for the user to try next, on the same workspace. */
export function nextCommand(
  subcommand: string,
  request: Pick<Request, "shownFile" | "siteStack">,
): string {
  const stack = request.siteStack === "dev" ? "" : ` --stack ${request.siteStack}`;
  return `npm run --silent workspace -- ${subcommand} --config-file ${request.shownFile}${stack}`;
}
