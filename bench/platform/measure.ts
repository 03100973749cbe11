/** The platform (add-ons, virtual node, hub) to Ready: one `up` of ours against the same charts by helm, one after the other. */
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import { resolveTools } from "../../local/tools/resolve";
import { connect } from "../../components/cluster/apiClient";
import { CLUSTER, KUBECONFIG, removeCertManagerCrds, ROOT } from "../../test/support/platformStack";
import { median, row, type Row } from "../results";

const run = promisify(execFile);
const PROGRAM = path.join(__dirname, "program.ts");

/** Seconds over the empty program's preview that a preview without changes may take. */
const PREVIEW_REACH = 3;
const UP_REACH = 0.8;

/** A release as our stack's state has it. */
interface ReleaseInputs {
  chart: string;
  name: string;
  namespace: string;
  values: Record<string, unknown>;
}

/** The order that the seed's guide installs in. */
const ORDER = ["cert-manager", "ingress-nginx", "gpu-operator", "interlink", "jupyterhub"];

async function timed(task: () => Promise<unknown>): Promise<number> {
  const began = process.hrtime.bigint();
  await task();
  return Number(process.hrtime.bigint() - began) / 1e9;
}

async function program(who: string, operation: string): Promise<string> {
  const args = ["--import", "tsx", PROGRAM, who, operation];
  const { stdout } = await run(process.execPath, args, {
    cwd: ROOT,
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}

/** What helm is given, and its own folders. */
class Helm {
  private readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "bench-platform-"));

  constructor(
    private readonly binary: string,
    private readonly releases: readonly ReleaseInputs[],
  ) {}

  private call(args: string[]): Promise<unknown> {
    return run(this.binary, args, {
      env: {
        ...process.env,
        KUBECONFIG,
        HELM_CACHE_HOME: path.join(this.folder, "cache"),
        HELM_CONFIG_HOME: path.join(this.folder, "config"),
        HELM_DATA_HOME: path.join(this.folder, "data"),
      },
    });
  }

  async install(): Promise<void> {
    for (const { chart, name, namespace, values } of this.releases) {
      const file = path.join(this.folder, `${name}.json`);
      fs.writeFileSync(file, JSON.stringify(values), { mode: 0o600 });
      const flags = ["--namespace", namespace, "--create-namespace", "--values", file, "--wait"];
      await this.call(["upgrade", "--install", name, chart, ...flags]);
    }
  }

  async uninstall(): Promise<void> {
    for (const { name, namespace } of [...this.releases].reverse()) {
      await this.call(["uninstall", name, "--namespace", namespace, "--wait"]);
    }
  }

  remove(): void {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Our values switch cert-manager's own check off, since our gate checks more; whoever uses helm has it on. */
function withOwnCheck({ values }: ReleaseInputs): Record<string, unknown> {
  const others = Object.entries(values).filter(([key]) => key !== "startupapicheck");
  return Object.fromEntries(others);
}

async function releases(): Promise<ReleaseInputs[]> {
  const found = JSON.parse(await program("ours", "releases")) as ReleaseInputs[];
  const place = ({ chart }: ReleaseInputs): number => ORDER.indexOf(path.basename(chart));
  return found
    .map((release) => ({ ...release, values: withOwnCheck(release) }))
    .sort((a, b) => place(a) - place(b));
}

/**
 * Measures on the stand's second cluster; whatever was installed is gone afterwards.
 *
 * @param runs each of which installs with ours and with helm in turn
 */
export async function platformRows(runs: number, say: (text: string) => void): Promise<Row[]> {
  const { helm: binary } = await resolveTools(["helm"]);
  const times = { ours: [] as number[], helm: [] as number[], over: [] as number[] };
  for (let index = 0; index < runs; index++) {
    const ours = await timed(() => program("ours", "up"));
    const over =
      (await timed(() => program("ours", "preview"))) -
      (await timed(() => program("empty", "preview")));
    const helm = new Helm(binary, await releases());
    await program("ours", "destroy");
    const theirs = await timed(() => helm.install());
    await helm.uninstall();
    helm.remove();
    times.ours.push(ours);
    times.helm.push(theirs);
    times.over.push(over);
    say(
      `platform on ${CLUSTER}, run ${index + 1}: ours ${ours.toFixed(1)} s, helm ${theirs.toFixed(1)} s, ` +
        `preview without changes ${over.toFixed(1)} s over an empty program's`,
    );
  }
  const client = await connect(CLUSTER, fs.readFileSync(KUBECONFIG, "utf8"));
  await removeCertManagerCrds(client);
  client.close();
  const ratio = median(times.ours) / median(times.helm);
  return [
    row("platform", "up, add-ons, virtual node and hub", "helm in sequence", ratio, UP_REACH),
    row(
      "platform",
      "no-op preview",
      "seconds over empty program",
      median(times.over),
      PREVIEW_REACH,
    ),
  ];
}
