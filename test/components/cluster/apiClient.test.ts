import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { connect, messageOf } from "../../../components/cluster/apiClient";

interface Seen {
  method: string | undefined;
  url: string | undefined;
  headers: http.IncomingHttpHeaders;
  body: string;
}

describe("requests to an API server", () => {
  let server: http.Server;
  let seen: Seen[];
  let folder: string;

  before(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "science-platform-api-"));
    server = http.createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        const { method, url, headers } = request;
        seen.push({ method, url, headers, body });
        response.statusCode = url?.includes("forbidden") ? 403 : 200;
        response.end(url?.includes("text") ? "not JSON" : '{"message":"hello"}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });

  after(() => {
    server.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(() => {
    seen = [];
  });

  function kubeconfig(user: object, cluster: object = {}): string {
    const { port } = server.address() as AddressInfo;
    return JSON.stringify({
      contexts: [{ name: "c", context: { cluster: "k", user: "u" } }],
      clusters: [
        { name: "k", cluster: { server: `http://127.0.0.1:${port}/prefix/`, ...cluster } },
      ],
      users: [{ name: "u", user }],
    });
  }

  async function authorization(user: object): Promise<string | undefined> {
    const client = await connect("lab", kubeconfig(user));
    try {
      await client.request("GET", "/version");
    } finally {
      client.close();
    }
    return seen.at(-1)?.headers.authorization;
  }

  function program(name: string, script: string): string {
    const file = path.join(folder, name);
    fs.writeFileSync(file, `#!${process.execPath}\n${script}`, { mode: 0o755 });
    return file;
  }

  it("asks below the server's own path, and sends what it is given", async () => {
    const client = await connect("lab", kubeconfig({ token: "t" }));
    const answer = await client.request("PATCH", "/api/v1/nodes/n", {
      body: { a: 1 },
      type: "application/merge-patch+json",
    });
    client.close();
    assert.deepEqual(answer, { status: 200, body: { message: "hello" } });
    assert.equal(seen[0]?.method, "PATCH");
    assert.equal(seen[0].url, "/prefix/api/v1/nodes/n");
    assert.equal(seen[0].headers["content-type"], "application/merge-patch+json");
    assert.equal(seen[0].body, '{"a":1}');
  });

  it("answers with the API's errors, in its words", async () => {
    const client = await connect("lab", kubeconfig({}));
    const refused = await client.request("GET", "/forbidden");
    assert.equal(refused.status, 403);
    assert.equal(messageOf(refused), "hello");
    assert.equal(messageOf(await client.request("GET", "/text")), "not JSON");
    assert.equal(messageOf({ status: 502, body: undefined }), "HTTP 502");
    client.close();
  });

  it("carries what the kubeconfig's user has", async () => {
    const tokenFile = path.join(folder, "token");
    fs.writeFileSync(tokenFile, "from-file\n");
    assert.equal(await authorization({ token: "t" }), "Bearer t");
    assert.equal(await authorization({ token: "t", tokenFile }), "Bearer from-file");
    assert.equal(await authorization({}), undefined);
  });

  it("asks the credential program, with its arguments and environment", async () => {
    const command = program(
      "login",
      `const info = JSON.parse(process.env.KUBERNETES_EXEC_INFO);
       const token = [process.argv[2], process.env.EXTRA, info.kind].join("-");
       const { apiVersion } = info;
       console.log(JSON.stringify({ apiVersion, status: { token } }));`,
    );
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      command,
      args: ["arg"],
      env: [{ name: "EXTRA", value: "env" }],
    };
    assert.equal(await authorization({ exec }), "Bearer arg-env-ExecCredential");
    assert.equal(await authorization({ exec, token: "own" }), "Bearer own");
  });

  it("says what became of the credential program, and nothing of its arguments and output", async () => {
    const exec = (command: string): object => ({
      exec: { apiVersion: "client.authentication.k8s.io/v1", command, args: ["very-secret"] },
    });
    await assert.rejects(authorization(exec("no-such-login-program")), {
      message:
        "cluster lab: the kubeconfig gets its credentials from no-such-login-program, which is not on PATH. " +
        "Install no-such-login-program, or put it on PATH.",
    });
    const remedy = "Run it by hand to see why; often a login has expired.";
    const failing = program(
      "failing",
      'console.log("very-secret"); console.error("session expired"); process.exitCode = 3;',
    );
    await assert.rejects(authorization(exec(failing)), {
      message: `cluster lab: ${failing}, which the kubeconfig gets its credentials from, ended with 3: session expired. ${remedy}`,
    });
    const quiet = program("quiet", 'console.log("very-secret"); process.exitCode = 3;');
    await assert.rejects(authorization(exec(quiet)), {
      message: `cluster lab: ${quiet}, which the kubeconfig gets its credentials from, ended with 3. ${remedy}`,
    });
    const silent = program("silent", 'console.log("very-secret");');
    await assert.rejects(authorization(exec(silent)), {
      message:
        `cluster lab: ${silent}, which the kubeconfig gets its credentials from, ` +
        `printed no credentials of client.authentication.k8s.io/v1. ${remedy}`,
    });
  });

  it("names the cluster and server where nobody answers", async () => {
    const client = await connect("lab", kubeconfig({}, { server: "http://127.0.0.1:1" }));
    await assert.rejects(client.request("GET", "/version"), {
      message:
        /^cluster lab cannot be reached at http:\/\/127\.0\.0\.1:1: the connection is refused\. Start the cluster/,
    });
    client.close();
  });

  it("refuses a proxy that it would not use", async () => {
    const proxied = kubeconfig({}, { "proxy-url": "http://proxy.example.org" });
    await assert.rejects(connect("lab", proxied), {
      message:
        "cluster lab is reached through a proxy (proxy-url), which requests outside the Kubernetes provider do not support.",
    });
  });
});
