/** Runs of the real engine against the stand, each on a stack of its own that is gone afterwards. */
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import {
  LocalWorkspace,
  type ConfigMap,
  type PulumiFn,
  type Stack,
} from "@pulumi/pulumi/automation";
import * as runtimeSettings from "@pulumi/pulumi/runtime/settings";
import { connect, type ApiClient } from "../../components/cluster/apiClient";
import { engineHome } from "../../cli/environment";
import { failFast } from "../../cli/failFast";
import { skip } from "./reporter";

// One process runs hundreds of engines here, each at a port of its own. Connections to those that have ended are
// otherwise kept, and retried, by address: an engine that gets such a port again would be taken for the dead one.
const grpcClientOptions = Reflect.get(runtimeSettings, "grpcClientOptions") as object;
Object.assign(grpcClientOptions, { "grpc.use_local_subchannel_pool": 1 });

/** What `local/` tells of the stand. */
export interface Stand {
  path: string[];
  env: Record<string, string>;
  clusters: Record<string, { kubeconfig: string; auditLog: string }>;
}

const ENV_JSON = path.resolve(__dirname, "../../.local/env.json");

/** A first `up` on a busy machine, with time to spare. */
export const ENGINE_TIMEOUT_MS = 180_000;

/** The stand's facts, or nothing where none was started. */
export function stand(): Stand | undefined {
  return fs.existsSync(ENV_JSON)
    ? (JSON.parse(fs.readFileSync(ENV_JSON, "utf8")) as Stand)
    : undefined;
}

/**
 * The stand, for a test that needs it. Call it first in `before`: without the stand, or without one of the
 * clusters named, the tests are skipped and the closing lines say why.
 */
export function standOrSkip(context: Mocha.Context, clusters: string[] = ["local"]): Stand {
  const found = stand();
  if (found === undefined) {
    return skip(context, "the stand is not running: `make cluster`");
  }
  const absent = clusters.filter((name) => found.clusters[name] === undefined);
  return absent.length === 0
    ? found
    : skip(context, `the stand runs without cluster ${absent.join(", ")}`);
}

/** Requests to a cluster of the stand, to look at what is there. Close it in `after`. */
export function standClient(found: Stand, cluster = "local"): Promise<ApiClient> {
  return connect(cluster, fs.readFileSync(found.clusters[cluster]!.kubeconfig, "utf8"));
}

/** The stand, and requests to one of its clusters. */
export interface StandInUse {
  readonly stand: Stand;
  readonly api: ApiClient;
}

/** The stand for the tests of a `describe`, to be called in it: without the stand they are skipped. */
export function useStand(cluster = "local"): StandInUse {
  let found: Stand | undefined;
  let client: ApiClient | undefined;
  before(async function () {
    found = standOrSkip(this, [cluster]);
    client = await standClient(found, cluster);
  });
  after(() => client?.close());
  return {
    get stand() {
      return found!;
    },
    get api() {
      return client!;
    },
  };
}

/** Where stacks have their state; those that share one can refer to each other. */
export interface Backend {
  folder: string;
  passphrase: string;
}

/** A backend of the test's own, gone afterwards. */
export async function withBackend<T>(use: (backend: Backend) => Promise<T>): Promise<T> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "science-platform-engine-"));
  try {
    return await use({ folder, passphrase: randomBytes(16).toString("hex") });
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function environment(found: Stand, { folder, passphrase }: Backend): Record<string, string> {
  return {
    PATH: [...found.path, process.env["PATH"] ?? ""].join(path.delimiter),
    PULUMI_BACKEND_URL: `file://${folder}`,
    PULUMI_CONFIG_PASSPHRASE: passphrase,
    PULUMI_HOME: engineHome(path.resolve(__dirname, "../../.local/pulumi")),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    ...found.env,
  };
}

/** Lets the next run on a stack be of another program. */
export function setProgram(stack: Stack, program: PulumiFn): void {
  stack.workspace.program = failFast(program);
}

/** Destroys what is left, with the program since taints and other delete hooks live in it. */
async function cleanUp(stack: Stack, program: PulumiFn): Promise<void> {
  setProgram(stack, program);
  const { deployment } = await stack.exportStack();
  const { resources } = (deployment ?? {}) as { resources?: unknown[] };
  if ((resources ?? []).length > 0) {
    await stack.destroy({ runProgram: true });
  }
  // The Automation API's own folder, with the project file.
  fs.rmSync(stack.workspace.workDir, { recursive: true, force: true });
}

/**
 * Opens a new stack, and destroys and removes it afterwards. A test runs another program on it with
 * `setProgram`; the last destroy runs the first program.
 *
 * @param use what the test does with it
 * @param backend for stacks that refer to each other. @default one of its own
 */
export async function withStack(
  program: PulumiFn,
  use: (stack: Stack) => Promise<void>,
  backend?: Backend,
): Promise<void> {
  if (backend === undefined) {
    return withBackend((own) => withStack(program, use, own));
  }
  const found = stand();
  if (found === undefined) {
    throw new Error("No stand: call standOrSkip in before().");
  }
  const envVars = environment(found, backend);
  // The Automation API looks for the engine on this process's PATH.
  process.env["PATH"] = envVars["PATH"];
  const stack = await LocalWorkspace.createStack(
    {
      stackName: `test-${randomBytes(4).toString("hex")}`,
      projectName: "science-platform",
      program: failFast(program),
    },
    { envVars },
  );
  try {
    await use(stack);
  } catch (error) {
    // What the test itself found is the better news than that the cleaning up failed too.
    await cleanUp(stack, program).catch(() => undefined);
    throw error;
  }
  await cleanUp(stack, program);
}

/** Gives a stack the sections of our config, as the engine keeps them. */
export function setSections(stack: Stack, sections: Record<string, unknown>): Promise<void> {
  const values = Object.entries(sections).map(([section, value]) => [
    `science-platform:${section}`,
    { value: JSON.stringify(value) },
  ]);
  return stack.setAllConfig(Object.fromEntries(values) as ConfigMap);
}

/** The steps of a run that changed something: reads and what stayed the same are left out. */
export function changesIn(summary: {
  resourceChanges?: Record<string, number>;
}): Record<string, number> {
  return Object.fromEntries(
    Object.entries(summary.resourceChanges ?? {}).filter(
      ([step]) => step !== "same" && step !== "read",
    ),
  );
}
