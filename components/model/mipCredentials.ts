/** What the platform's pods read at their start, and how one sees that it has changed. */
import { createHmac } from "node:crypto";
import type { MipGeneration } from "./mipGenerations";

/** The Secret with the database's roles and passwords, as the chart names it. */
export const MIP_SECRET = "mip-secret";

/** The Secret with the key that a hub within the platform encrypts users' tokens with. */
export const CRYPT_SECRET = "jupyterhub-crypt";
export const CRYPT_KEY = "crypt-key";

/** Where the digest is kept on the backend's Deployment: when it changes, the backend is restarted. */
export const DIGEST_ANNOTATION = "science-platform/settings-digest";

/** Roles and passwords of the database. */
export interface MipRoles {
  user: string;
  password: string;
  adminUser: string;
  adminPassword: string;
}

/** The data of `mip-secret`, under the keys of a generation. Where both roles are one, so is their password. */
export function mipSecretData<T>(
  generation: MipGeneration,
  roles: Record<keyof MipRoles, T>,
): Record<string, T> {
  const { secretKeys } = generation;
  return {
    [secretKeys.adminUser]: roles.adminUser,
    [secretKeys.adminPassword]: roles.adminPassword,
    [secretKeys.user]: roles.user,
    [secretKeys.password]: roles.password,
  };
}

/** The sections of the values that reach the backend by a ConfigMap, which changes behind its back. */
function mappedValues(values: Record<string, unknown>, generation: MipGeneration): unknown {
  if (!generation.readsConfigMap) {
    return undefined;
  }
  const { network, engines, mip, datacatalog, keycloak } = values;
  const backend = values[generation.backend] as { config?: unknown };
  return { network, engines, mip, datacatalog, keycloak, config: backend.config };
}

/**
 * A digest of what the backend reads only at its start.
 *
 * @param key secret, so that the digest says nothing of the passwords that are in it
 */
export function settingsDigest(
  key: string,
  secrets: readonly string[],
  values: Record<string, unknown>,
  generation: MipGeneration,
): string {
  const read = JSON.stringify([secrets, mappedValues(values, generation)]);
  return createHmac("sha256", key).update(read).digest("hex");
}
