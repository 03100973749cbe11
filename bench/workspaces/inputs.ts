/** The workspaces that every contestant deploys: the same four objects each, from our own renderer. */
import * as path from "node:path";
import type { KubernetesObject } from "../../components/model/kubernetesObject";
import { Problems } from "../../components/model/problems";
import { workspaceObjects } from "../../components/model/workspaceObjects";
import { parseWorkspace } from "../../components/model/workspaceSpec";
import type { StackSettings } from "../../cli/settings";

export const ROOT = path.resolve(__dirname, "../..");

/** What tells one round from another. */
export interface Round {
  namespace: string;
  count: number;
  /** Index of the one workspace that is changed, if any. */
  changed?: number;
}

const SITE = { cluster: "local", ingress: { className: "nginx", issuer: "lab-issuer" } };
const FILES = { "settings.txt": { text: "greeting = hello\n" } };

/** MAIAKubeGate's JSON for workspace `index`: Job, Service, Ingress and ConfigMap. */
function config(round: Round, index: number): Record<string, unknown> {
  return {
    namespace: round.namespace,
    chart_name: `w${index}`,
    docker_image: "jupyter/minimal-notebook",
    tag: "2024-10-07",
    memory_request: "64Mi",
    cpu_request: "10m",
    // Extending the allocation is the change that users make.
    allocationTime: index === round.changed ? "3" : "2",
    ports: { jupyter: [8888] },
    ingress: {
      host: `w${index}.${round.namespace}.lab.example.org`,
      port: 8888,
      oauth_url: "oauth.lab.example.org",
    },
    mount_files: { "settings.txt": ["settings.txt", "/opt/settings.txt"] },
  };
}

function configs(round: Round): Record<string, unknown>[] {
  return Array.from({ length: round.count }, (_, index) => config(round, index));
}

/** The rendered objects of every workspace. */
export function objects(round: Round): KubernetesObject[][] {
  return configs(round).map((value) => {
    const problems = new Problems("bench");
    const spec = parseWorkspace(value, problems);
    problems.throwIfAny();
    return workspaceObjects(spec!, SITE, FILES);
  });
}

/** The same workspaces as a stack of ours. */
export function settings(round: Round): StackSettings {
  return {
    config: {
      "science-platform:layers": ["workspaces"],
      "science-platform:clusters": {
        local: { kubeconfig: "./.local/clusters/local/kubeconfig", context: "local" },
      },
      "science-platform:expose": { className: "nginx", issuer: "lab-issuer" },
      "science-platform:workspaces": {
        inline: configs(round),
        filesRoot: "bench/workspaces/files",
      },
    },
  };
}
