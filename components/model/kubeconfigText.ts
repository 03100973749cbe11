/** A kubeconfig as text: what is in it, with its paths made absolute, and which context is meant. */
import * as path from "node:path";
import { load, YAMLException } from "js-yaml";
import { nearest, oneOf, type Problems } from "./problems";

/** Fields as they were read: any of them may be a secret. */
export type Fields = Record<string, unknown>;

/** One named entry of `clusters`, `contexts` or `users`. */
export interface Entry {
  name: string;
  fields: Fields;
}

/** A kubeconfig whose lists were seen to be lists of named entries. */
export interface Kubeconfig {
  currentContext?: string;
  contexts: Entry[];
  clusters: Entry[];
  users: Entry[];
}

const LISTS = {
  contexts: "context",
  clusters: "cluster",
  users: "user",
} as const;

/** Keys that name a file, and the key that holds its content in place: in base64, but for the token. */
export const FILES_OF = {
  cluster: { "certificate-authority": "certificate-authority-data" },
  user: {
    "client-certificate": "client-certificate-data",
    "client-key": "client-key-data",
    tokenFile: "token",
  },
} as const;

/** Whether `value` is a mapping. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function entries(document: Fields, list: keyof typeof LISTS): Entry[] | undefined {
  const found = document[list] ?? [];
  if (!Array.isArray(found)) {
    return undefined;
  }
  return found.every((entry) => isFields(entry) && typeof entry["name"] === "string")
    ? found.map((entry: Fields) => {
        const fields = entry[LISTS[list]];
        return { name: entry["name"] as string, fields: isFields(fields) ? fields : {} };
      })
    : undefined;
}

function notYaml(error: unknown): string {
  const mark = error instanceof YAMLException ? error.mark : undefined;
  // Not the parser's own message: it quotes the lines around, and credentials are among them.
  return mark === undefined ? "" : ` at line ${mark.line + 1}, column ${mark.column + 1}`;
}

/**
 * Reads the text of a kubeconfig, in YAML or JSON.
 *
 * @param at where the problem is said to be; no message contains a value, since most are secrets
 */
export function parseKubeconfig(
  text: string,
  problems: Problems,
  at: string,
): Kubeconfig | undefined {
  let document: unknown;
  try {
    // The parser takes an empty text for an error.
    document = text.trim() === "" ? undefined : load(text);
  } catch (error) {
    problems.add({ path: at, reason: `not YAML or JSON${notYaml(error)}` });
    return undefined;
  }
  if (!isFields(document)) {
    problems.add({
      path: at,
      reason: document === undefined || document === null ? "empty" : "not a kubeconfig",
      remedy: "Give the content of a kubeconfig, as `kubectl config view --raw` prints it.",
    });
    return undefined;
  }
  const lists = {
    contexts: entries(document, "contexts"),
    clusters: entries(document, "clusters"),
    users: entries(document, "users"),
  };
  const { contexts, clusters, users } = lists;
  if (contexts === undefined || clusters === undefined || users === undefined) {
    const broken = Object.entries(lists).filter(([, list]) => list === undefined);
    problems.add({
      path: at,
      reason: `not a kubeconfig: ${broken.map(([name]) => name).join(" and ")} must be a list of entries with names`,
    });
    return undefined;
  }
  const current = document["current-context"];
  return {
    ...(typeof current === "string" && current !== "" ? { currentContext: current } : {}),
    contexts,
    clusters,
    users,
  };
}

/** Several kubeconfigs as one, as kubectl merges those that `KUBECONFIG` lists: the first entry of a name wins. */
export function mergeKubeconfigs(configs: Kubeconfig[]): Kubeconfig {
  const merged = (list: keyof typeof LISTS): Entry[] => [
    ...new Map(
      configs
        .flatMap((config) => config[list])
        .reverse()
        .map((entry) => [entry.name, entry]),
    ).values(),
  ];
  const current = configs.find(({ currentContext }) => currentContext !== undefined);
  return {
    ...(current === undefined ? {} : { currentContext: current.currentContext }),
    contexts: merged("contexts"),
    clusters: merged("clusters"),
    users: merged("users"),
  };
}

function withAbsolutePaths(fields: Fields, keys: readonly string[], folder: string): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) =>
      keys.includes(key) && typeof value === "string" && value !== ""
        ? [key, path.resolve(folder, value)]
        : [key, value],
    ),
  );
}

/** The kubeconfig with the paths in it made absolute, from the folder that it lies in. */
export function resolvePaths(config: Kubeconfig, folder: string): Kubeconfig {
  const resolved = (list: Entry[], kind: keyof typeof FILES_OF): Entry[] =>
    list.map(({ name, fields }) => {
      const absolute = withAbsolutePaths(fields, Object.keys(FILES_OF[kind]), folder);
      const exec = absolute["exec"];
      const command = isFields(exec) ? exec["command"] : undefined;
      // As client-go does: a name is looked up on PATH, a relative path is below the kubeconfig.
      const own = typeof command === "string" && /[\\/]/.test(command);
      return {
        name,
        fields: own
          ? { ...absolute, exec: { ...(exec as Fields), command: path.resolve(folder, command) } }
          : absolute,
      };
    });
  return {
    ...config,
    clusters: resolved(config.clusters, "cluster"),
    users: resolved(config.users, "user"),
  };
}

/** The context meant: the one named, else the current one, else the only one. */
export function chooseContext(
  config: Kubeconfig,
  wanted: string | undefined,
  problems: Problems,
  at: string,
): Entry | undefined {
  const names = config.contexts.map(({ name }) => name);
  const name = wanted ?? config.currentContext ?? (names.length === 1 ? names[0] : undefined);
  const found = config.contexts.find((context) => context.name === name);
  if (found === undefined) {
    const near = name === undefined ? undefined : nearest(name, names);
    problems.add({
      path: at,
      reason:
        name === undefined
          ? "no context is named, and the kubeconfig has no current one"
          : "a context that the kubeconfig does not have",
      ...(name === undefined ? {} : { value: name }),
      allowed: oneOf(names),
      remedy: near === undefined ? "Name one of these as context." : `Did you mean ${near}?`,
    });
  }
  return found;
}
