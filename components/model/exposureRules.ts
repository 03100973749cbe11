/** Rules of how a workspace is reached: its ports, its Service and its ingress. */
import { asDnsLabel, isDnsSubdomain, isHostName, SUBDOMAIN_RULE } from "./names";
import { joinPath, nearest, oneOf, type Problems } from "./problems";
import type { TypedKeys } from "./workspaceSchema";

const SERVICE_TYPES = ["ClusterIP", "NodePort", "LoadBalancer"];

/** Longest name of a container's port. */
const PORT_NAME_LENGTH = 15;
const HIGHEST_PORT = 65_535;
const LOWEST_NODE_PORT = 30_000;
const HIGHEST_NODE_PORT = 32_767;

const PORT_NAME = /^(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/;
const URL_PATH = /^[A-Za-z0-9/_.~-]*$/;
const RESOLVER = /^[A-Za-z0-9_-]+$/;
const MIDDLEWARE = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(@[a-z0-9]+)?$/;
const HOST_RULE = "a host name such as notebook.lab.example.org: no scheme, port, path or *";

function checkPortName(name: string, problems: Problems): void {
  if (name.length <= PORT_NAME_LENGTH && PORT_NAME.test(name)) {
    return;
  }
  const guess = asDnsLabel(name).slice(0, PORT_NAME_LENGTH).replace(/-$/, "");
  problems.add({
    path: joinPath("ports", [name]),
    reason: "not a name that a port can have",
    value: name,
    allowed: `lower-case letters, digits and single -, ${PORT_NAME_LENGTH} characters at most, with a letter among them`,
    remedy: PORT_NAME.test(guess) ? `Write it as ${guess}.` : "Rename it.",
  });
}

function checkRange(
  path: string,
  value: number,
  lowest: number,
  highest: number,
  problems: Problems,
): boolean {
  const inRange = value >= lowest && value <= highest;
  if (!inRange) {
    const allowed = `${lowest} to ${highest}`;
    problems.add({ path, reason: "out of range", value, allowed, remedy: "Choose another." });
  }
  return inRange;
}

/** Adds the problems of ports and of the Service in front of them. */
export function checkPorts(
  { ports, service_type: type }: TypedKeys,
  given: ReadonlySet<string>,
  problems: Problems,
): void {
  const taken = new Map<string, string>();
  const checkOnce = (kind: string, value: number, path: string): void => {
    const other = taken.get(`${kind} ${value}`);
    if (other !== undefined) {
      const reason = `${kind} used twice: ${other} has it`;
      problems.add({ path, reason, value, remedy: "Choose another." });
    }
    taken.set(`${kind} ${value}`, other ?? path);
  };
  if (type !== undefined && !SERVICE_TYPES.includes(type)) {
    const near = nearest(type, SERVICE_TYPES);
    problems.add({
      path: "service_type",
      reason: "not a type of Service that a workspace can have",
      value: type,
      allowed: oneOf(SERVICE_TYPES),
      remedy: near === undefined ? "Choose one of these." : `Did you mean ${near}?`,
    });
  } else if (
    type !== undefined &&
    type !== "ClusterIP" &&
    (!given.has("ports") || (ports && Object.keys(ports).length === 0))
  ) {
    problems.add({
      path: "service_type",
      reason: "of no use without ports",
      value: type,
      remedy: "Add ports, or remove service_type.",
    });
  }
  for (const [name, [port, nodePort]] of Object.entries(ports ?? {})) {
    const path = joinPath("ports", [name]);
    checkPortName(name, problems);
    if (port !== undefined && checkRange(`${path}[0]`, port, 1, HIGHEST_PORT, problems)) {
      checkOnce("port", port, `${path}[0]`);
    }
    if (nodePort === undefined) {
      continue;
    }
    if (type === "ClusterIP" || !given.has("service_type")) {
      problems.add({
        path: `${path}[1]`,
        reason: "a node port, but the Service has type ClusterIP",
        value: nodePort,
        remedy: 'Add "service_type": "NodePort", or remove the node port.',
      });
    } else if (checkRange(`${path}[1]`, nodePort, LOWEST_NODE_PORT, HIGHEST_NODE_PORT, problems)) {
      checkOnce("node port", nodePort, `${path}[1]`);
    }
  }
}

function checkIngressPath(path: string, problems: Problems): void {
  const segments = path.split("/");
  if (
    !URL_PATH.test(path) ||
    path.includes("//") ||
    segments.includes("..") ||
    segments.includes(".")
  ) {
    problems.add({
      path: "ingress.path",
      reason: "not a path",
      value: path,
      allowed: "letters, digits, /, _, ., ~ and -, without //, . or .. as a part",
      remedy: "Correct it.",
    });
  }
}

/** Adds the problems of the ingress that can be seen without knowing the cluster. */
export function checkIngress(
  { ingress, ports }: TypedKeys,
  given: ReadonlySet<string>,
  problems: Problems,
): void {
  if (ingress === undefined) {
    return;
  }
  const refuse = (key: string, reason: string, value: unknown, allowed: string): void =>
    problems.add({ path: `ingress.${key}`, reason, value, allowed, remedy: "Correct it." });
  if (!isHostName(ingress.host)) {
    const lower = ingress.host.toLowerCase();
    problems.add({
      path: "ingress.host",
      reason: "not a host name",
      value: ingress.host,
      allowed: HOST_RULE,
      remedy: isHostName(lower) ? `Write it as ${lower}.` : "Correct it.",
    });
  }
  if (ingress.oauth_url !== undefined && !isDnsSubdomain(ingress.oauth_url)) {
    refuse("oauth_url", "not a host name", ingress.oauth_url, HOST_RULE);
  }
  if (ingress.path !== undefined) {
    checkIngressPath(ingress.path, problems);
  }
  const {
    nginx_issuer: issuer,
    traefik_resolver: resolver,
    traefik_middleware: middleware,
  } = ingress;
  if (issuer !== undefined && !isDnsSubdomain(issuer)) {
    refuse("nginx_issuer", "not the name of an issuer", issuer, SUBDOMAIN_RULE);
  }
  if (resolver !== undefined && !RESOLVER.test(resolver)) {
    refuse("traefik_resolver", "not the name of a resolver", resolver, "letters, digits, _ and -");
  }
  if (middleware !== undefined && !MIDDLEWARE.test(middleware)) {
    refuse("traefik_middleware", "not the name of a middleware", middleware, "<namespace>-<name>");
  }
  if (issuer !== undefined && (resolver ?? middleware) !== undefined) {
    problems.add({
      path: "ingress.nginx_issuer",
      reason: "an ingress has the nginx form or the traefik form, not both",
      value: issuer,
      remedy: "Remove nginx_issuer, or the traefik keys.",
    });
  }
  const offered = Object.values(ports ?? {}).map(([port]) => port);
  if ((ports !== undefined || !given.has("ports")) && !offered.includes(ingress.port)) {
    problems.add({
      path: "ingress.port",
      reason: "a port that ports does not offer",
      value: ingress.port,
      allowed: offered.length === 0 ? "none: there are no ports" : offered.join(", "),
      remedy: "Add it to ports.",
    });
  }
}
