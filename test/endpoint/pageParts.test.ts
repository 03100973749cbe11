import assert from "node:assert/strict";
import * as fc from "fast-check";
import { load } from "js-yaml";
import { html } from "../../endpoint/page/html";
import { readQuota } from "../../endpoint/page/quota";
import { EMPTY_FORM, recordOf, sentRecord } from "../../endpoint/page/shortForm";
import { units } from "../../endpoint/page/views/pictures";
import { deploymentState } from "../../endpoint/states";
import { ada, pod, running } from "../support/fakeService";

describe("HTML of the page", () => {
  it("escapes whatever is put into it", () => {
    const name = `<img src=x onerror="alert(1)">'&`;
    assert.equal(
      html`<p title="${name}">${name}</p>`.toString(),
      '<p title="&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&#39;&amp;">&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&#39;&amp;</p>',
    );
  });

  it("keeps markup that it made itself, joins lists and leaves out what is not there", () => {
    const item = html`<i>${1}</i>`;
    assert.equal(
      html`<p>${[item, item]}${undefined}${false}</p>`.toString(),
      "<p><i>1</i><i>1</i></p>",
    );
  });

  it("never lets a value end an attribute or begin a tag", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const made = html`${text}`.toString();
        assert.doesNotMatch(made, /[<>"'\u0000]/);
      }),
    );
  });
});

describe("the quota", () => {
  const quota = (hard: object, used: object) => ({ status: { hard, used } });
  const read = (items: object[], status = 200) =>
    readQuota({ request: () => Promise.resolve({ status, body: { items } }) }, ada);

  it("is told by what it counts; the operator's own counts are left out", async () => {
    const shares = await read([
      quota(
        {
          "requests.cpu": "8",
          "requests.nvidia.com/gpu": "2",
          "services.nodeports": "0",
          pods: "10",
        },
        { "requests.cpu": "1500m", pods: "3" },
      ),
    ]);
    assert.deepEqual(shares, [
      { what: "cpu", used: 1.5, limit: 8 },
      { what: "nvidia.com/gpu", used: 0, limit: 2 },
      { what: "pods", used: 3, limit: 10 },
    ]);
  });

  it("is the one with the least room where there are several", async () => {
    const shares = await read([
      quota({ "requests.memory": "10Gi" }, { "requests.memory": "1Gi" }),
      quota({ "limits.memory": "4Gi" }, { "limits.memory": "3Gi" }),
    ]);
    assert.deepEqual(shares, [{ what: "memory", used: 3 * 2 ** 30, limit: 4 * 2 ** 30 }]);
  });

  it("is left out where it cannot be read", async () => {
    assert.deepEqual(await read([], 403), []);
    assert.deepEqual(
      await readQuota({ request: () => Promise.reject(new Error("reset")) }, ada),
      [],
    );
  });
});

describe("the short form", () => {
  const form = { ...EMPTY_FORM, title: "My NGINX Service", image: "nginx:1.29" };

  it("writes a document with what was said, and nothing else", () => {
    const record = recordOf(form);
    assert.ok(record.problems === undefined);
    assert.equal(record.fields.id, "my-nginx-service");
    assert.deepEqual(load(record.fields.data), {
      containers: [{ name: "main", image: "nginx:1.29" }],
    });
    assert.deepEqual(Object.keys(sentRecord(record.fields)).sort(), ["data", "title"]);
  });

  it("writes every field of it", () => {
    const record = recordOf({
      ...form,
      args: "--verbose\n\n  two words \n",
      environment: "A=1\nURL=https://x.example/?a=b\n",
      cpu: "0.5",
      memory: "2",
      gpu: "a100",
      gpuCount: "1",
      replicas: "2",
      port: "8080",
      hostname: "my-nginx",
      mountPath: "/data",
      size: "10Gi",
      shared: "yes",
    });
    assert.ok(record.problems === undefined);
    assert.deepEqual(load(record.fields.data), {
      containers: [
        {
          name: "main",
          image: "nginx:1.29",
          args: ["--verbose", "two words"],
          ports: [{ name: "web", port: 8080 }],
          cpu: 0.5,
          memory: 2,
          gpu: "a100",
          gpuCount: 1,
          environment: [
            { name: "A", value: "1" },
            { name: "URL", value: "https://x.example/?a=b" },
          ],
          replicas: 2,
          volumeMounts: [{ name: "data", mountPath: "/data", type: "ReadWriteMany" }],
        },
      ],
      volumes: [{ name: "data", size: "10Gi" }],
    });
    const { exposed_service, exposed_port, exposed_hostname } = sentRecord(record.fields);
    assert.deepEqual([exposed_service, exposed_port, exposed_hostname], ["main", 8080, "my-nginx"]);
  });

  it("names every gap at once, and repeats no line of the environment", () => {
    const record = recordOf({
      ...EMPTY_FORM,
      environment: "s3cret",
      mountPath: "/data",
      hostname: "a",
    });
    assert.deepEqual(
      record.problems?.map(({ field }) => field),
      ["title", "image", "environment", "size", "port"],
    );
    assert.doesNotMatch(JSON.stringify(record.problems), /s3cret/);
  });
});

describe("states and pictures", () => {
  it("say what a deployment does", () => {
    const state = (status: ReturnType<typeof running> | undefined) =>
      deploymentState({ id: "a", title: "a", deployed: status !== undefined, status }).text;
    assert.equal(state(undefined), "Not deployed");
    assert.equal(state(running("a", 2)), "Running");
    assert.equal(state(running("a", 0)), "Stopped");
    assert.equal(state({ ...running("a", 1), replicas: 0 }), "Stopping");
    assert.equal(state({ ...running("a", 1), replicas: 2 }), "Starting");
    assert.equal(state({ ...running("a", 1), pods: [pod("p", "Running", false)] }), "Starting");
    assert.equal(state({ ...running("a", 1), pods: [pod("p", "Failed", false)] }), "Failing");
  });

  it("draw a square for each unit, and a bar where nobody would count", () => {
    const count = (text: string, kind: string) => text.split(`<rect class="${kind}"`).length - 1;
    const few = units({ total: 4, used: 3, mine: 1 }).toString();
    assert.deepEqual([count(few, "mine"), count(few, "used"), count(few, "free")], [1, 2, 1]);
    const many = units({ total: 200, used: 50, mine: 0 }).toString();
    assert.match(many, /<rect class="part" width="25%"/);
  });
});
