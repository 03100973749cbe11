/** What a stack with a `workspaces` layer is told to do, done on the stand as it was told. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import * as path from "node:path";
import type { PulumiFn, Stack } from "@pulumi/pulumi/automation";
import { destroyStack } from "../../cli/destroy";
import { unprotect } from "../../cli/state";
import type { OpenStack } from "../../cli/stackHandle";
import { runStack } from "../../stacks/run";
import { changesIn, ENGINE_TIMEOUT_MS, setSections, useStand, withStack } from "../support/engine";

const ROOT = path.resolve(__dirname, "../..");
const namespace = `test-layer-${randomBytes(4).toString("hex")}`;
const JOBS = `/apis/batch/v1/namespaces/${namespace}/jobs`;
const CLAIMS = `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;
const VOLUME = `/api/v1/persistentvolumes/${namespace}-lab-mkg-claim-1`;

interface Job {
  metadata: { uid: string };
  status?: { conditions?: { type: string }[] };
}

describe("workspaces of a layer, on the stand", function () {
  this.timeout(ENGINE_TIMEOUT_MS);
  const lab = useStand();

  after(async () => {
    await lab.api?.request("DELETE", `/api/v1/namespaces/${namespace}`);
    await lab.api?.request("DELETE", VOLUME);
  });

  afterEach(() => {
    delete process.env["ALLOW_REPLACE"];
  });

  const program: PulumiFn = () => runStack(ROOT);

  function claim(index: number): object {
    const storage = ["local-hostpath", "folders"][index];
    const usual = { size: "1Gi", access_mode: "ReadWriteOnce" };
    return { ...usual, mountPath: `/data-${index}`, pvc_type: storage };
  }

  async function configure(stack: Stack, workspace: object): Promise<void> {
    const { kubeconfig } = lab.stand.clusters["local"]!;
    const usual = { namespace, docker_image: "nginx:1.27" };
    await setSections(stack, {
      layers: ["workspaces"],
      clusters: { local: { kubeconfig } },
      workspaces: {
        inline: [{ ...usual, ...workspace }],
        storage: { folders: { hostPath: "/srv/test-layer" } },
      },
    });
  }

  /** What `up` is refused for. */
  async function refusal(stack: Stack): Promise<string> {
    const error: unknown = await stack.up().catch((thrown: unknown) => thrown);
    assert.ok(error instanceof Error, "up was not refused");
    return error.message;
  }

  async function job(name: string): Promise<Job> {
    return (await lab.api.request("GET", `${JOBS}/${name}`)).body as Job;
  }

  async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; !(await isSo()); tries++) {
      assert.ok(tries < 150, `${what} did not come about within 30 s`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  it("are restarted as the message says", async () => {
    await withStack(program, async (stack) => {
      await configure(stack, { chart_name: "brief", allocationTime: "2s" });
      await stack.up();
      const expired = await job("brief-mkg");
      await until("the end of the Job", async () => {
        const { status } = await job("brief-mkg");
        return (status?.conditions ?? []).some(({ type }) => type === "Failed");
      });
      await configure(stack, { chart_name: "brief", allocationTime: "1h" });
      const [, kubectl, refresh, up] =
        /`(kubectl[^`]*)`[^`]*`(make refresh[^`]*)`[^`]*`(make up[^`]*)`/.exec(
          await refusal(stack),
        ) ?? [];
      assert.deepEqual(
        [kubectl, refresh, up],
        [
          `kubectl -n ${namespace} delete job brief-mkg`,
          `make refresh STACK=${stack.name}`,
          `make up STACK=${stack.name}`,
        ],
      );
      await lab.api.request("DELETE", `${JOBS}/brief-mkg?propagationPolicy=Background`);
      await until(
        "the Job's removal",
        async () => (await lab.api.request("GET", `${JOBS}/brief-mkg`)).status === 404,
      );
      await stack.refresh();
      await stack.up();
      const { metadata, status } = await job("brief-mkg");
      assert.notEqual(metadata.uid, expired.metadata.uid);
      assert.deepEqual(status?.conditions ?? [], []);
      assert.deepEqual(changesIn((await stack.up()).summary), {});
    });
  });

  it("give up a claim as the message says, and never end the pod before that", async () => {
    await withStack(program, async (stack) => {
      const open: OpenStack = {
        stack,
        name: stack.name,
        outputs: () => stack.outputs(),
        programError: () => undefined,
      };
      const named = { chart_name: "lab", allocationTime: "1h" };
      await configure(stack, { ...named, persistent_volume: [claim(0), claim(1)] });
      await stack.up();
      try {
        const { uid } = (await job("lab-mkg")).metadata;
        await configure(stack, { ...named, persistent_volume: [claim(0)] });
        const told = /`ALLOW_REPLACE='([^']*)' make up STACK=\S+`/.exec(await refusal(stack));
        const urns = told?.[1]?.split(" ") ?? [];
        assert.equal(urns.length, 2);
        assert.equal((await job("lab-mkg")).metadata.uid, uid);

        // What `make up` does with it.
        process.env["ALLOW_REPLACE"] = urns.join(" ");
        for (const urn of urns) {
          await unprotect(open, urn);
        }
        await stack.up();
        assert.notEqual((await job("lab-mkg")).metadata.uid, uid);
        delete process.env["ALLOW_REPLACE"];
        assert.deepEqual(changesIn((await stack.up()).summary), {});
        assert.equal((await lab.api.request("GET", `${CLAIMS}/lab-mkg-claim-1`)).status, 200);
        assert.equal((await lab.api.request("GET", VOLUME)).status, 200);
      } finally {
        await destroyStack(open, () => undefined);
      }
    });
  });
});
