/** Why a cluster cannot be read. */
import assert from "node:assert/strict";
import { ClusterAccessError } from "../../components/cluster/accessError";

/** What a read failed with. */
export async function failureOf(read: Promise<unknown>): Promise<Error> {
  const result = await read.catch((error: unknown) => error);
  assert.ok(result instanceof Error, `read ${JSON.stringify(result)}`);
  return result;
}

/** The same where the kubeconfig itself has nothing wrong. */
export async function accessFailureOf(read: Promise<unknown>): Promise<ClusterAccessError> {
  const error = await failureOf(read);
  assert.ok(error instanceof ClusterAccessError, error.message);
  return error;
}
