/** What the command line was asked about: one workspace's file, and the stack that describes its clusters. */
import * as path from "node:path";
import { Problems, ProblemsError } from "../../components/model/problems";
import {
  checkWorkspaces,
  clustersOf,
  workspaceWarnings,
} from "../../components/model/workspaceChecks";
import { nameOf } from "../../components/model/workspaceConflicts";
import { parseConfig, type PlatformConfig } from "../../stacks/platformConfig";
import { siteOf, sitesOf } from "../../stacks/sites";
import {
  readWorkspaceFile,
  type ReadWorkspace,
  type WorkspaceEntry,
} from "../../stacks/workspaceFiles";
import type { WorkspaceSite } from "../../components/model/workspaceTypes";
import { readSettings, type StackSettings } from "../settings";
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
  const read = readWorkspaceFile(file, configFile, filesRoot, all);
  const placements = config === undefined ? [] : placementsOf(read, config);
  if (config !== undefined && checked) {
    checkWorkspaces([read], sitesOf(config, stack), config.defaultCluster);
  }
  const lines = all.flatMap((problems) => problems.list());
  const { entry } = read;
  if (config === undefined || entry === undefined || lines.length > 0) {
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

/** The workspace on each of its clusters, where nothing is wrong with its name and theirs. */
function placementsOf(read: ReadWorkspace, config: PlatformConfig): Placement[] {
  const named = nameOf(read);
  if (named === undefined || !read.isSound("clusters")) {
    return [];
  }
  return clustersOf(read.spec, config.defaultCluster).map((cluster) => {
    const stack = workspaceStackName(cluster, named, read.problems);
    return { cluster, stack, site: siteOf(config, cluster, stack) };
  });
}

/** A command for the user to try next, on the same workspace. */
export function nextCommand(
  subcommand: string,
  request: Pick<Request, "shownFile" | "siteStack">,
): string {
  const stack = request.siteStack === "dev" ? "" : ` --stack ${request.siteStack}`;
  return `npm run --silent workspace -- ${subcommand} --config-file ${request.shownFile}${stack}`;
}
