/** Rules of what a workspace mounts: its claims, existing claims and files. */
import { checkMounts, type Mount } from "./mountPaths";
import { isDnsSubdomain, SUBDOMAIN_RULE, workspaceNames } from "./names";
import { joinPath, nearest, oneOf, type Problems } from "./problems";
import { checkQuantity } from "./resourceRules";
import type { TypedKeys } from "./workspaceSchema";

const ACCESS_MODES = ["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"];

/** A key of a ConfigMap; those that begin with two dots are Kubernetes' own. */
const FILE_NAME = /^(?!\.\.?$)(?!\.\.)[A-Za-z0-9._-]{1,253}$/;

function checkVolumes({ persistent_volume: volumes = [] }: TypedKeys, problems: Problems): void {
  volumes.forEach(({ size, access_mode: mode, pvc_type: type }, i) => {
    const path = `persistent_volume[${i}]`;
    checkQuantity(`${path}.size`, size, problems);
    if (!ACCESS_MODES.includes(mode)) {
      const near = nearest(mode, ACCESS_MODES);
      problems.add({
        path: `${path}.access_mode`,
        reason: "not an access mode",
        value: mode,
        allowed: oneOf(ACCESS_MODES),
        remedy: near === undefined ? "Choose one of these." : `Did you mean ${near}?`,
      });
    }
    if (type.trim() === "") {
      problems.add({
        path: `${path}.pvc_type`,
        reason: "empty",
        value: type,
        remedy: "Name a storage class: kubectl get sc.",
      });
    }
  });
}

function checkExistingVolumes(json: TypedKeys, problems: Problems): void {
  const { namespace = "", chart_name: name = "", persistent_volume: own = [] } = json;
  const names = workspaceNames({ namespace, name });
  const ownClaims = own.map((_, i) => names.claim(i));
  (json.existing_persistent_volume ?? []).forEach(({ name: claim }, i) => {
    const path = `existing_persistent_volume[${i}].name`;
    if (!isDnsSubdomain(claim)) {
      problems.add({
        path,
        reason: "not a name that a claim can have",
        value: claim,
        allowed: SUBDOMAIN_RULE,
        remedy: "Name a claim of the namespace: kubectl get pvc.",
      });
    } else if (ownClaims.includes(claim)) {
      problems.add({
        path,
        reason: `the claim that persistent_volume[${ownClaims.indexOf(claim)}] makes`,
        value: claim,
        remedy: "Keep one of the two.",
      });
    }
  });
}

function checkFiles({ mount_files: files = {} }: TypedKeys, problems: Problems): void {
  for (const [name, [localPath]] of Object.entries(files)) {
    const path = joinPath("mount_files", [name]);
    if (!FILE_NAME.test(name)) {
      problems.add({
        path,
        reason: "not a name that a mounted file can have",
        value: name,
        allowed: "letters, digits, _, - and ., 253 characters at most, not beginning with ..",
        remedy: "Rename it: the name is a label alone.",
      });
    }
    if (localPath === "" || localPath.includes("\0")) {
      problems.add({
        path: `${path}[0]`,
        reason: "not the path of a file",
        value: localPath,
        remedy: "Name a file beside the JSON file, or below it.",
      });
    }
  }
}

function mountsOf(json: TypedKeys): Mount[] {
  const folders = (key: "persistent_volume" | "existing_persistent_volume"): Mount[] =>
    (json[key] ?? []).map(({ mountPath }, i) => ({
      path: `${key}[${i}].mountPath`,
      mountPath,
      file: false,
    }));
  const files = Object.entries(json.mount_files ?? {}).map(([name, [, mountPath]]) => ({
    path: `${joinPath("mount_files", [name])}[1]`,
    mountPath,
    file: true,
  }));
  return [...folders("persistent_volume"), ...folders("existing_persistent_volume"), ...files];
}

/** Adds the problems of everything that the workspace mounts. */
export function checkMounted(json: TypedKeys, problems: Problems): void {
  checkVolumes(json, problems);
  checkExistingVolumes(json, problems);
  checkFiles(json, problems);
  checkMounts(mountsOf(json), problems);
}
