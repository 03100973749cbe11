import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as fc from "fast-check";
import { Problems } from "../../../../components/model/problems";
import {
  checkText,
  environmentLine,
  shellWord,
  systemdWord,
} from "../../../../components/model/targetNode/quoting";
import { skip } from "../../../support/reporter";

/** Text as settings may hold it, rich in what shells and systemd treat specially. */
const SPECIAL = [
  ..." '\"`$\\%;&|<>(){}[]*?!~#=^:,\t é字🚀",
  "$(id)",
  "${HOME}",
  "$HOME",
  "%h",
  "'\\''",
];
const text = fc
  .array(fc.oneof(fc.constantFrom(...SPECIAL), fc.string({ unit: "grapheme" })), { maxLength: 8 })
  .map((parts) => parts.join(""))
  .filter((value) => checkText("it", value, new Problems("")));

/** What bash makes of words: it prints each with a NUL behind it. */
function bashWords(words: string): string[] {
  const out = execFileSync("bash", ["-c", `printf '%s\\0' ${words}`], { encoding: "utf8" });
  return out.split("\0").slice(0, -1);
}

/** The words of a command line as systemd's dump quotes them; bash would see more in a bare `#` or `~`. */
function dumpedWords(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|([^ ]+)/gu)].map(
    ([, quoted, bare]) => bare ?? quoted!.replace(/\\(.)/gu, "$1"),
  );
}

describe("values in the host's files", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "science-platform-quoting-"));
  after(() => fs.rmSync(folder, { recursive: true }));

  it("are the same words in a real bash", () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1 }), (values) => {
        assert.deepEqual(bashWords(values.map(shellWord).join(" ")), values);
      }),
    );
  });

  it("are the same values where a real bash reads the environment file", () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1 }), (values) => {
        const file = path.join(folder, "it.env");
        fs.writeFileSync(file, values.map((it, i) => environmentLine(`V${i}`, it)).join("\n"));
        const names = values.map((_, i) => `"$V${i}"`).join(" ");
        const out = execFileSync("bash", ["-c", `. "$1"; printf '%s\\0' ${names}`, "bash", file], {
          encoding: "utf8",
        });
        assert.deepEqual(out.split("\0").slice(0, -1), values);
      }),
    );
  });

  it("are the same words in a real systemd", function () {
    this.timeout(120_000);
    if (spawnSync("systemd-analyze", ["--version"]).status !== 0) {
      skip(this, "systemd-analyze is not on PATH");
    }
    const unit = path.join(folder, "quoting-test.service");
    const check = (values: string[]): void => {
      const line = `ExecStart=/bin/true ${values.map(systemdWord).join(" ")}`;
      fs.writeFileSync(unit, `[Service]\nType=oneshot\n${line}\n`);
      const dump = spawnSync("systemd-analyze", ["verify", unit], {
        encoding: "utf8",
        env: { ...process.env, SYSTEMD_LOG_LEVEL: "debug" },
        maxBuffer: 1 << 26,
      });
      // systemd prints the words as it has read them; variables are expanded later.
      const units = dump.stdout.split("-> Unit ");
      const ours = units.find((it) => it.startsWith("quoting-test.service")) ?? "";
      const [, command = ""] = /Command Line: \/bin\/true ?([^\n]*)/.exec(ours) ?? [];
      assert.notEqual(ours, "", dump.stderr.slice(0, 2000));
      const escaped = values.map((it) => it.replaceAll("$", "$$$$"));
      assert.deepEqual(dumpedWords(command), escaped);
    };
    // One run takes half a second: many values in each.
    fc.assert(fc.property(fc.array(text, { minLength: 40, maxLength: 60 }), check), { numRuns: 6 });
  });

  for (const value of ["a\nb", "a\r", "\0", "\u007f", "\u0085"]) {
    it(`are refused with ${JSON.stringify(value)} in them`, () => {
      const problems = new Problems("t");
      assert.equal(checkText("proxy.clientId", value, problems), false);
      assert.deepEqual(problems.list(), [
        "t: proxy.clientId: has a line break or another control character (allowed: printable characters on one line).",
      ]);
    });
  }
});
