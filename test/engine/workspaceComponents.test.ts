/** The workspace components through the real engine: what is replaced, what stays, what is given up. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as kubernetes from "@pulumi/kubernetes";
import type { PulumiFn, Stack } from "@pulumi/pulumi/automation";
import type { ApiClient } from "../../components/cluster/apiClient";
import { Workspace } from "../../components/workspaces/workspace";
import type { WorkspaceArgs } from "../../components/workspaces/workspace";
import { WorkspaceNamespace } from "../../components/workspaces/workspaceNamespace";
import {
  changesIn,
  ENGINE_TIMEOUT_MS,
  stand,
  standClient,
  standOrSkip,
  withStack,
} from "../support/engine";

interface Live {
  metadata: {
    uid: string;
    labels?: Record<string, string>;
    deletionTimestamp?: string;
    managedFields?: { manager: string }[];
  };
  spec: Record<string, unknown>;
}

describe("workspace components on the stand", function () {
  this.timeout(ENGINE_TIMEOUT_MS);
  const namespace = `components-${randomBytes(4).toString("hex")}`;
  const base: WorkspaceArgs = {
    namespace,
    name: "lab",
    image: "img",
    tag: "1",
    allocationSeconds: 3600,
    ports: [{ name: "web", port: 8888 }],
    files: [{ name: "conf", localPath: "conf", mountPath: "/conf" }],
    fileContents: { conf: { text: "1" } },
  };
  let client: ApiClient | undefined;

  const program =
    (args: WorkspaceArgs): PulumiFn =>
    () => {
      const provider = new kubernetes.Provider("stand", {
        kubeconfig: fs.readFileSync(stand()!.clusters["local"]!.kubeconfig, "utf8"),
      });
      const made = new WorkspaceNamespace(
        "n",
        { namespace, podSecurity: "restricted", policy: { quota: { pods: 9 }, networkPolicy: {} } },
        { provider },
      );
      new Workspace("w", args, { provider, dependsOn: [made] });
      return Promise.resolve();
    };
  const read = async (path: string): Promise<Live | undefined> => {
    const { status, body } = await client!.request("GET", path);
    return status === 404 ? undefined : (body as Live);
  };
  const job = (): Promise<Live | undefined> =>
    read(`/apis/batch/v1/namespaces/${namespace}/jobs/lab-mkg`);
  const change = async (
    stack: Stack,
    args: WorkspaceArgs,
  ): Promise<{ changes: Record<string, number>; before: Live; after: Live }> => {
    const before = (await job())!;
    stack.workspace.program = program(args);
    const { summary } = await stack.up();
    return { changes: changesIn(summary), before, after: (await job())! };
  };

  before(async function () {
    client = await standClient(standOrSkip(this));
  });

  after(async () => {
    await client?.request("DELETE", `/api/v1/namespaces/${namespace}`);
    client?.close();
  });

  it("extends in place, restarts whole, and leaves the namespace", async () => {
    await withStack(program(base), async (stack) => {
      await stack.up();
      const made = await read(`/api/v1/namespaces/${namespace}`);
      assert.equal(made?.metadata.labels?.["pod-security.kubernetes.io/enforce"], "restricted");

      const again = await change(stack, base);
      assert.deepEqual(again.changes, {});

      const extended = await change(stack, { ...base, allocationSeconds: 7200 });
      assert.deepEqual(extended.changes, { update: 1 });
      assert.equal(extended.after.metadata.uid, extended.before.metadata.uid);
      assert.equal(extended.after.spec["activeDeadlineSeconds"], 7200);

      // A replacement that did not wait for the old Job's end would be refused, or end with it.
      const restarted = await change(stack, { ...base, allocationSeconds: 7200, tag: "2" });
      assert.deepEqual(restarted.changes, { replace: 1 });
      assert.notEqual(restarted.after.metadata.uid, restarted.before.metadata.uid);
      assert.equal(restarted.after.metadata.deletionTimestamp, undefined);

      const file = {
        ...base,
        allocationSeconds: 7200,
        tag: "2",
        fileContents: { conf: { text: "2" } },
      };
      const refiled = await change(stack, file);
      assert.equal(refiled.after.metadata.uid, restarted.after.metadata.uid);

      await stack.destroy();
      assert.equal(await job(), undefined);
      const left = await read(`/api/v1/namespaces/${namespace}`);
      assert.equal(left?.metadata.deletionTimestamp, undefined);
      assert.equal(left?.metadata.uid, made?.metadata.uid);
      assert.equal(left?.metadata.labels?.["pod-security.kubernetes.io/enforce"], undefined);
    });
  });

  it("turns a Deployment that rolled over into one that holds a GPU alone", async () => {
    const deployment = { ...base, allocationSeconds: undefined, deployment: true };
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments/lab-mkg`;
    const gpu: WorkspaceArgs = {
      ...deployment,
      gpuRequest: 1,
      site: {
        cluster: "local",
        gpus: { a100: { resource: "nvidia.com/gpu", product: "A", type: "A", vram: "40G" } },
        nodes: { "gpu-a100": { gpus: [{ class: "a100", count: 4 }] } },
      },
    };
    await withStack(program(deployment), async (stack) => {
      await stack.up();
      assert.deepEqual((await read(path))?.spec["strategy"], {
        type: "RollingUpdate",
        rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
      });
      stack.workspace.program = program(gpu);
      await stack.up();
      assert.deepEqual((await read(path))?.spec["strategy"], { type: "Recreate" });
      stack.workspace.program = program(deployment);
      await stack.up();
      assert.deepEqual((await read(path))?.spec["strategy"], {
        type: "RollingUpdate",
        rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
      });
    });
  });
});
