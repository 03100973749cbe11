/** The condition that cert-manager's controller would write once an issuer or certificate is ready. */
import type { ApiObject } from "../cluster/api";

/** Custom resources of cert-manager that get a condition. */
export const CONDITIONED_KINDS = ["clusterissuers", "issuers", "certificates"] as const;

export const CERT_MANAGER_PATH = "/apis/cert-manager.io/v1";

/** An issuer or certificate. */
export interface Conditioned extends ApiObject {
  metadata: ApiObject["metadata"] & { generation?: number };
  status?: { conditions?: { type: string; status: string; observedGeneration?: number }[] };
}

/** The status that an object is to get; nothing where it has it, or says that it stays as it is. */
export function readyStatus(
  { metadata, status }: Conditioned,
  now = new Date(),
): object | undefined {
  // The word that keeps a pod from starting, see local/stages/pod.yaml.
  if (metadata.annotations?.["science-platform/simulate"] === "pending") {
    return undefined;
  }
  const { generation } = metadata;
  const current = status?.conditions?.find(({ type }) => type === "Ready");
  if (current?.status === "True" && current.observedGeneration === generation) {
    return undefined;
  }
  return {
    conditions: [
      {
        type: "Ready",
        status: "True",
        reason: "Simulated",
        message: "Simulated by the local stand: nobody was asked, and nothing is signed.",
        lastTransitionTime: `${now.toISOString().slice(0, 19)}Z`,
        observedGeneration: generation,
      },
    ],
  };
}
