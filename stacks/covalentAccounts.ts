/** Who Covalent's tasks are in a cluster: what a cluster with a bucket must know before the platform is made. */
import { taskAccounts } from "../components/model/covalent/settings";
import type { PlatformConfig } from "./platformConfig";
import type { CovalentConfig } from "./sections/covalent";

/** The service accounts of the tasks that run on a cluster; none where Covalent runs elsewhere, or not at all. */
export function covalentAccounts(
  config: Pick<PlatformConfig, "defaultCluster" | "layers"> & { covalent?: CovalentConfig },
  cluster: string,
): { namespace: string; name: string }[] {
  const { covalent, defaultCluster, layers } = config;
  const here = covalent !== undefined && (covalent.cluster ?? defaultCluster) === cluster;
  return here && layers.includes("platform") ? taskAccounts(covalent) : [];
}
