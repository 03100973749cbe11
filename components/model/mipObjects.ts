/** What a platform has besides its chart: its exposure. */
import { ExposeKind, exposureObjects, type ExposeSettings } from "./exposureObjects";
import type { KubernetesObject } from "./kubernetesObject";
import type { MipGeneration } from "./mipGenerations";
import type { MipSettings } from "./mipTypes";
import { DEFAULT_NAMESPACE, DEFAULT_RELEASE } from "./mipValues";
import { MANAGED_BY } from "./workspaceLabels";

/** The class of microk8s's ingress add-on, which is an ingress-nginx. */
const MICROK8S_INGRESS: ExposeSettings = { className: "public", controller: "nginx" };

const UI_PORT = 80;

/** The labels of a platform's own objects. */
export function mipLabels(settings: MipSettings): Record<string, string> {
  return {
    "app.kubernetes.io/name": "mip",
    "app.kubernetes.io/instance": settings.releaseName ?? DEFAULT_RELEASE,
    "app.kubernetes.io/managed-by": MANAGED_BY,
  };
}

/** How the platform is exposed: as the cluster does, and on microk8s by its own ingress class. */
export function mipExpose({ expose = {}, managedCluster = false }: MipSettings): ExposeSettings {
  const ingress = (expose.kind ?? ExposeKind.Ingress) === ExposeKind.Ingress;
  return !managedCluster && ingress && expose.className === undefined
    ? { ...MICROK8S_INGRESS, ...expose }
    : expose;
}

/**
 * The Ingress or route. The chart's own is left out: up to 9.0.2 it cannot be turned off or rewrites every path
 * to `/`, and its redirect is a snippet, which ingress-nginx refuses unless told otherwise; ours is not.
 */
export function mipObjects(settings: MipSettings, generation: MipGeneration): KubernetesObject[] {
  const { namespace = DEFAULT_NAMESPACE, publicHost, redirectRootTo } = settings;
  return exposureObjects(mipExpose(settings), {
    name: generation.ui,
    namespace,
    labels: mipLabels(settings),
    host: publicHost,
    service: generation.ui,
    port: UI_PORT,
    ...(redirectRootTo === undefined
      ? {}
      : { annotations: { "nginx.ingress.kubernetes.io/app-root": redirectRootTo } }),
  });
}
