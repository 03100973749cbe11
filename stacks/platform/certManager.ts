/** cert-manager of a stack: checked with everything else, then made beside the other add-ons. */
import * as pulumi from "@pulumi/pulumi";
import {
  CertManager,
  type CertIssuer,
  type CertManagerArgs,
} from "../../components/addons/certManager";
import { missingChart } from "../../components/charts/chart";
import { checkIssuers } from "../../components/model/issuers";
import type { Problems } from "../../components/model/problems";
import type { PlatformConfig } from "../platformConfig";

/** The args from the config, or nothing where the stack has no cert-manager. */
export function certManagerArgs(
  config: PlatformConfig,
  problems: Problems,
): CertManagerArgs | undefined {
  const section = config.addons?.certManager;
  if (section === undefined) {
    return undefined;
  }
  const { charts } = config;
  const missing = missingChart("cert-manager", charts);
  if (missing !== undefined) {
    problems.add(missing);
  }
  checkIssuers(section.issuers ?? {}, "addons.certManager.issuers", problems);
  const issuers = Object.entries(section.issuers ?? {}).map(([name, { ca, ...issuer }]) => {
    if (ca?.certificate === undefined || ca.key === undefined) {
      return [name, { ...issuer, ca: ca && { existingSecret: ca.existingSecret } }] as const;
    }
    const pair = { certificate: ca.certificate, key: pulumi.secret(ca.key) };
    return [name, { ...issuer, ca: pair }] as const;
  });
  return {
    ...section,
    // Or cert-manager would not see the Gateway that asks for its certificates.
    gatewayApi: section.gatewayApi ?? (config.expose?.kind === "gateway" ? true : undefined),
    issuers: Object.fromEntries<CertIssuer>(issuers),
    charts,
  };
}

/** Makes cert-manager and its issuers on a cluster. */
export function certManagerOn(
  name: string,
  { provider, kubeconfig }: { provider: pulumi.ProviderResource; kubeconfig: pulumi.Input<string> },
  args: CertManagerArgs,
): CertManager {
  return new CertManager(`${name}-cert-manager`, { ...args, kubeconfig }, { provider });
}
