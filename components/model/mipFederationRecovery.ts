/** How soon the hub's pods leave a node that is lost; engine and platform see to their own. */

/** As for the engine: Kubernetes waits 300 seconds, which would miss a return within five minutes. */
const DEFAULT_SECONDS = 60;

function tolerations(seconds: number): object[] {
  return ["not-ready", "unreachable"].map((state) => ({
    key: `node.kubernetes.io/${state}`,
    operator: "Exists",
    effect: "NoExecute",
    tolerationSeconds: seconds,
  }));
}

/** Values of zero-to-jupyterhub's chart: its hub and its proxy leave a lost node after so many seconds. */
export function evictionValues(seconds = DEFAULT_SECONDS): Record<string, unknown> {
  return {
    hub: { tolerations: tolerations(seconds) },
    proxy: { chp: { tolerations: tolerations(seconds) } },
  };
}
