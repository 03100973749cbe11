/** What is wrong with the settings of host, API server, plugin and programs. */
import { isDnsLabel, LABEL_RULE } from "../names";
import { nearest, oneOf, type Problems } from "../problems";
import { isHostAddress, isIp, isIpv4 } from "./address";
import { PROXY_USER, resolveTarget } from "./target";
import { InterLinkForm, TargetPluginKind, type TargetSettings } from "./targetTypes";

/** Upstream puts paths into shell commands as they are. */
const PATH = /^(\/[\w.@+-]+)+\/?$/;
const LARGEST_POOL = 127;

function checkPath(path: string, value: string | undefined, problems: Problems): void {
  if (value !== undefined && (!PATH.test(value) || value.split("/").includes(".."))) {
    problems.add({
      path,
      reason: "not an absolute path that upstream can handle",
      value,
      allowed: "letters, digits and . _ - + @ between slashes, beginning with /, without ..",
    });
  }
}

function checkPorts({ ports = {}, interlink }: TargetSettings, problems: Problems): void {
  const target: [string, number | undefined][] = [
    ["https", ports.https ?? 443],
    ["http", ports.http],
    ["api", ports.api ?? 3000],
    ["plugin", ports.plugin ?? (interlink?.form === InterLinkForm.Seed ? 4000 : undefined)],
  ];
  const users = new Map<number, string>();
  for (const [key, port] of target) {
    if (port === undefined) {
      continue;
    }
    const path = `ports.${key}`;
    if (!Number.isInteger(port) || port < 1 || port > 65535) {
      problems.add({ path, reason: "not a port", value: port, allowed: "1 to 65535" });
    }
    const other = users.get(port);
    if (other !== undefined) {
      problems.add({
        path,
        reason: `is ${other} too`,
        value: port,
        remedy: "Choose another port for one of the two.",
      });
    }
    users.set(port, path);
  }
}

function checkInterLink({ interlink = {}, plugin }: TargetSettings, problems: Problems): void {
  const base = "interlink";
  checkPath(`${base}.dataRootFolder`, interlink.dataRootFolder, problems);
  checkPath(`${base}.bashPath`, interlink.bashPath, problems);
  checkPath(`${base}.jobScriptTemplate`, interlink.jobScriptTemplate, problems);
  checkPath(`${base}.tsocks.library`, interlink.tsocks?.library, problems);
  checkPath(`${base}.tsocks.config`, interlink.tsocks?.config, problems);
  for (const key of ["namespace", "serviceAccount"] as const) {
    const value = interlink[key];
    if (value !== undefined && !isDnsLabel(value)) {
      problems.add({ path: `${base}.${key}`, reason: "not a name", value, allowed: LABEL_RULE });
    }
  }
  if (interlink.verboseLogging === true && interlink.errorsOnlyLogging === true) {
    problems.add({
      path: `${base}.errorsOnlyLogging`,
      reason: "contradicts verboseLogging",
      value: true,
      remedy: "Set one of the two.",
    });
  }
  if (interlink.form === InterLinkForm.Seed) {
    const unread = {
      "interlink.jobScriptTemplate": interlink.jobScriptTemplate,
      "plugin.docker.networkSubnets": plugin.docker?.networkSubnets,
      "plugin.slurm.flavors": plugin.slurm?.flavors,
    };
    for (const [path, value] of Object.entries(unread)) {
      if (value !== undefined) {
        problems.add({
          path,
          reason: "the seed's interLink does not read it",
          remedy: "Remove it, or set interlink.form to current.",
        });
      }
    }
  }
}

function checkDocker({ plugin }: TargetSettings, problems: Problems): void {
  const { pool, networkSubnets = [] } = plugin.docker ?? {};
  if (pool !== undefined && (!Number.isInteger(pool) || pool < 1 || pool > LARGEST_POOL)) {
    problems.add({
      path: "plugin.docker.pool",
      reason: "not a number of containers that the plugin can count",
      value: pool,
      allowed: `1 to ${LARGEST_POOL}`,
    });
  }
  for (const [index, subnet] of networkSubnets.entries()) {
    const [network = "", size = ""] = subnet.split("/");
    if (!isIpv4(network) || !["8", "16", "24"].includes(size)) {
      problems.add({
        path: `plugin.docker.networkSubnets[${index}]`,
        reason: "not a range that the plugin can divide",
        value: subnet,
        allowed: "IPv4 with /8, /16 or /24, such as 10.200.0.0/16",
      });
    }
  }
}

function checkSlurm({ plugin }: TargetSettings, problems: Problems): void {
  const slurm = plugin.slurm ?? {};
  for (const key of ["sbatchPath", "scancelPath", "squeuePath", "sinfoPath"] as const) {
    checkPath(`plugin.slurm.${key}`, slurm[key], problems);
  }
  const flavors = Object.keys(slurm.flavors ?? {});
  for (const [name, { cpu, memory }] of Object.entries(slurm.flavors ?? {})) {
    const path = `plugin.slurm.flavors.${name}`;
    if (!Number.isInteger(cpu) || cpu < 1) {
      problems.add({ path: `${path}.cpu`, reason: "not a number of CPUs", value: cpu });
    }
    if (!/^[1-9]\d*[KMGT]?$/.test(memory)) {
      problems.add({
        path: `${path}.memory`,
        reason: "not an amount of memory as SLURM writes it",
        value: memory,
        allowed: "a number with K, M, G or T, such as 8G",
      });
    }
  }
  if (slurm.defaultFlavor !== undefined && !flavors.includes(slurm.defaultFlavor)) {
    const near = nearest(slurm.defaultFlavor, flavors);
    problems.add({
      path: "plugin.slurm.defaultFlavor",
      reason: "names a flavor that there is not",
      value: slurm.defaultFlavor,
      allowed: oneOf(flavors),
      ...(near === undefined ? {} : { remedy: `Did you mean ${near}?` }),
    });
  }
}

function checkPlugin(settings: TargetSettings, problems: Problems): void {
  const { plugin } = settings;
  const other = plugin.kind === TargetPluginKind.Docker ? "slurm" : "docker";
  if (plugin[other] !== undefined) {
    problems.add({
      path: `plugin.${other}`,
      reason: `has no effect: the plugin is ${plugin.kind}`,
      remedy: "Remove it.",
    });
  }
  checkDocker(settings, problems);
  checkSlurm(settings, problems);
}

function checkPrograms(settings: TargetSettings, problems: Problems): void {
  const { programs, binariesFolder } = resolveTarget(settings);
  checkPath("binaries.folder", settings.binaries?.folder, problems);
  for (const { key, url, sha256, member } of programs) {
    const base = `binaries.${key}`;
    if (sha256 !== "" && !/^[0-9a-f]{64}$/.test(sha256)) {
      problems.add({
        path: `${base}.sha256`,
        reason: "not a SHA-256",
        value: settings.binaries?.[key]?.sha256,
        allowed: "64 hexadecimal digits",
      });
    }
    if (member !== "" && (member.startsWith("/") || member.split("/").includes(".."))) {
      problems.add({ path: `${base}.member`, reason: "leads out of the archive", value: member });
    }
    if (binariesFolder !== "") {
      continue;
    }
    if (sha256 === "") {
      problems.add({
        path: `${base}.sha256`,
        reason: "required, but missing: root would run what a download happens to hold",
        remedy: `Give the SHA-256 of the program (unpacked) from ${url === "" ? "its release" : url}, or binaries.folder.`,
      });
    }
    if (!URL.canParse(url) || new URL(url).protocol !== "https:") {
      problems.add({
        path: `${base}.url`,
        reason:
          url === "" ? "required, but missing: upstream publishes none" : "not an https address",
        value: url === "" ? undefined : url,
        remedy: "Give the https address of the program, or binaries.folder.",
      });
    }
  }
}

/** Adds everything that is wrong with the settings beyond `proxy` and the certificate. */
export function checkHost(settings: TargetSettings, problems: Problems): void {
  const { address, listenAddress, user } = settings;
  if (!isHostAddress(address)) {
    problems.add({
      path: "address",
      reason: "neither a DNS name nor an IP address",
      value: address,
      allowed: "a name such as gpu.example.org, without scheme and port",
    });
  }
  if (listenAddress !== undefined && !isIp(listenAddress)) {
    problems.add({ path: "listenAddress", reason: "not an IP address", value: listenAddress });
  }
  if (user !== undefined && (!/^[a-z_][a-z0-9_-]{0,31}$/.test(user) || user === "root")) {
    problems.add({
      path: "user",
      reason: user === "root" ? "jobs would run as root" : "not a user's name",
      value: user,
      allowed: "lower-case letters, digits, _ and -, 32 characters at most",
    });
  } else if (user === PROXY_USER) {
    problems.add({ path: "user", reason: "is oauth2-proxy's own user", value: user });
  }
  checkPorts(settings, problems);
  checkInterLink(settings, problems);
  checkPlugin(settings, problems);
  checkPrograms(settings, problems);
}
