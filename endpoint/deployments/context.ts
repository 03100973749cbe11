/** What the functions on deployments work with. */
import type { ServiceError, ServiceSite } from "../../components/model/serviceTypes";
import type { Caches } from "../kubernetes/caches";
import {
  HttpFault,
  type Capacity,
  type Hostnames,
  type Kubernetes,
  type RecordSource,
  type TenantNamespaces,
} from "../seams";
import type { Inventory } from "./inventory";
import type { Records } from "./records";
import type { Queue } from "./turns";

/** The parts of the endpoint, and the operator's choices. */
export interface Context {
  site: ServiceSite;
  /** Whether DELETE keeps volumes unless it says otherwise. */
  keepVolumes: boolean;
  kubernetes: Kubernetes;
  caches: Caches;
  namespaces: TenantNamespaces;
  hostnames: Hostnames;
  capacity: Capacity;
  /** Where records are, when they do not come with PUT. */
  source?: RecordSource;
  records: Records;
  inventory: Inventory;
  queue: Queue;
}

/** 404: also for what is another tenant's. */
export function notFound(id: string, what = "deployment"): HttpFault {
  return new HttpFault(404, [{ message: `You have no ${what} ${id}.` }]);
}

function faultOf(status: number, errors: readonly ServiceError[]): HttpFault {
  return new HttpFault(
    status,
    errors.map(({ path, message }) => (path === "" ? { message } : { path, message })),
  );
}

/** 400: what is wrong with an input. */
export function invalid(errors: readonly ServiceError[]): HttpFault {
  return faultOf(400, errors);
}

/** 422: what is right in itself, and cannot be done to what is there. */
export function impossible(errors: readonly ServiceError[]): HttpFault {
  return faultOf(422, errors);
}
