import assert from "node:assert/strict";
import { HttpFault, type Tenant } from "../../endpoint/seams";
import { ada, running } from "../support/fakeService";
import { PageScene } from "../support/pageScene";
import { cookiesOf, startPage } from "../support/pageServer";

const eve: Tenant = { name: "eve", namespace: "user-eve", subject: "eve", groups: [] };

describe("the page, and who may do what", () => {
  const scene = new PageScene();
  before(() => scene.open());
  after(() => scene.server.close());
  beforeEach(() => scene.reset());
  const get: PageScene["get"] = (...args) => scene.get(...args);
  const post: PageScene["post"] = (...args) => scene.post(...args);

  const PAGES = [
    "/",
    "/new",
    "/new/document",
    "/deployments/demo",
    "/deployments/demo/edit",
    "/deployments/demo/scale?to=0",
    "/deployments/demo/scale?to=5",
    "/deployments/demo/restart",
    "/deployments/demo/delete",
    "/deployments/demo/pods/sd-demo-7d9f-0",
    "/deployments/demo/pods/sd-demo-7d9f-0/delete",
    "/signed-in",
    "/signed-out",
    "/deployments/nothing",
  ];

  it("has a strict policy on every page, which no page needs to break", async () => {
    for (const path of PAGES) {
      const { headers, body } = await get(path);
      const policy = String(headers["content-security-policy"]);
      assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self';/, path);
      assert.doesNotMatch(policy, /unsafe|\*|data:|http/, path);
      assert.match(policy, /form-action 'self'; base-uri 'none'; frame-ancestors 'none'/);
      assert.equal(headers["cache-control"], "no-store", path);
      assert.equal(headers["x-content-type-options"], "nosniff", path);
      assert.doesNotMatch(body, /<style|\sstyle=|\son[a-z]+=|javascript:/i, path);
      assert.equal(body.match(/<script/g)?.length, 1, path);
    }
  });

  it("shows nothing of what tenants wrote as markup", async () => {
    const bad = `</textarea></pre><script>alert(1)</script><img src=x onerror=alert(1)>"'`;
    const { service } = scene.server;
    service.add(
      "demo",
      { title: bad, data: bad, exposed_hostname: bad },
      running("demo", 1),
      "https://demo.example/",
    );
    service.podEvents = [{ creationTimestamp: bad, note: bad, reason: bad, type: "Warning" }];
    service.logText = bad;
    for (const path of PAGES) {
      const { body } = await get(path);
      assert.doesNotMatch(body, /<script>|<img src=x|<\/textarea><\/pre>/, path);
    }
    service.refusal = new HttpFault(400, [{ path: bad, message: bad }]);
    const { body } = await post("/deployments/demo/deploy", { title: bad, data: bad });
    assert.doesNotMatch(body, /<script>|<img src=x/);
    service.logText = "listening\n";
  });

  it("sends strangers to sign in, and back to where they wanted to go", async () => {
    for (const path of ["/", "/deployments/demo", "/deployments/demo/pods/p/log?follow=true"]) {
      const { statusCode, headers, body } = await get(path, {});
      assert.equal(statusCode, 303);
      assert.equal(headers.location, `/login?to=${encodeURIComponent(path)}`);
      assert.equal(body, "");
    }
    const live = await get("/", { "x-live": "1" });
    assert.equal(live.statusCode, 401);
    const form = await post("/deployments/demo/delete", {}, { cookie: "" });
    assert.equal(form.statusCode, 303);
    assert.deepEqual(scene.server.service.done, []);
  });

  it("does nothing for a form of another site, or without the session's token", async () => {
    const foreign = await post("/deployments/demo/delete", {}, { origin: "https://evil.example" });
    assert.equal(foreign.statusCode, 403);
    for (const token of ["", "guess", scene.csrf.slice(1)]) {
      const { statusCode, body } = await post("/deployments/demo/delete", { csrf: token });
      assert.equal(statusCode, 403);
      assert.match(body, /older than your session/);
    }
    const other = await scene.server.signedIn(eve);
    const mixed = await post("/deployments/demo/delete", { csrf: other.csrf });
    assert.equal(mixed.statusCode, 403);
    const json = await scene.server.app.inject({
      method: "POST",
      url: "/deployments/demo/delete",
      headers: { cookie: scene.cookie, "content-type": "application/json" },
      payload: { csrf: scene.csrf },
    });
    assert.equal(json.statusCode, 415);
    assert.deepEqual(scene.server.service.done, []);
  });

  it("takes a form of its own origin", async () => {
    const { statusCode } = await post(
      "/deployments/demo/restart",
      {},
      { origin: scene.server.url },
    );
    assert.equal(statusCode, 303);
    assert.deepEqual(scene.server.service.done, ["restart demo"]);
  });

  it("shows nobody another tenant's deployments", async () => {
    const stranger = await scene.server.signedIn(eve);
    assert.doesNotMatch((await get("/", stranger)).body, /demo/i);
    for (const path of PAGES.filter((one) => one.startsWith("/deployments/demo"))) {
      const { statusCode, body } = await get(path, { cookie: stranger.cookie });
      assert.equal(statusCode, 404, path);
      assert.doesNotMatch(body, /Demo/, path);
    }
    for (const act of ["scale", "restart", "delete", "deploy", "pods/sd-demo-7d9f-0/delete"]) {
      const { statusCode } = await scene.server.app.inject({
        method: "POST",
        url: `/deployments/demo/${act}`,
        headers: { cookie: stranger.cookie, "content-type": "application/x-www-form-urlencoded" },
        payload: new URLSearchParams({ csrf: stranger.csrf, to: "0" }).toString(),
      });
      assert.equal(statusCode, 404, act);
    }
    assert.deepEqual(scene.server.service.done, []);
  });

  it("gives a form back that came after the session's end, and takes it after signing in again", async () => {
    const { sessions, service } = scene.server;
    const short = await startPage({ page: { sessionMinutes: -1, url: scene.server.url } });
    const expired = await short.signedIn();
    await short.close();
    const headers = { cookie: expired.cookie, "content-type": "application/x-www-form-urlencoded" };
    const data = 'containers:\n  - name: "a & b"\n';
    const payload = new URLSearchParams({ csrf: expired.csrf, title: "T", data }).toString();
    const url = "/deployments/demo/deploy";
    const first = await scene.server.app.inject({ method: "POST", url, headers, payload });
    assert.equal(first.statusCode, 401);
    assert.match(
      first.body,
      /name="data"\s+value="containers:\n {2}- name: &quot;a &amp; b&quot;\n"/,
    );
    assert.deepEqual(service.done, []);

    const renewed = cookiesOf(await sessions.begin({ tenant: ada, name: "Ada" }, expired.cookie));
    const again = await scene.server.app.inject({
      method: "POST",
      url,
      headers: { ...headers, cookie: renewed },
      payload,
    });
    assert.equal(again.statusCode, 303);
    assert.deepEqual(service.lastRecord, { title: "T", data });
  });
});
