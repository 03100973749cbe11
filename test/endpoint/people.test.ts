/** The page and the command line over the whole endpoint, on the stand. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Sessions } from "../../endpoint/page/session";
import { readPageSettings } from "../../endpoint/page/plugin";
import { ENGINE_TIMEOUT_MS, standOrSkip } from "../support/engine";
import { settings } from "../support/endpointSettings";
import { cookiesOf, freePort } from "../support/pageServer";
import { runService, type Ran } from "../support/serviceCommand";
import { startTenantEndpoint, type TenantEndpoint } from "../support/tenantEndpoint";

const DOCUMENT = `containers:
  - name: web
    image: docker.io/library/nginx:1.29
    cpu: 0.1
    memory: 0.25
    ports:
      - name: http
        port: 80
    volumeMounts:
      - name: data
        mountPath: /data
volumes:
  - name: data
    size: 1Gi
`;

describe("people's side of the endpoint, on the stand", function () {
  this.timeout(ENGINE_TIMEOUT_MS);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "people-"));
  const file = path.join(folder, "nginx.yaml");
  let endpoint: TenantEndpoint;
  let url: string;
  let cookie: string;
  let csrf: string;

  before(async function () {
    const stand = standOrSkip(this);
    const cookieKeyFile = path.join(folder, "key");
    fs.writeFileSync(cookieKeyFile, randomBytes(48).toString("base64url"));
    fs.writeFileSync(file, DOCUMENT);
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const page = { url, clientId: "page", cookieKeyFile };
    const quota = { cpu: "8", memory: "32Gi", gpus: { a100: 2 } };
    endpoint = await startTenantEndpoint(stand, {
      listen: { host: "127.0.0.1", port },
      page,
      quota,
    });
    // Makes the tenant known to the scene, which removes its namespace in the end.
    await endpoint.call("ada", "GET", "/items/deployments");
    const sessions = new Sessions(readPageSettings(settings({ page }))!);
    const tenant = {
      name: "ada",
      namespace: endpoint.namespace("ada"),
      subject: "ada",
      groups: [],
    };
    cookie = cookiesOf(await sessions.begin({ tenant, name: "Ada" }, undefined));
    csrf = (await sessions.current(cookie))!.value.csrf;
  });
  after(async () => {
    await endpoint?.close();
    fs.rmSync(folder, { recursive: true });
  });

  const get = (address: string) => endpoint.app.inject({ url: address, headers: { cookie } });

  const post = (address: string, fields: Record<string, string>) =>
    endpoint.app.inject({
      method: "POST",
      url: address,
      headers: { cookie, "content-type": "application/x-www-form-urlencoded" },
      payload: new URLSearchParams({ csrf, ...fields }).toString(),
    });

  const textOf = (body: string): string => body.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");

  async function service(...words: string[]): Promise<Ran> {
    const token = await endpoint.issuer.token({ claims: { sub: "ada" } });
    return runService({ url, token }, ...words);
  }

  /** The page of a deployment, once it says so. */
  async function until(address: string, wanted: RegExp): Promise<string> {
    const deadline = Date.now() + 20_000;
    for (;;) {
      const { body } = await get(address);
      if (wanted.test(textOf(body))) {
        return body;
      }
      assert.ok(Date.now() < deadline, `${address} does not say ${wanted}: ${textOf(body)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  it("deploys what the page's form wrote, and shows it run, scale and go", async () => {
    const form = await post("/new/document", {
      title: "From the page",
      image: "docker.io/library/nginx:1.29",
      cpu: "0.1",
      memory: "0.25",
      port: "80",
      hostname: "from-the-page",
      mountPath: "/data",
      size: "1Gi",
    });
    const data = /<textarea[^>]*>\n([\s\S]*)<\/textarea>/.exec(form.body)![1]!;
    const record = {
      id: "from-the-page",
      title: "From the page",
      data: data.replace(/&#39;/g, "'").replace(/&quot;/g, '"'),
      exposed_service: "main",
      exposed_port: "80",
      exposed_hostname: "from-the-page",
    };
    const made = await post("/deployments", record);
    assert.equal(made.statusCode, 303, textOf(made.body));
    const address = "/deployments/from-the-page";
    const shown = await until(address, /1 of 1 pod ready/);
    assert.match(shown, new RegExp(`https://from-the-page\\.${endpoint.domain}`));
    assert.match(textOf(shown), /data Bound 1Gi, ReadWriteOnce/);

    const overview = await until("/", /CPU cores 0\.1 of 8/);
    assert.match(textOf(overview), /a100 A100, 40 GB/);
    assert.match(textOf(overview), /You use 0 of the 2 that you may\./);

    const podPath = /href="(\/deployments\/from-the-page\/pods\/[^"]+)"/.exec(shown)![1]!;
    const pod = await get(podPath);
    assert.equal(pod.statusCode, 200);
    assert.match(textOf(pod.body), /Scheduled|Nothing is known/);

    const refused = await post(`${address}/scale`, { to: "2" });
    assert.equal(refused.statusCode, 422, "its volume is for one pod alone");
    assert.match(textOf(refused.body), /ReadWriteOnce/);
    assert.equal((await post(`${address}/scale`, { to: "0" })).statusCode, 303);
    await until(address, /Stopped/);
    assert.equal((await post(`${address}/delete`, { keep: "yes" })).statusCode, 303);
    assert.equal((await get(address)).statusCode, 404);
  });

  it("shows the model's own words for what is wrong", async () => {
    const data = DOCUMENT.replace("cpu: 0.1", "cpu: 64");
    const { statusCode, body } = await post("/deployments", { id: "wrong", title: "W", data });
    assert.equal(statusCode, 400);
    assert.match(textOf(body), /containers\[0\]\.cpu : .*32/);
    assert.match(body, /cpu: 64/);
  });

  it("puts, shows, scales, restarts and removes from the command line", async () => {
    const put = await service(
      "put",
      "by-hand",
      file,
      "--title",
      "By hand",
      "--expose",
      "web:80",
      "--hostname",
      "by-hand",
    );
    assert.equal(put.error, "");
    assert.match(put.out, /^by-hand is new\.\n[\s\S]*by-hand is ready\.\n$/);
    const again = await service("put", "by-hand");
    assert.match(again.out, /^by-hand was there, and follows the record\.\n/);
    const list = await service("status");
    assert.match(list.out, /by-hand +Running +1 of 1 pod ready +https:\/\/by-hand\./);
    assert.match((await service("restart", "by-hand")).out, /by-hand is ready\.\n$/);
    assert.match((await service("scale", "by-hand", "0")).out, /by-hand is stopped\.\n$/);
    const gone = await service("rm", "by-hand", "--yes");
    assert.match(gone.out, /gone: Deployment\/sd-by-hand\n[\s\S]*by-hand is deleted\.\n$/);
    assert.equal((await service("status", "by-hand")).code, 1);
  });

  it("says why a deployment does not get ready", async () => {
    fs.writeFileSync(file, DOCUMENT.replace("cpu: 0.1", "cpu: 16"));
    const { code, out, error } = await service("put", "greedy", file, "--timeout", "3s");
    assert.equal(code, 1);
    assert.match(out, /0 of 1 ready/);
    assert.match(error, /^greedy did not get ready: no pod has been made yet; is your quota/m);
    assert.match(error, /\nLook again with: service status greedy\n$/);
    await service("rm", "greedy", "--yes");
  });
});
