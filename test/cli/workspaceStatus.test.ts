import assert from "node:assert/strict";
import type { CoreV1Event, V1Deployment, V1Job, V1Pod } from "@kubernetes/client-node";
import type { Live } from "../../cli/workspace/live";
import { localIso } from "../../cli/workspace/localTime";
import { podReason, workspaceReason } from "../../cli/workspace/podReason";
import { allocationOf, statusOf } from "../../cli/workspace/status";
import { formatStatus } from "../../cli/workspace/statusText";

const START = new Date("2026-11-21T08:00:00Z");
const WHO = { cluster: "local", namespace: "ml", name: "lab" };

function later(seconds: number): Date {
  return new Date(START.getTime() + seconds * 1000);
}

function jobWith(status: V1Job["status"], activeDeadlineSeconds = 3600): V1Job {
  return {
    metadata: {
      name: "lab-mkg",
      namespace: "ml",
      annotations: { "science-platform/stack": "ws-local-ml-lab" },
    },
    spec: {
      activeDeadlineSeconds,
      template: {
        spec: {
          containers: [
            {
              name: "lab",
              resources: { limits: { cpu: "1", memory: "1Gi", "nvidia.com/gpu": "2" } },
            },
          ],
        },
      },
    },
    status,
  };
}

function live(parts: Partial<Live>): Live {
  return { pods: [], events: [], claims: [], ...parts };
}

function pod(status: V1Pod["status"], metadata: V1Pod["metadata"] = { name: "lab-mkg-x" }): V1Pod {
  return { metadata, spec: { containers: [], nodeName: "cpu-1" }, status };
}

function event(reason: string, message: string, type = "Warning"): CoreV1Event {
  return { reason, message, type, metadata: {}, involvedObject: {} };
}

describe("a workspace's allocation", () => {
  it("runs from the Job's start, before its pod is scheduled", () => {
    assert.deepEqual(allocationOf(jobWith({ startTime: START }), later(600)), {
      started: localIso(START),
      allocatedSeconds: 3600,
      usedSeconds: 600,
      remainingSeconds: 3000,
      endsAt: localIso(later(3600)),
      expired: false,
    });
  });

  it("has expired when its time is over, also before the controller says so", () => {
    const allocation = allocationOf(jobWith({ startTime: START }), later(3600));
    assert.equal(allocation.expired, true);
    assert.equal(allocation.remainingSeconds, 0);
  });

  it("stops counting when the Job ended by itself, and has not expired then", () => {
    const job = jobWith({
      startTime: START,
      completionTime: later(60),
      conditions: [{ type: "Complete", status: "True" }],
    });
    const allocation = allocationOf(job, later(7200));
    assert.equal(allocation.usedSeconds, 60);
    assert.equal(allocation.remainingSeconds, 0);
    assert.equal(allocation.expired, false);
    assert.equal(statusOf(live({ job }), WHO, later(7200)).phase, "Succeeded");
  });

  it("is not known for a Deployment, and not begun for a Job without a start", () => {
    assert.equal(allocationOf(undefined, START).allocatedSeconds, null);
    const waiting = allocationOf(jobWith({}), START);
    assert.equal(waiting.started, null);
    assert.equal(waiting.usedSeconds, 0);
    assert.equal(waiting.endsAt, null);
  });

  it("is shown in local time", () => {
    assert.equal(new Date(localIso(START)).getTime(), START.getTime());
    assert.match(localIso(START), /^2026-11-2[012]T\d\d:\d\d:00[+-]\d\d:\d\d$/);
  });
});

describe("a workspace's phase", () => {
  const phase = (parts: Partial<Live>): string => statusOf(live(parts), WHO, later(10)).phase;
  const failed = (reason: string, type = "Failed"): V1Job =>
    jobWith({ startTime: START, conditions: [{ type, status: "True", reason }] });

  it("follows workload, allocation and pod", () => {
    const job = jobWith({ startTime: START });
    assert.equal(phase({}), "Absent");
    assert.equal(phase({ job }), "Pending");
    assert.equal(phase({ job, pods: [pod({ phase: "Pending" })] }), "Pending");
    assert.equal(phase({ job, pods: [pod({ phase: "Running" })] }), "Running");
    assert.equal(phase({ deployment: {}, pods: [pod({ phase: "Running" })] }), "Running");
    assert.equal(phase({ job: failed("DeadlineExceeded") }), "Expired");
    assert.equal(phase({ job: failed("DeadlineExceeded", "FailureTarget") }), "Expired");
    assert.equal(phase({ job: failed("BackoffLimitExceeded") }), "Failed");
  });

  it("is that of the newest pod which is not going away", () => {
    const going = pod({ phase: "Running" }, { name: "old", deletionTimestamp: START });
    const coming = pod({ phase: "Pending" }, { name: "new" });
    const status = statusOf(
      live({ job: jobWith({ startTime: START }), pods: [going, coming] }),
      WHO,
      START,
    );
    assert.equal(status.phase, "Pending");
    assert.equal(status.pod, "new");
  });
});

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
        containerStatuses: [
          {
            name: "lab",
            image: "x",
            imageID: "",
            ready: false,
            restartCount: 0,
            state: { waiting: { reason, message: "not found" } },
          },
        ],
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
        containerStatuses: [
          {
            name: "lab",
            image: "x",
            imageID: "",
            ready: false,
            restartCount: 0,
            state: { terminated: { exitCode, reason: "OOMKilled" } },
          },
        ],
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
    assert.deepEqual(workspaceReason(live({ job: jobWith({}), events })), expected);
    const deployment: V1Deployment = {
      status: { conditions: [{ type: "ReplicaFailure", status: "True", message }] },
    };
    assert.deepEqual(workspaceReason(live({ deployment })), expected);
    const running = live({ job: jobWith({}), events, pods: [pod({ phase: "Running" })] });
    assert.equal(workspaceReason(running), undefined);
  });
});

describe("the status for people", () => {
  it("has a line for each fact", () => {
    const parts = live({
      job: jobWith({ startTime: START }),
      pods: [pod({ phase: "Running" })],
      events: [event("FailedScheduling", "no node yet")],
      service: {
        metadata: { name: "lab-mkg", namespace: "ml" },
        spec: { type: "NodePort", ports: [{ name: "web", port: 8888, nodePort: 30_001 }] },
      },
      ingress: {
        spec: { rules: [{ host: "lab.example.org", http: { paths: [{ path: "/a" }] as never } }] },
      },
      claims: [
        {
          name: "lab-mkg-claim-0",
          claim: {
            spec: { accessModes: ["ReadWriteOnce"], storageClassName: "ssd" },
            status: { phase: "Bound", capacity: { storage: "10Gi" } },
          },
        },
        { name: "shared" },
      ],
    });
    assert.equal(
      formatStatus(statusOf(parts, WHO, later(90))),
      [
        "lab in ml on local",
        "  workload    Job lab-mkg, held by stack ws-local-ml-lab",
        "  phase       Running on cpu-1",
        `  started     ${localIso(START)}`,
        "  allocated   1h",
        "  used        1m 30s",
        "  remaining   58m 30s",
        `  ends at     ${localIso(later(3600))}`,
        "  GPUs        2 x nvidia.com/gpu",
        "  service     lab-mkg.ml.svc, NodePort: web 8888 (node port 30001)",
        "  URL         https://lab.example.org/a",
        "  claim       lab-mkg-claim-0: Bound (10Gi, ReadWriteOnce, ssd)",
        "  claim       shared: Absent",
      ].join("\n"),
    );
  });

  it("says what is absent, and what a Deployment has not", () => {
    assert.equal(
      formatStatus(statusOf(live({}), WHO, START)),
      "lab in ml on local\n  phase       Absent: there is no Job or Deployment",
    );
    const deployment: V1Deployment = { metadata: { name: "lab-mkg" } };
    assert.equal(
      formatStatus(statusOf(live({ deployment }), WHO, START)),
      [
        "lab in ml on local",
        "  workload    Deployment lab-mkg, held by no stack",
        "  phase       Pending",
        "  allocated   without an end (a Deployment)",
        "  GPUs        none",
        "  service     none",
        "  URL         none",
      ].join("\n"),
    );
  });
});
