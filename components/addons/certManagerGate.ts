/**
 * The wait for cert-manager's webhook: no issuer is written before the API server has shown, in a dry run,
 * that the webhook completes and checks requests.
 */
import { setTimeout as sleep } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { messageOf, type ApiAnswer, type ApiClient } from "../cluster/apiClient";
import { connectInHook } from "../cluster/hookClient";
import {
  describeFault,
  reasonOf,
  WebhookCause,
  webhookFault,
  WEBHOOK_OBJECT,
  type WebhookFault,
} from "../model/webhookFaults";

/** How the webhook is waited for. */
export interface GateOptions {
  /** Namespace that cert-manager is in. */
  namespace: string;
  /** Seconds until a webhook that does not serve is an error. */
  timeoutSeconds: number;
  /** Called with each new reason to go on waiting, once it has taken a while. @default nothing is said */
  waiting?: (reason: string) => void;
  /** Seconds that are no news: most webhooks serve within them. @default 10 */
  quietSeconds?: number;
}

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 3000;
const GROWTH = 1.5;

/** Time for one request, so that the API server gives up on a silent webhook before we do on the server. */
const REQUEST_TIMEOUT = "10s";

/** A certificate request for the name gate.example.org; the key that it was made with is thrown away. */
const SOUND_REQUEST = [
  "MIIBCTCBsAIBADAgMR4wHAYDVQQDDBVzY2llbmNlLXBsYXRmb3JtLWdhdGUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQj",
  "lNJ+hU2sGsIpXZyeTZ/JAVxKpLDcdhYTTuz3qdYBr4vjcC8i1s1F3EKxjqzUvy0wOPXG5jUCTW8J3iuMqq4foC4wLAYJKoZI",
  "hvcNAQkOMR8wHTAbBgNVHREEFDASghBnYXRlLmV4YW1wbGUub3JnMAoGCCqGSM49BAMCA0gAMEUCIQDCimtkLrjxeTnczujG",
  "nq7ZFHWJZjCxMUqV1H98AkjLGQIgQRFKb/6iPDD9hDG/tk+cMRD9efLViVPOPusPy964Z4I=",
].join("");

function pem(base64: string): string {
  return `-----BEGIN CERTIFICATE REQUEST-----\n${base64}\n-----END CERTIFICATE REQUEST-----\n`;
}

/** Sends a CertificateRequest that is never stored. */
function tryOut(client: ApiClient, namespace: string, request: string): Promise<ApiAnswer> {
  const path = `/apis/cert-manager.io/v1/namespaces/${encodeURIComponent(namespace)}/certificaterequests`;
  return client.request("POST", `${path}?dryRun=All&timeout=${REQUEST_TIMEOUT}`, {
    body: {
      apiVersion: "cert-manager.io/v1",
      kind: "CertificateRequest",
      metadata: { generateName: "science-platform-gate-" },
      spec: {
        request: Buffer.from(request).toString("base64"),
        issuerRef: { name: "science-platform-gate" },
      },
    },
  });
}

function failed(answer: ApiAnswer): boolean {
  return answer.status >= 300;
}

/** What stands in the way of issuers now; nothing when the webhook completes and checks requests. */
async function findFault(client: ApiClient, namespace: string): Promise<WebhookFault | undefined> {
  const sound = await tryOut(client, namespace, pem(SOUND_REQUEST));
  if (failed(sound)) {
    return webhookFault(sound.status, messageOf(sound));
  }
  const { spec } = sound.body as { spec?: { username?: string; uid?: string } };
  if ((spec?.username ?? "") === "" && (spec?.uid ?? "") === "") {
    return { cause: WebhookCause.NotMutated, said: "" };
  }
  const unsound = await tryOut(client, namespace, "not a certificate request");
  if (!failed(unsound)) {
    return { cause: WebhookCause.NotValidated, said: "" };
  }
  const fault = webhookFault(unsound.status, messageOf(unsound));
  return fault.cause === WebhookCause.Denied ? undefined : fault;
}

/** The kinds of fault that a Service without ready pods looks like, depending on the cluster's network. */
const NETWORK_CAUSES: ReadonlySet<WebhookCause> = new Set([
  WebhookCause.Refused,
  WebhookCause.Timeout,
  WebhookCause.Unreachable,
]);

/** The fault, or the simpler one behind it: that no pod of the webhook is ready. */
async function closerLook(
  client: ApiClient,
  namespace: string,
  fault: WebhookFault,
): Promise<WebhookFault> {
  if (!NETWORK_CAUSES.has(fault.cause)) {
    return fault;
  }
  const selector = encodeURIComponent(`kubernetes.io/service-name=${WEBHOOK_OBJECT}`);
  const answer = await client.request(
    "GET",
    `/apis/discovery.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/endpointslices?labelSelector=${selector}`,
  );
  if (failed(answer)) {
    return fault;
  }
  const { items } = answer.body as {
    items: { endpoints?: { conditions?: { ready?: boolean } }[] | null }[];
  };
  const ready = items
    .flatMap(({ endpoints }) => endpoints ?? [])
    .some(({ conditions }) => conditions?.ready ?? true);
  return ready ? fault : { ...fault, cause: WebhookCause.Endpoints };
}

/** `attempt`, where a server that does not answer is one more reason to wait. */
async function orApiFault<T>(attempt: () => Promise<T>): Promise<T | WebhookFault> {
  try {
    return await attempt();
  } catch (error) {
    return { cause: WebhookCause.Api, said: (error as Error).message };
  }
}

/**
 * Returns once cert-manager's webhook serves. Nothing is written to the cluster.
 *
 * @throws Error with the cause and the command to look with, when it does not in time, or at once when the
 *   user may not ask
 */
export async function waitForWebhook(client: ApiClient, options: GateOptions): Promise<void> {
  const { namespace, timeoutSeconds, waiting, quietSeconds = 10 } = options;
  const started = Date.now();
  const deadline = started + timeoutSeconds * 1000;
  let said: string | undefined;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * GROWTH, LONGEST_PAUSE_MS)) {
    const fault = await orApiFault(() => findFault(client, namespace));
    if (fault === undefined) {
      return;
    }
    if (fault.cause === WebhookCause.Forbidden) {
      throw new Error(`cert-manager: ${describeFault(fault, namespace)}`);
    }
    if (Date.now() + pause > deadline) {
      const closer = await closerLook(client, namespace, fault).catch(() => fault);
      throw new Error(
        `cert-manager's webhook did not serve within ${timeoutSeconds} s, and no issuer can be made before: ` +
          `${describeFault(closer, namespace)} Then run this again: it goes on from here.`,
      );
    }
    const reason = reasonOf(fault, namespace);
    if (reason !== said && Date.now() >= started + quietSeconds * 1000) {
      said = reason;
      waiting?.(reason);
    }
    await sleep(pause);
  }
}

/**
 * A hook that lets an issuer be written only when the webhook serves. It is found out once in a run,
 * however many issuers there are.
 *
 * @param name unique in the program; it is kept in state, so it must stay the same
 * @param kubeconfig of the cluster that cert-manager is in
 */
export function webhookGate(
  name: string,
  kubeconfig: pulumi.Input<string>,
  options: GateOptions,
): pulumi.ResourceHook {
  const run = async (): Promise<void> => {
    const client = await connectInHook(name, kubeconfig);
    try {
      await waitForWebhook(client, options);
    } finally {
      client.close();
    }
  };
  let passed: Promise<void> | undefined;
  return new pulumi.ResourceHook(`${name}-webhook-serves`, () => (passed ??= run()));
}
