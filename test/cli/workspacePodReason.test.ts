import assert from "node:assert/strict";
import type { CoreV1Event, V1Deployment, V1Pod } from "@kubernetes/client-node";
import type { Live } from "../../cli/workspace/live";
import { podReason, workspaceReason } from "../../cli/workspace/podReason";
import { container } from "../support/pods";

function live(parts: Partial<Live>): Live {
  return { pods: [], events: [], claims: [], ...parts };
}

function pod(status: V1Pod["status"]): V1Pod {
  return { metadata: { name: "lab-mkg-x" }, status };
}

function event(reason: string, message: string): CoreV1Event {
  return { reason, message, type: "Warning", metadata: {}, involvedObject: {} };
}

describe("why a workspace does not run", () => {
  it("is the scheduler's message, for as long as it takes", () => {
    const waiting = pod({
      phase: "Pending",
      conditions: [
        {
          type: "PodScheduled",
          status: "False",
          reason: "Unschedulable",
          message: "0/9 nodes are available: 9 Insufficient nvidia.com/gpu.",
        },
      ],
    });
    assert.deepEqual(podReason(waiting), {
      text: "Pending because of Unschedulable: 0/9 nodes are available: 9 Insufficient nvidia.com/gpu.",
      patience: Infinity,
    });
  });

  it("is the image's error, which is final once the kubelet backs off", () => {
    const waiting = (reason: string): V1Pod =>
      pod({
        phase: "Pending",
        containerStatuses: [container({ waiting: { reason, message: "not found" } })],
      });
    assert.deepEqual(podReason(waiting("ErrImagePull")), {
      text: "ErrImagePull: not found",
      patience: Infinity,
    });
    assert.equal(podReason(waiting("ImagePullBackOff"))?.patience, 0);
    assert.equal(podReason(waiting("ContainerCreating")), undefined);
  });

  it("is the exit code of a container that ended badly", () => {
    const ended = (exitCode: number): V1Pod =>
      pod({
        phase: exitCode === 0 ? "Succeeded" : "Failed",
        containerStatuses: [container({ terminated: { exitCode, reason: "OOMKilled" } })],
      });
    assert.deepEqual(podReason(ended(137)), {
      text: "the container ended with exit code 137 (OOMKilled)",
      patience: 0,
    });
    assert.equal(podReason(ended(0)), undefined);
  });

  it("is the refusal of a pod by a quota: an event of the Job, a condition of the Deployment", () => {
    const reason = "forbidden: exceeded quota: workspaces, requested: cpu=5";
    const message = `pods "lab-mkg-x7f2p" is ${reason}`;
    const events = [
      event("FailedCreate", "older"),
      event("FailedCreate", `Error creating: ${message}`),
    ];
    const expected = { text: `no pod may be made: ${reason}`, patience: 30 };
    assert.deepEqual(workspaceReason(live({ job: {}, events })), expected);
    const deployment: V1Deployment = {
      status: { conditions: [{ type: "ReplicaFailure", status: "True", message }] },
    };
    assert.deepEqual(workspaceReason(live({ deployment })), expected);
    const running = live({ job: {}, events, pods: [pod({ phase: "Running" })] });
    assert.equal(workspaceReason(running), undefined);
  });
});
