/** The `workspaces` layer: a namespace with its policies, and a workspace on every cluster it names. */
import * as pulumi from "@pulumi/pulumi";
import { clustersOf } from "../components/model/workspaceChecks";
import { Workspace } from "../components/workspaces/workspace";
import { WorkspaceNamespace } from "../components/workspaces/workspaceNamespace";
import { AuthProxy } from "../components/workspaces/authProxy";
import type { Clusters } from "./clusters";
import type { PlatformConfig } from "./platformConfig";
import { sitesOf } from "./sites";
import type { WorkspaceEntry } from "./workspaceFiles";
import { logicalName } from "./workspaceNames";

/** Registers every workspace; returns what a user needs to find each: its URL, Service and claims. */
export function workspacesLayer(
  config: PlatformConfig,
  clusters: Clusters,
  entries: readonly WorkspaceEntry[],
  stack: string,
): Record<string, pulumi.Output<unknown>> {
  const namespaces = new Map<string, WorkspaceNamespace>();
  const outputs: Record<string, pulumi.Output<unknown>> = {};
  const sites = sitesOf(config, stack);

  const namespaceOn = (cluster: string, namespace: string): WorkspaceNamespace => {
    const name = logicalName(cluster, namespace);
    const known = namespaces.get(name);
    if (known !== undefined) {
      return known;
    }
    const { authProxy, ...policy } = config.workspaces?.namespaces?.[namespace] ?? {};
    const provider = clusters[cluster]!.provider;
    const made = new WorkspaceNamespace(
      name,
      {
        namespace,
        policy,
        gpus: config.gpus,
        podSecurity: config.workspaces?.podSecurity,
        userSecretValues: config.workspaces?.userSecrets?.[namespace],
      },
      { provider },
    );
    namespaces.set(name, made);
    if (authProxy !== undefined && authProxy.existing !== true) {
      new AuthProxy(
        `${name}-auth`,
        { namespace, ...authProxy, ingress: sites[cluster]!.ingress },
        { provider, dependsOn: [made] },
      );
    }
    return made;
  };

  for (const { spec, files } of entries) {
    for (const cluster of clustersOf(spec, config.defaultCluster)) {
      if (clusters[cluster] === undefined) {
        continue; // A run that was limited to other clusters.
      }
      const name = logicalName(cluster, spec.namespace, spec.name);
      const workspace = new Workspace(
        name,
        {
          ...spec,
          site: sites[cluster],
          fileContents: files,
        },
        {
          provider: clusters[cluster].provider,
          dependsOn: [namespaceOn(cluster, spec.namespace)],
        },
      );
      outputs[`${cluster}/${spec.namespace}/${spec.name}`] = pulumi.output({
        service: workspace.service,
        url: workspace.url,
        claims: workspace.claims,
      });
    }
  }
  return outputs;
}
