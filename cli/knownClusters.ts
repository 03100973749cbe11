/** The clusters that a stack's state knows, for what runs no program. */
import { splitUrn } from "./report";
import type { StateResource } from "./state";

/** What the state knows of one cluster: how it was reached, and its first uid. */
export interface KnownCluster {
  name: string;
  uid: string;
  kubeconfig: string;
}

/** A secret in an exported state, or a plain value. */
function plain(value: unknown): unknown {
  if (typeof value === "object" && value !== null && "plaintext" in value) {
    return JSON.parse((value as { plaintext: string }).plaintext) as unknown;
  }
  return value;
}

/** Cluster name and uid, by the guard that KubeconfigCluster keeps in state. */
export function knownClusters(resources: readonly StateResource[]): KnownCluster[] {
  const named = (type: string, name: string): StateResource | undefined =>
    resources.find((one) => one.type === type && splitUrn(one.urn).name === name);
  return resources.flatMap((resource) => {
    const name = /^(.+)-guard$/.exec(splitUrn(resource.urn).name)?.[1];
    if (resource.type !== "random:index/randomId:RandomId" || name === undefined) {
      return [];
    }
    const keepers = resource.outputs?.["keepers"] as { uid?: unknown } | undefined;
    const uid = plain(keepers?.uid);
    // The lookup's kubeconfig is what the last run used, also where the guard then refused.
    const provider = named("pulumi:providers:kubernetes", `${name}-provider`);
    const kubeconfig = plain(provider?.inputs?.["kubeconfig"]);
    return typeof uid === "string" && typeof kubeconfig === "string"
      ? [{ name, uid, kubeconfig }]
      : [];
  });
}
