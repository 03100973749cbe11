/** Deployments for people, as aligned lines. */
import type { DeploymentSummary, ServiceStatus } from "../service";
import { deploymentState, podState, readyText } from "../states";
import { printable } from "./output";

type Row = [label: string, ...cells: string[]];

/** Rows with columns of equal width; the last cell may be as long as it is. */
function formatRows(rows: readonly Row[]): string {
  const width = (column: number): number =>
    Math.max(...rows.map((row) => (row[column] ?? "").length));
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) => width(column));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function podRow(pod: ServiceStatus["pods"][number]): Row {
  const containers = pod.containers.map(
    ({ name, ready, started }) =>
      `${name} ${ready ? "ready" : started ? "started" : "not started"}`,
  );
  return ["  pod", pod.name, podState(pod).text, containers.join(", ")];
}

/** One deployment, with its pods and volumes. */
export function formatDeployment(summary: DeploymentSummary): string {
  const { id, title, status, url } = summary;
  const head = [
    id,
    deploymentState(summary).text,
    ...(status === undefined || status.replicas === 0 ? [] : [readyText(status)]),
    ...(url === undefined ? [] : [url]),
    ...(title === "" || title === id ? [] : [title]),
  ].join("  ");
  const rows: Row[] = [
    ...(status?.pods ?? []).map(podRow),
    ...(status?.volumes ?? []).map(({ name, phase, capacity, type }): Row => [
      "  volume",
      name,
      phase,
      `${capacity} ${type}`.trim(),
    ]),
  ];
  return printable(rows.length === 0 ? head : `${head}\n${formatRows(rows)}`);
}

/** All deployments, one a line. */
export function formatList(all: readonly DeploymentSummary[]): string {
  if (all.length === 0) {
    return "You have no deployments.";
  }
  const rows = all.map((one): Row => {
    const { id, title, status, url = "" } = one;
    const ready = status === undefined || status.replicas === 0 ? "" : readyText(status);
    return [id, deploymentState(one).text, ready, url, title === id ? "" : title];
  });
  return printable(formatRows([["ID", "STATE", "PODS", "ADDRESS", "TITLE"], ...rows]));
}
