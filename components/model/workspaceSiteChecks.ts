/** What one workspace asks for, against what one cluster has: GPUs, sizes of nodes, storage, ingress. */
import { offersOf, placeGpu, type GpuPlacement } from "./gpu";
import type { DeclaredNode } from "./gpuTypes";
import { ingressController } from "./ingressObject";
import { isDnsSubdomain } from "./names";
import { oneOf, type Problems, type Soundness } from "./problems";
import { parseQuantity } from "./quantity";
import { settingsFor } from "./workspaceIngress";
import type { WorkspaceIngress, WorkspaceParts, WorkspaceSite } from "./workspaceTypes";

/** How many nodes a message names. */
const NODES_SHOWN = 6;

type NamedNode = [name: string, node: DeclaredNode];

function checkGpu(
  spec: WorkspaceParts,
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
  spec: WorkspaceParts,
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

/** What is asked for of memory or CPU; Kubernetes takes the limit for the request where there is none. */
function wantedOf(
  spec: WorkspaceParts,
  resource: "cpu" | "memory",
  isSound: Soundness,
): string | undefined {
  const request = spec[`${resource}Request`];
  if (!isSound(`${resource}_request`)) {
    return undefined;
  }
  return request ?? (isSound(`${resource}_limit`) ? spec[`${resource}Limit`] : undefined);
}

/** Adds a problem where no node is large enough. A node that does not declare its size may be. */
function checkSize(
  spec: WorkspaceParts,
  site: WorkspaceSite,
  nodes: NamedNode[],
  problems: Problems,
  isSound: Soundness,
): void {
  if (nodes.length === 0) {
    return;
  }
  const wanted = {
    memory: wantedOf(spec, "memory", isSound),
    cpu: wantedOf(spec, "cpu", isSound),
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

function checkStorage(
  spec: WorkspaceParts,
  site: WorkspaceSite,
  problems: Problems,
  isSound: Soundness,
): void {
  const known = Object.keys(site.storage ?? {});
  spec.volumes?.forEach(({ storage }, i) => {
    const path = `persistent_volume[${i}].pvc_type`;
    if (isSound(path) && !known.includes(storage) && !isDnsSubdomain(storage)) {
      problems.add({
        path,
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

function checkIngress(
  spec: WorkspaceParts,
  site: WorkspaceSite,
  problems: Problems,
  isSound: Soundness,
): void {
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
  if (!isSound("ingress.host")) {
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
  // Which form it has decides what must authenticate.
  if (isSound("ingress.nginx_issuer", "ingress.traefik_resolver", "ingress.traefik_middleware")) {
    checkAuthentication(ingress, site, problems);
  }
}

/**
 * Adds everything that one cluster cannot give to one workspace.
 *
 * @param isSound what of the spec can be relied on: what is wrong itself leads to no further problem
 */
export function checkOnSite(
  spec: WorkspaceParts,
  site: WorkspaceSite,
  problems: Problems,
  isSound: Soundness = () => true,
): void {
  if (isSound("gpu_request", "gpu_selector")) {
    const placement = checkGpu(spec, site, problems);
    // Without the GPUs there is no telling which nodes are meant.
    if ((spec.gpuRequest ?? 0) === 0 || placement !== undefined) {
      const suitable = suitableNodes(site, placement);
      const chosen = isSound("node_selector")
        ? chosenNodes(spec, site, suitable, problems)
        : suitable;
      checkSize(spec, site, chosen, problems, isSound);
    }
  }
  checkStorage(spec, site, problems, isSound);
  checkIngress(spec, site, problems, isSound);
}
