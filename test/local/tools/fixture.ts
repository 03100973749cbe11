/** A machine in a temporary folder: its PATH, home, cache, Go modules, and programs that are shell scripts. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import type { Tool } from "../../../local/tools/catalogue";
import { resolveAll, type ResolvedTool } from "../../../local/tools/resolve";

export class Machine {
  readonly root = mkdtempSync(path.join(tmpdir(), "tools-test-"));
  readonly bin = path.join(this.root, "bin");
  readonly cache = path.join(this.root, "cache", "science-platform");
  readonly modules = path.join(this.root, "modules");
  readonly env: NodeJS.ProcessEnv = {
    // The system's folders for the scripts' own commands; the tools of the tests are named as nothing there.
    PATH: [this.bin, "relative", "/usr/bin", "/bin"].join(path.delimiter),
    HOME: path.join(this.root, "home"),
    XDG_CACHE_HOME: path.join(this.root, "cache"),
    FAKE_GO_LOG: path.join(this.root, "go.log"),
  };
  /** What was shown while resolving. */
  shown = "";

  /** A program in `folder` that runs `body`. */
  program(folder: string, name: string, body: string): string {
    mkdirSync(folder, { recursive: true });
    const file = path.join(folder, name);
    writeFileSync(file, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    return file;
  }

  /** A Go that notes its arguments and, when told to build, does `build` with `$out` set. */
  fakeGo(
    build = 'mkdir -p "$(dirname "$out")"; echo "#!/bin/sh" > "$out"',
    version = "go1.26.8",
  ): void {
    this.program(
      this.bin,
      "go",
      `echo "$*" >> "$FAKE_GO_LOG"
case "$1" in
env) echo ${version}; exit 0;;
version) echo "go version ${version} linux/amd64"; exit 0;;
mod) echo "{\\"Dir\\": \\"$FAKE_MODULE\\"}"; exit 0;;
esac
[ "$2" = runtime/cgo ] && exit 0
while [ "$1" != -o ]; do shift; done
out=$2
${build}`,
    );
  }

  /** The builds that the fake Go was asked for. */
  builds(): string[] {
    const log = this.env["FAKE_GO_LOG"]!;
    if (!existsSync(log)) return [];
    const lines = readFileSync(log, "utf8").split("\n");
    return lines.filter((line) => line.startsWith("build ") && line !== "build runtime/cgo");
  }

  /** A tool with its module; 1.2.x is accepted. */
  tool(name: string, changes: Partial<Tool<string>> = {}): Tool<string> {
    const folder = path.join(this.modules, name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, "go.mod"), `module example.test/${name}\n\ngo 1.21\n`);
    return {
      name,
      folder: name,
      package: ".",
      module: `example.test/${name}`,
      moduleVersion: "v1.2.3",
      version: "1.2.3",
      define: [],
      minutes: 1,
      probe: { kind: "output", arguments: ["--version"] },
      accepts: ({ major, minor }) => major === 1 && minor === 2,
      accepted: "1.2.x",
      ...changes,
    };
  }

  resolve(catalogue: readonly Tool<string>[], names = catalogue.map((tool) => tool.name)) {
    const output = { write: (text: string) => (this.shown += text) };
    const { env, modules } = this;
    return resolveAll<string>(names, { env, catalogue, modules, output });
  }

  async resolveOne(tool: Tool<string>): Promise<ResolvedTool<string>> {
    return (await this.resolve([tool]))[0]!;
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
