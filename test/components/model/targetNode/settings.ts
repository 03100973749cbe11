/** Settings and certificates for the tests of target nodes. */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Problems } from "../../../../components/model/problems";
import {
  checkTarget,
  checkTargetSecrets,
  targetFiles,
} from "../../../../components/model/targetNode/targetFiles";
import type {
  TargetSecrets,
  TargetSettings,
} from "../../../../components/model/targetNode/targetTypes";

/** The least that a target needs. */
export const SETTINGS: TargetSettings = {
  address: "gpu.example.org",
  proxy: { issuer: "https://iam.example.org/", clientId: "interlink", groups: ["gpu-users"] },
  plugin: { kind: "docker" },
  binaries: { folder: "/root/programs" },
};

export const SECRETS: TargetSecrets = {
  clientSecret: "canary-client",
  cookieSecret: "canary-cookie-0123456789-0123456",
};

/** The settings with changes at the first level. */
export function settings(changes: Partial<TargetSettings>): TargetSettings {
  return { ...SETTINGS, ...changes };
}

/** The lines that the checks add. */
export function problemsOf(
  target: TargetSettings,
  secrets: Partial<TargetSecrets> = SECRETS,
  now?: number,
): readonly string[] {
  const problems = new Problems("t");
  checkTarget(target, secrets.certificateKey !== undefined, problems, now);
  checkTargetSecrets(target, secrets, problems);
  return problems.list();
}

/** Text of one rendered file. */
export function fileOf(name: string, target: TargetSettings, secrets = SECRETS): string {
  const found = targetFiles("gpu", target, secrets).find((file) => file.name === name);
  if (found === undefined) {
    throw new Error(`no file ${name}`);
  }
  return found.text;
}

/** A self-signed certificate and its key, made by openssl. */
export function makePair(
  subjectAltName = "DNS:gpu.example.org",
  key: "ec" | "rsa" = "rsa",
): { certificate: string; key: string } {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "science-platform-pair-"));
  try {
    const kind = key === "rsa" ? ["rsa:2048"] : ["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
    const files = ["-keyout", path.join(folder, "key"), "-out", path.join(folder, "crt")];
    execFileSync(
      "openssl",
      ["req", "-x509", "-newkey", ...kind, "-nodes", "-days", "2", "-subj", "/CN=test"].concat(
        ["-addext", `subjectAltName=${subjectAltName}`],
        files,
      ),
      { stdio: "ignore" },
    );
    const read = (name: string): string => fs.readFileSync(path.join(folder, name), "utf8");
    return { certificate: read("crt"), key: read("key") };
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}
