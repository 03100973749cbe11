/** `restart`: a new Job or Deployment in place of the old one, with a new allocation. */
import { createInterface } from "node:readline/promises";
import { Problems, ProblemsError } from "../../components/model/problems";
import type { LinkedKubeconfigs } from "../../stacks/linkedClusters";
import { preflight } from "../../stacks/preflight";
import { refuseOtherCluster } from "../guard";
import { stateOf } from "../state";
import { apply, reportAll, title } from "./deploy";
import { PlainError, say } from "../output";
import { nextCommand, type Placement, type Request } from "./request";
import { operate, PARALLEL } from "../operate";
import { withStack, workloadIn } from "./stack";
import { kubeconfigFromStack } from "./stackKubeconfig";

export interface RestartOptions {
  /** Go ahead without asking. */
  yes: boolean;
  wait: boolean;
  timeoutSeconds: number;
}

const LOSS =
  "Restarting ends the pod: work in its memory and outside its volumes is lost; its claims stay.";

/** @throws PlainError when nobody can be asked, or the answer is no */
async function confirm(request: Request): Promise<void> {
  say(LOSS);
  if (!process.stdin.isTTY) {
    throw new PlainError(`To go ahead: ${nextCommand("restart", request)} --yes`);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question("Go ahead? [y/N] ");
  terminal.close();
  if (!/^y(es)?$/i.test(answer.trim())) {
    throw new PlainError("Nothing was changed.");
  }
}

/** The kubeconfig of a cluster that another stack has. */
async function linkedTo({ root, config }: Request, cluster: string): Promise<LinkedKubeconfigs> {
  const { stack } = config.clusters[cluster]!;
  return stack === undefined ? {} : { [cluster]: await kubeconfigFromStack(root, stack, cluster) };
}

/** Whatever would refuse the new workload must do so while the old one still runs. */
async function checkFirst(request: Request, { cluster, stack }: Placement): Promise<void> {
  const problems = new Problems(`Pulumi.${request.siteStack}.yaml`);
  const { entry, config } = request;
  const clusters = { [cluster]: config.clusters[cluster]! };
  const linked = await linkedTo(request, cluster);
  await preflight({ ...config, clusters }, [entry], problems, { stack, linked, restart: true });
  const lines = [...problems.list(), ...entry.problems.list()];
  if (lines.length > 0) {
    throw new ProblemsError(lines);
  }
}

/**
 * Replaces the workload on every cluster of the workspace; an expired one too. It is deleted first: both
 * have one name, and the engine's own replacement would apply the new one onto the old, and then delete it.
 */
export async function restartWorkspace(request: Request, options: RestartOptions): Promise<void> {
  if (!options.yes) {
    await confirm(request);
  }
  for (const placement of request.placements) {
    say(title(request, placement));
    await withStack(request, placement, async (open) => {
      const workload = workloadIn(await stateOf(open));
      if (workload === undefined) {
        // Another stack may hold it: that says how it is restarted there.
        await checkFirst(request, placement);
        throw new PlainError(
          `Stack ${placement.stack} holds no workspace. Start it with: ${nextCommand("up", request)}`,
        );
      }
      await Promise.all([checkFirst(request, placement), refuseOtherCluster(open)]);
      await operate(open, false, (onEvent) =>
        open.stack.destroy({
          onEvent,
          parallel: PARALLEL,
          target: [workload.urn],
        }),
      );
      await apply(open);
    });
  }
  if (options.wait) {
    await reportAll(request, options.timeoutSeconds);
  }
}
