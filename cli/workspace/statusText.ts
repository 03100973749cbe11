/** A workspace's status for people. */
import { formatDuration } from "../../components/model/duration";
import type { ClaimStatus, ServiceStatus, WorkspaceStatus } from "./status";

type Row = [label: string, text: string];

const WIDTH = 11;

function duration(seconds: number | null): string {
  return seconds === null ? "unknown" : formatDuration(seconds);
}

function serviceText({ name, type, ports }: ServiceStatus): string {
  const shown = ports.map((port) => {
    const node = port.nodePort === null ? "" : ` (node port ${port.nodePort})`;
    return `${port.name === null ? "" : `${port.name} `}${port.port}${node}`;
  });
  return `${name}, ${type}: ${shown.join(", ")}`;
}

function claimText({ name, phase, size, accessModes, storageClass }: ClaimStatus): string {
  const facts = [size, accessModes.join("+"), storageClass].filter(Boolean).join(", ");
  return `${name}: ${phase}${facts === "" ? "" : ` (${facts})`}`;
}

function allocationRows(status: WorkspaceStatus): Row[] {
  if (status.workload?.kind === "Deployment") {
    return [["allocated", "without an end (a Deployment)"]];
  }
  if (status.started === null) {
    return [["allocated", `${duration(status.allocatedSeconds)}, not started yet`]];
  }
  return [
    ["started", status.started],
    ["allocated", duration(status.allocatedSeconds)],
    ["used", duration(status.usedSeconds)],
    ["remaining", duration(status.remainingSeconds)],
    [status.expired ? "ended at" : "ends at", status.endsAt ?? "unknown"],
  ];
}

/** Where a workspace is found: its Service and URL. */
export function placeRows({ service, url }: WorkspaceStatus): Row[] {
  return [
    ["service", service === null ? "none" : serviceText(service)],
    ["URL", url ?? "none"],
  ];
}

function rowsOf(status: WorkspaceStatus): Row[] {
  const claims = status.claims.map((claim): Row => ["claim", claimText(claim)]);
  if (status.workload === null) {
    return [["phase", "Absent: there is no Job or Deployment"], ...claims];
  }
  const gpus = Object.entries(status.gpus).map(([resource, units]) => `${units} x ${resource}`);
  const held = status.stack === null ? "held by no stack" : `held by stack ${status.stack}`;
  // What was said before it ran is of no interest while it runs.
  const warnings = status.phase === "Running" && status.reason === null ? [] : status.warnings;
  return [
    ["workload", `${status.workload.kind} ${status.workload.name}, ${held}`],
    ["phase", `${status.phase}${status.node === null ? "" : ` on ${status.node}`}`],
    ...(status.reason === null ? [] : [["reason", status.reason] satisfies Row]),
    ...allocationRows(status),
    ["GPUs", gpus.length === 0 ? "none" : gpus.join(", ")],
    ...placeRows(status),
    ...claims,
    ...warnings.map((warning): Row => ["warning", warning]),
  ];
}

/** Rows as aligned lines. */
export function formatRows(rows: readonly Row[]): string {
  return rows.map(([label, text]) => `  ${label.padEnd(WIDTH)} ${text}`).join("\n");
}

/** A title line, then a line for each fact. */
export function formatStatus(status: WorkspaceStatus): string {
  const title = `${status.name} in ${status.namespace} on ${status.cluster}`;
  return `${title}\n${formatRows(rowsOf(status))}`;
}
