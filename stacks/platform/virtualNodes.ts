/** The virtual nodes of a stack: read and checked before anything is registered, then side by side. */
import * as pulumi from "@pulumi/pulumi";
import type * as kubernetes from "@pulumi/kubernetes";
import type { ChartSettings } from "../../components/charts/chart";
import { VirtualNode, type VirtualNodeArgs } from "../../components/interlink/virtualNode";
import { checkVirtualNodeArgs } from "../../components/interlink/virtualNodeArgs";
import { UntaintedNode } from "../../components/interlink/virtualNodeUntaint";
import type { DeclaredNode, GpuClass } from "../../components/model/gpuTypes";
import {
  formatProblem,
  joinPath,
  nearest,
  oneOf,
  Problems,
  type Problem,
} from "../../components/model/problems";
import { ProblemsBelow } from "../../components/model/problemsBelow";
import type { InterlinkConfig, VirtualNodeConfig } from "../sections/interlink";
import { readText } from "./configFiles";
import { readSeedFiles, withResources } from "./virtualNodeFiles";

/** The parts of the stack's config that matter here. */
export interface VirtualNodesConfig {
  /** The project's folder: paths in the config are relative to it. */
  root: string;
  interlink?: InterlinkConfig;
  nodes?: Record<string, DeclaredNode>;
  gpus?: Record<string, GpuClass>;
  charts?: ChartSettings;
}

/** One virtual node, ready to be registered. */
export interface VirtualNodeEntry {
  /** Name of the node. */
  name: string;
  args: VirtualNodeArgs;
}

type InterLink = VirtualNodeArgs["interLink"];

/** Where the remote host answers: as said, as its target says, or as the seed's file says. */
function endpointOf(
  node: VirtualNodeConfig,
  targets: NonNullable<InterlinkConfig["targets"]>,
  fromFile: InterLink | undefined,
  problems: Problems,
): InterLink | undefined {
  const { interLink, target } = node;
  if (interLink !== undefined && target !== undefined) {
    problems.add({ path: "target", reason: "contradicts interLink", remedy: "Keep one of them." });
  }
  if (target !== undefined) {
    const found = Object.hasOwn(targets, target) ? targets[target] : undefined;
    if (found === undefined) {
      const near = nearest(target, Object.keys(targets));
      problems.add({
        path: "target",
        reason: "no such target",
        value: target,
        allowed: oneOf(Object.keys(targets)),
        remedy: near === undefined ? "Declare it in interlink.targets." : `Did you mean ${near}?`,
      });
      return undefined;
    }
    const port = found.ports?.https;
    return { url: `https://${found.address}`, ...(port === undefined ? {} : { port }) };
  }
  const endpoint = interLink ?? fromFile;
  if (endpoint === undefined) {
    problems.add({
      path: "interLink",
      reason: "required, but missing",
      remedy: "Say where the remote host answers, or name its target.",
    });
  }
  return endpoint;
}

function secretOf(value: string | undefined): pulumi.Output<string> | undefined {
  return value === undefined ? undefined : pulumi.secret(value);
}

/** What is not given is left out, so that defaults hold. */
function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** Keys that become other settings. */
const FILE_KEYS = ["caCertificateFile", "interLinkConfigFile", "vkConfigFile"] as const;

function without<T extends object, K extends keyof T>(object: T, keys: readonly K[]): Omit<T, K> {
  const entries = Object.entries(object).filter(([key]) => !keys.includes(key as K));
  return Object.fromEntries(entries) as Omit<T, K>;
}

/** Problems of a component's settings, at the places of the config that these come from. */
class SettingProblems extends ProblemsBelow {
  constructor(
    private readonly whole: Problems,
    base: string,
    private readonly node: string,
  ) {
    super(whole, base);
  }

  override add(problem: Problem): void {
    const { path } = problem;
    if (/^(gpus|nodes)\b/.test(path)) {
      // Others check these sections too.
      const line = formatProblem(this.whole.source, problem);
      if (!this.whole.list().includes(line)) {
        this.whole.add(problem);
      }
    } else if (path.startsWith("node.")) {
      this.whole.add({
        ...problem,
        path: joinPath("nodes", [this.node]) + path.slice("node".length),
      });
    } else {
      const credential = ["clientId", "clientSecret", "refreshToken"].includes(path);
      super.add(credential ? { ...problem, path: `login.${path}` } : problem);
    }
  }
}

function entryOf(
  name: string,
  virtual: VirtualNodeConfig,
  { root, interlink, nodes = {}, gpus = {}, charts }: VirtualNodesConfig,
  problems: SettingProblems,
): VirtualNodeEntry | undefined {
  const before = problems.count;
  const targets = interlink?.targets ?? {};
  const files = readSeedFiles(name, virtual, root, problems);
  const declared = Object.hasOwn(nodes, name) ? nodes[name] : undefined;
  if (declared?.virtual !== true) {
    const missing = declared === undefined;
    problems.add({
      path: "",
      reason: missing
        ? `nodes has no ${name}: nobody would know what it offers`
        : `nodes.${name} does not say that it is virtual`,
      remedy: `Add ${missing ? `${name}: { virtual: true, cpu: …, memory: … } to nodes` : "virtual: true there"}.`,
    });
  }
  const { target, login: wholeLogin, config, ...rest } = virtual;
  const settings = without(rest, FILE_KEYS);
  const caCertificateFile =
    virtual.caCertificateFile ??
    (target === undefined ? undefined : targets[target]?.certificateFile);
  const caCertificate = readText(caCertificateFile, "caCertificateFile", root, problems);
  const endpoint = endpointOf(virtual, targets, files.config?.interLink, problems);
  const node = withResources(name, declared ?? {}, files.resources, gpus, problems);
  if (endpoint === undefined || problems.count > before) {
    return undefined;
  }
  const { clientId, clientSecret, refreshToken, ...login } = wholeLogin ?? {};
  const { config: seedKeys, ...fromFile } = files.config ?? { config: {} };
  // The seed's own keys mean something to the seed's kubelet alone.
  const further = { ...(virtual.form === "seed" ? seedKeys : {}), ...config };
  const args: VirtualNodeArgs = {
    ...fromFile,
    ...given({ pods: files.resources?.pods }),
    ...given(settings),
    nodeName: name,
    offloadNamespaces: settings.offloadNamespaces ?? [],
    interLink: endpoint,
    node,
    gpus,
    ...given({
      login: wholeLogin === undefined ? undefined : login,
      clientId: secretOf(clientId),
      clientSecret: secretOf(clientSecret),
      refreshToken: secretOf(refreshToken),
      caCertificate,
      // Where the target's own command has put it.
      targetCheck:
        target === undefined ? undefined : `sudo bash interlink-${target}/install.sh --check`,
      config: Object.keys(further).length === 0 ? undefined : further,
      charts,
    }),
  };
  checkVirtualNodeArgs(args, problems);
  return { name, args };
}

/** Reads the files of every virtual node and adds every problem, below `interlink.virtualNodes`. */
export function readVirtualNodes(
  config: VirtualNodesConfig,
  problems: Problems,
): VirtualNodeEntry[] {
  return Object.entries(config.interlink?.virtualNodes ?? {}).flatMap(([name, virtual]) => {
    const base = joinPath("interlink.virtualNodes", [name]);
    return entryOf(name, virtual, config, new SettingProblems(problems, base, name)) ?? [];
  });
}

/** What the rest of the stack needs of the virtual nodes. */
export interface VirtualNodes {
  names: string[];
  /** Names of the nodes, known once each is Ready and labelled. */
  ready: pulumi.Output<string[]>;
  /** What to depend on. */
  objects: pulumi.Resource[];
}

/**
 * Registers the virtual nodes of a cluster side by side, after the node of a one-node cluster takes pods.
 *
 * @param after what must be there before: a target's files, since its node waits until they are installed
 * @throws ProblemsError with every problem, before anything is registered
 */
export function virtualNodes(
  config: VirtualNodesConfig,
  cluster: { provider: kubernetes.Provider; kubeconfig: pulumi.Input<string> },
  after: pulumi.Resource[] = [],
): VirtualNodes {
  const problems = new Problems("interlink");
  const entries = readVirtualNodes(config, problems);
  problems.throwIfAny();
  const { provider, kubeconfig } = cluster;
  const single = config.interlink?.untaintSingleNode;
  const before =
    single === undefined
      ? []
      : [new UntaintedNode("single-node", { node: single, kubeconfig }, { provider })];
  const nodes = entries.map(
    ({ name, args }) =>
      new VirtualNode(
        name,
        { ...args, kubeconfig },
        { provider, dependsOn: [...before, ...after] },
      ),
  );
  return {
    names: entries.map(({ name }) => name),
    ready: pulumi.all(nodes.map(({ nodeName }) => nodeName)),
    objects: [...before, ...nodes],
  };
}
