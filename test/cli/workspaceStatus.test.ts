import assert from "node:assert/strict";
import type { CoreV1Event, V1Deployment, V1Job, V1Pod } from "@kubernetes/client-node";
import type { Live } from "../../cli/workspace/live";
import { localIso } from "../../cli/workspace/localTime";
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
