import assert from "node:assert/strict";
import { CLEAN, run, workspace } from "./preflightRun";
import { FakeApi } from "./preflightServer";

const JOBS = "/apis/batch/v1/jobs";
const DEPLOYMENTS = "/apis/apps/v1/deployments";
const HELD_BY_US = { "science-platform/stack": "dev" };

interface JobFacts {
  deadline?: number;
  /** Seconds since it began. */
  used?: number;
  condition?: { type: string; reason?: string; status?: string };
  annotations?: Record<string, string>;
}

function job(name: string, facts: JobFacts = {}): { metadata: { name: string } } {
  const { deadline = 3600, used, condition, annotations = HELD_BY_US } = facts;
  return {
    metadata: { namespace: "team", name, annotations },
    spec: { activeDeadlineSeconds: deadline },
    status: {
      ...(used === undefined
        ? {}
        : { startTime: new Date(Date.now() - used * 1000).toISOString() }),
      conditions: condition && [
        { status: "True", lastTransitionTime: "2026-03-01T10:00:00Z", ...condition },
      ],
    },
  } as { metadata: { name: string } };
}

describe("preflight of workloads", () => {
  let api: FakeApi;
  before(async () => {
    api = await FakeApi.start();
  });
  after(() => api.stop());
  beforeEach(() => api.reset());

  describe("who holds a workspace", () => {
    it("is this stack: nothing to say, also where a Job becomes a Deployment", async () => {
      api.lists = { [JOBS]: [job("a-mkg"), job("b-mkg")] };
      const found = await run(api, [workspace("a"), workspace("b", { deployment: true })]);
      assert.deepEqual(found, CLEAN);
    });

    it("is another stack, which is named", async () => {
      api.lists = {
        [JOBS]: [job("a-mkg", { annotations: { "science-platform/stack": "ws-local-team-a" } })],
      };
      assert.deepEqual((await run(api, [workspace("a")])).workspaces, {
        a: [
          'a.json: chart_name: Job team/a-mkg on cluster lab is held by stack ws-local-team-a (found "a"). ' +
            "Change it there, or choose another name. Stack ws-local-team-a must give it up before this one can have it.",
        ],
      });
    });

    it("is Helm, also for a Deployment where a Job is wanted", async () => {
      const annotations = { "meta.helm.sh/release-name": "a" };
      api.lists = {
        [DEPLOYMENTS]: [{ metadata: { namespace: "team", name: "a-mkg", annotations } } as never],
      };
      assert.deepEqual((await run(api, [workspace("a")])).workspaces, {
        a: [
          'a.json: chart_name: Deployment team/a-mkg on cluster lab was made by Helm (release a) (found "a"). ' +
            "Choose another name, or remove it where it was made.",
        ],
      });
    });

    it("is somebody's hand; their allocation is then nobody's business", async () => {
      api.lists = { [JOBS]: [job("a-mkg", { annotations: {}, used: 5000, deadline: 9999 })] };
      assert.deepEqual((await run(api, [workspace("a")])).workspaces, {
        a: [
          'a.json: chart_name: Job team/a-mkg on cluster lab was made by hand or by another tool (found "a"). ' +
            "Choose another name, or remove it where it was made.",
        ],
      });
    });

    it("is nobody where the name is taken in another namespace only", async () => {
      const other = job("a-mkg", { annotations: {} });
      Object.assign(other.metadata, { namespace: "elsewhere" });
      api.lists = { [JOBS]: [other] };
      assert.deepEqual(await run(api, [workspace("a")]), CLEAN);
    });
  });

  describe("allocation", () => {
    const EXPIRED = { type: "Failed", reason: "DeadlineExceeded" };

    it("may be made longer while it runs", async () => {
      api.lists = { [JOBS]: [job("a-mkg", { used: 3000 })] };
      assert.deepEqual(await run(api, [workspace("a", { allocationSeconds: 7200 })]), CLEAN);
    });

    it("may be made shorter, down to what is used", async () => {
      api.lists = { [JOBS]: [job("a-mkg", { used: 1000 })] };
      assert.deepEqual(await run(api, [workspace("a", { allocationSeconds: 1100 })]), CLEAN);
    });

    it("may not be made shorter than what is used", async () => {
      api.lists = { [JOBS]: [job("a-mkg", { used: 1800, deadline: 3600 })] };
      const found = await run(api, [workspace("a", { allocationSeconds: 600 })]);
      const [line] = found.workspaces["a"] ?? [];
      assert.match(
        line ?? "",
        /^a\.json: allocationTime: less than the 30m( [1-9]s)? that the workspace has already used on cluster lab: it would end at once \(found "10m"; allowed: more than 30m( [1-9]s)?\)\. Allow more, or remove the workspace to end it\.$/,
      );
    });

    it("is counted by the cluster's clock", async () => {
      api.ahead = 3_600_000;
      api.lists = { [JOBS]: [job("a-mkg", { used: 0, deadline: 9000 })] };
      const found = await run(api, [workspace("a", { allocationSeconds: 3000 })]);
      assert.match(found.workspaces["a"]?.[0] ?? "", /less than the (59m 5\ds|1h)/);
    });

    it("that has not begun may be anything", async () => {
      api.lists = { [JOBS]: [job("a-mkg")] };
      assert.deepEqual(await run(api, [workspace("a", { allocationSeconds: 1 })]), CLEAN);
    });

    it("that is used up and unchanged is noted", async () => {
      api.lists = { [JOBS]: [job("a-mkg", { used: 4000, condition: EXPIRED })] };
      assert.deepEqual(await run(api, [workspace("a")]), {
        ...CLEAN,
        notes: ["workspace team/a on cluster lab: expired on 2026-03-01T10:00:00Z"],
      });
    });

    it("that is used up cannot be extended", async () => {
      api.lists = { [JOBS]: [job("a-mkg", { used: 4000, condition: EXPIRED })] };
      assert.deepEqual(await run(api, [workspace("a", { allocationSeconds: 7200 })]), {
        ...CLEAN,
        workspaces: {
          a: [
            "a.json: allocationTime: the workspace expired on 2026-03-01T10:00:00Z on cluster lab; a longer allocation does not start it again " +
              '(found "2h"). Restart it with `npm run workspace -- restart --config-file a.json`, or put the old allocation back.',
          ],
        },
      });
    });

    it("is of no matter when the run restarts the workspace", async () => {
      api.lists = { [JOBS]: [job("a-mkg", { used: 4000, condition: EXPIRED })] };
      const spec = workspace("a", { allocationSeconds: 7200 });
      assert.deepEqual(await run(api, [spec], {}, { restart: true }), CLEAN);
    });

    it("of a condition that is not true counts for nothing", async () => {
      const condition = { ...EXPIRED, status: "False" };
      api.lists = { [JOBS]: [job("a-mkg", { used: 10, condition })] };
      assert.deepEqual(await run(api, [workspace("a", { allocationSeconds: 7200 })]), CLEAN);
    });

    it("does not start a Job again that ended by itself", async () => {
      api.lists = { [JOBS]: [job("a-mkg", { used: 10, condition: { type: "Complete" } })] };
      assert.deepEqual(await run(api, [workspace("a", { allocationSeconds: 7200 })]), {
        ...CLEAN,
        notes: [
          "workspace team/a on cluster lab: ended on 2026-03-01T10:00:00Z; a new allocation does not start it again",
        ],
      });
    });
  });

  describe("namespaces and Secrets", () => {
    it("refuses a namespace that is being deleted", async () => {
      const metadata = { name: "team", deletionTimestamp: "2026-03-01T10:00:00Z" };
      api.lists = { "/api/v1/namespaces": [{ metadata }] };
      assert.deepEqual((await run(api, [workspace("a")])).workspaces, {
        a: [
          'a.json: namespace: is being deleted on cluster lab, and takes nothing new (found "team"). ' +
            "Wait until it is gone and run again, or choose another.",
        ],
      });
    });

    it("asks for a user's Secret that neither exists nor is made by the stack", async () => {
      api.lists = { "/api/v1/secrets": [{ metadata: { namespace: "team", name: "user-1" } }] };
      const userSecrets = ["user-1", "user-2", "made", "absent"];
      const found = await run(api, [workspace("a", { userSecrets })], {
        workspaces: { userSecrets: { team: { made: { user: "x" } } } },
      });
      const where =
        "namespace team on cluster lab has no such Secret, and workspaces.userSecrets does not make it";
      assert.deepEqual(found.workspaces, {
        a: [
          `a.json: user_secret[1]: ${where} (found "user-2"). Did you mean user-1?`,
          `a.json: user_secret[3]: ${where} (found "absent"). Create it, or give its content in workspaces.userSecrets.`,
        ],
      });
    });

    it("only notes Secrets that the user may not list", async () => {
      api.refusals = { "/api/v1/namespaces/team/secrets": { status: 403 } };
      assert.deepEqual(await run(api, [workspace("a", { userSecrets: ["absent"] })]), {
        ...CLEAN,
        notes: [
          "cluster lab: the kubeconfig's user may not list secrets; not checked: whether the Secrets of user_secret exist",
        ],
      });
    });
  });

  describe("ports and hosts", () => {
    const SERVICES = "/api/v1/services";
    const INGRESSES = "/apis/networking.k8s.io/v1/ingresses";
    const HOST = "a.lab.example.org";

    function service(namespace: string, name: string, spec: object): never {
      return { metadata: { namespace, name }, spec } as never;
    }

    function ingress(namespace: string, name: string, labels = {}): never {
      return { metadata: { namespace, name, labels }, spec: { rules: [{ host: HOST }] } } as never;
    }

    const withPort = workspace("a", {
      serviceType: "NodePort",
      ports: [
        { name: "free", port: 22 },
        { name: "web-ui", port: 80, nodePort: 30080 },
      ],
    });
    const withHost = workspace("a", { ingress: { host: HOST, port: 80 } });

    it("refuses a NodePort that another Service has", async () => {
      api.lists = { [SERVICES]: [service("x", "y", { ports: [{ nodePort: 30080 }] })] };
      assert.deepEqual((await run(api, [withPort])).workspaces, {
        a: [
          "a.json: ports.web-ui[1]: Service x/y on cluster lab has this NodePort (found 30080). " +
            "Choose a free one from 30000 to 32767, or leave it out to get one.",
        ],
      });
    });

    it("refuses the port of another Service's health check", async () => {
      api.lists = { [SERVICES]: [service("x", "y", { healthCheckNodePort: 30080 })] };
      assert.match((await run(api, [withPort])).workspaces["a"]?.[0] ?? "", /Service x\/y/);
    });

    it("takes its own NodePort, and one that is taken for UDP only", async () => {
      api.lists = {
        [SERVICES]: [
          service("team", "a-mkg", { ports: [{ nodePort: 30080, protocol: "TCP" }] }),
          service("x", "dns", { ports: [{ nodePort: 30080, protocol: "UDP" }] }),
        ],
      };
      assert.deepEqual(await run(api, [withPort]), CLEAN);
    });

    for (const [namespace, name] of [
      ["other", "a-mkg"],
      ["team", "by-hand"],
    ] as const) {
      it(`refuses a host that Ingress ${namespace}/${name} answers for`, async () => {
        api.lists = { [INGRESSES]: [ingress(namespace, name)] };
        assert.deepEqual((await run(api, [withHost])).workspaces, {
          a: [
            `a.json: ingress.host: Ingress ${namespace}/${name} on cluster lab answers for this host (found "${HOST}"). ` +
              "Choose another host, or remove that Ingress first.",
          ],
        });
      });
    }

    it("takes its own host, one proven by cert-manager, and one from a workspace about to go", async () => {
      api.lists = {
        [INGRESSES]: [
          ingress("team", "a-mkg"),
          ingress("team", "cm-acme-1", { "acme.cert-manager.io/http01-solver": "true" }),
          ingress("team", "old-mkg"),
        ],
        [JOBS]: [job("old-mkg")],
      };
      assert.deepEqual(await run(api, [withHost]), CLEAN);
    });
  });
});
