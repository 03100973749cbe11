/** The one file that the image runs: made as the Dockerfile makes it, and started with nothing beside it. */
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";

const ROOT = path.resolve(__dirname, "../..");
const run = promisify(execFile);

describe("the endpoint's image", () => {
  let folder: string;
  before(async function () {
    this.timeout(60_000);
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "bundle-"));
    const args = ["--import", "tsx", "endpoint/bundle.ts", path.join(folder, "dist")];
    await run(process.execPath, args, { cwd: ROOT });
  });
  after(() => fs.rmSync(folder, { recursive: true }));

  const dockerfile = fs.readFileSync(path.join(ROOT, "endpoint", "Dockerfile"), "utf8");

  it("is made in two stages, of which the last has the one file and runs without root", () => {
    const [, last = ""] = dockerfile.split(/^FROM \$\{RUN_IMAGE\}$/m);
    assert.doesNotMatch(last, /^RUN /m);
    assert.match(last, /^COPY --from=build --chown=0:0 \/build\/dist\/ \.\/$/m);
    assert.match(last, /^USER 65532:65532$/m);
    assert.match(dockerfile, /^ARG RUN_IMAGE=gcr\.io\/distroless\/nodejs\d+-debian\d+:nonroot$/m);
  });

  it("copies what there is", () => {
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, all = ""]) =>
      all.split(" "),
    );
    assert.ok(copied.length >= 6);
    copied.forEach((one) => assert.ok(fs.existsSync(path.join(ROOT, one)), one));
  });

  it("starts from a folder of its own, and says what it misses", async function () {
    this.timeout(30_000);
    fs.writeFileSync(
      path.join(folder, "settings.json"),
      JSON.stringify({
        listen: { host: "127.0.0.1", port: 0 },
        issuer: "https://iam.example.org",
        audience: "services",
        page: {
          url: "https://services.example.org",
          clientId: "page",
          cookieKeyFile: path.join(folder, "key"),
        },
      }),
    );
    fs.writeFileSync(path.join(folder, "key"), "k".repeat(64));
    const kubeconfig = {
      apiVersion: "v1",
      kind: "Config",
      "current-context": "x",
      contexts: [{ name: "x", context: { cluster: "x", user: "x" } }],
      clusters: [{ name: "x", cluster: { server: "https://127.0.0.1:1" } }],
      users: [{ name: "x", user: { token: "canary" } }],
    };
    fs.writeFileSync(path.join(folder, "kubeconfig"), JSON.stringify(kubeconfig));
    const child = spawn(process.execPath, [path.join(folder, "dist", "main.js")], {
      cwd: folder,
      env: {
        ENDPOINT_SETTINGS: path.join(folder, "settings.json"),
        KUBECONFIG: path.join(folder, "kubeconfig"),
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    try {
      let log = "";
      const address = await new Promise<string>((resolve, reject) => {
        const look = (chunk: Buffer): void => {
          log += chunk.toString();
          const found = /listening at (http:\/\/127\.0\.0\.1:\d+)/.exec(log)?.[1];
          if (found !== undefined) {
            resolve(found);
          }
        };
        child.stdout.on("data", look);
        child.stderr.on("data", look);
        child.once("exit", () => reject(new Error(`it has ended: ${log}`)));
      });
      assert.equal((await fetch(`${address}/healthz`)).status, 200);
      assert.equal((await fetch(`${address}/readyz`)).status, 503);
      assert.equal((await fetch(`${address}/kubernetes/deployments/a`)).status, 401);
      assert.equal((await fetch(`${address}/`, { redirect: "manual" })).status, 303);
      assert.doesNotMatch(log, /canary/);
    } finally {
      child.kill("SIGKILL");
    }
  });
});
