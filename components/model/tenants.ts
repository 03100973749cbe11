/** Tenants' names: from whatever a token says to a name that labels and namespaces can have. */
import { createHash } from "node:crypto";
import { asDnsLabel, isDnsLabel } from "./names";

/** The annotation of a namespace with what the token says of its tenant, word for word. */
export const TENANT_CLAIM_ANNOTATION = "science-platform/tenant-claim";

/** Beside the longest prefix of namespaces, this makes a DNS label. */
const LONGEST_NAME = 40;
const HASH_LENGTH = 10;
const LIKE_HASHED = new RegExp(`-[0-9a-f]{${HASH_LENGTH}}$`);

/**
 * The tenant's name for a claim's value. A short DNS label stays as it is; all else becomes a slug with a hash.
 * No two values have one name: what looks as if it were hashed is hashed, too.
 */
export function tenantName(claim: string): string {
  if (claim.length <= LONGEST_NAME && isDnsLabel(claim) && !LIKE_HASHED.test(claim)) {
    return claim;
  }
  const hash = createHash("sha256").update(claim).digest("hex").slice(0, HASH_LENGTH);
  const slug = asDnsLabel(claim)
    .slice(0, LONGEST_NAME - HASH_LENGTH - 1)
    .replace(/-+$/, "");
  return slug === "" ? `t-${hash}` : `${slug}-${hash}`;
}

/** The namespace of a tenant. */
export function tenantNamespace(prefix: string, name: string): string {
  return `${prefix}${name}`;
}
