/** Names of buckets and of image repositories, as S3 and ECR take them. */
import { isDnsLabel, LABEL_RULE } from "../names";
import { joinPath, type Problems } from "../problems";
import type { EksBucket, EksRegistry } from "./settings";

const BUCKET = /^[a-z0-9][a-z0-9.-]*[a-z0-9]$/;
const BUCKET_PREFIX = /^[a-z0-9][a-z0-9.-]*$/;
const ADDRESS = /^\d+(\.\d+){3}$/;
const RESERVED_BEGINNINGS = ["xn--", "sthree-", "amzn-s3-demo-"];
const RESERVED_ENDS = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];
const LONGEST_BUCKET = 63;
/** What AWS adds to a prefix, and our hyphen between them, take the rest. */
const LONGEST_PREFIX = 36;
const REPOSITORY = /^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/;

/** What S3 has against the name of a bucket; nothing where it takes it. */
function bucketFault(name: string): string | undefined {
  if (!BUCKET.test(name) || name.length < 3 || name.length > LONGEST_BUCKET) {
    return "not a name that S3 takes";
  }
  if (name.includes("..") || ADDRESS.test(name)) {
    return ADDRESS.test(name) ? "has the form of an address" : "has two dots side by side";
  }
  const reserved = [
    ...RESERVED_BEGINNINGS.filter((one) => name.startsWith(one)),
    ...RESERVED_ENDS.filter((one) => name.endsWith(one)),
  ][0];
  return reserved === undefined ? undefined : `S3 keeps names with ${reserved} for itself`;
}

/** Adds a problem for a bucket that could not be made, or whose users are none. */
export function checkBucket(bucket: EksBucket, problems: Problems): void {
  const { name, prefix } = bucket;
  if (name !== undefined && prefix !== undefined) {
    problems.add({
      path: "bucket",
      reason: "has both name and prefix",
      remedy: "Keep the name where it must be exactly this one, else the prefix.",
    });
  }
  const fault = name === undefined ? undefined : bucketFault(name);
  if (fault !== undefined) {
    problems.add({
      path: "bucket.name",
      reason: fault,
      value: name,
      allowed:
        "3 to 63 lower-case letters, digits, - and ., beginning and ending with a letter or digit",
    });
  }
  if (
    prefix !== undefined &&
    (!BUCKET_PREFIX.test(prefix) ||
      prefix.length > LONGEST_PREFIX ||
      bucketFault(`${prefix}-x`) !== undefined)
  ) {
    problems.add({
      path: "bucket.prefix",
      reason: "not the beginning of a name that S3 takes",
      value: prefix,
      allowed: `1 to ${LONGEST_PREFIX} lower-case letters, digits, - and .`,
    });
  }
  (bucket.serviceAccounts ?? []).forEach((account, index) => {
    for (const key of ["namespace", "name"] as const) {
      if (!isDnsLabel(account[key])) {
        problems.add({
          path: joinPath("bucket.serviceAccounts", [index, key]),
          reason: `not a ${key === "name" ? "service account's name" : "namespace"}`,
          value: account[key],
          allowed: LABEL_RULE,
        });
      }
    }
  });
}

/** Adds a problem for a repository that could not be made. */
export function checkRegistry({ name }: EksRegistry, problems: Problems): void {
  if (name !== undefined && (!REPOSITORY.test(name) || name.length < 2 || name.length > 256)) {
    problems.add({
      path: "registry.name",
      reason: "not a name that ECR takes",
      value: name,
      allowed: "2 to 256 lower-case letters and digits, with -, _, . or / between them",
    });
  }
}
