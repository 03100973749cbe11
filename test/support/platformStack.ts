/** The dev stack's platform on the stand's other cluster, where no stack of a developer is in the way. */
import * as path from "node:path";
import { readSettings, type StackSettings } from "../../cli/settings";
import type { ApiClient } from "../../components/cluster/apiClient";

export const ROOT = path.resolve(__dirname, "../..");

/** The cluster of the stand that the platform is tried on. */
export const CLUSTER = "local-2";

export const KUBECONFIG = path.join(ROOT, `.local/clusters/${CLUSTER}/kubeconfig`);

/** Sections of the config, without the project's name. */
export type Sections = Record<string, unknown>;

/** The dev stack's sections for the `platform` layer alone. */
export function platformSections(): Sections {
  const { config = {} } = readSettings(ROOT, "dev");
  const sections = Object.entries(config)
    .map(([key, value]) => [key.replace("science-platform:", ""), value] as const)
    .filter(([section]) => section !== "workspaces");
  return {
    ...Object.fromEntries(sections),
    layers: ["platform"],
    clusters: { [CLUSTER]: { kubeconfig: KUBECONFIG, context: CLUSTER } },
  };
}

/** Sections as the settings of a stack. */
export function settingsOf(sections: Sections): StackSettings {
  const config = Object.entries(sections).map(([key, value]) => [`science-platform:${key}`, value]);
  return { config: Object.fromEntries(config) as Record<string, unknown> };
}

const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/** Removes the CRDs of cert-manager: they outlive its stack, since every certificate would go with them. */
export async function removeCertManagerCrds(client: ApiClient): Promise<void> {
  const { body } = await client.request("GET", CRDS);
  for (const { metadata } of (body as { items: { metadata: { name: string } }[] }).items) {
    if (metadata.name.endsWith(".cert-manager.io")) {
      await client.request("DELETE", `${CRDS}/${metadata.name}`);
    }
  }
}
