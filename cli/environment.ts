/** Where the engine's tools, state and passphrase are: from `.local/env.json`, else the user's own. */
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

/** What `local/` tells of the stand; every part may be absent. */
interface Stand {
  path?: string[];
  env?: Record<string, string>;
  clusters?: Record<string, { kubeconfig: string; auditLog?: string }>;
}

const NO_PLUGINS = "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION";

/** Plugins that run already, as `<name>:<port>`, separated by commas. */
const RUNNING_PLUGINS = "PULUMI_DEBUG_PROVIDERS";

/** The folder that holds all local state of a project. */
export function localFolder(root: string): string {
  return path.join(root, ".local");
}

/** The stand's facts, or an empty record where none was started. */
export function readStand(root: string): Stand {
  try {
    return JSON.parse(fs.readFileSync(path.join(localFolder(root), "env.json"), "utf8")) as Stand;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return {};
    }
    throw new Error(".local/env.json cannot be read. Run `make cluster` to write it anew.", {
      cause: error,
    });
  }
}

function passphraseFile(root: string): string {
  const file = path.join(localFolder(root), "passphrase");
  if (!fs.existsSync(file)) {
    fs.writeFileSync(file, randomBytes(32).toString("base64url"), { mode: 0o600, flag: "wx" });
  }
  return file;
}

/**
 * The engine's home, with a plain file where it would keep a folder of logs. The engine (3.250) writes
 * all that it does, every property included, to a log of each run that no setting turns off: half of its work
 * in a preview, and hundreds of megabytes. Without the folder it does without the log.
 */
export function engineHome(folder: string): string {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const logs = path.join(folder, "logs");
  if (!fs.existsSync(logs)) {
    fs.writeFileSync(
      logs,
      "In place of the folder of the engine's logs: see cli/environment.ts.\n",
    );
  }
  return folder;
}

/** State in a folder of ours, and the engine's home with it. */
function localBackend(root: string): Record<string, string> {
  const state = path.join(localFolder(root), "state");
  fs.mkdirSync(state, { recursive: true, mode: 0o700 });
  return {
    // Without a second file of checksums beside each that is written.
    PULUMI_BACKEND_URL: `file://${state}?metadata=skip`,
    PULUMI_HOME: process.env["PULUMI_HOME"] ?? engineHome(path.join(localFolder(root), "pulumi")),
  };
}

/**
 * The environment for the engine: the stand's tools first on PATH, state below `.local/` and a random
 * passphrase, each unless the caller's environment says otherwise.
 *
 * @param fetchesPlugins whether the engine may fetch a plugin that the stand does not have; it is the stand that
 *   keeps the engine from it. @default false
 */
export function engineEnvironment(root: string, fetchesPlugins = false): Record<string, string> {
  fs.mkdirSync(localFolder(root), { recursive: true, mode: 0o700 });
  const stand = readStand(root);
  const { [NO_PLUGINS]: refused, [RUNNING_PLUGINS]: simulated, ...settings } = stand.env ?? {};
  const own = process.env;
  const running = [simulated, own[RUNNING_PLUGINS]].filter((plugins) => plugins !== undefined);
  const hasPassphrase =
    own["PULUMI_CONFIG_PASSPHRASE"] !== undefined ||
    own["PULUMI_CONFIG_PASSPHRASE_FILE"] !== undefined;
  return {
    PATH: [...(stand.path ?? []), own["PATH"] ?? ""].join(path.delimiter),
    // Whoever has a backend of their own has logged in to it from a home of their own.
    ...(own["PULUMI_BACKEND_URL"] === undefined ? localBackend(root) : {}),
    ...(hasPassphrase ? {} : { PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile(root) }),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // The engine writes its state over and over; collecting the garbage of that less often saves a sixth of its work.
    GOGC: own["GOGC"] ?? "400",
    ...settings,
    ...(running.length === 0 ? {} : { [RUNNING_PLUGINS]: running.join(",") }),
    ...(refused === undefined || fetchesPlugins ? {} : { [NO_PLUGINS]: refused }),
  };
}
