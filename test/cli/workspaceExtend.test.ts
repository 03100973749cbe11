import assert from "node:assert/strict";
import { extendedAllocation, refusal } from "../../cli/workspace/extend";
import { deleteCommand } from "../../cli/workspace/remove";
import { statusOf, type WorkspaceStatus } from "../../cli/workspace/status";

const PLACEMENT = { stack: "ws-local-ml-lab" };
const command = (subcommand: string): string => `workspace ${subcommand}`;

function status(parts: Partial<WorkspaceStatus>): WorkspaceStatus {
  const who = { cluster: "local", namespace: "ml", name: "lab" };
  return {
    ...statusOf({ pods: [], events: [], claims: [] }, who, new Date()),
    workload: { kind: "Job", name: "lab-mkg" },
    stack: PLACEMENT.stack,
    phase: "Running",
    usedSeconds: 600,
    ...parts,
  };
}

const refused = (parts: Partial<WorkspaceStatus>, seconds = 3600): string | undefined =>
  refusal(status(parts), PLACEMENT, seconds, command);

describe("extending a workspace", () => {
  it("adds to the allocation, or sets it", () => {
    assert.equal(extendedAllocation(3600, { by: 60 }), 3660);
    assert.equal(extendedAllocation(3600, { to: 60 }), 60);
    assert.throws(
      () => extendedAllocation(undefined, { by: 60 }),
      /^PlainError: A Deployment has no/,
    );
    assert.throws(
      () => extendedAllocation(2 ** 31 - 1, { by: 1 }),
      /longer than an allocation can be/,
    );
  });

  it("accepts more than is used, and refuses what would end it at once", () => {
    assert.equal(refused({}, 601), undefined);
    assert.equal(
      refused({}, 600),
      "lab in ml on local has used 10m already; 10m would end it at once. Give it more.",
    );
  });

  it("refuses what has no end, or has ended", () => {
    assert.match(refused({ workload: { kind: "Deployment", name: "x" } })!, /is a Deployment/);
    assert.equal(
      refused({ phase: "Expired", expired: true, endsAt: "2026-11-21T08:00:00+00:00" }),
      "lab in ml on local expired at 2026-11-21T08:00:00+00:00. Begin a new allocation with: workspace restart",
    );
    assert.match(refused({ phase: "Failed" })!, /has ended \(Failed\).*workspace restart$/);
    assert.match(refused({ workload: null })!, /nothing to extend\. Start it with: workspace up$/);
  });

  it("refuses a workspace that another stack holds", () => {
    assert.equal(
      refused({ stack: "dev" }),
      "lab in ml on local is held by stack dev. Change its allocationTime there.",
    );
    assert.match(refused({ stack: null })!, /is held by no stack of ours/);
  });
});

describe("what stays after destroy", () => {
  it("comes with the command that deletes it", () => {
    assert.equal(
      deleteCommand("PersistentVolumeClaim ml/lab-mkg-claim-0", "kubectl --context local"),
      "kubectl --context local -n ml delete persistentvolumeclaim lab-mkg-claim-0",
    );
    assert.equal(
      deleteCommand("PersistentVolume ml-lab-mkg-claim-0", "kubectl"),
      "kubectl delete persistentvolume ml-lab-mkg-claim-0",
    );
  });
});
