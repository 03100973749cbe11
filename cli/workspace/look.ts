/** `status`: what the clusters hold of a workspace. */
import { connect } from "./live";
import { say } from "../output";
import type { Request } from "./request";
import { statusOf, type WorkspaceStatus } from "./status";
import { formatStatus } from "./statusText";

/** The workspace's status on every cluster of it. */
export function readStatus(request: Request): Promise<WorkspaceStatus[]> {
  const { namespace, name } = request.entry.spec;
  return Promise.all(
    request.placements.map(async ({ cluster }) => {
      const read = await connect(request, cluster);
      return statusOf(await read(), { cluster, namespace, name }, new Date());
    }),
  );
}

/** Prints the status: for people, or as a JSON list with an entry for each cluster. */
export async function showStatus(request: Request, asJson: boolean): Promise<void> {
  const all = await readStatus(request);
  say(asJson ? JSON.stringify(all, undefined, 2) : all.map(formatStatus).join("\n\n"));
}
