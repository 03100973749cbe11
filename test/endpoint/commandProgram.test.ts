import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { running } from "../support/fakeService";
import { freePort } from "../support/pageServer";
import { runService, type Ran } from "../support/serviceCommand";

describe("the command line: as a program", () => {
  let server: http.Server;
  let url: string;
  let seen: { method?: string; url?: string; authorization?: string; body: string }[];
  let answer: { status: number; body: unknown; headers?: Record<string, string> };

  before((done) => {
    server = http.createServer((request, response) => {
      let body = "";
      request.on("data", (piece: Buffer) => (body += piece.toString()));
      request.on("end", () => {
        const { method, url: path, headers } = request;
        seen.push({ method, url: path, authorization: headers.authorization, body });
        response.writeHead(answer.status, {
          "content-type": "application/json",
          ...answer.headers,
        });
        response.end(JSON.stringify(answer.body));
      });
    });
    server.listen(0, "127.0.0.1", () => {
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      done();
    });
  });
  after(() => server.close());
  beforeEach(() => {
    seen = [];
    answer = { status: 200, body: {} };
  });

  const run = (...words: string[]): Promise<Ran> =>
    runService({ url, token: "the-token" }, ...words);

  it("puts a document, and tells the warnings", async () => {
    const file = path.join(
      fs.mkdtempSync(path.join(os.tmpdir(), "service-command-")),
      "nginx.yaml",
    );
    fs.writeFileSync(file, "containers: []\n");
    answer = {
      status: 201,
      body: {},
      headers: { "resource-version": "7", warning: '299 - "latest changes", 299 - "second"' },
    };
    const { code, out, error } = await run("put", "my/id", file, "--no-wait");
    fs.rmSync(path.dirname(file), { recursive: true });
    assert.equal(error, "warning: latest changes\nwarning: second\n");
    assert.equal(out, "my/id is new.\n");
    assert.equal(code, 0);
    assert.deepEqual(seen, [
      {
        method: "PUT",
        url: "/kubernetes/deployments/my%2Fid",
        authorization: "Bearer the-token",
        body: '{"title":"nginx","data":"containers: []\\n"}',
      },
    ]);
  });

  it("scales and follows from the version on that the answer named", async () => {
    answer = { status: 200, body: running("demo", 3), headers: { "resource-version": "42" } };
    const { code, out } = await run("scale", "demo", "3");
    assert.equal(out, "  3 of 3 ready\ndemo is ready.\n");
    assert.equal(code, 0);
    assert.deepEqual(
      seen.map(({ method, url: path }) => `${method} ${path}`),
      [
        "PATCH /kubernetes/deployments/demo?scale=3",
        "GET /kubernetes/deployments/demo?resourceVersion=42",
      ],
    );
  });

  it("tells every problem, and never the token", async () => {
    answer = {
      status: 400,
      body: {
        errors: [{ path: "containers[0].cpu", message: "too much." }, { message: "And more." }],
      },
    };
    const { code, out, error } = await run("put", "demo");
    assert.equal(error, "containers[0].cpu: too much.\nAnd more.\n");
    assert.equal(out, "");
    assert.equal(code, 1);
    assert.equal(seen[0]?.body, "");
  });

  it("does not delete without a yes", async () => {
    const { code, error } = await run("rm", "demo");
    assert.match(error, /give --yes/);
    assert.equal(code, 1);
    assert.equal(seen.length, 0);
    answer = {
      status: 200,
      body: { removed: ["Deployment/sd-demo"], kept: ["PersistentVolumeClaim/sd-demo-data"] },
    };
    const gone = await run("rm", "demo", "--yes", "--keep-volumes");
    assert.equal(
      gone.out,
      "  gone: Deployment/sd-demo\n  stays: PersistentVolumeClaim/sd-demo-data\ndemo is deleted.\n",
    );
    assert.equal(seen[0]?.url, "/kubernetes/deployments/demo?keepVolumes=true");
  });

  it("says that nobody answers", async () => {
    const { code, error } = await run("status", "--url", `http://127.0.0.1:${await freePort()}`);
    assert.match(error, /does not answer \(ECONNREFUSED\)/);
    assert.equal(code, 1);
  });
});
