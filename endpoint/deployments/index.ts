/** The functions on deployments, put together. */
import { usesGateway } from "../../components/model/exposureObjects";
import type { EndpointSettings } from "../../components/model/endpointSettings";
import type { Service } from "../service";
import { restart, scale } from "./change";
import type { Context } from "./context";
import { Inventory } from "./inventory";
import { createItem, item, items, removeItem, updateItem } from "./items";
import { deletePod, events, logs } from "./pods";
import { put } from "./put";
import { get, list } from "./read";
import { Records } from "./records";
import { remove } from "./remove";
import { Queue } from "./turns";
import { setValues, values } from "./values";

/** What the functions need of the rest of the endpoint. */
export type ServiceParts = Pick<
  Context,
  "kubernetes" | "caches" | "namespaces" | "hostnames" | "capacity" | "source"
> & { settings: EndpointSettings };

/** Kind of the objects that expose services. */
function routeOf({ exposure }: EndpointSettings): "Ingress" | "HTTPRoute" | undefined {
  if (exposure === undefined) {
    return undefined;
  }
  return usesGateway(exposure) ? "HTTPRoute" : "Ingress";
}

/** The functions on deployments of a cluster. */
export function createService({ settings, ...parts }: ServiceParts): Service {
  const { kubernetes, capacity } = parts;
  const context: Context = {
    ...parts,
    site: settings,
    keepVolumes: settings.keepVolumes,
    records: new Records(kubernetes),
    inventory: new Inventory(kubernetes, routeOf(settings)),
    queue: new Queue(),
  };
  return {
    list: (...args) => list(context, ...args),
    put: (...args) => put(context, ...args),
    get: (...args) => get(context, ...args),
    scale: (...args) => scale(context, ...args),
    restart: (...args) => restart(context, ...args),
    remove: (tenant, id, options) => remove(context, tenant, id, options?.keepVolumes),
    logs: (...args) => logs(context, ...args),
    events: (...args) => events(context, ...args),
    deletePod: (...args) => deletePod(context, ...args),
    values: (...args) => values(context, ...args),
    setValues: (...args) => setValues(context, ...args),
    items: (...args) => items(context, ...args),
    item: (...args) => item(context, ...args),
    createItem: (...args) => createItem(context, ...args),
    updateItem: (...args) => updateItem(context, ...args),
    removeItem: (...args) => removeItem(context, ...args),
    capacity: () => Promise.resolve(capacity.free()),
  };
}
