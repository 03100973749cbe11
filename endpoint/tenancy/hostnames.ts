/**
 * Host names are unique in the cluster: each is claimed by a Lease in the endpoint's namespace, whose creation is
 * atomic. A claim lasts as long as its deployment is exposed under that name; one that was left behind, by a PUT
 * that changed the name or never came to its end, can be taken over after a while.
 */
import type { EndpointSettings } from "../../components/model/endpointSettings";
import { isDnsLabel } from "../../components/model/names";
import { serviceLabels } from "../../components/model/serviceNames";
import { RESERVED_HOSTNAMES } from "../../components/model/serviceExposure";
import type { ApiResult, Hostnames, Kubernetes, Tenant } from "../seams";
import { refusal, unavailable } from "./faults";

/** How claims are kept. */
export interface HostnamesOptions {
  /** Milliseconds after which a claim whose name is not exposed can be taken over. @default 1 minute */
  grace?: number;
}

/** Tells the Leases that are claims of host names. */
const HOSTNAME_LABEL = "science-platform/hostname";

const LEASES = "/apis/coordination.k8s.io/v1";
const ROUNDS = 4;

/** Field of the record that faults are about. */
const PATH = "exposed_hostname";

interface Lease {
  metadata: { name: string; uid?: string; resourceVersion?: string };
  spec?: { holderIdentity?: string; renewTime?: string };
}

interface Routes {
  items: {
    spec?: { rules?: { host?: string }[]; hostnames?: string[] };
  }[];
}

function holderOf(tenant: Tenant, id: string): string {
  return `${tenant.namespace}/${id}`;
}

/** The whole host. What a name may be is judged with the rest of the record; here, that it is one to be had. */
function hostOf(hostname: string, { exposure }: EndpointSettings): string {
  const reserved = [...RESERVED_HOSTNAMES, ...(exposure?.reservedHosts ?? [])];
  if (exposure === undefined || !isDnsLabel(hostname) || reserved.includes(hostname)) {
    throw refusal(400, "This host name cannot be had. Choose another.", undefined, PATH);
  }
  return `${hostname}.${exposure.domain}`;
}

/** Claims of host names. */
export function createHostnames(
  settings: EndpointSettings,
  kubernetes: Kubernetes,
  options: HostnamesOptions = {},
): Hostnames {
  const { grace = 60_000 } = options;
  const collection = `${LEASES}/namespaces/${settings.namespace}/leases`;
  function checked({ status, body }: ApiResult, ...good: number[]): unknown {
    if (!good.includes(status)) {
      throw unavailable(`The host name cannot be claimed now (${status}).`);
    }
    return body;
  }

  function leaseFor(tenant: Tenant, id: string, host: string): object {
    const holder = holderOf(tenant, id);
    return {
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: {
        name: host,
        namespace: settings.namespace,
        labels: { ...serviceLabels(tenant, id), [HOSTNAME_LABEL]: "true" },
      },
      spec: { holderIdentity: holder, renewTime: microTime() },
    };
  }

  /** Whether the holder's namespace exposes this host. */
  async function isLive(host: string, holder: string): Promise<boolean> {
    const namespace = holder.split("/")[0] ?? "";
    const path =
      settings.exposure?.kind === "gateway"
        ? `/apis/gateway.networking.k8s.io/v1/namespaces/${namespace}/httproutes`
        : `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`;
    const result = await kubernetes.request("GET", path);
    if (result.status === 403) {
      // The right to look there goes with the namespace.
      const there = await kubernetes.request("GET", `/api/v1/namespaces/${namespace}`);
      checked(there, 200, 404);
      return there.status === 200;
    }
    const { items } = checked(result, 200) as Routes;
    return items.some(
      ({ spec }) =>
        spec?.hostnames?.includes(host) || spec?.rules?.some((rule) => rule.host === host),
    );
  }

  /** Whether the claim was made or renewed within that time. */
  function isWithin(time: number, { spec }: Lease): boolean {
    return Date.parse(spec?.renewTime ?? "") + time > Date.now();
  }

  async function isLeftBehind(host: string, lease: Lease): Promise<boolean> {
    return !isWithin(grace, lease) && !(await isLive(host, lease.spec?.holderIdentity ?? ""));
  }

  async function deleted({ metadata }: Lease): Promise<void> {
    const { name, uid, resourceVersion } = metadata;
    const body = {
      apiVersion: "v1",
      kind: "DeleteOptions",
      preconditions: { uid, resourceVersion },
    };
    // 404 and 409: somebody else was faster, and the next look tells.
    checked(await kubernetes.request("DELETE", `${collection}/${name}`, { body }), 200, 404, 409);
  }

  /** Whether the claim is ours now; else it has changed meanwhile. */
  async function renewed({ metadata }: Lease): Promise<boolean> {
    const { name, uid, resourceVersion } = metadata;
    const body = { metadata: { uid, resourceVersion }, spec: { renewTime: microTime() } };
    const type = "application/merge-patch+json";
    const result = await kubernetes.request("PATCH", `${collection}/${name}`, { body, type });
    checked(result, 200, 404, 409);
    return result.status === 200;
  }

  /** One round: whether the claim stands. */
  async function claimed(tenant: Tenant, id: string, host: string): Promise<boolean> {
    const holder = holderOf(tenant, id);
    const live = await kubernetes.request("GET", `${collection}/${host}`);
    if (live.status === 404) {
      const body = leaseFor(tenant, id, host);
      // Sent twice it is refused the second time, and the next round finds whose it is.
      const result = await kubernetes.request("POST", collection, { body, repeatable: true });
      checked(result, 201, 409);
      return result.status === 201;
    }
    const lease = checked(live, 200) as Lease;
    if (lease.spec?.holderIdentity === holder) {
      // Half of the time is left at least, for what exposes the name to be there.
      return isWithin(grace / 2, lease) || renewed(lease);
    }
    if (await isLeftBehind(host, lease)) {
      await deleted(lease);
      return false;
    }
    throw refusal(409, "This host name is taken. Choose another.", undefined, PATH);
  }

  return {
    async claim(tenant, id, hostname) {
      const host = hostOf(hostname, settings);
      for (let round = 1; round <= ROUNDS; round++) {
        if (await claimed(tenant, id, host)) {
          return;
        }
      }
      throw unavailable("The host name is being claimed by several at once. Try again.", 1);
    },

    async release(tenant, id) {
      const holder = holderOf(tenant, id);
      const labels = { ...serviceLabels(tenant, id), [HOSTNAME_LABEL]: "true" };
      const selector = encodeURIComponent(
        Object.entries(labels)
          .map(([key, value]) => `${key}=${value}`)
          .join(","),
      );
      const answer = await kubernetes.request("GET", `${collection}?labelSelector=${selector}`);
      const { items } = checked(answer, 200) as { items: Lease[] };
      const own = items.filter(({ spec }) => spec?.holderIdentity === holder);
      await Promise.all(own.map(deleted));
    },
  };
}

/** A Lease has its times to the microsecond. */
function microTime(): string {
  return new Date().toISOString().replace("Z", "000Z");
}
