/** Looks at single objects of a live cluster, by their paths below the API server. */
import assert from "node:assert/strict";
import type { ApiClient } from "../../components/cluster/apiClient";

/** The object; an error where there is none. */
export async function live(api: ApiClient, path: string): Promise<unknown> {
  const { status, body } = await api.request("GET", path);
  assert.equal(status, 200, `${path}: HTTP ${status}`);
  return body;
}

/** Whether the object is there. */
export async function hasObject(api: ApiClient, path: string): Promise<boolean> {
  return (await api.request("GET", path)).status === 200;
}

/** Asks for a namespace's removal, without waiting for it. */
export async function removeNamespace(api: ApiClient, namespace: string): Promise<void> {
  await api.request("DELETE", `/api/v1/namespaces/${namespace}`);
}
