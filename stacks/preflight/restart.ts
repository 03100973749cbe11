/** How a workspace is started again: by whom it is held. */
import { commandLineStack } from "../workspaceNames";
import type { Placement } from "./placement";

/**
 * What to do, as a sentence without a full stop.
 *
 * @param holder the stack that holds it: the command line's own, or one with a `workspaces` layer
 */
export function restartAdvice(
  { spec, names, problems }: Placement,
  cluster: string,
  holder: string,
): string {
  if (holder === commandLineStack(cluster, spec)) {
    return `Restart it with \`npm run workspace -- restart --config-file ${problems.source}\` and the --stack that it was made with`;
  }
  const act = (target: string): string => `\`make ${target} STACK=${holder}\``;
  return (
    `To restart it, delete its Job with \`kubectl -n ${spec.namespace} delete job ${names.full}\`, ` +
    `let stack ${holder} see that with ${act("refresh")}, and make it anew with ${act("up")}`
  );
}
