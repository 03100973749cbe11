/** GPUs of a deployment: what tenants may call them, and where the pods must then run. */
import { offersOf, type NodeOffer } from "./gpuOffers";
import { placeGpu } from "./gpuPlacement";
import type { GpuClass } from "./gpuTypes";
import { nearest, oneOf } from "./problems";
import { checkRange, type PlacedContainer } from "./serviceChecks";
import type { LivePodSpec } from "./serviceLive";
import type { ServiceProblems } from "./serviceProblems";
import type { ServicePlacement, ServiceSite } from "./serviceTypes";

/** GPUs of one kind that each pod needs, and the container that is named where something is wrong. */
interface Need {
  name: string;
  classes: string[];
  count: number;
  path: string;
}

/** The classes that a name means: the class of that name, or those with that resource. */
function classesOf(name: string, gpus: Record<string, GpuClass>): string[] {
  return Object.hasOwn(gpus, name)
    ? [name]
    : Object.keys(gpus).filter((each) => gpus[each]?.resource === name);
}

/** The resource that a name of `gpu` stands for. */
export function gpuResource(name: string, gpus: Record<string, GpuClass>): string {
  return Object.hasOwn(gpus, name) ? gpus[name]!.resource : name;
}

/** Every name that `gpu` can have on a site: resources first, as the seed has them, then classes. */
export function gpuNames({ gpus, nodes }: ServiceSite): string[] {
  const classes = [...new Set(offersOf(nodes, gpus).map(({ className }) => className))].sort();
  const resources = classes.flatMap((name) => gpus[name]?.resource ?? []);
  return [...new Set([...resources.sort(), ...classes])];
}

function checkNames(
  containers: readonly PlacedContainer[],
  site: ServiceSite,
  problems: ServiceProblems,
): void {
  const known = gpuNames(site);
  for (const { path, container } of containers) {
    const { gpu, gpuCount } = container;
    if (gpu === undefined) {
      if (gpuCount !== undefined) {
        const reason = "of no use without gpu";
        const remedy = "Add gpu, or remove gpuCount.";
        problems.add({ path: `${path}.gpuCount`, reason, value: gpuCount, remedy });
      }
      continue;
    }
    if (!known.includes(gpu)) {
      const near = nearest(gpu, known);
      problems.add({
        path: `${path}.gpu`,
        reason: "a GPU that this cluster does not offer",
        value: gpu,
        allowed: oneOf(known),
        remedy: near === undefined ? "Choose one of these." : `Did you mean ${near}?`,
      });
    }
    checkRange(`${path}.gpuCount`, gpuCount, [1, site.limits.maxGpus], problems);
  }
}

/** Containers run side by side and need the sum; init containers run before, one after the other. */
function needsOf(containers: readonly PlacedContainer[], site: ServiceSite): Need[] {
  const known = gpuNames(site);
  const names = new Set(containers.flatMap(({ container: { gpu } }) => gpu ?? []));
  return [...names]
    .filter((name) => known.includes(name))
    .map((name) => {
      const users = containers.filter(({ container: { gpu } }) => gpu === name);
      const counts = (init: boolean): number[] =>
        users.filter((one) => one.init === init).map(({ container }) => container.gpuCount ?? 1);
      const together = counts(false).reduce((sum, count) => sum + count, 0);
      return {
        name,
        classes: classesOf(name, site.gpus),
        count: Math.max(together, ...counts(true)),
        path: users[0]!.path,
      };
    });
}

/** Whether one node has everything: what has the same resource there is shared between the needs. */
function fitsOn(offers: readonly NodeOffer[], needs: readonly Need[]): boolean {
  const left = new Map(offers.map(({ className, units }) => [className, units]));
  return needs.every(({ classes, count }) => {
    const chosen = classes.find((name) => (left.get(name) ?? 0) >= count);
    left.set(chosen ?? "", (left.get(chosen ?? "") ?? 0) - count);
    return chosen !== undefined;
  });
}

/**
 * Where the pods can run. Added to `problems`: names that nobody offers, more than the operator allows, more than
 * any node has, and kinds that no node has together.
 *
 * @param mountsClaims whether a container mounts a claim, which a virtual node's pods cannot
 */
export function placeService(
  containers: readonly PlacedContainer[],
  mountsClaims: boolean,
  site: ServiceSite,
  problems: ServiceProblems,
): ServicePlacement {
  const { gpus, nodes } = site;
  checkNames(containers, site, problems);
  const needs = needsOf(containers, site);
  const placements = needs.flatMap(({ name, classes, count, path }) => {
    const meant = Object.fromEntries(classes.map((each) => [each, gpus[each]!]));
    const selector = Object.hasOwn(gpus, name) ? { class: name } : undefined;
    const paths = { count: `${path}.gpuCount`, selector: `${path}.gpu` };
    const placement = placeGpu(count, selector, meant, nodes, problems, paths);
    if (placement?.virtual && mountsClaims) {
      problems.add({
        path: `${path}.gpu`,
        reason: "offered by virtual nodes alone, whose pods can mount no volume that lasts",
        value: name,
        allowed: oneOf(gpuNames(site)),
        remedy: "Remove the volumes, or choose another GPU.",
      });
    }
    return placement ?? [];
  });
  const offers = offersOf(nodes, gpus);
  const fits = Object.keys(nodes).some((node) =>
    fitsOn(
      offers.filter((offer) => offer.node === node),
      needs,
    ),
  );
  if (placements.length === needs.length && needs.length > 1 && !fits) {
    problems.add({
      path: `${needs[1]!.path}.gpu`,
      reason: `no node has ${needs.map(({ name, count }) => `${count} of ${name}`).join(" and ")} together`,
      value: needs[1]!.name,
      allowed: oneOf(gpuNames(site)),
      remedy: "Make two deployments: the containers of one run on the same node.",
    });
  }
  const tolerations = placements.flatMap((placement) => placement.tolerations);
  return {
    nodeSelector: Object.assign(
      {},
      ...placements.map(({ nodeSelector }) => nodeSelector ?? {}),
    ) as Record<string, string>,
    tolerations: [...new Map(tolerations.map((one) => [JSON.stringify(one), one])).values()],
  };
}

/** Resources of Kubernetes' own; every other with a `/` in its name is a device. */
const isDevice = (resource: string): boolean =>
  resource.includes("/") && !resource.startsWith("kubernetes.io/");

/**
 * The devices that a deployment has in all, by resource, sorted: what its containers ask for together or an init
 * container alone, times the replicas.
 *
 * @param pod a Deployment's `template.spec`, rendered or live
 */
export function gpuDemand(
  pod: LivePodSpec,
  replicas: number,
): { resource: string; count: number }[] {
  const { containers = [], initContainers = [] } = pod;
  const devices = (one: (typeof containers)[number]): [string, number][] =>
    Object.entries(one.resources?.limits ?? {})
      .filter(([resource]) => isDevice(resource))
      .map(([resource, count]) => [resource, Number(count)]);
  const sums = new Map<string, number>();
  for (const [resource, count] of containers.flatMap(devices)) {
    sums.set(resource, (sums.get(resource) ?? 0) + count);
  }
  for (const [resource, count] of initContainers.flatMap(devices)) {
    sums.set(resource, Math.max(sums.get(resource) ?? 0, count));
  }
  return [...sums]
    .map(([resource, count]) => ({ resource, count: count * replicas }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => (a.resource < b.resource ? -1 : 1));
}
