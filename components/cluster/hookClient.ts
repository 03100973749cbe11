/** Requests to a cluster from a resource hook, where the kubeconfig is an Output. */
import * as pulumi from "@pulumi/pulumi";
import { connect, type ApiClient } from "./apiClient";

/** The value of an Output, secret or not. In hooks all are known: they do not run in previews. */
function known<T>(value: pulumi.Input<T>): Promise<T> {
  return new Promise((resolve) => {
    pulumi.output(value).apply((result) => {
      resolve(result as T);
    });
  });
}

/**
 * Makes a client for a cluster; for use in hooks alone. Close it.
 *
 * @param name of whoever asks, for messages
 * @param kubeconfig content
 * @throws ProblemsError when the kubeconfig is wrong, ClusterAccessError when it cannot be used
 */
export async function connectInHook(
  name: string,
  kubeconfig: pulumi.Input<string>,
): Promise<ApiClient> {
  return connect(name, await known(kubeconfig));
}
