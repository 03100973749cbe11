/** Credentials from the program that a kubeconfig names (`aws eks get-token` and its like). */
import { execFile, type ExecFileException } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { isFields, type Fields } from "../model/kubeconfigText";
import { ClusterAccessError } from "./accessError";

/** What such a program prints. */
export interface ExecCredentials {
  token?: string;
  /** PEM. */
  clientCertificate?: string;
  /** PEM. */
  clientKey?: string;
}

const API_VERSIONS = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];

/** A token is asked for over the network, and by programs that start slowly. */
const TIMEOUT_MS = 30_000;

const LONGEST_OUTPUT = 1024 * 1024;

function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Where a command lies: itself when it is a path, else the first of its name on PATH. */
function findCommand(command: string, env: NodeJS.ProcessEnv): string | undefined {
  if (/[\\/]/.test(command)) {
    return isExecutable(command) ? command : undefined;
  }
  const folders = (env["PATH"] ?? "").split(path.delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => path.join(folder, command)).find(isExecutable);
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function variables(value: unknown): Record<string, string> {
  const list: unknown[] = Array.isArray(value) ? value : [];
  return Object.fromEntries(
    list
      .filter(isFields)
      .flatMap(({ name, value }) =>
        typeof name === "string" && typeof value === "string" ? [[name, value]] : [],
      ),
  );
}

/** Keys of the kubeconfig's cluster that such a program understands. */
const CLUSTER_KEYS = [
  "server",
  "tls-server-name",
  "insecure-skip-tls-verify",
  "certificate-authority-data",
];

/** What the program may know of the run: that nobody can answer questions, and on request the cluster. */
function execInfo(exec: Fields, clusterFields: Fields): string {
  const cluster = Object.fromEntries(
    Object.entries(clusterFields).filter(([key]) => CLUSTER_KEYS.includes(key)),
  );
  const spec = {
    interactive: false,
    ...(exec["provideClusterInfo"] === true ? { cluster } : {}),
  };
  return JSON.stringify({ kind: "ExecCredential", apiVersion: exec["apiVersion"], spec });
}

function explain(error: ExecFileException, stderr: string): string {
  // Its standard output is never shown: that is where the token would be.
  const said = stderr.trim().split("\n").at(-1)?.slice(0, 200);
  const end = error.killed
    ? `was stopped after ${TIMEOUT_MS / 1000} s`
    : `ended with ${error.code ?? error.signal ?? "an error"}`;
  return said ? `${end}: ${said}` : end;
}

function run(
  command: string,
  exec: Fields,
  clusterFields: Fields,
  fail: (what: string) => ClusterAccessError,
): Promise<string> {
  const env = {
    ...process.env,
    ...variables(exec["env"]),
    KUBERNETES_EXEC_INFO: execInfo(exec, clusterFields),
  };
  const options = { env, timeout: TIMEOUT_MS, maxBuffer: LONGEST_OUTPUT };
  return new Promise((resolve, reject) => {
    const child = execFile(command, strings(exec["args"]), options, (error, stdout, stderr) => {
      if (error === null) {
        resolve(stdout);
      } else {
        reject(fail(explain(error, stderr)));
      }
    });
    child.stdin?.end();
  });
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The credentials in an ExecCredential; nothing when it is none, or holds none. */
function parse(stdout: string, apiVersion: unknown): ExecCredentials | undefined {
  let printed: unknown;
  try {
    printed = JSON.parse(stdout);
  } catch {
    return undefined;
  }
  const status = isFields(printed) && printed["apiVersion"] === apiVersion && printed["status"];
  if (!isFields(status)) {
    return undefined;
  }
  const credentials = {
    token: text(status["token"]),
    clientCertificate: text(status["clientCertificateData"]),
    clientKey: text(status["clientKeyData"]),
  };
  const whole = credentials.clientCertificate !== undefined && credentials.clientKey !== undefined;
  return credentials.token !== undefined || whole ? credentials : undefined;
}

/**
 * Runs a kubeconfig's `exec` entry.
 *
 * @param cluster name of the cluster, for messages
 * @param clusterFields the kubeconfig's cluster entry, which some programs ask for
 * @throws ClusterAccessError when the entry is out of date, or the program is missing, fails or prints no credentials
 */
export async function runExecPlugin(
  exec: Fields,
  cluster: string,
  clusterFields: Fields,
): Promise<ExecCredentials> {
  const { apiVersion } = exec;
  const command = text(exec["command"]) ?? "a command that is not named";
  if (!API_VERSIONS.includes(String(apiVersion))) {
    throw new ClusterAccessError(
      "kubeconfig",
      `cluster ${cluster}: the kubeconfig's exec entry has apiVersion ${String(apiVersion)}, which is not ${API_VERSIONS.join(" or ")}`,
      `Update ${command}, and write the kubeconfig anew with it.`,
    );
  }
  const found = findCommand(command, { ...process.env, ...variables(exec["env"]) });
  if (found === undefined) {
    const hint = text(exec["installHint"])?.trim().replace(/\s+/g, " ");
    throw new ClusterAccessError(
      "kubeconfig",
      `cluster ${cluster}: the kubeconfig gets its credentials from ${command}, which is not on PATH`,
      `Install ${command}, or put it on PATH.${hint === undefined ? "" : ` The kubeconfig says: ${hint}`}`,
    );
  }
  const fail = (what: string): ClusterAccessError =>
    new ClusterAccessError(
      "kubeconfig",
      `cluster ${cluster}: ${command}, which the kubeconfig gets its credentials from, ${what}`,
      "Run it by hand to see why; often a login has expired.",
    );
  const credentials = parse(await run(found, exec, clusterFields, fail), apiVersion);
  if (credentials === undefined) {
    throw fail(`printed no credentials of ${String(apiVersion)}`);
  }
  return credentials;
}
