import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import type { AddressInfo, Server } from "node:net";
import * as path from "node:path";
import type { TargetSettings } from "../../../components/model/targetNode/targetTypes";
import { makePair, SECRETS, settings } from "../model/targetNode/settings";
import { HostFixture, type Result } from "./hostFixture";

type Answer = (request: http.IncomingMessage, response: http.ServerResponse) => void;

const servers: Server[] = [];

async function listen(server: Server, at: number | string = 0): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) =>
    typeof at === "string" ? server.listen(at, resolve) : server.listen(at, "127.0.0.1", resolve),
  );
  return typeof at === "string" ? 0 : (server.address() as AddressInfo).port;
}

function close(server: Server): Promise<void> {
  servers.splice(servers.indexOf(server), 1);
  (server as http.Server).closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

/** Lets the token `good` pass, as oauth2-proxy does. */
const proxyAnswer: Answer = (request, response) => {
  const open = request.url === "/ping" || request.headers.authorization === "Bearer good";
  response.writeHead(open ? 200 : 401).end();
};

describe("install.sh --check", function () {
  this.timeout(60_000);
  let host: HostFixture;
  let target: TargetSettings;
  let issuer: string;
  let tokenAnswer: number;
  let proxy: Server;
  let api: http.Server;
  let plugin: http.Server;
  const pair = makePair();
  const authority = makePair("DNS:localhost", "ec");

  beforeEach(async () => {
    host = new HostFixture();
    tokenAnswer = 401;
    const provider = https.createServer(
      { cert: authority.certificate, key: authority.key },
      (request, response) => {
        const known = request.url === "/.well-known/openid-configuration";
        const body = JSON.stringify({ issuer, token_endpoint: new URL("/token", issuer) });
        response.writeHead(known ? 200 : tokenAnswer).end(known ? body : "{}");
      },
    );
    issuer = `https://localhost:${await listen(provider)}/`;
    proxy = https.createServer({ cert: pair.certificate, key: pair.key }, proxyAnswer);
    api = http.createServer((_, response) => response.end());
    plugin = http.createServer((_, response) => response.end());
    const ports = { https: await listen(proxy), api: await listen(api) };
    target = settings({
      proxy: { issuer, clientId: "c", groups: ["g"], issuerCa: authority.certificate },
      binaries: { folder: host.programs },
      listenAddress: "127.0.0.1",
      certificate: pair.certificate,
      ports,
    });
    host.write(target, { ...SECRETS, certificateKey: pair.key });
    const { code, output } = await host.run();
    assert.equal(code, 0, output);
    fs.mkdirSync(host.at("run/interlink"), { recursive: true });
    await listen(plugin, host.at("run/interlink/plugin.sock"));
  });

  afterEach(async () => {
    await Promise.all([...servers].map(close));
    host.remove();
  });

  /** Asserts what fails, one regular expression a line. */
  async function fails(expected: RegExp[], args: string[] = []): Promise<Result> {
    const result = await host.run(["--check", ...args]);
    const lines = result.output.match(/^FAILED .*$/gm) ?? [];
    assert.equal(lines.length, expected.length, result.output);
    lines.forEach((line, i) => assert.match(line, expected[i]!));
    assert.equal(result.code, expected.length === 0 ? 0 : 1);
    return result;
  }

  function token(value: string): string[] {
    const file = path.join(host.folder, "token");
    fs.writeFileSync(file, `${value}\n`);
    return ["--token", file];
  }

  it("passes where all is well", async () => {
    const { output } = await fails([], token("good"));
    assert.deepEqual(
      output
        .trim()
        .split("\n")
        .map((line) => line.replace(/\d{4,}|until .*/g, "#")),
      [
        "ok      oauth2-proxy (port #) listens",
        "ok      interLink API server (port #) listens",
        "ok      plugin (/run/interlink/plugin.sock) listens",
        "ok      certificate is valid #",
        "ok      certificate is for gpu.example.org",
        "ok      issuer answers as https://localhost:#/",
        "ok      token endpoint answers: https://localhost:#/token",
        "ok      without a token: 401",
        "ok      with the token: 200",
      ],
    );
  });

  it("names each listener that is not there, and where to look", async () => {
    await close(api);
    await close(plugin);
    await fails([
      /API server \(port \d+\) does not listen\. Look at: journalctl -u interlink-api\.service$/,
      /plugin \(\/run\/interlink\/plugin\.sock\) does not listen\. .* interlink-plugin\.service$/,
    ]);
  });

  it("finds a plugin that listens at a port", async () => {
    const ports = { ...target.ports, plugin: await listen(http.createServer((_, it) => it.end())) };
    host.write({ ...target, ports }, { ...SECRETS, certificateKey: pair.key });
    assert.match((await fails([])).output, /^ok {6}plugin \(port \d+\) listens$/m);
  });

  it("says so when oauth2-proxy is not there", async () => {
    await close(proxy);
    await fails([
      /oauth2-proxy \(port \d+\) does not listen/,
      /no certificate is served/,
      /without a token the answer is 000/,
    ]);
  });

  it("says so when another certificate is served", async () => {
    const other = makePair("DNS:other.example.org");
    (proxy as https.Server).setSecureContext({ cert: other.certificate, key: other.key });
    await fails([
      /certificate is not for gpu\.example\.org/,
      /the certificate served is not the one installed\. Run: systemctl restart/,
    ]);
  });

  it("says so when requests pass without a token", async () => {
    proxy.removeAllListeners("request");
    proxy.on("request", (_: unknown, response: http.ServerResponse) => response.end());
    await fails([/without a token the answer is 200, not 401/]);
  });

  it("says what is wrong with a token, and shows it to no one", async () => {
    const { output } = await fails([/with the token: 401\. It has expired/], token("canary-token"));
    assert.equal(output.includes("canary"), false);
  });

  it("says so when the issuer calls itself otherwise, or its token endpoint is none", async () => {
    const spelt = issuer;
    issuer = issuer.replace(/\/$/, "");
    tokenAnswer = 404;
    await fails([
      new RegExp(`the issuer calls itself ${issuer}, not ${spelt}\\. Spell proxy\\.issuer so`),
      /the token endpoint \S+ answers 404/,
    ]);
  });

  it("says so when the issuer's certificate is not trusted", async () => {
    fs.writeFileSync(host.at("etc/interlink/issuer-ca.crt"), makePair("DNS:x", "ec").certificate);
    await fails([/the issuer https:\S+ does not answer: .*certificate/]);
  });
});
