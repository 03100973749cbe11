/** The `federation` layer: MIP federations, each on one cluster or several. */
import * as pulumi from "@pulumi/pulumi";
import { checkFederation, Federation } from "../components/mip/federation";
import { formatProblem, joinPath, Problems, type Problem } from "../components/model/problems";
import type { Clusters } from "./clusters";
import { checkAcross } from "./federation/across";
import { federationEntries, type FederationEntry } from "./federation/args";
import type { PlatformConfig } from "./platformConfig";

/** Where the config has what the component takes as an arg of its own. */
const PLACES: Record<string, string> = {
  clientSecret: "platform.keycloak.clientSecret",
  databasePassword: "platform.database.password",
  adminPassword: "platform.database.adminPassword",
  federation: "",
};

/** A federation's problems, each where the config has what it is about. */
class FederationProblems extends Problems {
  constructor(
    private readonly all: Problems,
    private readonly entry: FederationEntry,
  ) {
    super(all.source);
  }

  override get count(): number {
    return this.all.count;
  }

  override add(problem: Problem): void {
    const { path } = problem;
    // Sections of their own; `nodes` alone is what the federation needs of them.
    const own = path.startsWith("charts.") || path.startsWith("nodes.");
    const base = [joinPath("federations", [this.entry.name]), this.entry.path];
    const place = PLACES[path] ?? path;
    const below = [...base, place].filter((part) => part !== "").join(".");
    const told = { ...problem, path: own ? path : below };
    // What several federations share is told once.
    if (!own || !this.all.list().includes(formatProblem(this.source, told))) {
      this.all.add(told);
    }
  }
}

function entriesOf(config: PlatformConfig): FederationEntry[] {
  return Object.entries(config.federations ?? {}).flatMap(([name, own]) =>
    federationEntries(name, own, config),
  );
}

/** Adds every problem of the stack's federations; nothing is registered, and no cluster is contacted. */
export function checkFederations(config: PlatformConfig, problems: Problems): void {
  const entries = entriesOf(config);
  checkAcross(config, entries, problems);
  for (const entry of entries) {
    checkFederation(entry.args, new FederationProblems(problems, entry));
  }
}

/** What a stack says of a federation. */
interface FederationOutputs {
  namespace: pulumi.Output<string>;
  engineUrl: pulumi.Output<string>;
  /** What users open; empty without a platform. */
  url: pulumi.Output<string>;
  nodes: pulumi.Output<Record<string, string[]>>;
  /** The same of its further clusters, by name. */
  furtherClusters?: Record<string, FederationOutputs>;
  /** What to run on its machines; absent on managed clusters. */
  setup?: pulumi.Output<string>;
}

function setupText(folder: string): string {
  return (
    `Copy ${folder} to each machine. On the master: sudo bash master.sh, then master.sh --add-worker for each worker; ` +
    "on a worker: sudo bash worker.sh --join ADDRESS. On one machine alone: sudo bash master.sh --with-data"
  );
}

function outputsOf({ args }: FederationEntry, made: Federation): FederationOutputs {
  const { namespace, engineUrl, url, nodes, setupFolder } = made;
  const setup = args.managedCluster === true ? undefined : setupFolder.apply(setupText);
  return { namespace, engineUrl, url, nodes, ...(setup === undefined ? {} : { setup }) };
}

/**
 * Registers the federations, side by side; one over several clusters has a component and a provider on each, the one
 * with the controller last: it looks for workers when it starts.
 *
 * @param after values that are known once applications may be exposed. @default none
 * @returns the output `federations`
 * @throws ProblemsError when the section has a problem
 */
export function federationLayer(
  config: PlatformConfig,
  clusters: Clusters,
  problems: Problems,
  after: pulumi.Output<string>[] = [],
): Record<string, unknown> {
  checkFederations(config, problems);
  problems.throwIfAny();
  const outputs: Record<string, FederationOutputs> = {};
  // Unknown values of a preview must not keep the federations out of it.
  const exposable = pulumi.all(pulumi.runtime.isDryRun() ? [] : after);
  for (const name of Object.keys(config.federations ?? {})) {
    const [main, ...further] = federationEntries(name, config.federations![name]!, config);
    const made = further.flatMap((entry) =>
      register(
        entry,
        clusters,
        exposable.apply(() => []),
      ),
    );
    const others = made.map(
      ({ entry, component }) => [entry.cluster, outputsOf(entry, component)] as const,
    );
    const before = exposable.apply(() => made.map(({ component }) => component));
    for (const { entry, component } of register(main!, clusters, before)) {
      outputs[name] = {
        ...outputsOf(entry, component),
        ...(others.length === 0 ? {} : { furtherClusters: Object.fromEntries(others) }),
      };
    }
  }
  return { federations: outputs };
}

/** Registers one, unless this run is limited to other clusters. */
function register(
  entry: FederationEntry,
  clusters: Clusters,
  dependsOn: pulumi.Output<pulumi.Resource[]>,
): { entry: FederationEntry; component: Federation }[] {
  const cluster = clusters[entry.cluster];
  if (cluster === undefined) {
    return [];
  }
  const { provider, kubeconfig } = cluster;
  const component = new Federation(
    `${entry.cluster}-${entry.name}`,
    { ...entry.args, kubeconfig },
    { provider, dependsOn },
  );
  return [{ entry, component }];
}
