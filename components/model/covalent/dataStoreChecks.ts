/** Where functions and results are handed over: what of it cannot work. */
import { isDnsSubdomain, SUBDOMAIN_RULE } from "../names";
import { oneOf, type Problems } from "../problems";
import { parseQuantity } from "../quantity";
import { checkText } from "../targetNode/quoting";
import { TASK_FOLDER, type CovalentDataStoreFacts, type CovalentSpec } from "./settings";

const BUCKET = /^[a-z0-9](?:[a-z0-9-]|\.(?!\.)){1,61}[a-z0-9]$/;
const ACCESS_MODES = ["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"];

/** Adds a problem where a path of the dispatcher's machine is not one that the plugin can open. */
export function checkFolder(path: string, value: string, problems: Problems): void {
  if (checkText(path, value, problems) && !value.startsWith("/")) {
    problems.add({
      path,
      reason: "not an absolute path, and the plugin expands neither ~ nor variables",
      value,
      allowed: "a path that begins with /",
    });
  }
}

function checkClaim(
  claim: NonNullable<CovalentDataStoreFacts["claim"]>,
  plainPlugin: boolean,
  problems: Problems,
): void {
  const { existingClaim, size, storageClass, accessModes } = claim;
  if ((existingClaim === undefined) === (size === undefined)) {
    problems.add({
      path: "dataStore.claim",
      reason: "give exactly one of existingClaim and size",
    });
  }
  if (existingClaim !== undefined && !isDnsSubdomain(existingClaim)) {
    problems.add({
      path: "dataStore.claim.existingClaim",
      reason: "not a claim's name",
      value: existingClaim,
      allowed: SUBDOMAIN_RULE,
    });
  }
  if (existingClaim !== undefined && (storageClass ?? accessModes) !== undefined) {
    problems.add({
      path: "dataStore.claim.existingClaim",
      reason: "has its storage class and access modes already",
      remedy: "Remove storageClass and accessModes.",
    });
  }
  if (size !== undefined && !((parseQuantity(size) ?? 0) > 0)) {
    problems.add({ path: "dataStore.claim.size", reason: "not an amount of storage", value: size });
  }
  for (const mode of (accessModes ?? []).filter((it) => !ACCESS_MODES.includes(it))) {
    problems.add({
      path: "dataStore.claim.accessModes",
      reason: "not an access mode",
      value: mode,
      allowed: oneOf(ACCESS_MODES),
    });
  }
  if (plainPlugin) {
    problems.add({
      path: "dataStore.claim",
      reason: `the plugin as it is mounts the node's ${TASK_FOLDER} alone, never a claim`,
      remedy: "Remove plainPlugin, and use the executor platform_k8s.",
    });
  }
}

/**
 * Adds every problem of where functions and results are handed over.
 *
 * @param bucketComes whether a bucket is given whose name is not known yet
 */
export function checkDataStore(
  { dataStore, plainPlugin = false, minikube }: Omit<CovalentSpec, "registry">,
  problems: Problems,
  bucketComes = false,
): void {
  const { path, bucket, claim } = dataStore;
  const hasBucket = bucket !== undefined || bucketComes;
  if ((path !== undefined) === hasBucket) {
    problems.add({
      path: "dataStore",
      reason: path === undefined ? "neither path nor bucket is given" : "has both path and bucket",
      remedy: "Give the folder of the dispatcher's machine that tasks see too, or an S3 bucket.",
    });
  }
  if (path !== undefined) {
    checkFolder("dataStore.path", path, problems);
  }
  if (bucket !== undefined && !BUCKET.test(bucket)) {
    problems.add({
      path: "dataStore.bucket",
      reason:
        bucket === "" ? "empty: the cluster was made without a bucket" : "not a bucket's name",
      value: bucket,
      allowed: "3 to 63 lower-case letters, digits, . and -, without s3:// and without a path",
    });
  }
  if (claim !== undefined) {
    checkClaim(claim, plainPlugin, problems);
  }
  const noFolder = minikube !== undefined && (path === undefined || claim !== undefined);
  if (noFolder || (claim !== undefined && hasBucket)) {
    problems.add({
      path: noFolder ? "minikube" : "dataStore.claim",
      reason: noFolder
        ? `there is no folder for minikube to mount as ${TASK_FOLDER}`
        : "tasks hand over by the bucket, and mount nothing",
      remedy: noFolder ? "Give dataStore.path alone, or remove it." : "Remove it.",
    });
  }
}
