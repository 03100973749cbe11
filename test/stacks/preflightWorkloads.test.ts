import assert from "node:assert/strict";
import { DEPLOYMENTS, job, JOBS } from "../support/preflightObjects";
import { CLEAN, run, unsound, workspace } from "../support/preflightRun";
import { useFakeApi } from "../support/fakeApi";

/** How a workspace of stack dev is restarted. */
const IN_LAYER =
  "To restart it, delete its Job with `kubectl -n team delete job a-mkg`, " +
  "let stack dev see that with `make refresh STACK=dev`, and make it anew with `make up STACK=dev`";

describe("preflight of workloads", () => {
  const api = useFakeApi();

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

    it("is a stack with a layer, where alone it can be restarted", async () => {
      api.lists = { [JOBS]: [job("a-mkg")] };
      const restart = { stack: "ws-lab-team-a", restart: true };
      assert.deepEqual((await run(api, [workspace("a")], {}, restart)).workspaces, {
        a: [
          `a.json: chart_name: Job team/a-mkg on cluster lab is held by stack dev (found "a"). ${IN_LAYER}.`,
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
        notes: [`workspace team/a on cluster lab: expired on 2026-03-01T10:00:00Z. ${IN_LAYER}`],
      });
    });

    const EXPIRED_LINE =
      "a.json: allocationTime: the workspace expired on 2026-03-01T10:00:00Z on cluster lab; a longer allocation does not start it again " +
      '(found "2h"). ';

    it("that is used up cannot be extended, but the stack can make it anew", async () => {
      api.lists = { [JOBS]: [job("a-mkg", { used: 4000, condition: EXPIRED })] };
      assert.deepEqual(await run(api, [workspace("a", { allocationSeconds: 7200 })]), {
        ...CLEAN,
        workspaces: { a: [`${EXPIRED_LINE}${IN_LAYER}; or put the old allocation back.`] },
      });
    });

    it("that is used up is begun anew by the command line where that holds it", async () => {
      const stack = "ws-lab-team-a";
      const annotations = { "science-platform/stack": stack };
      api.lists = { [JOBS]: [job("a-mkg", { used: 4000, condition: EXPIRED, annotations })] };
      const found = await run(api, [workspace("a", { allocationSeconds: 7200 })], {}, { stack });
      assert.deepEqual(found.workspaces["a"], [
        `${EXPIRED_LINE}Restart it with \`npm run workspace -- restart --config-file a.json\` and the --stack that it was made with; or put the old allocation back.`,
      ]);
    });

    it("is not looked at where it is wrong itself", async () => {
      api.lists = { [JOBS]: [job("a-mkg", { used: 4000, condition: EXPIRED })] };
      const wrong = unsound("a", ["allocationTime"], { allocationSeconds: 7200 });
      assert.deepEqual(await run(api, [wrong]), CLEAN);
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
});
