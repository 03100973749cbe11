/** Rules of one container: its image, size, users, ports and command. */
import { parseImageName } from "./imageName";
import { asDnsLabel } from "./names";
import { oneOf } from "./problems";
import { checkName, checkOnce, checkRange, type PlacedContainer } from "./serviceChecks";
import type { ServiceProblems } from "./serviceProblems";
import type { ServiceLimits, ServiceSite } from "./serviceTypes";

/** Kubernetes' largest id of users and groups. */
const HIGHEST_ID = 2_147_483_647;
const HIGHEST_PORT = 65_535;
const PORT_NAME_LENGTH = 15;

const PORT_NAME = /^(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/;

/** The registry that is meant where an image names none. */
const DEFAULT_REGISTRY = "docker.io";

function registryOf(repository: string): string {
  const [first = "", ...rest] = repository.split("/");
  return rest.length > 0 && (/[.:A-Z]/.test(first) || first === "localhost")
    ? first
    : DEFAULT_REGISTRY;
}

function checkImage(
  { path: base, container: { image } }: PlacedContainer,
  { registries }: ServiceLimits,
  problems: ServiceProblems,
): void {
  const path = `${base}.image`;
  const parsed = parseImageName(image);
  if (parsed === undefined) {
    const allowed = "registry/repository:tag, such as ghcr.io/lab/notebook:1.4";
    const remedy = "Correct it.";
    problems.add({ path, reason: "not the name of an image", value: image, allowed, remedy });
    return;
  }
  if ((parsed.tag ?? "latest") === "latest") {
    problems.warn({
      path,
      reason: "changes from day to day: after a restart another image may run",
      value: image,
      remedy: "Name a version.",
    });
  }
  const registry = registryOf(parsed.image);
  if (registries.length > 0 && !registries.includes(registry)) {
    problems.add({
      path,
      reason: `from a registry that is not allowed here: ${registry}`,
      value: image,
      allowed: oneOf(registries),
      remedy: "Bring the image to one of these.",
    });
  }
}

function checkUsers(
  { path, container }: PlacedContainer,
  site: ServiceSite,
  problems: ServiceProblems,
): void {
  const { user, fsUser, image } = container;
  for (const key of ["user", "group", "fsUser", "fsGroup"] as const) {
    const value = container[key];
    if (value !== undefined && (value < 1 || value > HIGHEST_ID)) {
      const reason = value === 0 ? "root, which no container may be" : "out of range";
      const allowed = `1 to ${HIGHEST_ID}`;
      problems.add({ path: `${path}.${key}`, reason, value, allowed, remedy: "Choose another." });
    }
  }
  if (user !== undefined && fsUser !== undefined && user !== fsUser) {
    problems.add({
      path: `${path}.fsUser`,
      reason: `another than user ${user}: Kubernetes gives files no owner but the user that writes them`,
      value: fsUser,
      allowed: String(user),
      remedy: "Make both the same, or share files through fsGroup.",
    });
  }
  if (site.requireUser === true && user === undefined && fsUser === undefined) {
    problems.add({
      path: `${path}.user`,
      reason: `required, but missing: image ${image} might run as root, which no container may be`,
      remedy: "Add the number of the user that the image is made for, not 0.",
    });
  }
}

function checkPorts(
  { path: base, container, init }: PlacedContainer,
  problems: ServiceProblems,
): void {
  const path = `${base}.ports`;
  const { ports = [] } = container;
  if (init && container.ports !== undefined) {
    const reason = "of no use: an init container has ended before the containers start";
    problems.add({ path, reason, remedy: "Remove it." });
  }
  ports.forEach(({ name, port }, i) => {
    checkRange(`${path}[${i}].port`, port, [1, HIGHEST_PORT], problems);
    if (name.length > PORT_NAME_LENGTH || !PORT_NAME.test(name)) {
      const near = asDnsLabel(name).slice(0, PORT_NAME_LENGTH).replace(/-$/, "");
      problems.add({
        path: `${path}[${i}].name`,
        reason: "not a name that a port can have",
        value: name,
        allowed: `lower-case letters, digits and single -, ${PORT_NAME_LENGTH} characters at most, with a letter among them`,
        remedy: PORT_NAME.test(near) ? `Write it as ${near}.` : "Rename it.",
      });
    }
  });
  const names = ports.map(({ name }, i) => ({ path: `${path}[${i}].name`, name }));
  checkOnce(names, "a name", problems);
}

/** Programs cannot be given a zero byte, and a command with spaces is not what it looks like. */
function checkCommand(
  { path, container: { command, args = [] } }: PlacedContainer,
  problems: ServiceProblems,
): void {
  if (typeof command === "string" && (/\s/.test(command) || command === "")) {
    const words = command.split(/\s+/).filter((word) => word !== "");
    problems.add({
      path: `${path}.command`,
      reason:
        command === "" ? "empty" : "one text with spaces, which would all be the program's name",
      value: command,
      remedy: words.length === 0 ? "Remove it." : `Write it as a list: ${JSON.stringify(words)}.`,
    });
  }
  const texts = [
    ...[command ?? []].flat().map((text, i) => ({ at: `command[${i}]`, text })),
    ...args.map((text, i) => ({ at: `args[${i}]`, text })),
  ];
  for (const { at, text } of texts.filter((one) => one.text.includes("\0"))) {
    const reason = "has a zero byte";
    problems.add({ path: `${path}.${at}`, reason, value: text, remedy: "Remove it." });
  }
}

/** Adds the problems of one container that can be seen without the others. */
export function checkContainer(
  placed: PlacedContainer,
  site: ServiceSite,
  problems: ServiceProblems,
): void {
  const { path, container, init } = placed;
  const { limits } = site;
  checkName(`${path}.name`, container.name, problems);
  checkImage(placed, limits, problems);
  checkRange(`${path}.cpu`, container.cpu, [limits.minCpu, limits.maxCpu], problems);
  checkRange(`${path}.memory`, container.memory, [limits.minMemory, limits.maxMemory], problems);
  checkUsers(placed, site, problems);
  checkPorts(placed, problems);
  checkCommand(placed, problems);
  if (init && container.replicas !== undefined) {
    const reason = "of no use: each pod runs an init container once";
    problems.add({ path: `${path}.replicas`, reason, remedy: "Remove it." });
  }
}
