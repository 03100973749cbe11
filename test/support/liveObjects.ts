/** Looks at single objects of a live cluster, by their paths below the API server. */
import assert from "node:assert/strict";
import { messageOf, type ApiClient } from "../../components/cluster/apiClient";
import { podSecurityLabels } from "../../components/model/namespaceObjects";

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

/** Makes a namespace with Pod Security's `restricted`, and waits until it takes pods. */
export async function makeRestrictedNamespace(api: ApiClient, namespace: string): Promise<void> {
  const made = await api.request("POST", "/api/v1/namespaces", {
    body: { metadata: { name: namespace, labels: podSecurityLabels("restricted") } },
  });
  assert.equal(made.status, 201, messageOf(made));
  // Pods are refused until the namespace has its service account.
  for (let tries = 0; ; tries++) {
    if (await hasObject(api, `/api/v1/namespaces/${namespace}/serviceaccounts/default`)) {
      return;
    }
    assert.ok(tries < 100, "no service account within 10 seconds");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
