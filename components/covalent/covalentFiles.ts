/** The files of Covalent's dispatcher, on the machine that runs it. */
import * as os from "node:os";
import * as path from "node:path";
import { PLATFORM_EXECUTOR, executorConfig } from "../model/covalent/executorConfig";
import { registryParts } from "../model/covalent/registry";
import { sampleJobFile } from "../model/covalent/sampleJob";
import type { CovalentSpec } from "../model/covalent/settings";
import { tomlKeys } from "../model/covalent/toml";
import { shellWord } from "../model/targetNode/quoting";
import { writePrivateFolder } from "../privateFolder";

const KUBECONFIG = "kubeconfig";
const CONFIG = "executor.toml";
const CREDENTIALS = "registry.toml";
const ENVIRONMENT = "environment.sh";
const SAMPLE_JOB = "covalent-k8s-test.yaml";

const PACKAGE = "science_platform_covalent";

/** The folder where none is given, relative to the program's. */
export function defaultFolder(name: string): string {
  return path.join(".local", "covalent", name);
}

/** The executors' config, with the paths of this machine in it. */
export function renderConfig(spec: CovalentSpec, folder: string, context: string): string {
  const at = path.resolve(folder);
  const { credentialsFile, username } = spec.registry ?? {};
  return executorConfig(spec, {
    kubeconfigFile: path.join(at, KUBECONFIG),
    context,
    credentialsFile: credentialsFile ?? (username === undefined ? "" : path.join(at, CREDENTIALS)),
    cacheDir: spec.cacheDir ?? path.join(os.homedir(), ".cache", "covalent"),
  });
}

/** For the dispatcher's shell: the plugin finds the cluster by this variable alone. */
export function exportLine(folder: string): string {
  return `export KUBECONFIG=${shellWord(path.join(path.resolve(folder), KUBECONFIG))}`;
}

/** Puts the config into Covalent's own. */
export function configureCommand(folder: string): string {
  return `python3 -m ${PACKAGE}.configure ${shellWord(path.join(path.resolve(folder), CONFIG))}`;
}

/** Runs the sample Job as the dispatcher, and waits for its end. */
export function checkCommand(folder: string): string {
  return `python3 -m ${PACKAGE}.check ${shellWord(path.resolve(folder))}`;
}

/** What the files are made from, once all is known. */
export interface DispatcherFacts {
  spec: CovalentSpec;
  kubeconfig: string;
  config: string;
  password?: string;
}

/** Writes the folder; a file of credentials that is needed no longer is removed. */
export function writeDispatcherFolder(folder: string, facts: DispatcherFacts): void {
  const { spec, kubeconfig, config, password } = facts;
  const { username } = spec.registry ?? {};
  const { region } = registryParts(spec.registry);
  const environment = [
    `# For the shell that starts Covalent; its executors are k8s and ${PLATFORM_EXECUTOR}.`,
    exportLine(folder),
    ...(region === "" ? [] : [`export AWS_DEFAULT_REGION=${shellWord(region)}`]),
  ];
  const texts: Record<string, string> = {
    [KUBECONFIG]: kubeconfig,
    [CONFIG]: config,
    [ENVIRONMENT]: `${environment.join("\n")}\n`,
    [SAMPLE_JOB]: sampleJobFile(spec),
    ...(username === undefined || password === undefined
      ? {}
      : { [CREDENTIALS]: `${tomlKeys({ username, password })}\n` }),
  };
  const files = Object.entries(texts).map(([name, text]) => ({ name, text, mode: 0o600 }));
  writePrivateFolder(path.resolve(folder), files, [CREDENTIALS]);
}
