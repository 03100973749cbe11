/** One operation on a stack with a cluster on EKS in a process of its own, so that a test can kill it: `BACKEND ACCOUNT PORT NAME OPERATION`. */
import { destroyStack } from "../../cli/destroy";
import { PARALLEL } from "../../cli/operate";
import { openStack } from "../../cli/stackHandle";
import { attach } from "../support/aws/simulatedAccount";
import { eksArgs, eksProgram } from "../support/eksStack";
import { ROOT } from "../support/platformStack";

async function main(
  backend: string,
  folder: string,
  port: number,
  name: string,
  operation: string,
) {
  process.env["PULUMI_BACKEND_URL"] = `file://${backend}?metadata=skip`;
  process.env["PULUMI_CONFIG_PASSPHRASE"] = "test";
  const open = await openStack({
    root: ROOT,
    name,
    settings: { config: {} },
    program: eksProgram(eksArgs()),
  });
  const { stack } = open;
  attach(stack, { folder, port });
  switch (operation) {
    case "up":
      await stack.up({ parallel: PARALLEL });
      break;
    case "recover": // As `make recover` does.
      await stack.cancel().catch(() => undefined);
      await stack.refresh({ clearPendingCreates: true, parallel: PARALLEL });
      await stack.up({ parallel: PARALLEL });
      break;
    case "preview":
      await stack.preview({ expectNoChanges: true, parallel: PARALLEL });
      break;
    case "destroy":
      await stack.cancel().catch(() => undefined);
      await destroyStack(open, () => undefined);
      break;
    default:
      throw new Error(`operation ${operation} is not known`);
  }
}

const [backend = "", folder = "", port = "", name = "", operation = ""] = process.argv.slice(2);
main(backend, folder, Number(port), name, operation).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
