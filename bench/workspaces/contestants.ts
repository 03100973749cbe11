/** Ways to deploy the same workspaces: ours, helm per workspace, a bare Pulumi program, raw requests. */
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import { Cluster } from "./cluster";
import { objects, ROOT, type Round } from "./inputs";

const run = promisify(execFile);

/** One way to deploy; each step ends when its own command does. */
export interface Contestant {
  name: string;
  up(round: Round): Promise<void>;
  /** Finds that nothing is to be done. */
  noop(round: Round): Promise<void>;
  destroy(round: Round): Promise<void>;
}

/** A stack whose state the engine writes once, at the end, in place of twice for each object. */
const STATE_AT_END = { PULUMI_SKIP_CHECKPOINTS: "true" };

function program(who: string, name = who, env: Record<string, string> = {}): Contestant {
  const step =
    (operation: string) =>
    async (round: Round): Promise<void> => {
      const script = path.join(__dirname, "program.ts");
      const args = ["--import", "tsx", script, who, operation, JSON.stringify(round)];
      await run(process.execPath, args, {
        cwd: ROOT,
        maxBuffer: 64 * 1024 * 1024,
        env: { ...process.env, ...env },
      });
    };
  return { name, up: step("up"), noop: step("preview"), destroy: step("destroy") };
}

/** `helm upgrade --install` for each workspace with a chart that holds the same objects. */
function helm(binary: string): Contestant {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "bench-helm-"));
  const chart = path.join(folder, "chart");
  fs.mkdirSync(path.join(chart, "templates"), { recursive: true });
  fs.writeFileSync(
    path.join(chart, "Chart.yaml"),
    "apiVersion: v2\nname: workspace\nversion: 1.0.0\n",
  );
  fs.writeFileSync(
    path.join(chart, "templates", "objects.yaml"),
    "{{- range .Values.objects }}\n---\n{{ toYaml . }}\n{{- end }}\n",
  );
  const call = (args: string[]): Promise<unknown> =>
    run(binary, args, {
      env: {
        ...process.env,
        KUBECONFIG: path.join(ROOT, ".local/clusters/local/kubeconfig"),
        HELM_CACHE_HOME: path.join(folder, "cache"),
        HELM_CONFIG_HOME: path.join(folder, "config"),
        HELM_DATA_HOME: path.join(folder, "data"),
      },
    });
  const install = async (round: Round): Promise<void> => {
    for (const [index, list] of objects(round).entries()) {
      const values = path.join(folder, `w${index}.json`);
      fs.writeFileSync(values, JSON.stringify({ objects: list }));
      const flags = ["--namespace", round.namespace, "--create-namespace", "--values", values];
      await call(["upgrade", "--install", `w${index}`, chart, ...flags]);
    }
  };
  return {
    name: "helm",
    up: install,
    noop: install,
    destroy: async (round) => {
      for (let index = 0; index < round.count; index++) {
        await call(["uninstall", `w${index}`, "--namespace", round.namespace]);
      }
    },
  };
}

/** Server-side apply of every object over one keep-alive pool: what the API server itself can do. */
function raw(cluster: Cluster): Contestant {
  const apply = async (round: Round): Promise<void> => {
    await cluster.apply({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: round.namespace },
    });
    await cluster.each(objects(round).flat(), (object) => cluster.apply(object));
  };
  return {
    name: "raw",
    up: apply,
    noop: apply,
    destroy: (round) => cluster.each(objects(round).flat(), (object) => cluster.remove(object)),
  };
}

export function contestants(cluster: Cluster, helmBinary: string): Contestant[] {
  return [
    program("ours"),
    program("ours", "at-end", STATE_AT_END),
    helm(helmBinary),
    program("bare"),
    raw(cluster),
  ];
}
