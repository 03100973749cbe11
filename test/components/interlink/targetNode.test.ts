import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { TargetNode, type TargetNodeArgs } from "../../../components/interlink/targetNode";
import { created, find, inPreview, isSecret, recorded, reset, valueOf } from "../../support/mocks";
import { makePair, SETTINGS } from "../model/targetNode/settings";

const FILES = [
  "InterLinkConfig.yaml",
  "check.sh",
  "host.sh",
  "install.sh",
  "interlink-api.service",
  "interlink-oauth2-proxy.service",
  "interlink-plugin.service",
  "oauth2-proxy.env",
  "plugin.yaml",
  "target.conf",
];

describe("TargetNode", () => {
  let folder: string;
  let args: TargetNodeArgs;

  beforeEach(() => {
    reset();
    const parent = fs.mkdtempSync(path.join(os.tmpdir(), "science-platform-target-"));
    folder = path.join(parent, "below", "t");
    args = { ...SETTINGS, clientSecret: "canary-client", outputFolder: folder };
  });

  afterEach(() => fs.rmSync(path.resolve(folder, "../.."), { recursive: true }));

  function make(given: TargetNodeArgs = args): Promise<TargetNode> {
    return created((opts) => new TargetNode("gpu", given, opts));
  }

  /** Makes one more of the same name; what counts is that its folder is written. */
  async function written(given: TargetNodeArgs = args): Promise<void> {
    await valueOf((await make(given)).folder);
  }

  const read = (name: string): string => fs.readFileSync(path.join(folder, name), "utf8");

  it("writes its folder, for its owner alone, and says where it is once it is there", async () => {
    const target = await make();
    assert.equal(await valueOf(target.folder), folder);
    assert.deepEqual(fs.readdirSync(folder).sort(), FILES);
    assert.equal(fs.statSync(folder).mode & 0o777, 0o700);
    const modes = FILES.map((name) => fs.statSync(path.join(folder, name)).mode & 0o777);
    assert.equal(modes[FILES.indexOf("oauth2-proxy.env")], 0o600);
    assert.equal(modes[FILES.indexOf("install.sh")], 0o700);
    assert.deepEqual(
      await valueOf(target.files),
      Object.fromEntries(FILES.map((it) => [it, read(it)])),
    );
  });

  it("makes a secret for cookies where none is given", async () => {
    await make();
    const cookie = find("gpu-cookie");
    assert.deepEqual(cookie.inputs, { length: 32, special: false });
    assert.ok(cookie.additionalSecretOutputs.includes("result"));
    assert.equal(cookie.parent, find("gpu").urn);
    assert.equal(
      read("oauth2-proxy.env"),
      `OAUTH2_PROXY_CLIENT_SECRET="canary-client"\nOAUTH2_PROXY_COOKIE_SECRET="${"p".repeat(32)}"\n`,
    );
    reset();
    await make({ ...args, cookieSecret: "x".repeat(16) });
    assert.deepEqual(
      recorded().map(({ name }) => name),
      ["gpu"],
    );
  });

  it("tells the address and the command in plain, and the files as a secret", async () => {
    const target = await make();
    assert.equal(await valueOf(target.url), "https://gpu.example.org");
    assert.equal(
      await valueOf(target.command),
      `tar -C ${folder} -czf - . | ssh gpu.example.org 'rm -rf interlink-gpu && mkdir -m 700 interlink-gpu && tar -C interlink-gpu -xzf -' && ssh -t gpu.example.org 'sudo bash interlink-gpu/install.sh'`,
    );
    const secret = (output: pulumi.Output<unknown>): Promise<boolean> => pulumi.isSecret(output);
    assert.deepEqual(
      await Promise.all([target.files, target.command, target.folder, target.url].map(secret)),
      [true, false, false, false],
    );
    assert.equal(JSON.stringify(recorded()).includes("canary"), false);
    assert.equal(Object.values(find("gpu").inputs).some(isSecret), false);
  });

  it("writes nothing in a preview, but knows the address", async () => {
    const target = await inPreview(() => make());
    assert.equal(await valueOf(target.url), "https://gpu.example.org");
    await inPreview(() => make({ ...args, cookieSecret: "x".repeat(32) }));
    assert.equal(fs.existsSync(path.resolve(folder, "..")), false);
  });

  it("leaves what is the same untouched, and takes away what is given no longer", async () => {
    const pair = makePair();
    await written({ ...args, certificate: pair.certificate, certificateKey: pair.key });
    assert.equal(read("tls.key"), pair.key);
    assert.equal(fs.statSync(path.join(folder, "tls.key")).mode & 0o777, 0o600);
    fs.writeFileSync(path.join(folder, "notes"), "mine");
    fs.chmodSync(path.join(folder, "oauth2-proxy.env"), 0o644);
    const at = (name: string): number => fs.statSync(path.join(folder, name)).mtimeMs;
    const before = at("plugin.yaml");
    await new Promise((resolve) => setTimeout(resolve, 20));
    await written();
    assert.deepEqual(fs.readdirSync(folder).sort(), [...FILES, "notes"].sort());
    assert.equal(at("plugin.yaml"), before);
    assert.equal(fs.statSync(path.join(folder, "oauth2-proxy.env")).mode & 0o777, 0o600);
  });

  it("does not write through a link that someone put there", async () => {
    fs.mkdirSync(folder, { recursive: true });
    const elsewhere = path.join(folder, "../elsewhere");
    fs.symlinkSync(elsewhere, path.join(folder, "oauth2-proxy.env"));
    await make();
    assert.equal(fs.existsSync(elsewhere), false);
    assert.ok(fs.lstatSync(path.join(folder, "oauth2-proxy.env")).isFile());
  });

  it("refuses bad settings and plain secrets at once, before anything is registered or written", async () => {
    const bad = {
      ...args,
      clientSecret: "",
      cookieSecret: "short",
      proxy: { ...args.proxy, issuer: "http://iam.example.org" },
    };
    await assert.rejects(make(bad), (error: Error) => {
      for (const part of [
        "proxy.issuer: not an https",
        "clientSecret: req",
        "cookieSecret: has 5",
      ]) {
        assert.ok(error.message.includes(part), error.message);
      }
      return true;
    });
    await assert.rejects(
      created((opts) => new TargetNode("../x", args, opts)),
      /name: names a folder/,
    );
    assert.deepEqual(recorded(), []);
    assert.equal(fs.existsSync(folder), false);
  });
});
