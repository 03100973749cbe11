/** Webhook configurations that ask cert-manager's cainjector for their certificate authority. */
import type { ApiObject } from "../cluster/api";

/** A Service that a webhook is called at. */
export interface ServiceReference {
  namespace: string;
  name: string;
  port?: number;
}

/** A ValidatingWebhookConfiguration or MutatingWebhookConfiguration. */
export interface WebhookConfiguration extends ApiObject {
  webhooks?: { clientConfig: { caBundle?: string; service?: ServiceReference } }[];
}

/** Both kinds, as the API's paths name them. */
export const CONFIGURATION_KINDS = [
  "mutatingwebhookconfigurations",
  "validatingwebhookconfigurations",
] as const;

export const CONFIGURATION_PATH = "/apis/admissionregistration.k8s.io/v1";

/** The labels by which cert-manager's chart marks its own. */
export const CONFIGURATION_LABELS =
  "app.kubernetes.io/name=webhook,app.kubernetes.io/component=webhook";

const INJECT = "cert-manager.io/inject-ca-from-secret";

/** Whether it waits for cert-manager to say whom to trust. */
export function asksForAuthority({ metadata }: ApiObject): boolean {
  return metadata.annotations?.[INJECT] !== undefined;
}

/** The Services that it has called, each once. */
export function servicesOf({ webhooks = [] }: WebhookConfiguration): ServiceReference[] {
  const found = new Map<string, ServiceReference>();
  for (const { clientConfig } of webhooks) {
    const { service } = clientConfig;
    if (service !== undefined) {
      found.set(hostOf(service), service);
    }
  }
  return [...found.values()];
}

/** The name that the API server asks for, and looks for in the certificate. */
export function hostOf({ namespace, name }: ServiceReference): string {
  return `${name}.${namespace}.svc`;
}

/** The configuration with the authority in it, or nothing where it is there already. */
export function withAuthority(
  configuration: WebhookConfiguration,
  authority: string,
): WebhookConfiguration | undefined {
  const caBundle = Buffer.from(authority).toString("base64");
  const { webhooks = [] } = configuration;
  if (webhooks.every(({ clientConfig }) => clientConfig.caBundle === caBundle)) {
    return undefined;
  }
  return {
    ...configuration,
    webhooks: webhooks.map((webhook) => ({
      ...webhook,
      clientConfig: { ...webhook.clientConfig, caBundle },
    })),
  };
}
