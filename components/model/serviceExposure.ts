/** The web address of a deployment: which names a tenant can have, and the Ingress or HTTPRoute behind it. */
import { exposureObjects } from "./exposureObjects";
import type { KubernetesObject } from "./kubernetesObject";
import { asDnsLabel, isDnsLabel, LABEL_RULE } from "./names";
import { nearest, oneOf } from "./problems";
import { serviceLabels, serviceNames } from "./serviceNames";
import type { ServiceProblems } from "./serviceProblems";
import type { ContainerYaml } from "./serviceSchema";
import type {
  ServiceAddress,
  ServiceExposure,
  ServiceRecord,
  ServiceSite,
  ServiceTenant,
} from "./serviceTypes";

/** Names that users would take for the platform's own. */
export const RESERVED_HOSTNAMES: readonly string[] = [
  ...["admin", "api", "auth", "dashboard", "endpoint", "grafana", "hub", "jupyter"],
  ...["keycloak", "kubernetes", "localhost", "login", "mail", "oauth", "oidc", "root"],
  ...["sso", "static", "status", "www"],
];

/** `xn--…`: names that look like others. All with `--` there are reserved for such encodings. */
const ENCODED = /^..--/;

function checkHostname(
  hostname: string,
  exposure: ServiceExposure,
  problems: ServiceProblems,
): void {
  const path = "exposed_hostname";
  const lower = hostname.toLowerCase();
  if (!isDnsLabel(hostname)) {
    const near = asDnsLabel(lower);
    problems.add({
      path,
      reason: "not a host name",
      value: hostname,
      allowed: LABEL_RULE,
      remedy: near === "" ? "Choose another." : `Write it as ${near}.`,
    });
  } else if (ENCODED.test(hostname)) {
    const reason = "an encoded name, which browsers show as another";
    problems.add({ path, reason, value: hostname, remedy: "Choose another." });
  } else if ([...RESERVED_HOSTNAMES, ...(exposure.reservedHosts ?? [])].includes(hostname)) {
    problems.add({ path, reason: "a reserved name", value: hostname, remedy: "Choose another." });
  }
}

/** The container that is exposed: the named one, else the only one with ports. */
function exposedContainer(
  name: string | undefined,
  containers: readonly ContainerYaml[],
  problems: ServiceProblems,
): ContainerYaml | undefined {
  const path = "exposed_service";
  const open = containers.filter(({ ports }) => ports !== undefined && ports.length > 0);
  const names = open.map((container) => container.name);
  if (name === undefined) {
    if (open.length !== 1) {
      problems.add({
        path,
        reason: "required, but missing: not exactly one container has ports",
        allowed: oneOf(names),
        remedy: "Add it.",
      });
    }
    return open.length === 1 ? open[0] : undefined;
  }
  const found = open.find((container) => container.name === name);
  if (found === undefined) {
    const near = isDnsLabel(name) ? nearest(name, names.filter(isDnsLabel)) : undefined;
    problems.add({
      path,
      reason: "no container with ports has this name",
      value: name,
      allowed: oneOf(names),
      remedy: near === undefined ? "Name one of these." : `Did you mean ${near}?`,
    });
  }
  return found;
}

function exposedPort(
  port: number | undefined,
  { name, ports = [] }: ContainerYaml,
  problems: ServiceProblems,
): number | undefined {
  const path = "exposed_port";
  const offered = ports.map((each) => each.port);
  if (port === undefined && offered.length === 1) {
    return offered[0];
  }
  if (port === undefined || !offered.includes(port)) {
    problems.add({
      path,
      reason:
        port === undefined
          ? `required, but missing: container ${name} has several ports`
          : `a port that container ${name} does not have`,
      value: port,
      allowed: oneOf(offered.map(String)),
      remedy: port === undefined ? "Add it." : "Name one of these.",
    });
    return undefined;
  }
  return port;
}

/**
 * What a record says of the web address.
 *
 * @param containers those of the document; nothing while there is something wrong with it
 * @returns nothing when it is not exposed, or when a problem was added
 */
export function parseAddress(
  record: ServiceRecord,
  containers: readonly ContainerYaml[] | undefined,
  { exposure }: ServiceSite,
  problems: ServiceProblems,
): ServiceAddress | undefined {
  const { exposed_hostname: hostname, exposed_service: service, exposed_port: port } = record;
  if (hostname === undefined) {
    for (const [path, value] of Object.entries({ exposed_service: service, exposed_port: port })) {
      if (value !== undefined) {
        const reason = "of no use without exposed_hostname";
        const remedy = `Add exposed_hostname, or remove ${path}.`;
        problems.add({ path, reason, value, remedy });
      }
    }
    return undefined;
  }
  if (exposure === undefined) {
    problems.add({
      path: "exposed_hostname",
      reason: "deployments have no web addresses here",
      value: hostname,
      remedy: "Remove it, or ask the operator for a domain.",
    });
    return undefined;
  }
  checkHostname(hostname, exposure, problems);
  if (containers === undefined) {
    return undefined;
  }
  const container = exposedContainer(service, containers, problems);
  const found = container && exposedPort(port, container, problems);
  return container === undefined || found === undefined
    ? undefined
    : { container: container.name, port: found, hostname, host: `${hostname}.${exposure.domain}` };
}

/** What exposes a deployment; nothing for one without an address. */
export function addressObjects(
  tenant: ServiceTenant,
  id: string,
  address: ServiceAddress | undefined,
  { exposure }: ServiceSite,
): KubernetesObject[] {
  if (address === undefined || exposure === undefined) {
    return [];
  }
  const names = serviceNames(id);
  const labels = serviceLabels(tenant, id);
  return exposureObjects(exposure, {
    name: names.name,
    namespace: tenant.namespace,
    labels,
    host: address.host,
    service: names.service(address.container),
    port: address.port,
    tlsSecret: names.tls,
    // cert-manager leaves the Secret behind when the Ingress goes: with our labels it is found and removed.
    ...(exposure.issuer === undefined
      ? {}
      : { annotations: { "cert-manager.io/secret-template": JSON.stringify({ labels }) } }),
  });
}
