/** How one thing is made wrong in a workspace's JSON, and what the message about it looks like. */

/** A JSON object. */
export type Json = Record<string, unknown>;

/** One class of refusal. */
export interface Refusal<Class extends string> {
  refusal: Class;
  /** The messages that say so: one of a spoilt config's problems matches. */
  pattern: RegExp;
  /** Wrong values. */
  values: readonly unknown[];
  /** The config with the wrong value in it, whatever else it has. */
  spoil: (config: Json, value: unknown) => Json;
}

/** A class of refusal, with its name kept as a type. */
export function refusal<Class extends string>(
  name: Class,
  pattern: RegExp,
  values: readonly unknown[],
  spoil: (config: Json, value: unknown) => Json,
): Refusal<Class> {
  return { refusal: name, pattern, values, spoil };
}

/** Sets one key to the wrong value. */
export function at(key: string): (config: Json, value: unknown) => Json {
  return (config, value) => ({ ...config, [key]: value });
}

/** Puts the wrong values over the config's. */
export function over(config: Json, value: unknown): Json {
  return { ...config, ...(value as Json) };
}

/** The config without some keys. */
export function without(config: Json, ...keys: string[]): Json {
  return Object.fromEntries(Object.entries(config).filter(([key]) => !keys.includes(key)));
}

/** A valid claim. */
export const VOLUME = {
  mountPath: "/data",
  size: "1Gi",
  access_mode: "ReadWriteOnce",
  pvc_type: "standard",
};

/** Mounts this alone. */
export function volume(config: Json, value: unknown): Json {
  const plain = without(config, "existing_persistent_volume", "mount_files");
  return { ...plain, persistent_volume: [{ ...VOLUME, ...(value as Json) }] };
}

/** A valid ingress, to the port that `ingress` offers. */
export const INGRESS = { host: "a.lab.example.org", port: 8888, oauth_url: "oauth.vision" };

/** Gives the config this ingress. */
export function ingress(config: Json, value: unknown): Json {
  return { ...config, ports: { web: [8888] }, ingress: { ...INGRESS, ...(value as Json) } };
}

/** Asks for these GPUs alone, wherever. */
export function gpu(config: Json, value: unknown): Json {
  return { ...without(config, "gpu_request", "gpu_selector", "node_selector"), ...(value as Json) };
}
