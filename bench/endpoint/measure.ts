/** The endpoint on the stand's first cluster: how fast it is, what it asks of the API server, what it holds. */
import { stand } from "../../test/support/engine";
import type { Row } from "../results";
import { putRows } from "./puts";
import { statusRows } from "./status";

/** @throws Error without a stand, Python or its packages */
export async function endpointRows(runs: number, say: (text: string) => void): Promise<Row[]> {
  const kubeconfig = stand()?.clusters["local"]?.kubeconfig;
  if (kubeconfig === undefined) {
    throw new Error("the stand is not running: `make cluster`");
  }
  return [...(await putRows(kubeconfig, runs, say)), ...(await statusRows(kubeconfig, runs, say))];
}
