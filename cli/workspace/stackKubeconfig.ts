/** The kubeconfig of a cluster that another stack of this project connects to. */
import { openStack } from "../stackHandle";

/** @throws Error when that stack has no such output yet, or its secrets cannot be read */
export async function kubeconfigFromStack(
  root: string,
  stack: string,
  cluster: string,
): Promise<string> {
  const open = await openStack({ root, name: stack, program: () => Promise.resolve({}) });
  const outputs = await open.outputs();
  const kubeconfigs = outputs["kubeconfigs"]?.value as Record<string, unknown> | undefined;
  const found = kubeconfigs?.[cluster];
  if (typeof found !== "string" || found === "") {
    throw new Error(
      `clusters.${cluster}.stack: stack ${stack} has no readable kubeconfig for ${cluster}. ` +
        `Run its \`cluster\` layer first: make up STACK=${stack}`,
    );
  }
  return found;
}
