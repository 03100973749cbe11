/** Where in a container something may be mounted: nowhere that the image's own system would be hidden. */
import type { Problems } from "./problems";

/** One thing that is mounted. */
export interface Mount {
  /** Where the config says so, for messages. */
  path: string;
  mountPath: string;
  /** A single file, rather than a folder. */
  file: boolean;
}

/** Nothing is mounted here or below. */
const CLOSED = [
  "/bin",
  "/boot",
  "/dev",
  "/etc",
  "/lib",
  "/lib32",
  "/lib64",
  "/libx32",
  "/proc",
  "/run",
  "/sbin",
  "/sys",
  "/usr",
  "/var/run",
];

/** Folders below the closed ones in which applications keep their data. */
const OPEN = ["/usr/local/share", "/usr/share", "/usr/src"];

/** Open below, but not themselves. */
const SHARED = ["/", "/var", "/var/lib", "/var/log", "/var/cache"];

/** Folders that every image has: a file in their place would break it. */
const FOLDERS = ["/data", "/home", "/media", "/mnt", "/opt", "/root", "/srv", "/tmp"];

const LONGEST_PATH = 1024;
const SHARED_MEMORY = "/dev/shm";
const ALLOWED =
  "a path below /data, /home, /mnt, /opt, /srv, /workspace or another folder of the image's own";

function within(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** The path without a slash at its end: `/data/` and `/data` are one place. */
export function plainPath(mountPath: string): string {
  return mountPath.replace(/(?<=.)\/+$/, "");
}

function syntaxReason({ mountPath, file }: Mount): string | undefined {
  const segments = mountPath.split("/");
  if (!mountPath.startsWith("/")) {
    return "not an absolute path";
  }
  if (mountPath.length > LONGEST_PATH) {
    return "a path that is too long";
  }
  if (segments.includes("..") || segments.includes(".") || mountPath.includes("//")) {
    return "a path that leads through ., .. or //";
  }
  if (/[:\p{Cc}]/u.test(mountPath)) {
    return "a path with a colon or a control character";
  }
  return file && mountPath.endsWith("/") ? "a folder, where a file is mounted" : undefined;
}

function placeReason({ mountPath, file }: Mount): string | undefined {
  const place = plainPath(mountPath);
  if (within(place, SHARED_MEMORY)) {
    return "reserved: every workspace has its shared memory there";
  }
  const open = OPEN.some((folder) => within(place, folder) && place !== folder);
  const closed = open ? undefined : CLOSED.find((folder) => within(place, folder));
  if (closed !== undefined) {
    return `a system path: it would hide the image's own ${closed}`;
  }
  if (SHARED.includes(place)) {
    return "a system path: it would hide what the image has there";
  }
  return file && FOLDERS.includes(place)
    ? "a folder of the image, where a file is mounted"
    : undefined;
}

/** Adds a problem for every mount that is no path, that hides a system path, or that hides another mount. */
export function checkMounts(mounts: readonly Mount[], problems: Problems): void {
  const taken = new Map<string, Mount>();
  for (const mount of mounts) {
    const { path, mountPath } = mount;
    const syntax = syntaxReason(mount);
    const reason = syntax ?? placeReason(mount);
    if (reason !== undefined) {
      problems.add({
        path,
        reason,
        value: mountPath,
        allowed: ALLOWED,
        remedy: syntax === undefined ? "Mount it elsewhere." : "Write the whole path, from / on.",
      });
      continue;
    }
    const place = plainPath(mountPath);
    const other = taken.get(place);
    if (other !== undefined) {
      problems.add({
        path,
        reason: `mounted twice: ${other.path} is mounted there`,
        value: mountPath,
        remedy: "Mount one of them elsewhere.",
      });
    }
    taken.set(place, other ?? mount);
  }
  for (const [place, { path, mountPath }] of taken) {
    const file = [...taken].find(([above, it]) => it.file && place.startsWith(`${above}/`));
    if (file !== undefined) {
      problems.add({
        path,
        reason: `below ${file[0]}, where ${file[1].path} mounts a file`,
        value: mountPath,
        remedy: "Mount one of them elsewhere.",
      });
    }
  }
}
