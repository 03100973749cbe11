/** Opens a stack of the engine with the program inline, in a work folder that is never the repository. */
import * as fs from "node:fs";
import * as path from "node:path";
import { LocalWorkspace, type PulumiFn, type Stack } from "@pulumi/pulumi/automation";
import { CORE_SCHEMA, dump, load } from "js-yaml";
import { nearest, oneOf } from "../components/model/problems";
import { PROJECT } from "../stacks/config";
import { engineEnvironment, localFolder } from "./environment";
import { failFast } from "./failFast";

/** A stack settings file, `Pulumi.<stack>.yaml`. */
export interface StackSettings {
  config?: Record<string, unknown>;
  encryptionsalt?: string;
  secretsprovider?: string;
  encryptedkey?: string;
}

function settingsName(stack: string): string {
  return `Pulumi.${stack}.yaml`;
}

function readYaml(file: string): StackSettings | undefined {
  return fs.existsSync(file)
    ? (load(fs.readFileSync(file, "utf8"), { schema: CORE_SCHEMA }) ?? {})
    : undefined;
}

/** The settings that the project has for a stack. @throws Error that lists the stacks there are */
export function readSettings(root: string, stack: string): StackSettings {
  const settings = readYaml(path.join(root, settingsName(stack)));
  if (settings !== undefined) {
    return settings;
  }
  const known = fs
    .readdirSync(root)
    .map((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1])
    .filter((name) => name !== undefined);
  const near = nearest(stack, known);
  throw new Error(
    `There is no ${settingsName(stack)}; stacks here: ${oneOf(known)}.` +
      (near === undefined ? "" : ` Did you mean STACK=${near}?`),
  );
}

/** A stack with its handle on the program's own error, which the engine would bury in its output. */
export interface OpenStack {
  stack: Stack;
  name: string;
  /** What the program threw in the last run, if anything. */
  programError(): unknown;
}

export interface OpenOptions {
  root: string;
  name: string;
  /** @default the project's file for this stack */
  settings?: StackSettings;
  program: PulumiFn;
}

/** Opens the stack, made when it is new. */
export async function openStack(options: OpenOptions): Promise<OpenStack> {
  const { root, name } = options;
  const settings = options.settings ?? readSettings(root, name);
  const env = engineEnvironment(root);
  // The SDK takes a stack trace for every resource; mapping each of its lines would cost more than all else here.
  process.setSourceMapsEnabled(false);
  // The Automation API looks for the engine on this process's PATH.
  process.env["PATH"] = env["PATH"];
  const workDir = path.join(localFolder(root), "work", name);
  fs.mkdirSync(workDir, { recursive: true, mode: 0o700 });
  const copy = path.join(workDir, settingsName(name));
  // The salt that the engine wrote in an earlier run is kept, or every run would encrypt anew.
  const salt = settings.encryptionsalt ?? readYaml(copy)?.encryptionsalt;
  const content = salt === undefined ? settings : { ...settings, encryptionsalt: salt };
  fs.writeFileSync(copy, dump(content), { mode: 0o600 });

  let thrown: unknown;
  const program: PulumiFn = async () => {
    thrown = undefined;
    try {
      return await failFast(options.program)();
    } catch (error) {
      thrown = error;
      throw error;
    }
  };
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: name, projectName: PROJECT, program },
    { workDir, envVars: env, projectSettings: { name: PROJECT, runtime: "nodejs" } },
  );
  return { stack, name, programError: () => thrown };
}
