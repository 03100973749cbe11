/** Where the platform is measured: the stand's second cluster, which nobody's stack is on. */
import * as path from "node:path";

export const ROOT = path.resolve(__dirname, "../..");
export const CLUSTER = "local-2";
export const KUBECONFIG = path.join(ROOT, `.local/clusters/${CLUSTER}/kubeconfig`);
