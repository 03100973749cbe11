import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { targetUnits } from "../../../components/model/targetNode/units";
import { resolveTarget } from "../../../components/model/targetNode/target";
import type { TargetSettings } from "../../../components/model/targetNode/targetTypes";
import { skip } from "../../support/reporter";
import { makePair, SECRETS, settings } from "../model/targetNode/settings";
import { HostFixture, programText, sha256 } from "./hostFixture";

const SCRIPTS = path.resolve(__dirname, "../../../components/interlink/targetHost");

describe("install.sh", function () {
  this.timeout(60_000);
  let host: HostFixture;
  let ours: TargetSettings;

  beforeEach(() => {
    host = new HostFixture();
    ours = settings({ binaries: { folder: host.programs } });
    host.write(ours);
  });

  afterEach(() => host.remove());

  const mode = (file: string): string => (fs.statSync(host.at(file)).mode & 0o777).toString(8);

  it("installs everything with its permissions, and changes nothing when it is run again", async () => {
    const first = await host.run();
    assert.equal(first.code, 0, first.output);
    assert.deepEqual(
      [
        "opt/interlink/bin/oauth2-proxy",
        "opt/interlink/bin/interlink",
        "opt/interlink/bin/interlink-plugin",
        "etc/interlink/oauth2-proxy.env",
        "etc/interlink/tls.key",
        "etc/interlink/tls.crt",
        "etc/interlink/InterLinkConfig.yaml",
        "etc/systemd/system/interlink-plugin.service",
        "var/lib/interlink/jobs",
      ].map(mode),
      ["755", "755", "755", "600", "600", "644", "644", "644", "750"],
    );
    const before = host.snapshot();
    assert.ok(Object.keys(before).length > 15);
    const second = await host.run();
    assert.equal(second.code, 0, second.output);
    assert.match(second.output, /^Nothing to change\.$/m);
    assert.deepEqual(host.snapshot(), before);
  });

  it("makes a certificate for the address, prints it, and keeps it", async () => {
    const { output } = await host.run();
    const text = fs.readFileSync(host.at("etc/interlink/tls.crt"), "utf8");
    assert.ok(output.includes(text));
    assert.equal(output.includes("PRIVATE KEY"), false);
    const certificate = new X509Certificate(text);
    assert.equal(certificate.subjectAltName, "DNS:gpu.example.org");
    assert.equal(certificate.ca, false);

    // Another address: another certificate.
    host.write({ ...ours, address: "192.0.2.7" });
    const again = await host.run();
    assert.match(again.output, /^changed: \/etc\/interlink\/tls\.crt$/m);
    const other = new X509Certificate(fs.readFileSync(host.at("etc/interlink/tls.crt")));
    assert.equal(other.subjectAltName, "IP Address:192.0.2.7");
  });

  it("installs a given pair, and prints no key", async () => {
    const { certificate, key } = makePair();
    host.write({ ...ours, certificate }, { ...SECRETS, certificateKey: key });
    const { code, output } = await host.run();
    assert.equal(code, 0, output);
    assert.equal(fs.readFileSync(host.at("etc/interlink/tls.crt"), "utf8"), certificate);
    assert.equal(fs.readFileSync(host.at("etc/interlink/tls.key"), "utf8"), key);
    assert.equal(mode("etc/interlink/tls.key"), "600");
    assert.equal(output.includes("PRIVATE KEY"), false);
  });

  it("changes what differs alone", async () => {
    await host.run();
    host.write({ ...ours, ports: { api: 3001 } });
    const { output } = await host.run();
    assert.deepEqual(output.match(/^changed: .*$/gm), [
      "changed: /etc/interlink/InterLinkConfig.yaml",
      "changed: /etc/systemd/system/interlink-oauth2-proxy.service",
    ]);
    fs.chmodSync(host.at("etc/interlink/oauth2-proxy.env"), 0o644);
    await host.run();
    assert.equal(mode("etc/interlink/oauth2-proxy.env"), "600");
  });

  it("goes on after a run that was broken off, and starts the services anew", async () => {
    const certificate = host.at("etc/interlink/tls.crt");
    host.command("openssl", "echo broken >&2; exit 1");
    const broken = await host.run();
    assert.equal(broken.code, 1);
    assert.match(broken.output, /openssl could not make a certificate: broken/);
    assert.equal(fs.existsSync(certificate), false);
    fs.rmSync(path.join(host.commands, "openssl"));

    fs.mkdirSync(path.dirname(certificate), { recursive: true });
    fs.writeFileSync(certificate, "half of one");
    assert.equal((await host.run()).code, 0);
    const unfinished = host.at("etc/interlink/.unfinished");
    assert.equal(fs.existsSync(unfinished), false);
    fs.writeFileSync(unfinished, "");
    assert.equal((await host.run()).output.includes("Nothing to change."), false);
    assert.equal(fs.existsSync(unfinished), false);
  });

  it("compares checksums, and puts nothing in place where one is wrong", async () => {
    const sums = (plugin: string): TargetSettings =>
      settings({
        binaries: {
          folder: host.programs,
          oauth2Proxy: { sha256: sha256(programText("oauth2-proxy")).toUpperCase() },
          interlink: { sha256: sha256(programText("interlink")) },
          plugin: { sha256: plugin },
        },
      });
    host.write(sums("0".repeat(64)));
    const wrong = await host.run();
    assert.equal(wrong.code, 1);
    assert.match(
      wrong.output,
      /interlink-plugin from .* has the SHA-256 [0-9a-f]{64}, not 0{64}: it is not used\./,
    );
    assert.deepEqual(host.snapshot(), {});

    host.write(sums(sha256(programText("interlink-plugin"))));
    assert.equal((await host.run()).code, 0);
  });

  it("downloads over https, takes the program out of its archive, and not again when it is there", async () => {
    const archive = path.join(host.folder, "archive.tar.gz");
    execFileSync("tar", ["-C", host.programs, "-czf", archive, "oauth2-proxy"]);
    // In place of the network: the address names what is copied.
    host.command(
      "curl",
      [
        'echo "$*" >> "$0.log"',
        "for it; do case $last in --output) out=$it ;; esac; last=$it; done",
        `case $last in */archive.tar.gz) cp ${archive} "$out" ;; *) cp ${host.programs}/"\${last##*/}" "$out" ;; esac`,
      ].join("\n"),
    );
    const url = (name: string): string => `https://downloads.example.org/${name}`;
    const sum = (name: string): string => sha256(programText(name));
    host.write(
      settings({
        binaries: {
          oauth2Proxy: {
            url: url("archive.tar.gz"),
            member: "oauth2-proxy",
            sha256: sum("oauth2-proxy"),
          },
          interlink: { url: url("interlink"), sha256: sum("interlink") },
          plugin: { url: url("interlink-plugin"), sha256: sum("interlink-plugin") },
        },
      }),
    );
    const first = await host.run();
    assert.equal(first.code, 0, first.output);
    assert.equal(
      fs.readFileSync(host.at("opt/interlink/bin/oauth2-proxy"), "utf8"),
      programText("oauth2-proxy"),
    );
    const calls = (): string[] =>
      fs.readFileSync(path.join(host.commands, "curl.log"), "utf8").trim().split("\n");
    assert.equal(calls().length, 3);
    assert.ok(calls().every((call) => call.includes("--proto =https")));
    assert.equal((await host.run()).code, 0);
    assert.equal(calls().length, 3);
  });

  it("names what the host lacks, before anything is written", async () => {
    host.command("docker", "exit 1");
    assert.match((await host.run()).output, /Docker does not answer/);
    host.command("docker", "echo '{}'");
    assert.match(
      (await host.run()).output,
      /Docker has no runtime nvidia: run install\.sh --install-docker/,
    );
    host.command("nvidia-smi", "exit 9");
    assert.match((await host.run()).output, /nvidia-smi does not run/);
    host.write(settings({ plugin: { kind: "slurm" }, binaries: { folder: host.programs } }));
    assert.match(
      (await host.run()).output,
      /\/usr\/bin\/sbatch is missing: install SLURM's client/,
    );
    host.write({ ...ours, architecture: process.arch === "x64" ? "arm64" : "amd64" });
    assert.match((await host.run()).output, /but the target's architecture is/);
    assert.deepEqual(host.snapshot(), {});
  });

  it("installs the container toolkit where it is asked to, and only then", async () => {
    const log = path.join(host.folder, "log");
    const record = `echo "\${0##*/} $*" >> ${log}`;
    // Docker knows the runtime once nvidia-ctk has told it, which comes with the package.
    host.command("docker", `cat ${host.folder}/runtimes 2>/dev/null; exit 0`);
    host.command("gpg", `${record}; cat > /dev/null; for it; do out=$it; done; : > "$out"`);
    host.command("curl", "echo key");
    host.command("systemctl", record);
    const packaged = path.join(host.folder, "nvidia-ctk");
    const configure = `echo '{"nvidia":{}}' > ${host.folder}/runtimes`;
    fs.writeFileSync(packaged, `#!/bin/sh\n${record}\n${configure}\n`, { mode: 0o755 });
    host.command(
      "apt-get",
      `${record}\ncase "$*" in *toolkit) cp ${packaged} ${host.commands} ;; esac`,
    );
    assert.equal((await host.run()).code, 1);
    assert.equal(fs.existsSync(log), false);
    const { code, output } = await host.run(["--install-docker"]);
    assert.equal(code, 0, output);
    assert.deepEqual(fs.readFileSync(log, "utf8").trim().split("\n"), [
      "apt-get update",
      `gpg --dearmor --yes --output ${host.at("usr/share/keyrings/nvidia-container-toolkit.gpg")}`,
      "apt-get update",
      "apt-get install -y nvidia-container-toolkit",
      "nvidia-ctk runtime configure --runtime=docker",
      "systemctl restart docker",
      "systemctl enable --now docker",
    ]);
    assert.match(
      fs.readFileSync(host.at("etc/apt/sources.list.d/nvidia-container-toolkit.list"), "utf8"),
      /^deb \[signed-by=\/usr\/share\/keyrings\/\S+\] https:\S+\/(amd64|arm64) \/\n$/,
    );
  });

  it("takes away what it installed, and keeps the jobs' files", async () => {
    await host.run();
    fs.writeFileSync(host.at("var/lib/interlink/jobs/result"), "x");
    const { code, output } = await host.run(["--uninstall"]);
    assert.equal(code, 0, output);
    const left = Object.keys(host.snapshot()).filter((it) => fs.statSync(host.at(it)).isFile());
    assert.deepEqual(left, ["var/lib/interlink/jobs/result"]);
    assert.match(output, /^Kept: \/var\/lib\/interlink, /m);
    assert.equal((await host.run(["--uninstall"])).code, 0);
  });

  it("refuses options that it does not have", async () => {
    const { code, output } = await host.run(["--chekc"]);
    assert.equal(code, 1);
    assert.match(output, /Usage: install\.sh.*--chekc: unknown option\./s);
    assert.deepEqual(host.snapshot(), {});
  });

  it("is clean by bash -n and shellcheck", function () {
    const scripts = fs.readdirSync(SCRIPTS).map((name) => path.join(SCRIPTS, name));
    for (const script of scripts) {
      execFileSync("bash", ["-n", script]);
    }
    if (spawnSync("shellcheck", ["--version"]).status !== 0) {
      skip(this, "shellcheck is not on PATH");
    }
    const { status, stdout } = spawnSync("shellcheck", ["-x", ...scripts], { encoding: "utf8" });
    assert.equal(status, 0, stdout);
    const facts = path.join(host.target, "target.conf");
    const rendered = spawnSync("shellcheck", ["-s", "bash", "-e", "SC2034", facts], {
      encoding: "utf8",
    });
    assert.equal(rendered.status, 0, rendered.stdout);
  });

  for (const kind of ["docker", "slurm"] as const) {
    it(`brings units that systemd accepts, with ${kind}`, function () {
      if (spawnSync("systemd-analyze", ["--version"]).status !== 0) {
        skip(this, "systemd-analyze is not on PATH");
      }
      const folder = path.join(host.folder, "units");
      fs.mkdirSync(folder);
      const target = resolveTarget(settings({ plugin: { kind }, ports: { plugin: 4000 } }));
      const files = Object.entries(targetUnits(target)).map(([name, text]) => {
        const file = path.join(folder, name);
        // systemd wants the programs to be there.
        fs.writeFileSync(file, text.replace(/^ExecStart=\S+/m, "ExecStart=/bin/true"));
        return file;
      });
      const { status, stderr } = spawnSync("systemd-analyze", ["verify", ...files], {
        encoding: "utf8",
      });
      const about = stderr.split("\n").filter((line) => line.includes("interlink-"));
      assert.deepEqual(about, []);
      assert.equal(status, 0, stderr);
      const spoilt = path.join(folder, "interlink-spoilt.service");
      fs.writeFileSync(spoilt, "[Service]\nExecStart=true\nNoNewPrivilege=true\n");
      const bad = spawnSync("systemd-analyze", ["verify", spoilt], { encoding: "utf8" });
      assert.match(bad.stderr, /NoNewPrivilege/);
    });
  }
});
