/** A target's folder, programs and an empty root for install.sh, all in a temporary folder. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { targetScripts, writeTargetFolder } from "../../../components/interlink/targetFolder";
import { targetFiles } from "../../../components/model/targetNode/targetFiles";
import type {
  TargetSecrets,
  TargetSettings,
} from "../../../components/model/targetNode/targetTypes";
import { SECRETS } from "../model/targetNode/settings";

export interface Result {
  code: number | null;
  output: string;
}

const PROGRAMS = ["oauth2-proxy", "interlink", "interlink-plugin"];

/** SHA-256 of a text, as a spec gives it. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** What one of the fixture's programs holds. */
export function programText(name: string): string {
  return `#!/bin/sh\n# ${name}\nexit 0\n`;
}

export class HostFixture {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "science-platform-host-"));
  /** Folder that is copied to the host. */
  readonly target = path.join(this.folder, "target");
  /** Root of the host. */
  readonly root = path.join(this.folder, "root");
  /** Folder of programs. */
  readonly programs = path.join(this.folder, "programs");
  /** Commands that come before those of the machine. */
  readonly commands = path.join(this.folder, "commands");

  constructor() {
    fs.mkdirSync(this.programs);
    fs.mkdirSync(this.commands);
    for (const name of PROGRAMS) {
      fs.writeFileSync(path.join(this.programs, name), programText(name));
    }
    this.command("docker", 'case "$*" in *Runtimes*) echo \'{"nvidia":{}}\' ;; esac');
    this.command("nvidia-smi", "exit 0");
  }

  /** Puts a command of ours in front of the machine's. */
  command(name: string, body: string): void {
    const file = path.join(this.commands, name);
    fs.writeFileSync(file, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    fs.chmodSync(file, 0o755);
  }

  write(settings: TargetSettings, secrets: TargetSecrets = SECRETS): void {
    writeTargetFolder(this.target, [...targetScripts(), ...targetFiles("gpu", settings, secrets)]);
  }

  /** Runs install.sh. Not synchronous, so that servers of the test can answer it. */
  async run(args: string[] = []): Promise<Result> {
    const child = spawn("bash", [path.join(this.target, "install.sh"), ...args], {
      env: {
        ...process.env,
        DESTDIR: this.root,
        PATH: `${this.commands}${path.delimiter}${process.env["PATH"]}`,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    }
    const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
    return { code, output };
  }

  /** Path below the host's root. */
  at(file: string): string {
    return path.join(this.root, file);
  }

  /** Every file and folder below the root: permissions, time of the last change and content. */
  snapshot(): Record<string, string> {
    const names = fs.existsSync(this.root)
      ? fs.readdirSync(this.root, { recursive: true, encoding: "utf8" }).sort()
      : [];
    return Object.fromEntries(
      names.map((name) => {
        const file = this.at(name);
        const { mode, mtimeMs } = fs.statSync(file);
        const text = fs.statSync(file).isFile() ? sha256(fs.readFileSync(file, "latin1")) : "";
        return [name, `${(mode & 0o777).toString(8)} ${mtimeMs} ${text}`];
      }),
    );
  }

  remove(): void {
    fs.rmSync(this.folder, { recursive: true });
  }
}
