import { setTimeout as sleep } from "node:timers/promises";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { messageOf } from "../cluster/apiClient";
import { connectInHook } from "../cluster/hookClient";
import type { Taint } from "../model/gpuTypes";
import { isDnsSubdomain, SUBDOMAIN_RULE } from "../model/names";
import { Problems } from "../model/problems";
import { untaintNumber, UNTAINTED, withoutControlPlane } from "../model/virtualNodeUntaint";

const TYPE = "science-platform:index:UntaintedNode";

const CONFLICT = 409;
const ATTEMPTS = 8;
const PAUSE_MS = 100;

/** Which node. */
export interface UntaintedNodeArgs {
  /** Name of a node that exists. */
  node: string;
  /** Kubeconfig of the cluster: taints are not set through the provider. Secret. */
  kubeconfig: pulumi.Input<string>;
}

interface LiveNode {
  metadata: { resourceVersion: string };
  spec?: { taints?: Taint[] };
}

/**
 * Lets ordinary pods onto the node of a one-node cluster: takes the NoSchedule taints
 * `node-role.kubernetes.io/master` and `control-plane` from it, and no other. A node that does not exist
 * is an error. When this is destroyed the taints stay away: docs/decisions/virtual-node.md says why.
 *
 * @example
 * new UntaintedNode("one-node", { node: "minikube", kubeconfig: lab.kubeconfig }, { provider: lab.provider });
 */
export class UntaintedNode extends pulumi.ComponentResource {
  static readonly __pulumiType = TYPE;

  /** The node's name, known once the taints are gone. */
  public readonly node: pulumi.Output<string>;

  constructor(name: string, args: UntaintedNodeArgs, opts?: pulumi.ComponentResourceOptions) {
    checkNode(args.node);
    super(TYPE, name, {}, opts);
    // Read first: a patch of a node that does not exist would make one.
    const found = kubernetes.core.v1.Node.get(`${name}-found`, args.node, { parent: this });
    const number = pulumi
      .all([found.metadata, found.spec])
      .apply(([{ annotations }, spec]) =>
        untaintNumber(spec?.taints ?? [], annotations?.[UNTAINTED]),
      );
    const hook = new pulumi.ResourceHook(`${name}-untaint`, async () => {
      await removeTaints(args.node, args.kubeconfig);
    });
    const patch = new kubernetes.core.v1.NodePatch(
      `${name}-node`,
      { metadata: { name: found.metadata.name, annotations: { [UNTAINTED]: number } } },
      { parent: this, hooks: { afterCreate: [hook], afterUpdate: [hook] } },
    );
    this.node = patch.urn.apply(() => args.node);
    this.registerOutputs({ node: this.node });
  }
}

function checkNode(node: string): void {
  const problems = new Problems("untaintSingleNode");
  if (!isDnsSubdomain(node)) {
    problems.add({ path: "", reason: "not a node's name", value: node, allowed: SUBDOMAIN_RULE });
  }
  problems.throwIfAny();
}

/** Reads the node, leaves the two taints out, and writes back if nobody wrote in between. */
async function removeTaints(node: string, kubeconfig: pulumi.Input<string>): Promise<void> {
  const client = await connectInHook(node, kubeconfig);
  const path = `/api/v1/nodes/${node}`;
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const read = await client.request("GET", path);
      if (read.status >= 300) {
        throw new Error(`node ${node}: it could not be read: ${messageOf(read)}`);
      }
      const { metadata, spec } = read.body as LiveNode;
      const before = spec?.taints ?? [];
      const taints = withoutControlPlane(before);
      if (taints.length === before.length) {
        return;
      }
      const written = await client.request(
        "PATCH",
        `${path}?fieldManager=science-platform-taints`,
        {
          type: "application/merge-patch+json",
          body: {
            metadata: { resourceVersion: metadata.resourceVersion },
            spec: { taints: taints.length === 0 ? null : taints },
          },
        },
      );
      if (written.status !== CONFLICT) {
        if (written.status >= 300) {
          throw new Error(`node ${node}: its taints could not be removed: ${messageOf(written)}`);
        }
        return;
      }
      await sleep(PAUSE_MS);
    }
  } finally {
    client.close();
  }
  throw new Error(
    `node ${node}: its taints could not be removed: others changed it ${ATTEMPTS} times in a row. Run this again.`,
  );
}
