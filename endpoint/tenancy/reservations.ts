/** The file of GPU reservations, which the operator changes while the endpoint runs. */
import { readFile, stat } from "node:fs/promises";
import type { GpuReservation } from "../../components/model/endpointSettings";
import { parseReservations } from "../../components/model/gpuReservations";

/**
 * The file's reservations, read anew when it has changed. A ConfigMap that is mounted changes by a new link, so
 * the time and the inode are looked at.
 */
export function reservationsFile(path: string): () => Promise<readonly GpuReservation[]> {
  let version = "";
  let reservations: readonly GpuReservation[] = [];
  return async () => {
    const { mtimeMs, ino, size } = await stat(path);
    const now = `${mtimeMs} ${ino} ${size}`;
    if (now !== version) {
      reservations = parseReservations(await readFile(path, "utf8"), path);
      version = now;
    }
    return reservations;
  };
}
