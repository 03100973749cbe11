/** Checks small workspaces against each other on the stand's two clusters. */
import { Problems } from "../../components/model/problems";
import { checkWorkspaces } from "../../components/model/workspaceChecks";
import type { WorkspaceSite, WorkspaceSpec } from "../../components/model/workspaceTypes";
import { GENERATED_SITE } from "./workspaceConfigs";

/** As little as a workspace can be. */
export const SPEC: WorkspaceSpec = {
  namespace: "vision",
  name: "a",
  image: "nginx",
  tag: "1.27",
  allocationSeconds: 60,
};

/** A claim of it. */
export const VOLUME = {
  mountPath: "/data",
  size: "1Gi",
  accessMode: "ReadWriteOnce",
  storage: "standard",
};

/** An ingress that is taken. */
export const INGRESS = { host: "a.lab.example.org", port: 80, oauthUrl: "oauth.vision" };

const SITES = { local: GENERATED_SITE, "local-2": { ...GENERATED_SITE, cluster: "local-2" } };

/** The problems of workspaces, each of which differs from `SPEC` by its part; files are 0.json, 1.json, … */
export function check(
  parts: Partial<WorkspaceSpec>[],
  sites: Record<string, WorkspaceSite> = SITES,
): string[] {
  const entries = parts.map((part, i) => ({
    spec: { ...SPEC, ...part },
    problems: new Problems(`${i}.json`),
  }));
  checkWorkspaces(entries, sites, "local");
  return entries.flatMap(({ problems }) => problems.list());
}
