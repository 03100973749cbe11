/** The endpoint's Service in memory, for the page and the command line: one tenant's world, changed by the tests. */
import { PassThrough, Readable } from "node:stream";
import { HttpFault, type GpuCapacity, type Tenant } from "../../endpoint/seams";
import type {
  DeploymentSummary,
  LogOptions,
  PutAnswer,
  RemoveAnswer,
  Service,
  ServiceEvent,
  ServiceItem,
  ServiceRecord,
  ServiceStatus,
  ServiceValues,
} from "../../endpoint/service";

export const ada: Tenant = {
  name: "ada",
  namespace: "user-ada",
  subject: "ada",
  groups: ["astronomy"],
};

interface Kept {
  record: ServiceRecord;
  status?: ServiceStatus;
  url?: string;
}

function notFound(id: string): HttpFault {
  return new HttpFault(404, [{ message: `You have no deployment ${id}.` }]);
}

/** A pod that is as ready as it says. */
export function pod(name: string, phase = "Running", ready = true): ServiceStatus["pods"][number] {
  return { name, phase, containers: [{ name: "main", ready, started: ready }] };
}

/** Pods of a deployment that runs. */
export function running(id: string, replicas: number): ServiceStatus {
  const pods = Array.from({ length: replicas }, (_, index) => pod(`sd-${id}-7d9f-${index}`));
  return { replicas, currentReplicas: replicas, pods, volumes: [] };
}

/** Deployments of tenants by name, and everything that was done to them. */
export class FakeService implements Service {
  readonly tenants = new Map<string, Map<string, Kept>>();
  /** `put demo`, `scale demo 3`, in order. */
  readonly done: string[] = [];
  /** The last record that PUT got. */
  lastRecord: unknown;
  podEvents: ServiceEvent[] = [];
  warnings: string[] = [];
  gpus: GpuCapacity[] = [];
  /** What PUT answers with, in place of doing it. */
  refusal?: HttpFault;
  logText = "listening on port 80\n";
  /** The logs that are followed now. */
  readonly followed = new Set<PassThrough>();
  private version = 1;

  of(tenant: Tenant): Map<string, Kept> {
    const own = this.tenants.get(tenant.name) ?? new Map<string, Kept>();
    this.tenants.set(tenant.name, own);
    return own;
  }

  /** A deployment that is there. */
  add(id: string, record: Partial<ServiceRecord>, status?: ServiceStatus, url?: string): void {
    const whole = { title: id, data: "containers: []\n", ...record };
    this.of(ada).set(id, { record: whole, status, url });
  }

  private found(tenant: Tenant, id: string): Kept {
    const kept = this.of(tenant).get(id);
    if (kept === undefined) {
      throw notFound(id);
    }
    return kept;
  }

  private deployed(tenant: Tenant, id: string): ServiceStatus {
    const { status } = this.found(tenant, id);
    if (status === undefined) {
      throw notFound(id);
    }
    return status;
  }

  private next(): { resourceVersion: string } {
    this.version += 1;
    return { resourceVersion: String(this.version) };
  }

  private checkPod(tenant: Tenant, id: string, name: string): void {
    if (!this.deployed(tenant, id).pods.some((one) => one.name === name)) {
      throw new HttpFault(404, [{ message: `The deployment has no pod ${name}.` }]);
    }
  }

  list(tenant: Tenant): Promise<DeploymentSummary[]> {
    return Promise.resolve(
      [...this.of(tenant)].map(([id, { record, status, url }]) => ({
        id,
        title: record.title,
        deployed: status !== undefined,
        url,
        status,
      })),
    );
  }

  put(tenant: Tenant, id: string, record?: unknown): Promise<PutAnswer> {
    if (this.refusal !== undefined) {
      return Promise.reject(this.refusal);
    }
    const own = this.of(tenant);
    const before = own.get(id);
    const whole = (record ?? before?.record) as ServiceRecord | undefined;
    if (whole === undefined) {
      return Promise.reject(notFound(id));
    }
    this.done.push(`put ${id}`);
    this.lastRecord = record;
    own.set(id, { ...before, record: whole, status: before?.status ?? running(id, 1) });
    const created = before?.status === undefined;
    return Promise.resolve({ created, spec: {}, warnings: this.warnings, ...this.next() });
  }

  get(tenant: Tenant, id: string): Promise<ServiceStatus> {
    return new Promise((resolve) => resolve(this.deployed(tenant, id)));
  }

  scale(tenant: Tenant, id: string, replicas: number): Promise<{ resourceVersion: string }> {
    const kept = this.found(tenant, id);
    const { volumes } = this.deployed(tenant, id);
    this.done.push(`scale ${id} ${replicas}`);
    kept.status = { ...running(id, replicas), volumes };
    return Promise.resolve(this.next());
  }

  restart(tenant: Tenant, id: string): Promise<{ resourceVersion: string }> {
    this.deployed(tenant, id);
    this.done.push(`restart ${id}`);
    return Promise.resolve(this.next());
  }

  remove(
    tenant: Tenant,
    id: string,
    options: { keepVolumes?: boolean } = {},
  ): Promise<RemoveAnswer> {
    const { volumes } = this.deployed(tenant, id);
    this.of(tenant).delete(id);
    this.done.push(`remove ${id} keepVolumes=${options.keepVolumes}`);
    const claims = volumes.map(({ name }) => `PersistentVolumeClaim/sd-${id}-${name}`);
    const keep = options.keepVolumes === true;
    return Promise.resolve({
      removed: [`Deployment/sd-${id}`, ...(keep ? [] : claims)],
      kept: keep ? claims : [],
    });
  }

  logs(
    tenant: Tenant,
    id: string,
    name: string,
    options: LogOptions,
    signal: AbortSignal,
  ): Promise<Readable> {
    return new Promise((resolve) => {
      this.checkPod(tenant, id, name);
      if (options.follow !== true) {
        resolve(Readable.from([Buffer.from(this.logText)]));
        return;
      }
      const log = new PassThrough();
      log.write(this.logText);
      this.followed.add(log);
      signal.addEventListener("abort", () => {
        this.followed.delete(log);
        log.destroy();
      });
      resolve(log);
    });
  }

  events(tenant: Tenant, id: string, name: string): Promise<ServiceEvent[]> {
    return new Promise((resolve) => {
      this.checkPod(tenant, id, name);
      resolve(this.podEvents);
    });
  }

  deletePod(tenant: Tenant, id: string, name: string): Promise<void> {
    return new Promise((resolve) => {
      this.checkPod(tenant, id, name);
      this.done.push(`deletePod ${id} ${name}`);
      resolve();
    });
  }

  values(): Promise<ServiceValues> {
    return Promise.resolve({});
  }

  setValues(): Promise<{ created: boolean; data: ServiceValues }> {
    return Promise.resolve({ created: true, data: {} });
  }

  items(tenant: Tenant): Promise<ServiceItem[]> {
    return Promise.resolve([...this.of(tenant)].map(([id, { record }]) => ({ id, ...record })));
  }

  item(tenant: Tenant, id: string): Promise<ServiceItem> {
    return new Promise((resolve) => resolve({ id, ...this.found(tenant, id).record }));
  }

  createItem(): Promise<ServiceItem> {
    return Promise.reject(new Error("the page makes deployments by PUT"));
  }

  updateItem(): Promise<ServiceItem> {
    return Promise.reject(new Error("the page changes deployments by PUT"));
  }

  removeItem(tenant: Tenant, id: string): Promise<void> {
    return new Promise((resolve) => {
      this.found(tenant, id);
      this.of(tenant).delete(id);
      this.done.push(`removeItem ${id}`);
      resolve();
    });
  }

  capacity(): Promise<readonly GpuCapacity[]> {
    return Promise.resolve(this.gpus);
  }
}
