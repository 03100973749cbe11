import assert from "node:assert/strict";
import * as http from "node:http";
import { HttpFault } from "../../endpoint/seams";
import { pod, running } from "../support/fakeService";
import { PageScene } from "../support/pageScene";
import { cookiesOf, startPage } from "../support/pageServer";

describe("the page, and what people do there", () => {
  const scene = new PageScene();
  before(() => scene.open());
  after(() => scene.server.close());
  beforeEach(() => scene.reset());
  const get: PageScene["get"] = (...args) => scene.get(...args);
  const post: PageScene["post"] = (...args) => scene.post(...args);

  it("asks before it scales, and says afterwards what is done, once", async () => {
    const question = await get("/deployments/demo/scale?to=5");
    assert.match(question.body, /It has 2 replicas now and will have 5\./);
    const done = await post("/deployments/demo/scale", { to: "5" });
    assert.equal(done.headers.location, "/deployments/demo");
    const message = cookiesOf(done.headers["set-cookie"]);
    const next = await get("/deployments/demo", { cookie: `${scene.cookie}; ${message}` });
    assert.match(next.body, /It is being brought to 5 replicas\./);
    assert.match(next.body, /5 of 5 pods ready/);
    assert.match(String(next.headers["set-cookie"]), /^message=; Path=\/; Max-Age=0/);
    assert.deepEqual(scene.server.service.done, ["scale demo 5"]);
  });

  it("refuses numbers of replicas that cannot be", async () => {
    for (const to of ["17", "-1", "1.5", "", "1e1", "x"]) {
      assert.equal((await get(`/deployments/demo/scale?to=${to}`)).statusCode, 400, to);
      assert.equal((await post("/deployments/demo/scale", { to })).statusCode, 400, to);
    }
    assert.deepEqual(scene.server.service.done, []);
  });

  it("deletes with or without the volumes, and lists what stays", async () => {
    assert.match((await get("/deployments/demo/delete")).body, /Keep the volumes/);
    const done = await post("/deployments/demo/delete", { keep: "yes" });
    assert.equal(done.headers.location, "/");
    const page = await get("/", {
      cookie: `${scene.cookie}; ${cookiesOf(done.headers["set-cookie"])}`,
    });
    assert.match(page.body, /PersistentVolumeClaim\/sd-demo-data/);
    assert.deepEqual(scene.server.service.done, ["remove demo keepVolumes=true"]);
  });

  it("deletes a record that was never deployed", async () => {
    scene.server.service.add("draft", { title: "Draft" });
    assert.match((await get("/deployments/draft")).body, /Not deployed/);
    await post("/deployments/draft/delete", {});
    assert.deepEqual(scene.server.service.done, ["removeItem draft"]);
  });

  it("deploys a kept record by its button", async () => {
    scene.server.service.add("draft", {
      title: "Draft",
      data: "containers: []\n",
      exposed_port: 80,
    });
    const { headers } = await post("/deployments/draft/deploy", {});
    assert.equal(headers.location, "/deployments/draft");
    assert.deepEqual(scene.server.service.lastRecord, {
      title: "Draft",
      data: "containers: []\n",
      exposed_port: 80,
    });
  });

  it("writes the document of the short form, deploys it, and shows warnings", async () => {
    const form = await post("/new/document", {
      title: "My Nginx",
      image: "nginx:latest",
      port: "80",
    });
    assert.equal(form.statusCode, 200);
    assert.match(form.body, /id="id"\s+name="id"\s+value="my-nginx"/);
    assert.match(form.body, /image: nginx:latest/);
    scene.server.service.warnings = ["containers[0].image: latest changes by itself."];
    const record = {
      id: "my-nginx",
      title: "My Nginx",
      data: "containers:\r\n  - name: main\r\n",
      exposed_port: "",
    };
    const done = await post("/deployments", record);
    assert.equal(done.headers.location, "/deployments/my-nginx");
    assert.deepEqual(scene.server.service.lastRecord, {
      title: "My Nginx",
      data: "containers:\n  - name: main\n",
    });
    const page = await get("/deployments/my-nginx", {
      cookie: `${scene.cookie}; ${cookiesOf(done.headers["set-cookie"])}`,
    });
    assert.match(page.body, /latest changes by itself/);
  });

  it("shows what is wrong beside what was typed", async () => {
    scene.server.service.refusal = new HttpFault(400, [
      { path: "containers[0].cpu", message: "more than allowed (found 64; allowed: 32)." },
      { path: "exposed_hostname", message: "taken." },
    ]);
    const fields = { id: "new", title: "New", data: "containers: 64\n", exposed_hostname: "taken" };
    const { statusCode, body } = await post("/deployments", fields);
    assert.equal(statusCode, 400);
    assert.match(body, /<title>Error: New deployment/);
    assert.match(body, /There are 2 problems/);
    assert.match(
      body,
      /href="#data"[^>]*>\s*<span class="mono">containers\[0\]\.cpu<\/span>: more than allowed/,
    );
    assert.match(body, /href="#exposed_hostname"/);
    assert.match(body, /containers: 64/);
    assert.match(body, /id="exposed_hostname"[^>]*aria-invalid="true"/);
    assert.match(body, /id="data"[^>]*aria-invalid="true"/);
    assert.doesNotMatch(body, /id="title"[^>]*aria-invalid/);
  });

  it("does not let a new deployment take an id that is there", async () => {
    const fields = { id: "demo", title: "Other", data: "x" };
    const { statusCode, body } = await post("/deployments", fields);
    assert.equal(statusCode, 409);
    assert.match(body, /You have a deployment of this id/);
    assert.deepEqual(scene.server.service.done, []);
  });

  it("tells why a pod is not ready", async () => {
    scene.server.service.add(
      "demo",
      { title: "Demo" },
      { ...running("demo", 1), pods: [pod("p", "Pending", false)] },
    );
    scene.server.service.podEvents = [
      {
        creationTimestamp: "2026-11-21T10:00:00.000Z",
        note: "0/4 nodes have a GPU",
        reason: "FailedScheduling",
        type: "Warning",
      },
    ];
    const { body } = await get("/deployments/demo");
    assert.match(body, /FailedScheduling:<\/strong> 0\/4 nodes have a GPU/);
    assert.match(body, /0 of 1 pod ready/);
  });

  it("shows GPUs, and what the quota leaves", async () => {
    const { body } = await get("/");
    const text = body.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
    assert.match(text, /a100 A100, 40 GB 1 of 4 free You use 1 of the 2 that you may\./);
    assert.match(text, /Memory 24 GiB of 128 GiB/);
    assert.match(text, /CPU cores 4\.5 of 32/);
    assert.doesNotMatch(text, /nodeports/);
  });

  it("passes logs on as they come, and ends them when nobody reads any more", async () => {
    const { service, url } = scene.server;
    const path = "/deployments/demo/pods/sd-demo-7d9f-0/log?follow=true";
    const seen = await new Promise<string>((resolve, reject) => {
      const request = http.get(
        `${url}${path}`,
        { headers: { cookie: scene.cookie } },
        (response) => {
          assert.equal(response.headers["content-type"], "text/plain; charset=utf-8");
          let text = "";
          response.on("data", (piece: Buffer) => {
            text += piece.toString();
            if (text.endsWith("second line\n")) {
              request.destroy();
              resolve(text);
            } else {
              service.followed.forEach((log) => log.write("second line\n"));
            }
          });
        },
      );
      request.on("error", reject);
    });
    assert.equal(seen, "listening on port 80\nsecond line\n");
    for (let i = 0; i < 100 && service.followed.size > 0; i++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.equal(service.followed.size, 0);
  });

  it("serves its files for good, under a name of their content", async () => {
    const { body } = await get("/");
    const paths = [...body.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map((found) => found[1]!);
    assert.equal(new Set(paths).size, 3);
    for (const path of paths) {
      const { statusCode, headers } = await get(path, {});
      assert.equal(statusCode, 200, path);
      assert.match(path, /-[0-9a-f]{12}\.(css|js|svg)$/);
      assert.equal(headers["cache-control"], "public, max-age=31536000, immutable");
    }
  });

  it("counts people's requests as it does those of callers", async () => {
    const strict = await startPage({ settings: { rateLimit: { writes: 2 } } });
    try {
      const own = await strict.signedIn();
      const send = () =>
        strict.app.inject({
          method: "POST",
          url: "/new/document",
          headers: { cookie: own.cookie, "content-type": "application/x-www-form-urlencoded" },
          payload: new URLSearchParams({ csrf: own.csrf }).toString(),
        });
      assert.deepEqual([(await send()).statusCode, (await send()).statusCode], [400, 400]);
      const third = await send();
      assert.equal(third.statusCode, 429);
      assert.match(String(third.headers["retry-after"]), /^\d+$/);
    } finally {
      await strict.close();
    }
  });
});
