/** A cluster whose kubeconfig another stack has: two stacks of one backend and passphrase on the stand. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import * as path from "node:path";
import type { PulumiFn, Stack } from "@pulumi/pulumi/automation";
import { runStack } from "../../stacks/run";
import {
  changesIn,
  ENGINE_TIMEOUT_MS,
  setSections,
  useStand,
  withBackend,
  withStack,
  type Backend,
} from "../support/engine";

const ROOT = path.resolve(__dirname, "../..");
const namespace = `test-linked-${randomBytes(4).toString("hex")}`;

describe("a cluster of another stack, on the stand", function () {
  this.timeout(ENGINE_TIMEOUT_MS);
  const lab = useStand();

  after(async () => {
    await lab.api?.request("DELETE", `/api/v1/namespaces/${namespace}`);
  });

  const program: PulumiFn = () => runStack(ROOT);

  /** The sections of a stack that has the stand's cluster itself, by two names, and no nodes to label. */
  function ofBase(): Record<string, unknown> {
    const { kubeconfig } = lab.stand.clusters["local"]!;
    const clusters = { local: { kubeconfig }, twin: { kubeconfig } };
    return { layers: ["cluster"], clusters, defaultCluster: "local" };
  }

  function withBase(use: (base: Stack, backend: Backend) => Promise<void>): Promise<void> {
    return withBackend((backend) =>
      withStack(
        program,
        async (base) => {
          await setSections(base, ofBase());
          await use(base, backend);
        },
        backend,
      ),
    );
  }

  /** A second stack on the clusters of the first, with one workspace. */
  async function setSecond(
    second: Stack,
    base: string,
    cluster = "local",
    more: Record<string, unknown> = {},
  ): Promise<void> {
    const workspace = {
      namespace,
      chart_name: "lab",
      docker_image: "nginx:1.27",
      allocationTime: "1h",
      ...more,
    };
    await setSections(second, {
      layers: ["workspaces"],
      clusters: { [cluster]: { stack: base }, twin: { stack: base } },
      defaultCluster: cluster,
      workspaces: { inline: [workspace] },
    });
  }

  async function holder(): Promise<string | undefined> {
    const at = `/apis/batch/v1/namespaces/${namespace}/jobs/lab-mkg`;
    const { status, body } = await lab.api.request("GET", at);
    const job = body as { metadata: { annotations: Record<string, string> } };
    return status === 404 ? undefined : job.metadata.annotations["science-platform/stack"];
  }

  /** Expects `up` of a second stack to be refused. */
  function refused(backend: Backend, base: string, cluster: string, by: RegExp): Promise<void> {
    return withStack(
      program,
      async (second) => {
        await setSecond(second, base, cluster);
        await assert.rejects(second.up(), by);
        assert.equal(await holder(), undefined);
        // What cleans up runs the program once more.
        await setSections(second, ofBase());
      },
      backend,
    );
  }

  it("gets its workspace, changes nothing the second time, and is left alone in the end", async () => {
    await withBase(async (base, backend) => {
      await base.up();
      await withStack(
        program,
        async (second) => {
          await setSecond(second, base.name);
          await second.preview();
          assert.equal(await holder(), undefined);

          const { outputs } = await second.up();
          assert.equal(await holder(), second.name);
          assert.equal(outputs["kubeconfigs"]?.secret, true);
          const { deployment } = await second.exportStack();
          const inEnvelope = JSON.stringify(deployment).replace(
            /"plaintext":"(?:[^"\\]|\\.)*"/g,
            "",
          );
          assert.ok(!inEnvelope.includes("client-key-data"), "the kubeconfig is in state in clear");
          assert.deepEqual(changesIn((await second.up()).summary), {});
          assert.deepEqual(changesIn((await base.up()).summary), {});
        },
        backend,
      );
      assert.equal(await holder(), undefined);
    });
  });

  it("is looked at before anything is written, like any other", async () => {
    await withBase(async (base, backend) => {
      await base.up();
      await withStack(
        program,
        async (second) => {
          await setSecond(second, base.name, "local", {
            user_secret: ["ann"],
            user_secret_params: ["user"],
          });
          await assert.rejects(
            second.preview(),
            /user_secret\[0\]: namespace \S+ on cluster local has/,
          );
          await setSections(second, ofBase());
        },
        backend,
      );
    });
  });

  it("is refused where the other stack does not have it, or was not run yet", async () => {
    await withBase(async (base, backend) => {
      await refused(
        backend,
        base.name,
        "local",
        new RegExp(
          `clusters\\.local\\.stack: the stack has no output .kubeconfigs. .*Run it first: make up STACK=${base.name}\\.`,
        ),
      );
      await base.up();
      await refused(
        backend,
        base.name,
        "locale",
        /clusters\.locale\.stack: the stack has no kubeconfig of a cluster locale .*allowed: local, twin\)\. Did you mean local\?/,
      );
    });
  });

  it("is refused where the secrets of the other stack cannot be read", async () => {
    await withBase(async (base, backend) => {
      await base.up();
      const other = { ...backend, passphrase: "another" };
      await refused(other, base.name, "local", /Both stacks must have one passphrase or KMS key\./);
    });
  });

  it("is refused by the engine where there is no such stack", async () => {
    await withBackend((backend) =>
      refused(
        backend,
        "nowhere",
        "local",
        /unknown stack "organization\/science-platform\/nowhere"/,
      ),
    );
  });
});
