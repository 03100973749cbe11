/** Why cert-manager's webhook does not serve yet: from the API server's answer to a named cause. */

/** The stages on the way to a webhook that serves, and what may stand in it. */
export const WebhookCause = {
  /** The custom resources are not served. */
  Crds: "crds",
  /** The namespace is not there. */
  Namespace: "namespace",
  /** The webhook's Service is not there. */
  Service: "service",
  /** The Service has no pod behind it that is ready. */
  Endpoints: "endpoints",
  /** Nothing listens where the Service leads. */
  Refused: "refused",
  /** There is no way from the API server to the Service. */
  Unreachable: "unreachable",
  /** The API server does not trust the webhook: the CA bundle is not injected, or another's. */
  Certificate: "certificate",
  /** The webhook takes too long. */
  Timeout: "timeout",
  /** The webhook refuses a request that is sound. */
  Denied: "denied",
  /** Another admission webhook or policy refuses it. */
  OtherDenied: "other-denied",
  /** Requests are let through without being changed. */
  NotMutated: "not-mutated",
  /** Requests are let through without being checked. */
  NotValidated: "not-validated",
  /** The kubeconfig's user may not make the request. */
  Forbidden: "forbidden",
  /** The API server itself did not answer. */
  Api: "api",
  /** Anything else. */
  Other: "other",
} as const;
export type WebhookCause = (typeof WebhookCause)[keyof typeof WebhookCause];

/** One reason why the webhook cannot be used. */
export interface WebhookFault {
  cause: WebhookCause;
  /** What the server said. */
  said: string;
}

/** Name of cert-manager's webhook in both of its configurations. */
export const WEBHOOK_NAME = "webhook.cert-manager.io";

/** Names of the chart's objects for a release that is called as the chart is. */
export const WEBHOOK_OBJECT = "cert-manager-webhook";

const NOT_FOUND = 404;
const REFUSALS = new Set([401, 403]);

/** What the API server says behind the address when it calls a webhook in vain; the first that fits counts. */
const CALLS: readonly [RegExp, WebhookCause][] = [
  [/service "[^"]*" not found/, WebhookCause.Service],
  [/no endpoints available|no service port/i, WebhookCause.Endpoints],
  [/x509:|tls:/, WebhookCause.Certificate],
  [/connection refused/, WebhookCause.Refused],
  [/deadline exceeded|timeout|timed out/i, WebhookCause.Timeout],
];

function causeOf(status: number, message: string): WebhookCause {
  const denial = /admission webhook "([^"]*)" denied the request/.exec(message);
  if (denial !== null) {
    return denial[1] === WEBHOOK_NAME ? WebhookCause.Denied : WebhookCause.OtherDenied;
  }
  if (message.includes("failed calling webhook")) {
    if (!message.includes(`"${WEBHOOK_NAME}"`)) {
      return WebhookCause.OtherDenied;
    }
    // The address itself holds words such as `timeout=10s`.
    const detail = /(?:Post|Get) "[^"]*": (.*)/s.exec(message)?.[1] ?? message;
    return CALLS.find(([pattern]) => pattern.test(detail))?.[1] ?? WebhookCause.Unreachable;
  }
  if (status === NOT_FOUND) {
    return /^namespaces "/.test(message) ? WebhookCause.Namespace : WebhookCause.Crds;
  }
  if (REFUSALS.has(status)) {
    return message.includes("ValidatingAdmissionPolicy")
      ? WebhookCause.OtherDenied
      : WebhookCause.Forbidden;
  }
  return status === 504 ? WebhookCause.Timeout : WebhookCause.Other;
}

/**
 * What an answer to the dry-run of a CertificateRequest says of the webhook.
 *
 * @param status HTTP status, 300 at least
 * @param message of the answer's `Status` object
 */
export function webhookFault(status: number, message: string): WebhookFault {
  return { cause: causeOf(status, message), said: message };
}

interface Explanation {
  /** A clause. */
  reason: string;
  /** What shows more. */
  command: string;
}

const POD = "app.kubernetes.io/component=webhook";

function explanation(cause: WebhookCause, namespace: string): Explanation {
  const kubectl = `kubectl -n ${namespace}`;
  const configurations =
    "kubectl get mutatingwebhookconfigurations,validatingwebhookconfigurations -o yaml " +
    WEBHOOK_OBJECT;
  const all: Record<WebhookCause, Explanation> = {
    crds: {
      reason: "cert-manager's CustomResourceDefinitions are missing",
      command: "kubectl get crd certificaterequests.cert-manager.io",
    },
    namespace: {
      reason: `the namespace ${namespace} is missing`,
      command: `kubectl get namespace ${namespace}`,
    },
    service: {
      reason: "the webhook's Service is missing",
      command: `${kubectl} get services,deployments`,
    },
    endpoints: {
      reason: "the webhook's Service has no endpoints: no pod of it is ready",
      command: `${kubectl} describe pods -l ${POD}`,
    },
    refused: {
      reason: "the connection to the webhook is refused",
      command: `${kubectl} logs deployment/${WEBHOOK_OBJECT}`,
    },
    unreachable: {
      reason:
        "the API server cannot reach the webhook; a firewall may close the pods' port 10250 to it",
      command: `${kubectl} get services,endpointslices,pods -o wide`,
    },
    certificate: {
      reason:
        "the API server does not trust the webhook: the CA bundle is not injected yet, or is another's",
      command: `${kubectl} logs deployment/cert-manager-cainjector; ${configurations}`,
    },
    timeout: {
      reason:
        "the webhook does not answer in time; a firewall may close the pods' port 10250 to the API server",
      command: `${kubectl} get pods -o wide; ${kubectl} logs deployment/${WEBHOOK_OBJECT}`,
    },
    denied: {
      reason: "the webhook denies a request that is sound",
      command: `${kubectl} logs deployment/${WEBHOOK_OBJECT}`,
    },
    "other-denied": {
      reason: "another admission webhook or policy than cert-manager's is in the way",
      command:
        "kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations,validatingadmissionpolicies",
    },
    "not-mutated": {
      reason: "the webhook is not asked to complete requests",
      command: configurations,
    },
    "not-validated": {
      reason: `the webhook is not asked to check requests (is namespace ${namespace} labelled cert-manager.io/disable-validation?)`,
      command: configurations,
    },
    forbidden: {
      reason: "the kubeconfig's user may not try out a CertificateRequest",
      command: `${kubectl} auth can-i create certificaterequests.cert-manager.io`,
    },
    api: { reason: "the API server does not answer", command: "kubectl get --raw /readyz" },
    other: { reason: "the API server answers in an unknown way", command: `${kubectl} get events` },
  };
  return all[cause];
}

/** The cause as a clause, such as `the webhook's Service is missing`. */
export function reasonOf({ cause }: WebhookFault, namespace: string): string {
  return explanation(cause, namespace).reason;
}

/** Sentences for the person who waited in vain: cause, what was said, and the command to look with. */
export function describeFault(fault: WebhookFault, namespace: string): string {
  const { reason, command } = explanation(fault.cause, namespace);
  const said = fault.said === "" ? "" : ` It was said: ${fault.said.replace(/\.?\s*$/, ".")}`;
  return `${reason}.${said} Look with: ${command}`;
}
