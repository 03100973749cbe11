/** Why a cluster could not be read. */

/**
 * - `unreachable`: nothing answers
 * - `tls`: who answers cannot be trusted
 * - `unauthorised`: the credentials are not accepted
 * - `forbidden`: the credentials do not allow this read
 * - `kubeconfig`: the kubeconfig cannot be used here
 * - `unsupported`: the kubeconfig is fine, but these reads cannot use it
 * - `failed`: anything else
 */
export type ReadErrorKind =
  "unreachable" | "tls" | "unauthorised" | "forbidden" | "kubeconfig" | "unsupported" | "failed";

/** A read that gave no answer; its message is one sentence that names the cluster, and the remedy. */
export class ReadError extends Error {
  override readonly name = "ReadError";

  /**
   * @param reason a clause without a full stop; never holds a credential
   * @param remedy a sentence
   */
  constructor(
    readonly kind: ReadErrorKind,
    readonly reason: string,
    readonly remedy?: string,
    options?: ErrorOptions,
  ) {
    super(remedy === undefined ? `${reason}.` : `${reason}. ${remedy}`, options);
  }
}
