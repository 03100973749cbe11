/** A machine for the scripts of a federation: an empty root, and snap, microk8s and users that are played. */
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { writeNodeSetup } from "../../../components/mip/nodeSetup";
import type { NodeSetup } from "../../../components/model/mipFederationSetup";

/** What the machine answers, from files in `$STATE`; every change is a line of `$STATE/log`. */
const COMMANDS: Record<string, string> = {
  snap: `case $1 in
  list) [ -e "$STATE/snap" ] ;;
  install) touch "$STATE/snap"; echo "snap $*" >>"$STATE/log" ;;
esac`,
  microk8s: `[ -e "$STATE/snap" ] || exit 127
case $* in
  "status --wait-ready"*) exit 0 ;;
  "status --addon "*) if [ -e "$STATE/addon-$3" ]; then echo enabled; else echo disabled; fi ;;
  enable*) touch "$STATE/addon-\${2%%:*}"; echo "microk8s $*" >>"$STATE/log" ;;
  add-node*) printf 'From the node you wish to join, run:\\nmicrok8s join 192.0.2.7:25000/abc/def\\n\\nOr:\\nmicrok8s join 192.0.2.8:25000/abc/def --worker\\n' ;;
  join*) echo "microk8s $*" >>"$STATE/log" ;;
  "kubectl get nodes"*) echo node/w1 ;;
  "kubectl get node w1 "*Ready*) cat "$STATE/ready" ;;
  "kubectl get node w1 "*taints*) cat "$STATE/taints" 2>/dev/null ;;
  "kubectl get node"*) exit 1 ;;
  "kubectl taint"*-) rm -f "$STATE/taints"; echo "microk8s $*" >>"$STATE/log" ;;
  "kubectl taint"*) echo "\${5%%=*}" >"$STATE/taints"; echo "microk8s $*" >>"$STATE/log" ;;
esac`,
  useradd: `touch "$STATE/user"; echo "useradd $*" >>"$STATE/log"`,
  usermod: `echo "$2" >>"$STATE/groups"; echo "usermod $*" >>"$STATE/log"`,
  id: `case $* in
  *mipadmin*) [ -e "$STATE/user" ] || exit 1; echo mipadmin; cat "$STATE/groups" 2>/dev/null ;;
  *) exec /usr/bin/id "$@" ;;
esac`,
};

export interface Result {
  code: number | null;
  output: string;
}

export class Machine {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "science-platform-machine-"));
  readonly root = path.join(this.folder, "root");
  readonly scripts = path.join(this.folder, "scripts");
  private readonly state = path.join(this.folder, "state");
  private readonly commands = path.join(this.folder, "commands");

  constructor(setup: NodeSetup) {
    for (const folder of [this.root, this.state, this.commands]) {
      fs.mkdirSync(folder);
    }
    for (const [name, body] of Object.entries(COMMANDS)) {
      fs.writeFileSync(path.join(this.commands, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    }
    this.write(setup);
  }

  write(setup: NodeSetup): void {
    writeNodeSetup(this.scripts, setup);
  }

  run(script: string, ...args: string[]): Result {
    const { status, stdout, stderr } = spawnSync(
      "bash",
      [path.join(this.scripts, script), ...args],
      {
        encoding: "utf8",
        env: {
          ...process.env,
          STATE: this.state,
          DESTDIR: this.root,
          PATH: `${this.commands}${path.delimiter}${process.env["PATH"]}`,
        },
      },
    );
    return { code: status, output: stdout + stderr };
  }

  /** Sets what the cluster says: of node w1's `ready`, such as `True`. */
  says(name: string, text: string): void {
    fs.writeFileSync(path.join(this.state, name), text);
  }

  /** What was done to the machine, in order; and forgets it. */
  log(): string[] {
    const file = path.join(this.state, "log");
    const text = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
    fs.rmSync(file, { force: true });
    return text.split("\n").filter((line) => line !== "");
  }

  /** Path below the machine's root. */
  at(file: string): string {
    return path.join(this.root, file);
  }

  remove(): void {
    fs.rmSync(this.folder, { recursive: true });
  }
}
