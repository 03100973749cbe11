/** Renders a deployment: from its spec to the objects that the tenant's namespace holds for it. */
import { compact } from "./compact";
import type { KubernetesObject } from "./kubernetesObject";
import { liveClaim, wantedReplicas, type LiveService } from "./serviceChanges";
import { addressObjects } from "./serviceExposure";
import {
  HOST_ANNOTATION,
  REPLICAS_ANNOTATION,
  serviceLabels,
  serviceNames,
  serviceSelector,
  TITLE_ANNOTATION,
  VOLUME_LABEL,
} from "./serviceNames";
import { mountedVolumes, servicePod } from "./servicePod";
import { recordObject } from "./serviceRecord";
import type { ParsedService } from "./serviceSpec";
import type { ServiceSite, ServiceSpec, ServiceTenant } from "./serviceTypes";
import { READ_WRITE_ONCE } from "./serviceVolumeRules";

/** A deployment, and whose it is. */
export interface RenderedService {
  tenant: ServiceTenant;
  id: string;
  service: ParsedService;
}

/** Earlier versions that Kubernetes keeps: nobody goes back to them but by the record. */
const REVISIONS = 2;

/**
 * How new pods take the place of old ones. A claim that one node has at a time, and GPUs that the quota counts,
 * must first be free. Written out, so that these fields are ours: were they left to the API server's defaults,
 * they would stay and be refused once the strategy becomes `Recreate`.
 */
function strategy(spec: ServiceSpec): Record<string, unknown> {
  if (mountedVolumes(spec).some(({ type }) => type === READ_WRITE_ONCE)) {
    return { type: "Recreate" };
  }
  const gpu = [...spec.containers, ...spec.initContainers].some((one) => one.gpu !== undefined);
  return {
    type: "RollingUpdate",
    rollingUpdate: gpu ? { maxSurge: 0, maxUnavailable: 1 } : { maxSurge: 1, maxUnavailable: 0 },
  };
}

function claims(
  { tenant, id, service }: RenderedService,
  site: ServiceSite,
  live: LiveService,
): KubernetesObject[] {
  return service.spec.volumes.flatMap(({ name, size, type }) => {
    if (size === undefined) {
      return [];
    }
    // The class of a claim can never change, whatever the operator's choice is by now.
    const existing = liveClaim(name, live);
    const storageClassName =
      existing === undefined ? site.storageClass : existing.spec?.storageClassName;
    return [
      {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: {
          name: serviceNames(id).claim(name),
          namespace: tenant.namespace,
          labels: { ...serviceLabels(tenant, id), [VOLUME_LABEL]: name },
        },
        spec: compact({
          accessModes: [type],
          storageClassName,
          resources: { requests: { storage: size } },
        }),
      },
    ];
  });
}

function services({ tenant, id, service }: RenderedService): KubernetesObject[] {
  return service.spec.containers
    .filter(({ ports }) => ports.length > 0)
    .map(({ name, ports }) => ({
      apiVersion: "v1",
      kind: "Service",
      metadata: {
        name: serviceNames(id).service(name),
        namespace: tenant.namespace,
        labels: serviceLabels(tenant, id),
      },
      spec: {
        type: "ClusterIP",
        selector: serviceSelector(id),
        ports: ports.map((port) => ({
          name: port.name,
          port: port.port,
          targetPort: port.port,
          protocol: "TCP",
        })),
      },
    }));
}

function deployment({ tenant, id, service }: RenderedService, live: LiveService): KubernetesObject {
  const { spec, record } = service;
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: {
      name: serviceNames(id).name,
      namespace: tenant.namespace,
      labels: serviceLabels(tenant, id),
      annotations: compact({
        [TITLE_ANNOTATION]: record.title,
        [REPLICAS_ANNOTATION]: String(spec.replicas),
        ...(spec.address === undefined ? {} : { [HOST_ANNOTATION]: spec.address.host }),
      }),
    },
    spec: {
      replicas: wantedReplicas(spec, live.deployment),
      revisionHistoryLimit: REVISIONS,
      selector: { matchLabels: serviceSelector(id) },
      strategy: strategy(spec),
      template: servicePod(tenant, id, spec),
    },
  };
}

/**
 * All objects of a deployment, in an order that can be applied: claims, the record, Services, Ingress or HTTPRoute,
 * the Deployment. The config and the secret are made apart, by calls of their own.
 *
 * @param live what is there of it: decides the scale, and the storage class of claims. `checkChanges` comes before
 */
export function serviceObjects(
  rendered: RenderedService,
  site: ServiceSite,
  live: LiveService = {},
): KubernetesObject[] {
  const { tenant, id, service } = rendered;
  return [
    ...claims(rendered, site, live),
    recordObject(tenant, id, service.record),
    ...services(rendered),
    ...addressObjects(tenant, id, service.spec.address, site),
    deployment(rendered, live),
  ];
}
