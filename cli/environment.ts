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
 * The environment for the engine: the stand's tools first on PATH, state below `.local/` and a random
 * passphrase, each unless the caller's environment says otherwise.
 */
export function engineEnvironment(root: string): Record<string, string> {
  fs.mkdirSync(path.join(localFolder(root), "state"), { recursive: true, mode: 0o700 });
  const stand = readStand(root);
  const own = process.env;
  const hasPassphrase =
    own["PULUMI_CONFIG_PASSPHRASE"] !== undefined ||
    own["PULUMI_CONFIG_PASSPHRASE_FILE"] !== undefined;
  return {
    PATH: [...(stand.path ?? []), own["PATH"] ?? ""].join(path.delimiter),
    PULUMI_BACKEND_URL:
      own["PULUMI_BACKEND_URL"] ?? `file://${path.join(localFolder(root), "state")}`,
    ...(hasPassphrase ? {} : { PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile(root) }),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    ...stand.env,
  };
}
