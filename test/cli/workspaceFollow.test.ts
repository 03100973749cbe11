import assert from "node:assert/strict";
import type { V1Job, V1Pod } from "@kubernetes/client-node";
import { follow, type Followed } from "../../cli/workspace/follow";
import type { Live } from "../../cli/workspace/live";
import { container } from "../support/pods";

const job: V1Job = {
  metadata: { name: "lab-mkg" },
  spec: { activeDeadlineSeconds: 3600, template: {} },
  status: { startTime: new Date() },
};

function seen(status: V1Pod["status"]): Live {
  return { job, pods: [{ metadata: { name: "lab-mkg-x" }, status }], events: [], claims: [] };
}

const unschedulable = (message: string): Live =>
  seen({
    phase: "Pending",
    conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message }],
  });
const running = seen({ phase: "Running" });

/** Follows through these looks; the last one stays. */
async function through(
  looks: (Live | Error)[],
  timeoutSeconds = 5,
): Promise<Followed & { written: string[]; count: number }> {
  const written: string[] = [];
  let count = 0;
  const read = (): Promise<Live> => {
    const look = looks[Math.min(count, looks.length - 1)]!;
    count += 1;
    return look instanceof Error ? Promise.reject(look) : Promise.resolve(look);
  };
  const who = { cluster: "local", namespace: "ml", name: "lab" };
  const write = (text: string): void => void written.push(text);
  const followed = await follow(read, { who, timeoutSeconds, write, pause: 1 });
  return { ...followed, written, count };
}

describe("following a workspace", () => {
  it("ends when the pod runs, and tells each reason once", async () => {
    const { failure, written, count, status } = await through([
      { job, pods: [], events: [], claims: [] },
      unschedulable("no GPU is free"),
      unschedulable("no GPU is free"),
      unschedulable("the claim is not bound"),
      running,
    ]);
    assert.equal(failure, undefined);
    assert.equal(status.phase, "Running");
    assert.equal(count, 5);
    assert.deepEqual(written, [
      "  … Pending because of Unschedulable: no GPU is free",
      "  … Pending because of Unschedulable: the claim is not bound",
    ]);
  });

  it("gives the reason when the time is over", async () => {
    const { failure } = await through([unschedulable("no GPU is free")], 0.02);
    assert.equal(failure, "Pending because of Unschedulable: no GPU is free");
    const silent = await through([{ job, pods: [], events: [], claims: [] }], 0.02);
    assert.equal(silent.failure, "no pod was made yet");
    const creating = await through([seen({ phase: "Pending" })], 0.02);
    assert.equal(creating.failure, "pod lab-mkg-x is not running yet");
  });

  it("does not wait for what will not pass", async () => {
    const backOff = seen({
      phase: "Pending",
      containerStatuses: [
        container({ waiting: { reason: "ImagePullBackOff", message: "no such image" } }),
      ],
    });
    const { failure, count } = await through([backOff], 600);
    assert.equal(failure, "ImagePullBackOff: no such image");
    assert.equal(count, 1);
  });

  it("says what to do about an expired or failed workspace, or none", async () => {
    const ended = (reason: string): Live => ({
      job: {
        ...job,
        status: { ...job.status, conditions: [{ type: "Failed", status: "True", reason }] },
      },
      pods: [],
      events: [],
      claims: [],
    });
    assert.equal(
      (await through([ended("DeadlineExceeded")])).failure,
      "its allocation has expired; `restart` begins a new one",
    );
    assert.equal(
      (await through([ended("BackoffLimitExceeded")])).failure,
      "its pod has failed; `restart` begins anew",
    );
    assert.equal(
      (await through([{ pods: [], events: [], claims: [] }])).failure,
      "there is no Job or Deployment; `restart` makes it anew",
    );
  });

  it("waits until a Deployment's new pod runs, not the one it replaces", async () => {
    const deployment = (updatedReplicas: number): Live => ({
      ...running,
      job: undefined,
      deployment: {
        metadata: { generation: 2 },
        spec: { replicas: 1, selector: {}, template: {} },
        status: { observedGeneration: 2, updatedReplicas },
      },
    });
    const { failure, count } = await through([deployment(0), deployment(0), deployment(1)]);
    assert.equal(failure, undefined);
    assert.equal(count, 3);
  });

  it("looks again after a look that failed, and gives up with its error", async () => {
    const lost = new Error("connection reset");
    assert.equal((await through([lost, lost, running])).failure, undefined);
    await assert.rejects(through([lost], 0.02), lost);
  });
});
