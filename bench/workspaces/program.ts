/** One engine operation in a process of its own: `program.ts ours|bare up|preview|destroy ROUND`. */
import * as fs from "node:fs";
import * as path from "node:path";
import * as kubernetes from "@pulumi/kubernetes";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { openStack } from "../../cli/stackHandle";
import { runStack } from "../../stacks/run";
import type { KubernetesObject } from "../../components/model/kubernetesObject";
import { objects, ROOT, settings, type Round } from "./inputs";

/** The kinds that a bare program would write down by hand. */
const KINDS: Record<string, new (name: string, args: object, options: object) => object> = {
  Job: kubernetes.batch.v1.Job,
  Service: kubernetes.core.v1.Service,
  Ingress: kubernetes.networking.v1.Ingress,
  ConfigMap: kubernetes.core.v1.ConfigMap,
};

function unawaited(object: KubernetesObject): KubernetesObject {
  const annotations = { ...object.metadata.annotations, "pulumi.com/skipAwait": "true" };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** The same objects with nothing of ours around them. */
function bare(round: Round): PulumiFn {
  return () => {
    const kubeconfig = fs.readFileSync(path.join(ROOT, ".local/clusters/local/kubeconfig"), "utf8");
    const provider = new kubernetes.Provider("local", { kubeconfig, clusterIdentifier: "local" });
    const namespace = new kubernetes.core.v1.Namespace(
      "namespace",
      { metadata: { name: round.namespace } },
      { provider },
    );
    for (const object of objects(round).flat().map(unawaited)) {
      const Kind = KINDS[object.kind]!;
      new Kind(`${object.kind}-${object.metadata.name}`, object, {
        provider,
        dependsOn: [namespace],
      });
    }
    return Promise.resolve();
  };
}

async function main(who: string, operation: string, round: Round): Promise<void> {
  const { stack } = await openStack({
    root: ROOT,
    name: `bench-${who}`,
    settings: who === "ours" ? settings(round) : { config: {} },
    program: who === "ours" ? () => runStack(ROOT) : bare(round),
  });
  switch (operation) {
    case "up":
      await stack.up({ parallel: 32 });
      break;
    case "preview":
      await stack.preview({ parallel: 32, expectNoChanges: true });
      break;
    case "destroy":
      await stack.destroy({ parallel: 32 });
      break;
    default:
      throw new Error(`operation ${operation} is not known`);
  }
}

const [who = "", operation = "", round = "{}"] = process.argv.slice(2);
main(who, operation, JSON.parse(round) as Round).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
