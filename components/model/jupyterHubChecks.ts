/** What is wrong with a hub's settings, before anything is made; profiles are checked where they are rendered. */
import { checkHttps, checkLogin } from "./jupyterHubLogin";
import { parseTime, TIME_RULE } from "./jupyterHubResources";
import type { JupyterHubSettings } from "./jupyterHubTypes";
import { checkMounts } from "./mountPaths";
import { isDnsLabel, isDnsSubdomain, isHostName, LABEL_RULE, SUBDOMAIN_RULE } from "./names";
import { oneOf, type Problems } from "./problems";
import { parseQuantity } from "./quantity";

const POD_SECURITY = ["restricted", "baseline", "privileged"];
const NODE_PORTS = { lowest: 30_000, highest: 32_767 };
const HOST_RULE = "a host name such as hub.lab.example.org: no scheme, port, path or *";
const BASE_URL = /^\/([A-Za-z0-9_.~-]+(\/[A-Za-z0-9_.~-]+)*\/?)?$/;

function checkRange(
  path: string,
  value: number | undefined,
  lowest: number,
  highest: number,
  problems: Problems,
): void {
  if (value !== undefined && !(Number.isInteger(value) && value >= lowest && value <= highest)) {
    const allowed = `${lowest} to ${highest}`;
    problems.add({ path, reason: "out of range", value, allowed, remedy: "Choose another." });
  }
}

function checkAddress(settings: JupyterHubSettings, problems: Problems): void {
  const { hostname, baseUrl, remote = {}, expose } = settings;
  if (!isHostName(hostname)) {
    problems.add({
      path: "hostname",
      reason: "not a host name",
      value: hostname,
      allowed: HOST_RULE,
    });
  }
  const domain = expose?.domain;
  if (domain !== undefined && hostname !== domain && !hostname.endsWith(`.${domain}`)) {
    problems.add({
      path: "hostname",
      reason: "not within the domain of this cluster",
      value: hostname,
      allowed: `a host below ${domain}`,
    });
  }
  if (baseUrl !== undefined && !BASE_URL.test(baseUrl)) {
    const rooted = `/${baseUrl.replace(/^\/+/, "")}`;
    problems.add({
      path: "baseUrl",
      reason: baseUrl.startsWith("/") ? "not a path" : "a path without its leading slash",
      value: baseUrl,
      allowed: "a path such as /notebook",
      remedy: BASE_URL.test(rooted) ? `Write it as ${rooted}.` : "Correct it.",
    });
  }
  if (remote.host !== undefined && !isDnsSubdomain(remote.host)) {
    const value = remote.host;
    problems.add({ path: "remote.host", reason: "not a host", value, allowed: HOST_RULE });
  }
  checkRange("remote.port", remote.port, 1, 65_535, problems);
  checkHttps("remote.url", remote.url, problems);
  checkHttps("remote.apiUrl", remote.apiUrl, problems);
}

function checkClaim(path: string, name: string | undefined, problems: Problems): void {
  if (name !== undefined && !isDnsSubdomain(name)) {
    const reason = "not a name that it can have";
    problems.add({ path, reason, value: name, allowed: SUBDOMAIN_RULE });
  }
}

function checkStorage(settings: JupyterHubSettings, problems: Problems): void {
  const { database = {}, userStorage = {}, sharedFolders = [] } = settings;
  for (const [path, value] of [
    ["database.size", database.size],
    ["userStorage.size", userStorage.size],
  ] as const) {
    if (value !== undefined && !((parseQuantity(value) ?? 0) > 0)) {
      const allowed = "bytes, such as 10Gi";
      problems.add({ path, reason: "not a quantity above 0", value, allowed });
    }
  }
  if (database.hostPath !== undefined) {
    const { hostPath, node, storageClass } = database;
    if (!/^(\/[^/]+)+\/?$/.test(hostPath) || /(^|\/)\.{1,2}(\/|$)/.test(hostPath)) {
      problems.add({
        path: "database.hostPath",
        reason: "not an absolute path of a folder",
        value: hostPath,
        allowed: "such as /mnt/data/jupyterhub",
      });
    }
    if (storageClass !== undefined) {
      const remedy = "Give one of the two.";
      problems.add({ path: "database.hostPath", reason: "contradicts storageClass", remedy });
    }
    if (node === undefined) {
      problems.add({
        path: "database.node",
        reason: "required with hostPath, but missing: on another node the database would be empty",
        remedy: "Name the node that has the folder.",
      });
    }
  }
  checkClaim("database.node", database.node, problems);
  checkClaim("database.storageClass", database.storageClass, problems);
  checkClaim("userStorage.storageClass", userStorage.storageClass, problems);
  checkClaim("userStorage.existingClaim", userStorage.existingClaim, problems);
  const mounts = sharedFolders.map(({ claim, mountPath = SHARED_PATH }, i) => {
    checkClaim(`sharedFolders[${i}].claim`, claim, problems);
    return { path: `sharedFolders[${i}].mountPath`, mountPath, file: false };
  });
  checkMounts(mounts, problems);
}

/** Where MAIA mounts a shared folder, under the home of Jupyter's own images. */
export const SHARED_PATH = "/home/jovyan/shared";

function checkSsh(settings: JupyterHubSettings, remote: boolean, problems: Problems): void {
  const { ssh = {} } = settings;
  checkRange("ssh.nodePort", ssh.nodePort, NODE_PORTS.lowest, NODE_PORTS.highest, problems);
  checkRange("ssh.port", ssh.port, 1, 65_535, problems);
  if (ssh.service === false && ssh.port === undefined) {
    problems.add({
      path: "ssh.port",
      reason: "required without the NodePort Service, but missing",
      remedy: "Say at which port of remote.host the tunnel is.",
    });
  }
  if (remote && ssh.enabled === false) {
    problems.add({
      path: "ssh.enabled",
      reason: "off, but a profile is on a virtual node, whose servers are reached by the tunnel",
      value: false,
      remedy: "Remove it, or the profile.",
    });
  }
  const prefix = ssh.servicePrefix;
  if (prefix !== undefined && !/^[a-z]([a-z0-9-]{0,14})$/.test(prefix)) {
    problems.add({
      path: "ssh.servicePrefix",
      reason: "not what the name of a Service can begin with",
      value: prefix,
      allowed: "lower-case letters, digits and -, beginning with a letter, 15 characters at most",
    });
  }
}

/**
 * Adds a problem for everything in the settings that could not work.
 *
 * @param facts whether the client's secret is given, and whether a profile is on a virtual node
 */
export function checkJupyterHub(
  settings: JupyterHubSettings,
  facts: { hasSecret: boolean; remote: boolean },
  problems: Problems,
): void {
  const { namespace, releaseName, idleTimeout, startTimeout, podSecurity } = settings;
  for (const [path, value] of Object.entries({ namespace, releaseName })) {
    if (value !== undefined && !isDnsLabel(value)) {
      problems.add({ path, reason: "not a name that it can have", value, allowed: LABEL_RULE });
    }
  }
  for (const [path, value] of Object.entries({ idleTimeout, startTimeout })) {
    const never = path === "idleTimeout" && value === "never";
    if (value !== undefined && !never && parseTime(value) === undefined) {
      problems.add({ path, reason: "not a length of time", value, allowed: TIME_RULE });
    }
  }
  if (podSecurity !== undefined && !POD_SECURITY.includes(podSecurity)) {
    problems.add({
      path: "podSecurity",
      reason: "not a level of Pod Security",
      value: podSecurity,
      allowed: oneOf(POD_SECURITY),
    });
  }
  checkAddress(settings, problems);
  checkLogin(settings, facts.hasSecret, problems);
  checkStorage(settings, problems);
  checkSsh(settings, facts.remote, problems);
}
