/**
 * The programs of the local stand: where their source is pinned, how they are built, and which ready-made
 * ones will do instead.
 */
import type { Version } from "./version";

/** The programs that the stand runs on. */
export type StandTool =
  | "pulumi"
  | "etcd"
  | "kube-apiserver"
  | "kube-controller-manager"
  | "kube-scheduler"
  | "kwok"
  | "pulumi-resource-kubernetes";

/** All programs; `helm` is for the benchmarks and is resolved only when it is asked for by name. */
export type ToolName = StandTool | "helm";

/** How a program tells its version. */
type VersionProbe =
  /** It prints it: the first thing in the output that looks like a version. */
  | { kind: "output"; arguments: readonly string[] }
  /** It has no such flag and is asked as the engine would: see `pluginVersion.ts`. */
  | { kind: "plugin" };

/** One program. */
export interface Tool<N extends string = ToolName> {
  name: N;
  /** Folder of its Go module beside this file. */
  folder: string;
  /** Import path of its `main`. */
  package: string;
  /** Go module that the version is taken from, and the version that `go.mod` requires. */
  module: string;
  moduleVersion: string;
  /** The version that a build announces, without `v`. */
  version: string;
  /** Linker settings: `-X` assignments, without the `-X`. */
  define: readonly string[];
  /** A file of the module which our `main.go` embeds, copied beside it before the build. */
  embed?: string;
  /** Minutes that a first build takes on two cores, beside another one. */
  minutes: number;
  probe: VersionProbe;
  /** Whether a ready-made program of that version will do. */
  accepts(version: Version): boolean;
  /** The same rule in words: `3.6.x`. */
  accepted: string;
}

function sameMinor(version: string): Pick<Tool, "version" | "accepts" | "accepted"> {
  const [major, minor] = version.split(".").map(Number);
  return {
    version,
    accepts: (found) => found.major === major && found.minor === minor,
    accepted: `${major}.${minor}.x`,
  };
}

function kubernetesComponent<N extends string>(name: N, minutes: number): Tool<N> {
  const version = "k8s.io/component-base/version";
  return {
    name,
    folder: "kubernetes",
    package: `k8s.io/kubernetes/cmd/${name}`,
    module: "k8s.io/kubernetes",
    moduleVersion: "v1.36.1",
    // Objects, defaults and admission differ between minors, and the tests assert exact ones.
    ...sameMinor("1.36.1"),
    define: [`${version}.gitVersion=v1.36.1`, `${version}.gitMajor=1`, `${version}.gitMinor=36`],
    minutes,
    probe: { kind: "output", arguments: ["--version"] },
  };
}

/** Every program, in the order of building: the provider last, since a finished engine may download it. */
export const CATALOGUE: readonly Tool[] = [
  {
    name: "pulumi",
    folder: "pulumi",
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    module: "github.com/pulumi/pulumi/pkg/v3",
    moduleVersion: "v3.250.0",
    version: "3.250.0",
    // Without this `pulumi version` prints nothing, and the Automation API refuses the engine.
    define: ["github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v3.250.0"],
    minutes: 8,
    probe: { kind: "output", arguments: ["version"] },
    // The engine serves older SDKs within a major, but an older engine lacks what our SDK may ask for.
    accepts: ({ major, minor }) => major === 3 && minor >= 248,
    accepted: "3.248.0 or a later 3.x",
  },
  kubernetesComponent("kube-apiserver", 8),
  kubernetesComponent("kube-controller-manager", 4),
  kubernetesComponent("kube-scheduler", 1),
  {
    name: "etcd",
    folder: "etcd",
    package: "go.etcd.io/etcd/server/v3",
    module: "go.etcd.io/etcd/server/v3",
    moduleVersion: "v3.6.6",
    // 3.4 is too old for the API server's watches; and the data outlives the program, which refuses to open
    // what a later minor wrote, so one minor must be kept to.
    ...sameMinor("3.6.6"),
    define: [],
    minutes: 1,
    probe: { kind: "output", arguments: ["--version"] },
  },
  {
    name: "kwok",
    folder: "kwok",
    package: "sigs.k8s.io/kwok/cmd/kwok",
    module: "sigs.k8s.io/kwok",
    moduleVersion: "v0.8.0",
    // Stages and flags may change with any minor before 1.0.
    ...sameMinor("0.8.0"),
    define: [],
    minutes: 1,
    probe: { kind: "output", arguments: ["--version"] },
  },
  {
    name: "pulumi-resource-kubernetes",
    folder: "provider",
    package: ".",
    module: "github.com/pulumi/pulumi-kubernetes/provider/v4",
    // No release of the provider is tagged as a Go module: this commit is 4.25.
    moduleVersion: "v4.0.0-20260115033456-f47bc2d6f199",
    // The provider's schema must be that of @pulumi/kubernetes in package.json.
    ...sameMinor("4.25.0"),
    define: ["github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version=4.25.0"],
    embed: "cmd/pulumi-resource-kubernetes/schema.json",
    minutes: 10,
    probe: { kind: "plugin" },
  },
  {
    name: "helm",
    folder: "helm",
    package: "helm.sh/helm/v3/cmd/helm",
    module: "helm.sh/helm/v3",
    moduleVersion: "v3.22.0",
    // Benchmarks compare with one release of the peer.
    ...sameMinor("3.22.0"),
    define: [],
    minutes: 2,
    probe: { kind: "output", arguments: ["version", "--short"] },
  },
];

/** What the stand needs: everything except `helm`. */
export const STAND_TOOLS: readonly StandTool[] = CATALOGUE.map((tool) => tool.name).filter(
  (name): name is StandTool => name !== "helm",
);
