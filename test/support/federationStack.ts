/** Stacks with federations on the stand's second cluster, as a config section has them. */
import type { StackSettings } from "../../cli/settings";
import { CLUSTER, KUBECONFIG, settingsOf, type Sections } from "./platformStack";

/** A federation on a provider's cluster: local workers, and a platform with its database. */
export function managedFederation(name: string, localWorkers: number): object {
  return {
    managedCluster: true,
    pathologies: ["dementia"],
    localWorkers,
    aggregationServer: { enabled: false },
    data: { storageClass: "standard" },
    platform: {
      publicHost: `${name}.lab.example.org`,
      keycloak: {
        host: "iam.lab.example.org",
        realm: "MIP",
        clientId: name,
        clientSecret: "no-secret-on-the-stand",
      },
      storage: { storageClass: "standard" },
    },
  };
}

/** The settings of a stack with the layer of federations, from our stand-ins for the charts. */
export function federationStack(sections: Sections): StackSettings {
  return settingsOf({
    layers: ["federation"],
    charts: { mirror: "./local/charts" },
    expose: { className: "nginx", domain: "lab.example.org" },
    ...sections,
    clusters: { [CLUSTER]: { kubeconfig: KUBECONFIG, context: CLUSTER } },
  });
}
