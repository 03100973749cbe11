/** One engine operation on a cluster on EKS in a process of its own: `program.ts ours|bare preview|record|up|destroy ACCOUNT PORT FILE`. */
import * as fs from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import type { EngineEvent, PulumiFn } from "@pulumi/pulumi/automation";
import { openStack } from "../../cli/stackHandle";
import { stateOf } from "../../cli/state";
import { splitUrn } from "../../cli/report";
import { attach } from "../../test/support/aws/simulatedAccount";
import { eksArgs, eksProgram } from "../../test/support/eksStack";
import { ROOT } from "../../test/support/platformStack";

/** A resource as a preview of ours registered it. */
interface Registered {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

/** What is not known in a preview, where the bare program needs some text. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

function known(inputs: unknown): Record<string, unknown> {
  const text = JSON.stringify(inputs).replaceAll(UNKNOWN, "unknown");
  const entries = Object.entries(JSON.parse(text) as Record<string, unknown>);
  return Object.fromEntries(entries.filter(([name]) => !name.startsWith("__")));
}

/** Any resource. */
class Bare extends pulumi.CustomResource {}

/**
 * The same resources, one after the other, as somebody would write them down: no component, nothing computed.
 * Those in the cluster have a provider whose kubeconfig is not known yet, as ours have.
 */
function bare(file: string): PulumiFn {
  return async () => {
    const all = JSON.parse(fs.readFileSync(file, "utf8")) as Registered[];
    const { Provider } = await import("@pulumi/kubernetes");
    const aws = await import("@pulumi/aws");
    const provider = new aws.Provider("bare", { region: "us-east-1" });
    const first = new aws.ec2.Vpc("first", { cidrBlock: "10.0.0.0/16" }, { provider });
    const cluster = new Provider("cluster", { kubeconfig: first.id });
    for (const { type, name, inputs } of all.slice(1)) {
      const opts = { provider: type.startsWith("aws:") ? provider : cluster };
      new Bare(type, name, inputs, opts);
    }
  };
}

function recorder(registered: Registered[]) {
  return ({ resourcePreEvent: event }: EngineEvent): void => {
    if (event !== undefined && /^(aws|kubernetes):/.test(event.metadata.type)) {
      const { urn, new: made } = event.metadata;
      registered.push({ ...splitUrn(urn), inputs: known(made?.inputs ?? {}) });
    }
  };
}

async function main(who: string, operation: string, folder: string, port: number, file: string) {
  const open = await openStack({
    root: ROOT,
    name: `bench-eks-${who}`,
    settings: { config: {} },
    program: who === "ours" ? eksProgram(eksArgs()) : bare(file),
  });
  attach(open.stack, { folder, port });
  switch (operation) {
    case "preview":
      await open.stack.preview({ parallel: 32 });
      break;
    case "record": {
      const registered: Registered[] = [];
      await open.stack.preview({ parallel: 32, onEvent: recorder(registered) });
      fs.writeFileSync(file, JSON.stringify(registered));
      break;
    }
    case "up":
      await open.stack.up({ parallel: 32 });
      fs.writeFileSync(file, JSON.stringify(await stateOf(open)), { mode: 0o600 });
      break;
    case "destroy":
      await open.stack.destroy({ parallel: 32 });
      break;
    default:
      throw new Error(`operation ${operation} is not known`);
  }
}

const [who = "", operation = "", folder = "", port = "", file = ""] = process.argv.slice(2);
main(who, operation, folder, Number(port), file).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
