/** Federations for tests: the stand's nodes, and platforms of every generation. */
import * as path from "node:path";
import type { FederationArgs } from "../../components/mip/federation";
import type { FederationSettings } from "../../components/model/mipFederationTypes";

const MIRROR = path.resolve(__dirname, "../../local/charts");

/** On machines: a master and three workers. */
export const UNMANAGED: FederationArgs = {
  federation: "lab",
  pathologies: ["dementia", "tbi"],
  roles: { master: ["mip-master"], worker: ["mip-worker-1", "mip-worker-2", "mip-worker-3"] },
  charts: { mirror: MIRROR },
};

/** On a provider's cluster. */
export const MANAGED: FederationArgs = {
  federation: "lab",
  pathologies: ["dementia"],
  managedCluster: true,
  localWorkers: 2,
  aggregationServer: { enabled: false },
  data: { storageClass: "standard", size: "8Gi" },
  charts: { mirror: MIRROR },
};

/** The platform's part of the args; its secret is a canary. */
export const PLATFORM = {
  platform: {
    publicHost: "mip.lab.example.org",
    keycloak: { host: "iam.lab.example.org", realm: "MIP", clientId: "lab" },
  },
  clientSecret: "canary-client",
};

/** The settings without the rest of a component's args. */
export function settingsOf(args: FederationArgs): FederationSettings {
  const settings = Object.entries(args).filter(([key]) => key !== "charts");
  return Object.fromEntries(settings) as unknown as FederationSettings;
}
