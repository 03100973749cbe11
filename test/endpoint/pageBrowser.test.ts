import assert from "node:assert/strict";
import { startIssuer, type LocalIssuer } from "../../endpoint/local/issuer";
import { createAuthenticator } from "../../endpoint/tenancy";
import { Visitor } from "../support/browser";
import { ada, pod, running } from "../support/fakeService";
import { endpointSettings, freePort, startPage, type PageServer } from "../support/pageServer";
import { fillWorld } from "../support/pageWorld";

const AUDIENCE = "urn:science-platform:endpoint";

describe("the page in a browser", function () {
  this.timeout(60_000);
  const visitor = new Visitor();
  let issuer: LocalIssuer;
  let server: PageServer;

  before(async function () {
    await visitor.start(this);
    const port = await freePort();
    issuer = await startIssuer({
      port: 0,
      audience: AUDIENCE,
      clientId: "page",
      redirectUris: [`http://127.0.0.1:${port}/login/callback`],
    });
    const settings = { issuer: issuer.url, audience: AUDIENCE };
    const authenticator = createAuthenticator(endpointSettings(settings));
    const tenantOf = (token: string | undefined) => authenticator.tenantOf(token);
    server = await startPage({ port, settings, tenantOf });
  });
  after(async () => {
    await visitor.stop();
    await server?.close();
    await issuer?.close();
  });
  beforeEach(async () => {
    fillWorld(server);
    await visitor.arrive(server);
  });
  afterEach(async () => {
    assert.deepEqual(await visitor.leave(), []);
  });

  it("signs in at a real issuer, and shows what one has", async () => {
    await visitor.open("/deployments/notebook");
    assert.equal(new URL(visitor.page.url()).origin, issuer.url);
    await visitor.page.type("input[name=login]", "ada");
    await visitor.page.type("input[name=password]", "any");
    await visitor.click("button[type=submit]");
    assert.equal(visitor.page.url(), `${server.url}/deployments/notebook`);
    assert.equal(await visitor.textOf("h1"), "Notebook");
    await visitor.click(".brand");
    assert.match(await visitor.textOf("main"), /Notebook Running/);
    await visitor.click(".who button");
    assert.equal(await visitor.textOf("h1"), "You are signed out");
    const { name } =
      (await visitor.page.cookies()).find((cookie) => cookie.name === "session") ?? {};
    assert.equal(name, undefined);
  });

  it("makes a deployment: form, document, deployed", async () => {
    await visitor.enter();
    await visitor.open("/new");
    await visitor.page.type("#title", "My Nginx");
    await visitor.page.type("#image", "docker.io/library/nginx:1.29");
    await visitor.page.type("#cpu", "0.5");
    await visitor.page.select("#gpu", "slice");
    await visitor.page.type("#port", "80");
    await visitor.page.type("#hostname", "my-nginx");
    await visitor.page.type("#environment", "GREETING=hello");
    await visitor.shoot("new");
    await visitor.click("main button[type=submit]");
    const data = await visitor.ask<string>("value", "#data");
    assert.match(data, /^containers:\n {2}- name: main\n/);
    await visitor.shoot("document");
    await visitor.click("main button.main");
    assert.equal(visitor.page.url(), `${server.url}/deployments/my-nginx`);
    assert.match(await visitor.textOf("[role=status]"), /It is being started/);
    assert.deepEqual(server.service.lastRecord, {
      title: "My Nginx",
      data,
      exposed_service: "main",
      exposed_port: 80,
      exposed_hostname: "my-nginx",
    });
  });

  it("follows what happens, and leaves the focus where it was", async () => {
    await visitor.enter();
    await visitor.open("/");
    await visitor.page.focus("#open-notebook");
    const { service } = server;
    service.of(ada).get("notebook")!.status = {
      ...running("notebook", 1),
      pods: [pod("sd-notebook-1", "Pending", false)],
    };
    await visitor.untilText("#live-deployments", /Notebook Starting/);
    assert.equal((await visitor.ask<{ id: string }>("focus")).id, "open-notebook");
    assert.equal(await visitor.textOf("#live"), "Live");
  });

  it("tells when it is no longer live, and recovers", async () => {
    await visitor.enter();
    await visitor.open("/deployments/notebook");
    await visitor.page.setOfflineMode(true);
    await visitor.untilText("#live", /Not live/);
    await visitor.page.setOfflineMode(false);
    await visitor.untilText("#live", /^Live$/, 30);
    visitor.complaints.splice(0);
    await visitor.context.deleteCookie(...(await visitor.context.cookies()));
    await visitor.untilText("#live", /session has ended/);
  });

  it("shows a log as it is written, and pauses", async () => {
    await visitor.enter();
    await visitor.open("/deployments/notebook/pods/sd-notebook-7d9f-0");
    await visitor.untilText("#log-state", /^Live$/);
    const { followed } = server.service;
    followed.forEach((log) => log.write("a new line\n"));
    await visitor.untilText("#log-text", /a new line/);
    await visitor.shoot("pod");
    await visitor.page.click("#log-pause");
    await visitor.untilText("#log-state", /^Paused$/);
    for (let i = 0; i < 100 && followed.size > 0; i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.equal(followed.size, 0);
  });

  it("works without scripts", async () => {
    await visitor.enter();
    await visitor.page.setJavaScriptEnabled(false);
    await visitor.open("/deployments/notebook/pods/sd-notebook-7d9f-0");
    assert.match(await visitor.textOf("#log-text"), /Jupyter Server/);
    await visitor.open("/deployments/notebook");
    await visitor.ask("setValue", "#to", "2");
    await visitor.click(".scale button");
    assert.equal(await visitor.textOf("h1"), "Scale Notebook?");
    await visitor.click("main button");
    assert.match(await visitor.textOf("#live-state"), /Running/);
    assert.deepEqual(server.service.done, ["scale notebook 2"]);
    await visitor.click('a[href$="/delete"]');
    await visitor.click("main button.danger");
    assert.deepEqual(server.service.done, [
      "scale notebook 2",
      "remove notebook keepVolumes=false",
    ]);
  });
});
