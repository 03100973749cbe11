/** Opens a stack of the engine with the program inline, in a work folder that is never the repository. */
import * as fs from "node:fs";
import * as path from "node:path";
import { Resource } from "@pulumi/pulumi";
import {
  LocalWorkspace,
  type OutputMap,
  type PulumiFn,
  type Stack,
} from "@pulumi/pulumi/automation";
import { dump } from "js-yaml";
import { PROJECT } from "../stacks/platformConfig";
import { removeCutChecksums } from "./cutChecksums";
import { engineEnvironment, localFolder } from "./environment";
import { failFast, isEngineGone } from "./failFast";
import { readSettings, readYaml, settingsName, type StackSettings } from "./settings";

/** A stack with its handle on the program's own error, which the engine would bury in its output. */
export interface OpenStack {
  stack: Stack;
  name: string;
  /** The outputs that state has, secrets in the clear. */
  outputs(): Promise<OutputMap>;
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

/**
 * The SDK sends a stack trace with every resource, and the engine keeps it in state: a fifth of its size, and
 * paths of the machine that ran last. Mapping its lines to sources took longer than all else in a run.
 */
export function leaveOutStackTraces(): void {
  Object.assign(Resource, { callsites: () => [] });
}

/**
 * After each run the SDK asks the engine for the outputs, twice, and for the history of the stack: three processes,
 * two of which decrypt the whole state, about a second of every `up`. The events of the run have told all of it.
 */
function askNothingAfterwards(stack: Stack): void {
  stack.outputs = () => Promise.resolve({});
  stack.info = () => Promise.resolve(undefined);
}

/** Whether a stack makes clusters on EKS: their plugin is none of the stand's. */
function needsAws({ config = {} }: StackSettings): boolean {
  const clusters = config[`${PROJECT}:clusters`] ?? {};
  return Object.values(clusters).some(
    (cluster: unknown) => typeof cluster === "object" && cluster !== null && "eks" in cluster,
  );
}

/** Opens the stack, made when it is new. */
export async function openStack(options: OpenOptions): Promise<OpenStack> {
  const { root, name } = options;
  const settings = options.settings ?? readSettings(root, name);
  const env = engineEnvironment(root, needsAws(settings));
  leaveOutStackTraces();
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

  const backend = env["PULUMI_BACKEND_URL"] ?? process.env["PULUMI_BACKEND_URL"];
  removeCutChecksums(backend ?? "", name, workDir);

  let thrown: unknown;
  const program: PulumiFn = async () => {
    thrown = undefined;
    try {
      return await failFast(options.program)();
    } catch (error) {
      // Why the engine stopped is its own to say.
      thrown = isEngineGone(error) ? undefined : error;
      throw error;
    }
  };
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: name, projectName: PROJECT, program },
    { workDir, envVars: env, projectSettings: { name: PROJECT, runtime: "nodejs" } },
  );
  const outputs = stack.outputs.bind(stack);
  askNothingAfterwards(stack);
  return { stack, name, outputs, programError: () => thrown };
}
