/** Why a cluster could not be asked. */

/**
 * - `unreachable`: nothing answers
 * - `tls`: who answers cannot be trusted
 * - `unauthorised`: the credentials are not accepted
 * - `forbidden`: the credentials do not allow this request
 * - `kubeconfig`: the kubeconfig cannot be used here
 * - `unsupported`: the kubeconfig is fine, but requests of our own cannot use it
 * - `failed`: anything else
 */
export type AccessErrorKind =
  "unreachable" | "tls" | "unauthorised" | "forbidden" | "kubeconfig" | "unsupported" | "failed";

/** A request that gave no answer; its message is one sentence that names the cluster, and the remedy. */
export class ClusterAccessError extends Error {
  override readonly name = "ClusterAccessError";

  /**
   * @param reason a clause without a full stop; never holds a credential
   * @param remedy a sentence
   */
  constructor(
    readonly kind: AccessErrorKind,
    readonly reason: string,
    readonly remedy?: string,
    options?: ErrorOptions,
  ) {
    super(remedy === undefined ? `${reason}.` : `${reason}. ${remedy}`, options);
  }
}
