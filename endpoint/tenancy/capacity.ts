/** GPUs that are free, and those that a tenant has reserved. */
import type { EndpointSettings } from "../../components/model/endpointSettings";
import { reservedAt } from "../../components/model/gpuReservations";
import { reservationQuota } from "../../components/model/tenantObjects";
import type { Capacity, GpuCapacity, Kubernetes, Tenant } from "../seams";
import { HttpFault } from "../seams";
import { unavailable } from "./faults";
import { readGpuUse } from "./gpuUse";
import { reservationsFile } from "./reservations";
import { tenantPath } from "./tenantNamespaces";

/** How often the cluster is looked at. */
export interface CapacityOptions {
  /** Milliseconds between readings. @default 10 s */
  every?: number;
  /** Where a reading that failed is told. @default nowhere */
  onError?: (error: unknown) => void;
}

/** `Capacity`, with what starts and ends its readings. */
export interface RunningCapacity extends Capacity {
  /** One reading now; it does not fail. */
  read(): Promise<void>;
  /** Ends the readings. */
  close(): void;
}

/** The reservations by resource: classes with one resource share one sum, since Kubernetes counts resources. */
function byResource(
  reserved: Readonly<Record<string, number>>,
  gpus: EndpointSettings["gpus"],
): Record<string, number> {
  const sums = Object.fromEntries(Object.values(gpus).map(({ resource }) => [resource, 0]));
  for (const [name, count] of Object.entries(reserved)) {
    if (Object.hasOwn(gpus, name)) {
      sums[gpus[name]!.resource]! += count;
    }
  }
  return sums;
}

/** Reads the cluster's GPUs from time to time, and holds tenants to what is reserved for them. */
export function createCapacity(
  settings: Pick<EndpointSettings, "gpus" | "nodes" | "reservationsFile">,
  kubernetes: Kubernetes,
  options: CapacityOptions = {},
): RunningCapacity {
  const { every = 10_000, onError = () => undefined } = options;
  const reservations =
    settings.reservationsFile === undefined
      ? undefined
      : reservationsFile(settings.reservationsFile);
  let latest: readonly GpuCapacity[] = [];
  /** The quota that each namespace was last given. */
  const quotas = new Map<string, string>();

  async function read(): Promise<void> {
    try {
      latest = await readGpuUse(settings, kubernetes);
    } catch (error) {
      onError(error);
    }
  }

  async function reservedFor(tenant: Tenant): Promise<Record<string, number> | undefined> {
    if (reservations === undefined) {
      return undefined;
    }
    const all = await reservations().catch((error: unknown) => {
      onError(error);
      throw unavailable("The reservations of GPUs cannot be read. Tell the operator.", 60);
    });
    return byResource(reservedAt(all, tenant.name, Date.now()), settings.gpus);
  }

  /** The API server counts over all deployments of the tenant; what runs already goes on. */
  async function applyQuota(tenant: Tenant, counts: Record<string, number>): Promise<void> {
    const key = JSON.stringify(counts);
    if (Object.keys(counts).length === 0 || quotas.get(tenant.namespace) === key) {
      return;
    }
    const quota = reservationQuota(tenant, counts);
    const { status } = await kubernetes.apply(tenantPath(quota), quota);
    if (status >= 300) {
      throw unavailable(`The quota of reserved GPUs cannot be set (${status}).`);
    }
    quotas.set(tenant.namespace, key);
  }

  const timer = setInterval(() => void read(), every);
  timer.unref();

  return {
    free: () => latest,
    read,
    close: () => clearInterval(timer),

    async check(tenant, wanted) {
      const counts = await reservedFor(tenant);
      if (counts === undefined) {
        return;
      }
      const sums = new Map<string, number>();
      for (const { resource, count } of wanted) {
        sums.set(resource, (sums.get(resource) ?? 0) + count);
      }
      const faults = [...sums]
        .filter(([resource, count]) => count > (counts[resource] ?? 0))
        .map(([resource, count]) => ({
          path: "gpu",
          message:
            `${count} of ${resource} are wanted, but ${counts[resource] ?? 0} are reserved for you now. ` +
            "Ask for fewer, for fewer replicas, or reserve them first.",
        }));
      if (faults.length > 0) {
        throw new HttpFault(400, faults);
      }
      await applyQuota(tenant, counts);
    },
  };
}
