/**
 * The values that each generation of the platform's chart has. The charts have no schema: a key that a chart does
 * not know, it ignores without a word, so we refuse it.
 */
import { MIP_GENERATIONS, type MipGeneration } from "./mipGenerations";
import { nearest, oneOf, type Problems } from "./problems";

/** Keys by the path that leads to them; below a key that is listed anything goes. */
const EVERYWHERE = [
  "cluster.managed",
  "cluster.storageClasses.local",
  "cluster.storageClasses.managed",
  "engines.exaflow.url",
  "mip.version",
  "keycloak.enabled",
  "keycloak.host",
  "keycloak.protocol",
  "keycloak.realm",
];

const NETWORK = [
  "cluster.namespace",
  "network.externalIP",
  "network.link",
  "network.externalProtocol",
  "network.publicProtocol",
  "network.publicHost",
  "engines.exaflow.image",
  "mip.displayName",
  "datacatalog.protocol",
  "datacatalog.host",
  "keycloak.clientId",
  "keycloak.sslRequired",
  "keycloak.proxyAddressForwarding",
];

/** `network.ingress`, of the generations in which two sections speak of the Ingress. */
const NETWORK_INGRESS = ["network.ingress"];

function parts({ ui, backend, database, foldersOnMaster }: MipGeneration): string[] {
  const folder = (path: string): string[] => (foldersOnMaster ? [`${path}.localPath`] : []);
  return [
    ...["image", "backend"].map((key) => `${ui}.${key}`),
    ...["enabled", "className", "certManagerClusterIssuer", "tlsSecretName"].map(
      (key) => `${ui}.ingress.${key}`,
    ),
    `${backend}.image`,
    ...["logLevel", "logLevelFramework", "algorithmUpdateInterval"].map(
      (key) => `${backend}.config.${key}`,
    ),
    ...["data", "logs"].flatMap((key) => [
      `${backend}.persistence.${key}.size`,
      ...folder(`${backend}.persistence.${key}`),
    ]),
    `${database}.image`,
    `${database}.persistence.size`,
    ...folder(`${database}.persistence`),
  ];
}

function withNetwork({ ui }: MipGeneration): string[] {
  return [...NETWORK, `${ui}.service.nodePort`, `${ui}.ingress.redirectRootTo`, `${ui}.config`];
}

const OWN: Record<string, readonly string[]> = {
  "9c325ef": [...NETWORK_INGRESS, "portalbackend.service.exposeDebug"],
  "6f8b2c7": [
    ...NETWORK_INGRESS,
    "notebook.enabled",
    ...["host", "port", "context", "landingPath"].map((key) => `notebook.server.${key}`),
    "jupyter",
  ],
  "9.0.2": [],
  "9.2.0": [
    "global.publicHost",
    "platform-ui.notebook.enabled",
    "platform-ui.guide",
    "jupyterhub.cryptKey",
    "jupyterhub.image",
    "jupyterhub.resources",
    "jupyterhub.ingress",
    "jupyterhub.singleuser",
  ],
};

/** Every key that a generation's chart reads, as a dotted path. */
export function mipKeys(generation: MipGeneration): string[] {
  return [
    ...EVERYWHERE,
    ...parts(generation),
    ...(generation.hasNetwork ? withNetwork(generation) : []),
    ...OWN[generation.version]!,
  ];
}

/** The paths at which `value` has something other than a section: an Output is one value. */
function leaves(value: unknown, path = ""): string[] {
  if (
    typeof value !== "object" ||
    value === null ||
    Object.getPrototypeOf(value) !== Object.prototype
  ) {
    return [path];
  }
  return Object.entries(value).flatMap(([key, inner]) =>
    leaves(inner, path === "" ? key : `${path}.${key}`),
  );
}

function isKnown(path: string, known: readonly string[]): boolean {
  return known.some((key) => path === key || path.startsWith(`${key}.`));
}

/** Adds a problem for each value that the generation's chart would ignore. */
export function checkMipKeys(
  values: Readonly<Record<string, unknown>>,
  generation: MipGeneration,
  problems: Problems,
): void {
  const known = mipKeys(generation);
  for (const path of leaves(values)) {
    if (isKnown(path, known)) {
      continue;
    }
    const others = MIP_GENERATIONS.filter((other) => isKnown(path, mipKeys(other)));
    const near = nearest(path, known);
    problems.add(
      others.length > 0
        ? {
            path: `values.${path}`,
            reason: `a key of chart ${oneOf(others.map(({ version }) => version))}; ${generation.version} would ignore it`,
            remedy: "Remove it, or set charts.versions.mip.",
          }
        : {
            path: `values.${path}`,
            reason: `not a key of chart ${generation.version}, which would ignore it`,
            remedy: near === undefined ? "Remove it." : `Did you mean ${near}?`,
          },
    );
  }
}
