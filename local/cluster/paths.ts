/** Where everything of the stand lies: below `.local/` of the repository, nowhere else. */
import { createHash } from "node:crypto";
import { lstatSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join, resolve } from "node:path";
import type { ProcessFolders } from "../processes/processes";
import { StandError } from "../processes/errors";
import { privateFolder } from "../processes/files";

/** The repository that this file belongs to. */
export const REPOSITORY = resolve(__dirname, "../..");

/** The clusters that the stand can hold, in the order in which they are started. */
export const CLUSTER_NAMES = ["local", "local-2"] as const;

/** Folders and files of the stand. */
export interface StandPaths extends ProcessFolders {
  root: string;
  /** What the rest of the project knows of the stand. */
  environment: string;
  lock: string;
}

/** Folders and files of one cluster. */
export interface ClusterPaths {
  folder: string;
  kubeconfig: string;
  auditLog: string;
  ports: string;
  pki: string;
  /** Files that the components are configured with. */
  config: string;
  etcd: string;
  /** Unix socket through which the API server reaches nodes, pods and Services. */
  egressSocket: string;
  /** JSON object `"<address>:<port>" -> "127.0.0.1:<port>"` with further ways through the socket. */
  egressRoutes: string;
}

/**
 * The stand's paths.
 *
 * @param root default `.local` of the repository, or `SCIENCE_PLATFORM_LOCAL` when it is set.
 */
export function standPaths(
  root = process.env["SCIENCE_PLATFORM_LOCAL"] ?? join(REPOSITORY, ".local"),
): StandPaths {
  const folder = resolve(root);
  return {
    root: folder,
    run: join(folder, "run"),
    log: join(folder, "log"),
    environment: join(folder, "env.json"),
    lock: join(folder, "run", "up.lock"),
  };
}

/** The paths of one cluster; nothing is made. */
export function clusterPaths(stand: StandPaths, name: string): ClusterPaths {
  const folder = join(stand.root, "clusters", name);
  return {
    folder,
    kubeconfig: join(folder, "kubeconfig"),
    auditLog: join(folder, "audit.log"),
    ports: join(folder, "ports.json"),
    pki: join(folder, "pki"),
    config: join(folder, "config"),
    etcd: join(folder, "etcd"),
    egressSocket: socketPath(join(folder, "egress.sock")),
    egressRoutes: join(folder, "egress-routes.json"),
  };
}

/** Makes the folders, each for its owner alone. */
export function makeFolders(stand: StandPaths, cluster: ClusterPaths): void {
  for (const folder of [stand.root, stand.run, stand.log, join(stand.root, "clusters")]) {
    privateFolder(folder);
  }
  for (const folder of [cluster.folder, cluster.config, cluster.etcd]) {
    privateFolder(folder);
  }
}

/** The longest path of a Unix socket that every system takes (108 bytes on Linux, 104 on macOS). */
const MAX_SOCKET_PATH = 100;

/** The wanted path, or, when that is too long for a socket, one in a private folder for temporary files. */
function socketPath(wanted: string): string {
  if (Buffer.byteLength(wanted) <= MAX_SOCKET_PATH) {
    return wanted;
  }
  const { uid } = userInfo();
  const digest = createHash("sha256").update(wanted).digest("hex").slice(0, 12);
  const folder = join(tmpdir(), `science-platform-${uid}-${digest}`);
  privateFolderOfOurs(folder, uid);
  return join(folder, "egress.sock");
}

/** Others can write to the folder for temporary files: what lies there may be a trap. */
function privateFolderOfOurs(folder: string, uid: number): void {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (found !== undefined && (!found.isDirectory() || found.uid !== uid)) {
    throw new StandError(
      `${folder} belongs to somebody else.`,
      "Set TMPDIR to a folder of your own, or clone the repository to a shorter path.",
    );
  }
  privateFolder(folder);
}
