/** `destroy`: removes the workspace and leaves its data. */
import * as path from "node:path";
import { destroyStack } from "../destroy";
import { refuseOtherCluster } from "../guard";
import { stateOf } from "../state";
import { title } from "./deploy";
import { say } from "../output";
import type { Placement, Request } from "./request";
import { operate } from "../operate";
import { isEmpty, removeStack, withStack } from "./stack";

/** `kubectl` as it reaches one cluster of the request. */
function kubectl(request: Request, cluster: string): string {
  const { kubeconfig, context } = request.config.clusters[cluster] ?? {};
  return [
    "kubectl",
    ...(kubeconfig === undefined ? [] : ["--kubeconfig", path.resolve(request.root, kubeconfig)]),
    ...(context === undefined ? [] : ["--context", context]),
  ].join(" ");
}

/** `PersistentVolumeClaim ns/name` as the command that deletes it for good. */
export function deleteCommand(kept: string, kubectlCommand: string): string {
  const [kind = "", id = ""] = kept.split(" ");
  const [name, namespace] = id.split("/").reverse();
  const scope = namespace === undefined ? "" : ` -n ${namespace}`;
  return `${kubectlCommand}${scope} delete ${kind.toLowerCase()} ${name}`;
}

async function destroyOn(request: Request, placement: Placement): Promise<void> {
  say(title(request, placement));
  await withStack(request, placement, async (open) => {
    if (isEmpty(await stateOf(open))) {
      say("There is nothing to remove: this stack holds no workspace.");
      return;
    }
    await refuseOtherCluster(open);
    const { result: kept } = await operate(open, false, (onEvent) => destroyStack(open, onEvent));
    await removeStack(open);
    say(`The workspace is gone, and stack ${placement.stack} with it.`);
    if (kept.length > 0) {
      const command = kubectl(request, placement.cluster);
      const lines = kept.map((one) => `  ${one}\n    ${deleteCommand(one, command)}`);
      say(`Data that stays, with the command that deletes it:\n${lines.join("\n")}`);
    }
  });
}

/** Removes the workspace from every cluster of it; claims and volumes stay, and are listed. */
export async function destroyWorkspace(request: Request): Promise<void> {
  for (const placement of request.placements) {
    await destroyOn(request, placement);
  }
}
