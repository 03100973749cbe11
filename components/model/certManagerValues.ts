/** Values of cert-manager's chart: the few that we set, below what a user sets. */
import { mergeValues } from "./mergeValues";

/** What the values follow from. */
export interface CertManagerSettings {
  /** Whether the CRDs, and with them every certificate, outlive the release. */
  keepCrds: boolean;
  /** Whether the chart's own check must make the release wait for the webhook. */
  startupCheck: boolean;
  /** Whether the controller works with the Gateway API. */
  gatewayApi: boolean;
}

/** Longer than upstream's minute, within which images are often not even there. */
const STARTUP_CHECK_TIMEOUT = "5m";

/** The chart's values. */
export function certManagerValues(
  { keepCrds, startupCheck, gatewayApi }: CertManagerSettings,
  over?: Record<string, unknown>,
): Record<string, unknown> {
  const controllerConfig = {
    apiVersion: "controller.config.cert-manager.io/v1alpha1",
    kind: "ControllerConfiguration",
    enableGatewayAPI: true,
  };
  return mergeValues(
    {
      crds: { enabled: true, keep: keepCrds },
      startupapicheck: startupCheck
        ? { enabled: true, timeout: STARTUP_CHECK_TIMEOUT }
        : { enabled: false },
      ...(gatewayApi ? { config: controllerConfig } : {}),
    },
    over,
  );
}
