/** A workspace's own stack: its name, and the settings that it takes over from the stack of its clusters. */
import * as path from "node:path";
import type { Problems } from "../../components/model/problems";
import type { WorkspaceSpec } from "../../components/model/workspaceTypes";
import { PROJECT } from "../../stacks/platformConfig";
import { commandLineStack } from "../../stacks/workspaceNames";
import type { StackSettings } from "../settings";

/** Namespace of our config keys in a settings file. */
const PREFIX = `${PROJECT}:`;

/** The engine takes no longer name. */
const LONGEST_STACK_NAME = 100;

/** Keys of the `workspaces` section that belong to the layer's stack: its workspaces, policies and user Secrets. */
const OF_THE_LAYER = ["folder", "inline", "namespaces", "userSecrets"];

/** What stands in for a secret where the settings are read without the engine. */
const HIDDEN = "[secret]";

/** The name of a workspace's own stack; one that the engine would refuse is a problem. */
export function workspaceStackName(
  cluster: string,
  spec: Pick<WorkspaceSpec, "namespace" | "name">,
  problems: Problems,
): string {
  const name = commandLineStack(cluster, spec);
  if (name.length > LONGEST_STACK_NAME) {
    problems.add({
      path: "chart_name",
      reason: `too long: its stack would be named ${name}, of ${name.length} characters`,
      value: spec.name,
      allowed: `a stack name of ${LONGEST_STACK_NAME} characters`,
      remedy: "Choose a shorter name, or hold it in a stack's `workspaces.folder`.",
    });
  } else if (!/^[A-Za-z0-9_.-]+$/.test(name)) {
    problems.add({
      path: "clusters",
      reason: "the cluster's name cannot be part of a stack's name",
      value: cluster,
      allowed: "letters, digits, -, _ and .",
      remedy: "Rename the cluster in the stack config.",
    });
  }
  return name;
}

function isSecure(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.keys(value).length === 1 &&
    typeof (value as { secure?: unknown }).secure === "string"
  );
}

function hidden(value: unknown): unknown {
  if (isSecure(value)) {
    return HIDDEN;
  }
  if (Array.isArray(value)) {
    return value.map(hidden);
  }
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, hidden(part)]));
  }
  return value;
}

/** Text may hold JSON, as `pulumi config set` writes it. */
function decoded(value: unknown): unknown {
  if (typeof value !== "string") {
    return value;
  }
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

/** The project's sections of a settings file as plain values; secrets within them are hidden, not decrypted. */
export function sectionsOf(settings: StackSettings, problems: Problems): Record<string, unknown> {
  const sections: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(settings.config ?? {})) {
    if (!key.startsWith(PREFIX)) {
      continue;
    }
    const section = key.slice(PREFIX.length);
    if (isSecure(value)) {
      problems.add({
        path: section,
        reason: "is encrypted as a whole, so the command line cannot read it",
        remedy: "Encrypt single values of it: pulumi config set --secret --path.",
      });
    } else {
      sections[section] = hidden(decoded(value));
    }
  }
  return sections;
}

/** The logins of namespaces as what is there already; nothing else of their policies. */
function logins(namespaces: unknown): Record<string, unknown> {
  const given = Object.entries((namespaces ?? {}) as Record<string, { authProxy?: object }>);
  const found = given.flatMap(([name, { authProxy }]) =>
    authProxy === undefined
      ? []
      : [[name, { authProxy: { ...authProxy, existing: true } }] as const],
  );
  return found.length === 0 ? {} : { namespaces: Object.fromEntries(found) };
}

/**
 * The settings of a workspace's own stack: those of the stack that describes the clusters, with this one
 * file as its only workspace. Policies and user Secrets of the namespace stay with the layer stack, which owns
 * them: two stacks that held one Secret would each delete it for the other.
 *
 * @param root the project's folder; paths in the settings are relative to it
 * @param file absolute path of the workspace's JSON
 */
export function workspaceSettings(
  settings: StackSettings,
  root: string,
  file: string,
): StackSettings {
  const given = (decoded(settings.config?.[`${PREFIX}workspaces`]) ?? {}) as Record<
    string,
    unknown
  >;
  const { filesRoot } = given;
  const site = Object.entries(given).filter(([key]) => !OF_THE_LAYER.includes(key));
  const workspaces = {
    ...Object.fromEntries(site),
    ...logins(given["namespaces"]),
    files: [file],
    ...(typeof filesRoot === "string" ? { filesRoot: path.resolve(root, filesRoot) } : {}),
  };
  return {
    ...settings,
    config: {
      ...settings.config,
      [`${PREFIX}layers`]: ["workspaces"],
      [`${PREFIX}workspaces`]: workspaces,
    },
  };
}
