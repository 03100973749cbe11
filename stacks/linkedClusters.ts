/** Kubeconfigs that other stacks of this project have as their output. */
import * as pulumi from "@pulumi/pulumi";
import {
  joinPath,
  nearest,
  oneOf,
  type Problem,
  type Problems,
} from "../components/model/problems";
import { PROJECT, type PlatformConfig } from "./platformConfig";

/** Kubeconfigs in plain text, by cluster: secrets. */
export type LinkedKubeconfigs = Readonly<Record<string, string>>;

/** The kubeconfigs that a stack has, by its clusters' names; none where they cannot be read. */
async function readStack(stack: string): Promise<Record<string, unknown>> {
  // Self-managed backends call every organisation "organization".
  const reference = new pulumi.StackReference(`organization/${PROJECT}/${stack}`);
  const details = await reference.getOutputDetails("kubeconfigs");
  return (details.secretValue ?? details.value ?? {}) as Record<string, unknown>;
}

/** Why a stack gives no kubeconfig of a cluster. */
function missing(name: string, stack: string, known: readonly string[]): Problem {
  const path = `${joinPath("clusters", [name])}.stack`;
  if (known.length === 0) {
    return {
      path,
      reason: "the stack has no output `kubeconfigs` that can be read",
      value: stack,
      // What cannot be decrypted is left out in silence by the engine.
      remedy: `Run it first: make up STACK=${stack}. Both stacks must have one passphrase or KMS key.`,
    };
  }
  const near = nearest(name, known);
  return {
    path,
    reason: `the stack has no kubeconfig of a cluster ${name}`,
    value: stack,
    allowed: oneOf(known),
    remedy:
      near === undefined ? "Call the cluster as that stack calls it." : `Did you mean ${near}?`,
  };
}

/**
 * Reads the kubeconfigs of all clusters with `stack`, each stack once, before anything is registered: the
 * cluster can then be looked at like any other. A kubeconfig that is not there is a problem of its cluster.
 */
export async function readLinked(
  config: PlatformConfig,
  problems: Problems,
): Promise<LinkedKubeconfigs> {
  const linked = Object.entries(config.clusters).flatMap(([name, { stack }]) =>
    stack === undefined ? [] : [{ name, stack }],
  );
  const stacks = [...new Set(linked.map(({ stack }) => stack))];
  const outputs = new Map(
    await Promise.all(stacks.map(async (stack) => [stack, await readStack(stack)] as const)),
  );
  const kubeconfigs: Record<string, string> = {};
  for (const { name, stack } of linked) {
    const output = outputs.get(stack) ?? {};
    const found = Object.hasOwn(output, name) ? output[name] : undefined;
    if (typeof found === "string" && found !== "") {
      kubeconfigs[name] = found;
    } else {
      problems.add(missing(name, stack, Object.keys(output)));
    }
  }
  return kubeconfigs;
}
