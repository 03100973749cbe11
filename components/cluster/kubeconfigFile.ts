/** Reading kubeconfigs, and the certificates that they name, from the disk. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import {
  accessOf,
  embedFiles,
  mergeKubeconfigs,
  parseKubeconfig,
  refuseRelativePaths,
  resolvePaths,
  type ClusterAccess,
  type Kubeconfig,
} from "../model/kubeconfig";
import { Problems, ProblemsError } from "../model/problems";

/** How a kubeconfig is read. */
export interface ReadOptions {
  /** Context to use. @default the current one */
  context?: string;
  /** Whether the certificates and keys that it names by path are read into it. @default false */
  embedCertificates?: boolean;
}

function expandHome(file: string): string {
  return file === "~" || file.startsWith("~/") ? path.join(os.homedir(), file.slice(1)) : file;
}

/**
 * The files that a kubeconfig is made of: the one given, else those that `KUBECONFIG` lists, else
 * `~/.kube/config`. Of several listed, those that do not exist are passed over, as kubectl does.
 */
export function kubeconfigFiles(given?: string, env: NodeJS.ProcessEnv = process.env): string[] {
  if (given !== undefined) {
    return [path.resolve(expandHome(given))];
  }
  const listed = (env["KUBECONFIG"] ?? "").split(path.delimiter).filter((part) => part !== "");
  if (listed.length === 0) {
    return [path.join(os.homedir(), ".kube", "config")];
  }
  const files = listed.map((file) => path.resolve(expandHome(file)));
  const present = files.filter((file) => fs.existsSync(file));
  return present.length > 0 ? present : files;
}

/**
 * The content of a file; a problem when it cannot be read.
 *
 * @param what the file, where the problem's source does not name it
 */
function readFile(file: string, problems: Problems, what = "the kubeconfig"): Buffer | undefined {
  try {
    return fs.readFileSync(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    problems.add({
      path: "",
      reason: `${what} cannot be read (${code})`,
      remedy:
        code === "ENOENT"
          ? "Check the path; a cluster that is not there yet gets its kubeconfig when it is made."
          : "Make it readable for the user who runs this.",
    });
    return undefined;
  }
}

function embedded(access: ClusterAccess, problems: Problems): ClusterAccess {
  const contents = new Map<string, Buffer>();
  // Tokens are renewed in their file, so a copy would expire: they stay named by path.
  for (const { key, file } of access.files.filter((one) => one.key !== "tokenFile")) {
    const content = readFile(file, problems, `${key} ${file}`);
    if (content !== undefined) {
      contents.set(file, content);
    }
  }
  return embedFiles(access, contents);
}

function finish(
  config: Kubeconfig | undefined,
  options: ReadOptions,
  problems: Problems,
): ClusterAccess {
  const access = config === undefined ? undefined : accessOf(config, options.context, problems, "");
  if (access !== undefined) {
    refuseRelativePaths(access, problems, "");
  }
  problems.throwIfAny();
  const result = options.embedCertificates ? embedded(access!, problems) : access!;
  problems.throwIfAny();
  return result;
}

/**
 * Reads the access to one cluster from kubeconfig files.
 *
 * @param name of the cluster, for messages
 * @param file path; without one `KUBECONFIG`, then `~/.kube/config`
 * @throws ProblemsError that names the cluster, the file and what to do
 */
export function readKubeconfigFile(
  name: string,
  file: string | undefined,
  options: ReadOptions = {},
): ClusterAccess {
  const configs: Kubeconfig[] = [];
  const files = kubeconfigFiles(file);
  const lines: string[] = [];
  for (const one of files) {
    const problems = new Problems(`cluster ${name}: ${one}`);
    const text = readFile(one, problems)?.toString("utf8");
    const config = text === undefined ? undefined : parseKubeconfig(text, problems, "");
    configs.push(...(config === undefined ? [] : [resolvePaths(config, path.dirname(one))]));
    lines.push(...problems.list());
  }
  if (lines.length > 0) {
    throw new ProblemsError(lines);
  }
  return finish(
    mergeKubeconfigs(configs),
    options,
    new Problems(`cluster ${name}: ${files.join(path.delimiter)}`),
  );
}

/**
 * Reads the access to one cluster from a kubeconfig's content.
 *
 * @param name of the cluster, for messages
 * @throws ProblemsError that names the cluster; it contains nothing of the content but names
 */
export function readKubeconfigText(
  name: string,
  text: string,
  options: ReadOptions = {},
): ClusterAccess {
  const problems = new Problems(`cluster ${name}: kubeconfig`);
  return finish(parseKubeconfig(text, problems, ""), options, problems);
}
