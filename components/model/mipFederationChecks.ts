/** Everything that is wrong with a federation, over all of its parts. */
import { checkedExaflow, type CheckedExaflow } from "./exaflowChecks";
import { exaflowGeneration } from "./exaflowGeneration";
import { federationParts, type FederationParts } from "./mipFederation";
import { checkFederationSettings, federationWarnings } from "./mipFederationRules";
import type { FederationSettings } from "./mipFederationTypes";
import { mipGeneration, type MipGeneration } from "./mipGenerations";
import { checkMipKeys } from "./mipKeys";
import type { MipSecretsGiven } from "./mipLoginRules";
import { checkMip } from "./mipRules";
import { Problems, type Problem } from "./problems";

/** What comes with the settings. */
export interface FederationGiven {
  /** Versions of the charts. */
  versions: { exaflow: string; mip: string };
  secrets: MipSecretsGiven;
  /** What is merged over our values of the engine's chart. */
  values: Record<string, unknown>;
  /** The same of the platform's chart. */
  platformValues: Record<string, unknown>;
}

/** A federation that was checked. */
export interface CheckedFederation {
  parts: FederationParts;
  engine: CheckedExaflow;
  /** The platform's chart. */
  platform?: MipGeneration;
  /** What works, and may fall short, beyond the engine's own warnings: for the log. */
  warnings: string[];
}

/** Keys of the whole that its parts look at, too: what the first says of one is not said again by the others. */
const NAMES = ["federation", "namespace"];

/** Args that are the federation's own, though the platform looks at them. */
const OWN = [...NAMES, "nodes", "clientSecret", "databasePassword", "adminPassword"];

class Told extends Problems {
  private readonly told = new Set<string>();

  constructor(private readonly all: Problems) {
    super(all.source);
  }

  override get count(): number {
    return this.all.count;
  }

  has(path: string): boolean {
    return this.told.has(path);
  }

  override add(problem: Problem): void {
    if (!NAMES.includes(problem.path) || !this.has(problem.path)) {
      this.told.add(problem.path);
      this.all.add(problem);
    }
  }
}

/** The platform's problems, each where the federation has what it is about. */
class PlatformProblems extends Problems {
  constructor(private readonly all: Told) {
    super(all.source);
  }

  override get count(): number {
    return this.all.count;
  }

  override add(problem: Problem): void {
    // The engine has said which roles are missing.
    if (problem.path !== "nodes" || !this.all.has("nodes")) {
      this.all.add({ ...problem, path: platformPath(problem.path) });
    }
  }
}

function platformPath(path: string): string {
  if (OWN.includes(path) || path.startsWith("charts.")) {
    return path;
  }
  return path.startsWith("values.") ? `platformV${path.slice(1)}` : `platform.${path}`;
}

/**
 * Adds everything that is wrong with a federation, its engine and its platform.
 *
 * @returns nothing when a version of a chart is not known
 */
export function checkedFederation(
  settings: FederationSettings,
  given: FederationGiven,
  problems: Problems,
): CheckedFederation | undefined {
  const told = new Told(problems);
  checkFederationSettings(settings, told);
  const { versions, secrets } = given;
  const generation = exaflowGeneration(versions.exaflow, new Problems(""));
  // Without a generation the parts are not known; the engine's check says what is wrong with the version.
  const parts = generation && federationParts(settings, generation);
  const engine = checkedExaflow(parts?.engine ?? settings, versions.exaflow, given.values, told);
  const ofPlatform = new PlatformProblems(told);
  const platform =
    settings.platform === undefined ? undefined : mipGeneration(versions.mip, ofPlatform);
  if (parts?.platform !== undefined && platform !== undefined) {
    checkMip(parts.platform, platform, secrets, ofPlatform);
    checkMipKeys(given.platformValues, platform, ofPlatform);
  }
  if (parts === undefined || engine === undefined) {
    return undefined;
  }
  const warnings = federationWarnings(settings);
  return { parts, engine, ...(platform === undefined ? {} : { platform }), warnings };
}
