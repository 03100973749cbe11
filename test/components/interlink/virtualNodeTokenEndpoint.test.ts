/** The program that asks the issuer for its token endpoint, run for real against an issuer on loopback. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { skip } from "../../support/reporter";

const LAUNCHER = path.resolve(
  __dirname,
  "../../../components/interlink/virtualNodeTokenEndpoint.py",
);

describe("the token refresher's launcher", function () {
  this.timeout(30_000);
  let server: http.Server;
  let folder: string;
  let issuer: string;
  let asked: string[] = [];
  let document: object | string;

  before(function (done) {
    if (spawnSync("python3", ["--version"]).status !== 0) {
      skip(this, "no python3 on PATH");
    }
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "launcher-"));
    fs.writeFileSync(
      path.join(folder, "refresh.py"),
      'import os\nprint(os.environ["IAM_TOKEN_ENDPOINT"], os.environ.get("IAM_VK_AUD", "-"))\n',
    );
    server = http.createServer((request, response) => {
      asked.push(request.url ?? "");
      response.end(typeof document === "string" ? document : JSON.stringify(document));
    });
    server.listen(0, "127.0.0.1", () => {
      issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/realm/`;
      done();
    });
  });

  beforeEach(() => {
    asked = [];
    document = { issuer, token_endpoint: `${issuer}token` };
  });

  after(() => {
    server?.close();
    if (folder !== undefined) {
      fs.rmSync(folder, { recursive: true });
    }
  });

  function run(environment: Record<string, string>): Promise<{ code: number; output: string }> {
    return new Promise((resolve) => {
      const env = { PATH: process.env["PATH"] ?? "", ...environment };
      const child = spawn("python3", [LAUNCHER, path.join(folder, "refresh.py")], { env });
      let output = "";
      child.stdout.on("data", (data) => (output += String(data)));
      child.stderr.on("data", (data) => (output += String(data)));
      child.on("close", (code) => resolve({ code: code ?? -1, output: output.trim() }));
    });
  }

  it("hands on the endpoint that the issuer names", async () => {
    for (const spelling of [issuer, issuer.replace(/\/$/, "")]) {
      const { code, output } = await run({ IAM_SERVER: spelling, IAM_VK_AUD: "users" });
      assert.deepEqual({ code, output }, { code: 0, output: `${issuer}token users` });
    }
    const place = "/realm/.well-known/openid-configuration";
    assert.deepEqual(asked, [place, place]);
  });

  it("asks nobody where the endpoint is given", async () => {
    const { output } = await run({ IAM_TOKEN_ENDPOINT: "https://iam.example.org/token" });
    assert.equal(output, "https://iam.example.org/token -");
    assert.deepEqual(asked, []);
  });

  it("does not start with the document of another issuer, another scheme or none", async () => {
    const documents: [object | string, RegExp][] = [
      [{ issuer: "http://evil.example.org", token_endpoint: `${issuer}token` }, /another issuer/],
      [{ issuer, token_endpoint: "ftp://x" }, /names no http token endpoint/],
      [{ issuer }, /names no http token endpoint/],
      ["<html>", /No token endpoint from the issuer/],
    ];
    for (const [answer, message] of documents) {
      document = answer;
      const { code, output } = await run({ IAM_SERVER: issuer });
      assert.equal(code, 1);
      assert.match(output, message);
      assert.ok(!output.includes("Traceback"), output);
    }
  });
});
