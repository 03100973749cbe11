/**
 * Property values in the form in which the engine sends them: secrets in an envelope, and in a preview a
 * fixed string in the place of a value that is not known yet.
 */
import { runtime } from "@pulumi/pulumi";

/** Properties of a resource by name; values may be in envelopes. */
export type Properties = Record<string, unknown>;

/** Stands for a value that is not known in this preview. */
export const UNKNOWN: string = runtime.unknownValue;

/** The value in the envelope that makes the engine encrypt it in state and mask it in output. */
export function secret(value: string): Properties {
  return { [runtime.specialSigKey]: runtime.specialSecretSig, value };
}

/** The value without any envelope, at every depth. Never to be returned to the engine or logged. */
export function plain(value: unknown): unknown {
  if (value === null || typeof value !== "object") return value;
  if (runtime.isRpcSecret(value)) return plain(runtime.unwrapRpcSecret(value));
  if (Array.isArray(value)) return value.map(plain);
  return plainProperties(value as Properties);
}

/** {@link plain} for all properties of a resource. */
export function plainProperties(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, plain(value)]));
}

/** The properties that have a value: null is how the engine spells an argument that was left out. */
export function present(properties: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties).filter(([, value]) => value !== null && value !== undefined),
  );
}
