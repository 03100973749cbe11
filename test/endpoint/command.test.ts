import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { readAccess } from "../../endpoint/command/access";
import { follow } from "../../endpoint/command/follow";
import { PlainError, printable } from "../../endpoint/command/output";
import { readRecord } from "../../endpoint/command/record";
import { formatDeployment, formatList } from "../../endpoint/command/statusText";
import type { ServiceEvent, ServiceStatus } from "../../endpoint/service";
import { pod, running } from "../support/fakeService";

const warning = (reason: string, note: string): ServiceEvent => ({
  creationTimestamp: "2026-11-21T10:00:00.000Z",
  type: "Warning",
  reason,
  note,
});

describe("the command line: where, who and what", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "service-command-"));
  after(() => fs.rmSync(folder, { recursive: true }));

  const file = (name: string, text: string): string => {
    const full = path.join(folder, name);
    fs.writeFileSync(full, text);
    return full;
  };

  it("takes the address and the token from options before the environment", () => {
    const tokenFile = file("token", " t1\n");
    assert.deepEqual(
      readAccess(
        { url: "https://a.example/", tokenFile },
        { SERVICE_URL: "https://b.example", SERVICE_TOKEN: "t2" },
      ),
      {
        url: "https://a.example",
        token: "t1",
      },
    );
    assert.deepEqual(
      readAccess({}, { SERVICE_URL: "http://127.0.0.1:8765", SERVICE_TOKEN: "t2" }),
      {
        url: "http://127.0.0.1:8765",
        token: "t2",
      },
    );
  });

  it("sends a token nowhere that others could read it", () => {
    for (const url of [
      "http://lab.example.org",
      "ftp://a",
      "lab.example.org",
      "http://127.0.0.1.evil.example",
    ]) {
      assert.throws(() => readAccess({ url }, { SERVICE_TOKEN: "t" }), /not an https:\/\/ address/);
    }
    assert.throws(() => readAccess({}, {}), /SERVICE_URL/);
    assert.throws(() => readAccess({ url: "https://a.example" }, {}), /SERVICE_TOKEN/);
    assert.throws(
      () => readAccess({ url: "https://a.example", tokenFile: "/no/such" }, {}),
      PlainError,
    );
  });

  it("makes a record of a YAML document and the options", () => {
    const yaml = file("my-nginx.yaml", "containers: []\n");
    assert.deepEqual(readRecord("a", yaml, {}), { title: "my-nginx", data: "containers: []\n" });
    assert.deepEqual(readRecord("a", yaml, { title: "T", expose: "nginx:80", hostname: "h" }), {
      title: "T",
      data: "containers: []\n",
      exposed_service: "nginx",
      exposed_port: 80,
      exposed_hostname: "h",
    });
    assert.throws(() => readRecord("a", yaml, { expose: "nginx" }), /container:port/);
    assert.throws(() => readRecord("a", path.join(folder, "none.yaml"), {}), /cannot be read/);
  });

  it("takes a JSON record as it is, and a JSON document as YAML", () => {
    const whole = {
      id: "7",
      title: "T",
      data: "containers: []",
      exposed_port: 80,
      exposed_service: null,
      owner: "x",
    };
    assert.deepEqual(readRecord("a", file("record.json", JSON.stringify(whole)), {}), {
      title: "T",
      data: "containers: []",
      exposed_port: 80,
    });
    const document = '{"containers": []}';
    assert.deepEqual(readRecord("a", file("doc.json", document), {}), {
      title: "doc",
      data: document,
    });
  });
});

describe("the command line: following a deployment", () => {
  /** Follows through these looks; the last one stays. */
  async function through(
    looks: (ServiceStatus | Error)[],
    events: ServiceEvent[][] = [[]],
    timeoutSeconds = 5,
  ) {
    const written: string[] = [];
    let count = 0;
    const next = <T>(list: T[]): T => list[Math.min(count, list.length) - 1]!;
    const followed = await follow(
      {
        status: () => {
          count += 1;
          const look = next(looks);
          return look instanceof Error ? Promise.reject(look) : Promise.resolve(look);
        },
        events: () => Promise.resolve(next(events)),
      },
      { timeoutSeconds, write: (text) => void written.push(text), pause: 1 },
    );
    return { ...followed, written, count };
  }
  const waiting: ServiceStatus = { ...running("a", 1), pods: [pod("p", "Pending", false)] };

  it("ends when all is there, and tells each reason and step once", async () => {
    const noGpu = [warning("FailedScheduling", "no GPU is free")];
    const { failure, written, count } = await through(
      [{ ...waiting, pods: [] }, waiting, waiting, running("a", 1)],
      [[], noGpu, noGpu, []],
    );
    assert.equal(failure, undefined);
    assert.equal(count, 4);
    assert.deepEqual(written, [
      "  0 of 1 ready",
      "  … p: FailedScheduling: no GPU is free",
      "  1 of 1 ready",
    ]);
  });

  it("waits for the new version, not for the one before", async () => {
    const { count, failure } = await through([
      { ...running("a", 2), currentReplicas: 0 },
      { ...running("a", 3), replicas: 2, currentReplicas: 1 },
      running("a", 2),
    ]);
    assert.equal(failure, undefined);
    assert.equal(count, 3);
  });

  it("sees a stopped deployment through to its last pod", async () => {
    const { count } = await through([
      { ...running("a", 1), replicas: 0, currentReplicas: 0 },
      running("a", 0),
    ]);
    assert.equal(count, 2);
  });

  it("does not wait for what will not pass", async () => {
    const { failure, count } = await through(
      [waiting],
      [[warning("ErrImageNeverPull", "no such image")]],
      600,
    );
    assert.equal(failure, "p: ErrImageNeverPull: no such image");
    assert.equal(count, 1);
  });

  it("gives the reason when the time is over", async () => {
    const timeout = async (status: ServiceStatus, events: ServiceEvent[] = []) =>
      (await through([status], [events], 0.02)).failure;
    assert.equal(
      await timeout(waiting, [warning("FailedScheduling", "no GPU")]),
      "p: FailedScheduling: no GPU",
    );
    assert.equal(await timeout(waiting), "pod p is not ready yet");
    assert.match((await timeout({ ...waiting, pods: [] }))!, /no pod has been made yet/);
    assert.match((await timeout({ ...running("a", 2), replicas: 1 }))!, /version before/);
  });

  it("looks again after a look that failed, and gives up with its error", async () => {
    const lost = new Error("connection reset");
    assert.equal((await through([lost, lost, running("a", 1)])).failure, undefined);
    await assert.rejects(through([lost], [[]], 0.02), lost);
  });
});

describe("the command line: what people read", () => {
  const status: ServiceStatus = {
    ...running("demo", 2),
    pods: [pod("sd-demo-0"), pod("sd-demo-11", "Pending", false)],
    volumes: [{ name: "data", phase: "Bound", capacity: "1Gi", type: "ReadWriteOnce" }],
  };

  it("shows a deployment with its pods and volumes, aligned", () => {
    const summary = {
      id: "demo",
      title: "Demo",
      deployed: true,
      url: "https://demo.example/",
      status,
    };
    assert.deepEqual(formatDeployment(summary).split("\n"), [
      "demo  Starting  1 of 2 pods ready  https://demo.example/  Demo",
      "  pod     sd-demo-0   Running  main ready",
      "  pod     sd-demo-11  Pending  main not started",
      "  volume  data        Bound    1Gi ReadWriteOnce",
    ]);
  });

  it("lists all deployments, a line each", () => {
    const list = formatList([
      { id: "demo", title: "Demo", deployed: true, status },
      { id: "draft", title: "draft", deployed: false },
    ]);
    assert.deepEqual(list.split("\n"), [
      "ID     STATE         PODS               ADDRESS  TITLE",
      "demo   Starting      1 of 2 pods ready           Demo",
      "draft  Not deployed",
    ]);
    assert.equal(formatList([]), "You have no deployments.");
  });

  it("lets nothing that others wrote move the cursor", () => {
    assert.equal(printable("a\u001b[2Jb\rc\td\n"), "a\ufffd[2Jb\ufffdc\td\n");
  });
});
