/**
 * Which process a process id stands for. Ids are used again, so a pid file alone may point at a stranger:
 * the time at which the process started, together with the boot of the machine, tells the two apart.
 */
import { execFileSync } from "node:child_process";
import { readIfPresent } from "./files";

/**
 * A text that no other process of this machine shares: boot and start time of a running process.
 *
 * @returns nothing when there is no such process, or it has ended and only waits for its parent.
 */
export function processIdentity(pid: number): string | undefined {
  if (!Number.isInteger(pid) || pid <= 1) {
    return undefined;
  }
  return process.platform === "linux" ? linuxIdentity(pid) : otherIdentity(pid);
}

function linuxIdentity(pid: number): string | undefined {
  const stat = readStat(pid);
  // The second field, the command, may hold spaces and brackets; the fields after its last bracket do not.
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  const state = fields?.[0];
  const started = fields?.[19];
  if (started === undefined || state === "Z" || state === "X") {
    return undefined;
  }
  const boot = readIfPresent("/proc/sys/kernel/random/boot_id")?.trim() ?? "";
  return `${boot}:${started}`;
}

function readStat(pid: number): string | undefined {
  try {
    return readIfPresent(`/proc/${pid}/stat`);
  } catch {
    // ESRCH: the process ended between opening and reading.
    return undefined;
  }
}

function otherIdentity(pid: number): string | undefined {
  try {
    const text = execFileSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C" },
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
    const [state, ...started] = text.split(/\s+/);
    return state === undefined || state === "" || state.startsWith("Z")
      ? undefined
      : started.join(" ");
  } catch {
    return undefined;
  }
}
