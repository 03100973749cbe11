/** From a kubeconfig's user to what a request carries: a client certificate, or an authorization header. */
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import { promisify } from "node:util";
import type { ClusterAccess } from "../model/kubeconfig";
import { isFields, type Fields } from "../model/kubeconfigText";

/** What proves to the API server who asks, in PEM where it is a certificate. */
export interface Credentials {
  cert?: string;
  key?: string;
  /** Value of the Authorization header. */
  authorization?: string;
}

const EXEC_TIMEOUT_MS = 60_000;

/** A text field of a kubeconfig: in place (base64), else in the file that another key names. */
export function pem(fields: Fields, key: string): string | undefined {
  const data = fields[`${key}-data`];
  if (typeof data === "string" && data !== "") {
    return Buffer.from(data, "base64").toString("utf8");
  }
  const file = fields[key];
  return typeof file === "string" && file !== "" ? fs.readFileSync(file, "utf8") : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function basic(user: Fields): string | undefined {
  const name = text(user["username"]);
  const password = text(user["password"]) ?? "";
  return name === undefined
    ? undefined
    : `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`;
}

function bearer(token: string | undefined): string | undefined {
  return token === undefined ? undefined : `Bearer ${token}`;
}

/** Runs the kubeconfig's credential program, as kubectl does. */
async function fromExec(exec: Fields, access: ClusterAccess): Promise<Credentials> {
  const command = String(exec["command"]);
  const args = Array.isArray(exec["args"]) ? exec["args"].map(String) : [];
  const set = Array.isArray(exec["env"]) ? (exec["env"] as Fields[]) : [];
  const info = {
    apiVersion: exec["apiVersion"],
    kind: "ExecCredential",
    spec: {
      interactive: false,
      ...(exec["provideClusterInfo"] === true
        ? {
            cluster: {
              server: access.server,
              "certificate-authority-data": access.cluster["certificate-authority-data"],
            },
          }
        : {}),
    },
  };
  let stdout: string;
  try {
    ({ stdout } = await promisify(execFile)(command, args, {
      timeout: EXEC_TIMEOUT_MS,
      env: {
        ...process.env,
        ...Object.fromEntries(set.map((one) => [String(one["name"]), String(one["value"])])),
        KUBERNETES_EXEC_INFO: JSON.stringify(info),
      },
    }));
  } catch (error) {
    // Neither its output nor its arguments: either may hold a secret.
    const { code } = error as { code?: string | number };
    const why = code === "ENOENT" ? "it is not on PATH" : `it ended with ${code ?? "no answer"}`;
    throw new Error(`context ${access.context}: the credential program ${command} failed: ${why}`);
  }
  const status = execStatus(stdout);
  if (status === undefined) {
    throw new Error(
      `context ${access.context}: the credential program ${command} printed no ExecCredential with a status`,
    );
  }
  return {
    cert: text(status["clientCertificateData"]),
    key: text(status["clientKeyData"]),
    authorization: bearer(text(status["token"])),
  };
}

function execStatus(stdout: string): Fields | undefined {
  try {
    const parsed: unknown = JSON.parse(stdout);
    const status = isFields(parsed) ? parsed["status"] : undefined;
    return isFields(status) ? status : undefined;
  } catch {
    return undefined;
  }
}

/** The credentials of a context's user. Files are read, and a credential program is run, each time. */
export async function credentialsOf(access: ClusterAccess): Promise<Credentials> {
  const { user } = access;
  const tokenFile = text(user["tokenFile"]);
  const token =
    tokenFile === undefined ? text(user["token"]) : fs.readFileSync(tokenFile, "utf8").trim();
  const own = {
    cert: pem(user, "client-certificate"),
    key: pem(user, "client-key"),
    authorization: bearer(token) ?? basic(user),
  };
  const exec = user["exec"];
  // As in kubectl, what stands in the kubeconfig itself wins.
  const known = own.authorization !== undefined || own.cert !== undefined;
  return !known && isFields(exec) ? fromExec(exec, access) : own;
}
