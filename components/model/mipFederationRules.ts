/** What is wrong with a federation beyond its engine and its platform, and what works less well than one might think. */
import { parseImageName } from "./imageName";
import { nodesWithAnyRole, nodesWithRole, ROLES } from "./mipFederation";
import { checkNodeSetup, NODE_SETUP_DEFAULTS } from "./mipFederationSetup";
import type { FederationSettings } from "./mipFederationTypes";
import { isDnsLabel, isDnsSubdomain, LABEL_RULE, labelRemedy, SUBDOMAIN_RULE } from "./names";
import { joinPath, type Problems } from "./problems";
import { parseQuantity } from "./quantity";

const FOLDER_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** Absolute, and of no characters that a shell, YAML or a mount would take for something else. */
const DATA_FOLDER = /^(\/[A-Za-z0-9._-]+)+$/;

/** Folders that a machine needs for itself: their owner must not become a federation's user. */
const SYSTEM_FOLDERS = ["/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/opt", "/proc"].concat([
  "/root",
  "/run",
  "/sbin",
  "/snap",
  "/srv",
  "/sys",
  "/tmp",
  "/usr",
  "/var",
]);

function checkNames({ federation, namespace }: FederationSettings, problems: Problems): void {
  if (namespace === undefined && !isDnsLabel(federation)) {
    problems.add({
      path: "federation",
      reason: "names the namespace, and cannot",
      value: federation,
      allowed: LABEL_RULE,
      remedy: `${labelRemedy(federation)} Or set namespace.`,
    });
  }
  if (namespace !== undefined && !isDnsLabel(namespace)) {
    problems.add({
      path: "namespace",
      reason: "not the name of a namespace",
      value: namespace,
      allowed: LABEL_RULE,
      remedy: labelRemedy(namespace),
    });
  }
}

function checkPathologies({ pathologies }: FederationSettings, problems: Problems): void {
  if (pathologies.length === 0) {
    problems.add({
      path: "pathologies",
      reason: "none is named: there would be no data",
      remedy: "Name the folders that workers have data in.",
    });
  }
  pathologies.forEach((name, index) => {
    const path = joinPath("pathologies", [index]);
    if (!FOLDER_NAME.test(name)) {
      problems.add({
        path,
        reason: "not the name of a folder",
        value: name,
        allowed: "letters, digits, -, _ and ., beginning with a letter or digit, 63 at most",
      });
    } else if (pathologies.indexOf(name) !== index) {
      problems.add({ path, reason: "is named twice", value: name, remedy: "Remove one." });
    }
  });
}

function checkRoles({ roles = {}, nodes = {} }: FederationSettings, problems: Problems): void {
  for (const role of ROLES) {
    (roles[role] ?? []).forEach((name, index, all) => {
      const path = joinPath("roles", [role, index]);
      if (!isDnsSubdomain(name)) {
        problems.add({
          path,
          reason: "not the name of a node",
          value: name,
          allowed: SUBDOMAIN_RULE,
        });
      } else if (all.indexOf(name) !== index) {
        problems.add({ path, reason: "is named twice", value: name, remedy: "Remove one." });
      } else if (nodes[name]?.virtual === true) {
        const reason = "a virtual kubelet's node: it can mount no folder and no volume";
        problems.add({ path, reason, value: name, remedy: "Name another node." });
      }
    });
  }
}

/** A key that the other kind of cluster would silently ignore. */
function checkKind(
  path: string,
  value: unknown,
  kind: "managed" | "unmanaged",
  problems: Problems,
): void {
  if (value !== undefined) {
    const reason = `is for ${kind} clusters, and this one is not`;
    problems.add({ path, reason, remedy: "Remove it, or correct managedCluster." });
  }
}

function checkData(settings: FederationSettings, problems: Problems): void {
  const { managedCluster = false, data = {}, nodeSetup } = settings;
  const { folder, size } = data;
  if (managedCluster) {
    checkKind("data.folder", folder, "unmanaged", problems);
    checkKind("nodeSetup", nodeSetup, "unmanaged", problems);
  } else {
    checkKind("data.storageClass", data.storageClass, "managed", problems);
    checkKind("data.size", size, "managed", problems);
    checkNodeSetup({ ...NODE_SETUP_DEFAULTS, ...nodeSetup }, problems, "nodeSetup");
  }
  if (folder !== undefined && !DATA_FOLDER.test(folder)) {
    problems.add({
      path: "data.folder",
      reason: "not the absolute path of a folder",
      value: folder,
      allowed: "such as /data/dementia: letters, digits, -, _ and . between slashes",
    });
  } else if (folder !== undefined && (SYSTEM_FOLDERS.includes(folder) || folder.includes("/.."))) {
    problems.add({
      path: "data.folder",
      reason: "a folder that the machine needs for itself: everything in it would change its owner",
      value: folder,
      remedy: "Name one of the federation's own, such as /data/dementia.",
    });
  }
  if (size !== undefined && !((parseQuantity(size) ?? 0) > 0)) {
    problems.add({ path: "data.size", reason: "not a size", value: size, allowed: "such as 10Gi" });
  }
}

/** What the platform takes from the federation must not be said otherwise there. */
function checkPlatform(settings: FederationSettings, problems: Problems): void {
  for (const key of ["namespace", "managedCluster", "nodes"] as const) {
    if (settings.platform?.[key] !== undefined) {
      const reason = "follows from the federation";
      problems.add({ path: `platform.${key}`, reason, remedy: "Remove it." });
    }
  }
}

/** Earlier than that, a node that restarts is taken for one that is lost; later, nothing returns within five minutes. */
const OUT_OF_SERVICE_SECONDS = { least: 30, most: 180 };

function checkRecovery(settings: FederationSettings, problems: Problems): void {
  const { recovery } = settings;
  if (recovery === undefined) {
    return;
  }
  const { outOfServiceAfterSeconds: seconds, image } = recovery;
  const { least, most } = OUT_OF_SERVICE_SECONDS;
  if (!Number.isInteger(seconds) || seconds < least || seconds > most) {
    problems.add({
      path: "recovery.outOfServiceAfterSeconds",
      reason: "not a time after which nodes can be taken out of service",
      value: seconds,
      allowed: `whole seconds from ${least} to ${most}`,
    });
  }
  if (image !== undefined && parseImageName(image) === undefined) {
    problems.add({ path: "recovery.image", reason: "not an image", value: image });
  }
  if (nodesWithAnyRole(settings).length === 0) {
    problems.add({
      path: "recovery",
      reason: "no node of the federation is known, and only known ones are taken out of service",
      remedy: "Name them in roles, or leave it to the provider, who replaces lost nodes.",
    });
  }
}

/** Adds every problem that the engine's and the platform's own rules do not find. */
export function checkFederationSettings(settings: FederationSettings, problems: Problems): void {
  checkNames(settings, problems);
  checkPathologies(settings, problems);
  checkRoles(settings, problems);
  checkData(settings, problems);
  checkPlatform(settings, problems);
  checkRecovery(settings, problems);
}

/**
 * Sentences about what does not return by itself when a node fails, beyond what the engine says of its roles; none
 * where no node is known.
 */
export function federationWarnings(settings: FederationSettings): string[] {
  const { managedCluster = false, platform, smpc } = settings;
  const masters = nodesWithRole(settings, "master");
  const warnings: string[] = [];
  if (!managedCluster && platform !== undefined && masters.length === 1) {
    warnings.push(
      `the platform and its database are on node ${masters[0]}, and return only with it`,
    );
  }
  if (!managedCluster && masters.length > 1) {
    warnings.push(
      `nodes ${masters.join(", ")} have the role master, but folders stay on the node that they are on: ` +
        "what moves to another finds no data",
    );
  }
  if (smpc?.enabled === true) {
    warnings.push(
      "players of the secure computation are pods that nothing makes anew: when a node of theirs is lost, " +
        "delete the pod and run `up` once the node is back",
    );
  }
  return warnings;
}
