/** One operation on a stack of workspaces in a process of its own, so that a test can kill it: `FOLDER OPERATION NAMESPACE COUNT`. */
import * as path from "node:path";
import { openStack } from "../../cli/stackHandle";
import { runStack } from "../../stacks/run";

const ROOT = path.resolve(__dirname, "../..");

function workspaces(namespace: string, count: number): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, index) => ({
    namespace,
    chart_name: `w${index}`,
    docker_image: "jupyter/minimal-notebook",
    tag: "2024-10-07",
    memory_request: "64Mi",
    cpu_request: "10m",
    allocationTime: "1",
    ports: { jupyter: [8888] },
    persistent_volume: [
      { mountPath: "/data", size: "1Gi", access_mode: "ReadWriteOnce", pvc_type: "local-hostpath" },
    ],
  }));
}

async function main(folder: string, operation: string, namespace: string, count: number) {
  // As the stacks of this project have it: see cli/environment.ts.
  process.env["PULUMI_BACKEND_URL"] = `file://${folder}?metadata=skip`;
  process.env["PULUMI_CONFIG_PASSPHRASE"] = "test";
  const { stack } = await openStack({
    root: ROOT,
    name: namespace,
    settings: {
      config: {
        "science-platform:layers": ["workspaces"],
        "science-platform:clusters": {
          local: { kubeconfig: "./.local/clusters/local/kubeconfig", context: "local" },
        },
        "science-platform:workspaces": { inline: workspaces(namespace, count) },
      },
    },
    program: () => runStack(ROOT),
  });
  switch (operation) {
    case "up":
      await stack.up();
      break;
    case "recover": // As `make recover` does.
      await stack.cancel().catch(() => undefined);
      await stack.refresh({ clearPendingCreates: true });
      await stack.up();
      break;
    case "preview":
      await stack.preview({ expectNoChanges: true });
      break;
    default:
      throw new Error(`operation ${operation} is not known`);
  }
}

const [folder = "", operation = "", namespace = "", count = "0"] = process.argv.slice(2);
main(folder, operation, namespace, Number(count)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
