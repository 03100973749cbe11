/** What one workspace asks for, against what one cluster has: GPUs, sizes of nodes, storage, ingress. */
import { offersOf, placeGpu, type GpuPlacement } from "./gpu";
import type { DeclaredNode } from "./gpuTypes";
import { ingressController } from "./ingressObject";
import { isDnsSubdomain } from "./names";
import { oneOf, type Problems } from "./problems";
import { parseQuantity } from "./quantity";
import { settingsFor } from "./workspaceIngress";
import type { WorkspaceIngress, WorkspaceSite, WorkspaceSpec } from "./workspaceTypes";

/** How many nodes a message names. */
const NODES_SHOWN = 6;

type NamedNode = [name: string, node: DeclaredNode];

function checkGpu(
  spec: WorkspaceSpec,
  site: WorkspaceSite,
  problems: Problems,
): GpuPlacement | undefined {
  const placement = placeGpu(
    spec.gpuRequest ?? 0,
    spec.gpuSelector,
    site.gpus ?? {},
    site.nodes ?? {},
    problems,
    { count: "gpu_request", selector: "gpu_selector" },
  );
  const claims = (spec.volumes?.length ?? 0) + (spec.existingVolumes?.length ?? 0);
  if (placement?.virtual && claims > 0) {
    problems.add({
      path: spec.volumes?.length ? "persistent_volume" : "existing_persistent_volume",
      reason: `claims cannot be mounted: on cluster ${site.cluster} virtual nodes alone offer ${placement.classes.join(", ")}`,
      remedy: "Remove the claims, or select another GPU.",
    });
  }
  return placement;
}

/** The nodes that have the GPUs, or where none are asked for, all nodes that take ordinary pods. */
function suitableNodes(site: WorkspaceSite, placement: GpuPlacement | undefined): NamedNode[] {
  const nodes = Object.entries(site.nodes ?? {});
  if (placement === undefined) {
    return nodes.filter(([, node]) => !node.virtual);
  }
  const offering = new Set(
    offersOf(site.nodes ?? {}, site.gpus ?? {})
      .filter(
        ({ className, units, virtual }) =>
          placement.classes.includes(className) &&
          units >= placement.count &&
          virtual === placement.virtual,
      )
      .map(({ node }) => node),
  );
  return nodes.filter(([name]) => offering.has(name));
}

/** Those of the suitable nodes that `node_selector` leaves; nothing where it names a node that we do not know. */
function chosenNodes(
  spec: WorkspaceSpec,
  site: WorkspaceSite,
  suitable: NamedNode[],
  problems: Problems,
): NamedNode[] {
  const wanted = spec.nodeSelector;
  if (wanted === undefined) {
    return suitable;
  }
  const declared = Object.hasOwn(site.nodes ?? {}, wanted);
  const chosen = suitable.filter(([name]) => name === wanted);
  if (declared && chosen.length === 0) {
    problems.add({
      path: "node_selector",
      reason:
        (spec.gpuRequest ?? 0) > 0
          ? "a node without the GPUs asked for"
          : "a virtual node, which takes no ordinary workspace",
      value: wanted,
      allowed: oneOf(suitable.map(([name]) => name)),
      remedy: "Choose one of these, or remove node_selector.",
    });
  }
  return chosen;
}

function listed(nodes: readonly NamedNode[], resource: "cpu" | "memory"): string {
  const shown = nodes.slice(0, NODES_SHOWN).map(([name, node]) => `${name} has ${node[resource]}`);
  const more = nodes.length - shown.length;
  return [...shown, ...(more > 0 ? [`${more} more have no more`] : [])].join(", ");
}

/** Adds a problem where no node is large enough. A node that does not declare its size may be. */
function checkSize(
  spec: WorkspaceSpec,
  site: WorkspaceSite,
  nodes: NamedNode[],
  problems: Problems,
): void {
  if (nodes.length === 0) {
    return;
  }
  // Kubernetes takes the limit for the request where there is none.
  const wanted = {
    memory: spec.memoryRequest ?? spec.memoryLimit,
    cpu: spec.cpuRequest ?? spec.cpuLimit,
  };
  const fits = (resource: "cpu" | "memory", node: DeclaredNode): boolean =>
    parseQuantity(wanted[resource] ?? "0")! <= (parseQuantity(node[resource] ?? "") ?? Infinity);
  let alone = true;
  for (const resource of ["memory", "cpu"] as const) {
    if (nodes.every(([, node]) => !fits(resource, node))) {
      alone = false;
      const request = spec[`${resource}Request`] !== undefined;
      problems.add({
        path: `${resource}_${request ? "request" : "limit"}`,
        reason: `larger than any suitable node of cluster ${site.cluster}: ${listed(nodes, resource)}`,
        value: wanted[resource],
        remedy: "Ask for less.",
      });
    }
  }
  if (alone && nodes.every(([, node]) => !(fits("memory", node) && fits("cpu", node)))) {
    problems.add({
      path: "memory_request",
      reason: `no suitable node of cluster ${site.cluster} has this and ${wanted.cpu} of CPU together: ${listed(nodes, "memory")}; ${listed(nodes, "cpu")}`,
      value: wanted.memory,
      remedy: "Ask for less of one.",
    });
  }
}

function checkStorage(spec: WorkspaceSpec, site: WorkspaceSite, problems: Problems): void {
  const known = Object.keys(site.storage ?? {});
  spec.volumes?.forEach(({ storage }, i) => {
    if (!known.includes(storage) && !isDnsSubdomain(storage)) {
      problems.add({
        path: `persistent_volume[${i}].pvc_type`,
        reason: "not a name that a storage class can have",
        value: storage,
        allowed: [...known, "a storage class of the cluster"].join(", "),
        remedy: "List those of the cluster: kubectl get sc.",
      });
    }
  });
}

function checkAuthentication(
  ingress: WorkspaceIngress,
  site: WorkspaceSite,
  problems: Problems,
): void {
  const traefik = ingressController(settingsFor(ingress, site)) === "traefik";
  const needed = traefik ? ingress.traefikMiddleware : ingress.oauthUrl;
  if (needed !== undefined || site.unauthenticatedHosts?.includes(ingress.host)) {
    return;
  }
  const key = traefik ? "traefik_middleware" : "oauth_url";
  const unread = traefik && ingress.oauthUrl !== undefined;
  problems.add({
    path: "ingress",
    reason: unread
      ? "an ingress without authentication: the traefik form authenticates by traefik_middleware, not by oauth_url"
      : "an ingress without authentication",
    remedy: `Add ${key}, or waive it for ${ingress.host} in workspaces.unauthenticatedHosts.`,
  });
}

function checkIngress(spec: WorkspaceSpec, site: WorkspaceSite, problems: Problems): void {
  const { ingress } = spec;
  if (ingress === undefined) {
    return;
  }
  if (site.ingress === undefined) {
    problems.add({
      path: "ingress",
      reason: `cluster ${site.cluster} has no settings for ingresses`,
      remedy: "Set expose in the stack config.",
    });
    return;
  }
  const { domain } = site.ingress;
  if (domain !== undefined && ingress.host !== domain && !ingress.host.endsWith(`.${domain}`)) {
    problems.add({
      path: "ingress.host",
      reason: `outside the domain of cluster ${site.cluster}`,
      value: ingress.host,
      allowed: `names below ${domain}`,
      remedy: `Write it as ${ingress.host.split(".")[0]}.${domain}.`,
    });
  }
  checkAuthentication(ingress, site, problems);
}

/** Adds everything that one cluster cannot give to one workspace. */
export function checkOnSite(spec: WorkspaceSpec, site: WorkspaceSite, problems: Problems): void {
  const placement = checkGpu(spec, site, problems);
  // Without the GPUs there is no telling which nodes are meant.
  if ((spec.gpuRequest ?? 0) === 0 || placement !== undefined) {
    const suitable = suitableNodes(site, placement);
    checkSize(spec, site, chosenNodes(spec, site, suitable, problems), problems);
  }
  checkStorage(spec, site, problems);
  checkIngress(spec, site, problems);
}
