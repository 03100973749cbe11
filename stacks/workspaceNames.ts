/** What the engine calls a workspace's resources, and the command line its stacks. */
import { PROJECT } from "./platformConfig";

interface Named {
  namespace: string;
  name: string;
}

/** Joined by dots, which none of the three may hold: `a-b` with `c` is not `a` with `b-c`. */
export function logicalName(
  ...parts: [cluster: string, namespace: string, workspace?: string]
): string {
  return parts.join(".");
}

/** The stack in which the command line holds a workspace: `ws-<cluster>-<namespace>-<chart_name>`. */
export function commandLineStack(cluster: string, { namespace, name }: Named): string {
  return `ws-${cluster}-${namespace}-${name}`;
}

/** The engine's name for the i-th own claim of a workspace, and for the volume that was made for it. */
export function claimUrns(
  stack: string,
  cluster: string,
  { namespace, name }: Named,
  index: number,
): { claim: string; volume: string } {
  const urn = (kind: string, suffix: string): string =>
    `urn:pulumi:${stack}::${PROJECT}::science-platform:index:Workspace$kubernetes:core/v1:${kind}` +
    `::${logicalName(cluster, namespace, name)}-${suffix}-${index}`;
  return {
    claim: urn("PersistentVolumeClaim", "claim"),
    volume: urn("PersistentVolume", "volume"),
  };
}
