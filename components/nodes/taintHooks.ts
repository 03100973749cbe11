/** Taints at the right moments in the life of a node's patch. Why not in the patch: docs/decisions/taints.md */
import * as pulumi from "@pulumi/pulumi";
import { connectInHook } from "../cluster/hookClient";
import { readWanted, WANTED_TAINTS } from "../model/nodeTaints";
import type { Taint } from "../model/gpuTypes";
import { setTaints } from "./taints";

/** A node's patch as hooks see it. */
interface PatchInputs {
  metadata?: { name?: string; annotations?: Record<string, string> };
}

function wantedIn(inputs: PatchInputs | undefined): string | undefined {
  return inputs?.metadata?.annotations?.[WANTED_TAINTS];
}

/**
 * Hooks that set and remove the taints which a node's patch names in its annotation.
 *
 * @param name unique in the program; it is kept in state, so it must stay the same
 * @param kubeconfig of the cluster that the nodes are in
 * @returns those for a patch with the annotation, and those for one that perhaps had it before
 */
export function taintHooks(
  name: string,
  kubeconfig: pulumi.Input<string>,
): { tainted: pulumi.ResourceHookBinding; plain: pulumi.ResourceHookBinding } {
  const apply = async (inputs: PatchInputs | undefined, wanted: Taint[]): Promise<void> => {
    const node = inputs?.metadata?.name;
    if (node === undefined) {
      throw new Error(`${name}: the node's patch has no name`);
    }
    const client = await connectInHook(name, kubeconfig);
    try {
      await setTaints(client, node, wanted);
    } finally {
      client.close();
    }
  };
  const set = new pulumi.ResourceHook(`${name}-set-taints`, async ({ newInputs }) => {
    const wanted = wantedIn(newInputs as PatchInputs);
    if (wanted !== undefined) {
      await apply(newInputs, readWanted(wanted));
    }
  });
  // Before the update, so that when it fails the state still says that there is something to remove.
  const release = new pulumi.ResourceHook(
    `${name}-release-taints`,
    async ({ oldInputs, newInputs }) => {
      if (wantedIn(oldInputs) !== undefined && wantedIn(newInputs) === undefined) {
        await apply(oldInputs, []);
      }
    },
  );
  const remove = new pulumi.ResourceHook(`${name}-remove-taints`, async ({ oldInputs }) => {
    if (wantedIn(oldInputs) !== undefined) {
      await apply(oldInputs, []);
    }
  });
  return {
    tainted: { afterCreate: [set], afterUpdate: [set], beforeDelete: [remove] },
    plain: { beforeUpdate: [release] },
  };
}
