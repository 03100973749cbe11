/** The stacks with federations that are measured, all on the stand's second cluster. */
import { readSettings, type StackSettings } from "../../cli/settings";
import {
  CLUSTER,
  KUBECONFIG,
  ROOT,
  settingsOf,
  type Sections,
} from "../../test/support/platformStack";

/** How many federations one `up` makes for the comparison with one. */
const MANY = 10;

/** A federation on a provider's cluster: three local workers, and a platform with its database. */
function managed(name: string): object {
  return {
    managedCluster: true,
    pathologies: ["dementia"],
    localWorkers: 3,
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

function stackOf(sections: Sections): StackSettings {
  return settingsOf({
    layers: ["federation"],
    charts: { mirror: "./local/charts" },
    expose: { className: "nginx", domain: "lab.example.org" },
    ...sections,
    clusters: { [CLUSTER]: { kubeconfig: KUBECONFIG, context: CLUSTER } },
  });
}

/** The sample stack: three machines with data, a JupyterHub, and the platform in front. */
function sample(): StackSettings {
  const { config = {} } = readSettings(ROOT, "federation");
  const sections = Object.entries(config).map(([key, value]) => [
    key.replace("science-platform:", ""),
    value,
  ]);
  return stackOf(Object.fromEntries(sections) as Sections);
}

function several(count: number): StackSettings {
  const names = Array.from({ length: count }, (_, index) => `bench-${index}`);
  return stackOf({
    federations: Object.fromEntries(names.map((name) => [name, managed(name)])),
  });
}

/** The settings of each stack, by its name. */
export const STACKS: Record<string, () => StackSettings> = {
  sample,
  one: () => several(1),
  many: () => several(MANY),
};

/** What the row says of it. */
export const MANY_TEXT = `${MANY} federations in one up`;
