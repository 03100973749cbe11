import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { isDnsLabel, LABEL_RULE } from "../model/names";
import { Problems } from "../model/problems";
import { shellWord } from "../model/targetNode/quoting";
import { resolveTarget } from "../model/targetNode/target";
import { checkTarget, checkTargetSecrets, targetFiles } from "../model/targetNode/targetFiles";
import type { TargetSecrets, TargetSettings } from "../model/targetNode/targetTypes";
import { targetScripts, writeTargetFolder } from "./targetFolder";

const TYPE = "science-platform:index:TargetNode";

/** Characters of the secret for cookies that is made: base64url of 24 bytes. */
const COOKIE_SECRET_LENGTH = 32;

/** Settings of the host, with its secrets and where the files are written. */
export interface TargetNodeArgs extends TargetSettings {
  /** Secret of the client at the issuer. */
  clientSecret: pulumi.Input<string>;
  /** 16, 24 or 32 bytes, plain or in base64url. @default one is made, and kept in state */
  cookieSecret?: pulumi.Input<string>;
  /** Key of `certificate` (PEM), which it must belong to. */
  certificateKey?: pulumi.Input<string>;
  /** Folder on this machine that the files are written to. @default `.local/targets/<name>` */
  outputFolder?: string;
}

/**
 * What runs on the remote host of a virtual node: oauth2-proxy, the interLink API server behind it and a plugin for
 * Docker or SLURM, as systemd services, with the one script that installs, checks and removes them. Nothing is done
 * on the host: the files are written to a folder, in `up` alone, and copied there by hand (`command`). The folder has
 * mode 0700 and holds secrets; giving up the stack leaves it.
 *
 * @example
 * new TargetNode("gpu-host", {
 *   address: "gpu.example.org",
 *   proxy: { issuer: "https://iam.example.org/", clientId: "interlink", groups: ["gpu-users"] },
 *   plugin: { kind: "docker" },
 *   binaries: { folder: "/opt/interlink-programs" },
 *   clientSecret: config.requireSecret("clientSecret"),
 * });
 */
export class TargetNode extends pulumi.ComponentResource {
  static readonly __pulumiType = TYPE;

  /** Address for the virtual kubelet: https, with the port unless that is 443. Known in previews. */
  public readonly url: pulumi.Output<string>;
  /** Folder that holds the files, once they are written. */
  public readonly folder: pulumi.Output<string>;
  /** What to run: it copies the folder to the host and installs there. */
  public readonly command: pulumi.Output<string>;
  /** Text of every file, by name; secret. */
  public readonly files: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: TargetNodeArgs, opts?: pulumi.ComponentResourceOptions) {
    const { clientSecret, cookieSecret, certificateKey, outputFolder, ...settings } = args;
    checkArgs(name, args, settings);
    super(TYPE, name, {}, opts);

    const cookie =
      cookieSecret ??
      new random.RandomPassword(
        `${name}-cookie`,
        { length: COOKIE_SECRET_LENGTH, special: false },
        { parent: this, additionalSecretOutputs: ["result"] },
      ).result;
    const folder = outputFolder ?? path.join(".local", "targets", name);
    const files = pulumi
      .all([pulumi.secret(clientSecret), cookie, certificateKey])
      .apply(([client, cookieKey, key]) => {
        const secrets = { clientSecret: client, cookieSecret: cookieKey, certificateKey: key };
        checkSecrets(name, settings, secrets);
        const all = [...targetScripts(), ...targetFiles(name, settings, secrets)];
        if (!pulumi.runtime.isDryRun()) {
          writeTargetFolder(path.resolve(folder), all);
        }
        return Object.fromEntries(all.map((file) => [file.name, file.text]));
      });
    // Behind the files, so that whoever has the folder's name finds them there.
    const written = pulumi.unsecret(files.apply(() => folder));
    this.url = pulumi.output(resolveTarget(settings).url);
    this.folder = written;
    this.command = written.apply((at) => installCommand(name, at, settings.address));
    this.files = pulumi.secret(files);
    this.registerOutputs({
      url: this.url,
      folder: this.folder,
      command: this.command,
      files: this.files,
    });
  }
}

/** Copies under one name, so that a repeated run does not put a folder into the folder. */
function installCommand(name: string, folder: string, address: string): string {
  const copy = `interlink-${name}`;
  const host = shellWord(address);
  return [
    `tar -C ${shellWord(folder)} -czf - .`,
    `ssh ${host} 'rm -rf ${copy} && mkdir -m 700 ${copy} && tar -C ${copy} -xzf -'`,
  ]
    .join(" | ")
    .concat(` && ssh -t ${host} 'sudo bash ${copy}/install.sh'`);
}

/** The values of those that are given in plain; Outputs are looked at when they are known. */
function plainSecrets(args: TargetNodeArgs): Partial<TargetSecrets> {
  const plain = (value: pulumi.Input<string> | undefined): string | undefined =>
    typeof value === "string" ? value : undefined;
  return {
    clientSecret: plain(args.clientSecret),
    cookieSecret: plain(args.cookieSecret),
    certificateKey: plain(args.certificateKey),
  };
}

function checkArgs(name: string, args: TargetNodeArgs, settings: TargetSettings): void {
  const problems = new Problems(name);
  if (!isDnsLabel(name)) {
    problems.add({ path: "name", reason: "names a folder", value: name, allowed: LABEL_RULE });
  }
  checkTarget(settings, args.certificateKey !== undefined, problems);
  checkTargetSecrets(settings, plainSecrets(args), problems);
  problems.throwIfAny();
}

function checkSecrets(name: string, settings: TargetSettings, secrets: TargetSecrets): void {
  const problems = new Problems(name);
  checkTargetSecrets(settings, secrets, problems);
  problems.throwIfAny();
}
