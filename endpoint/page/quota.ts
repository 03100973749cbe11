/** What a tenant has of its quota, as Kubernetes counts it. */
import { parseQuantity } from "../../components/model/quantity";
import type { Kubernetes, Tenant } from "../seams";

/** One thing that is counted. */
export interface Share {
  /** `cpu`, `memory`, `storage`, `pods`, `persistentvolumeclaims`, or a GPU's resource. */
  what: string;
  used: number;
  limit: number;
}

interface ResourceQuota {
  status?: { hard?: Record<string, string>; used?: Record<string, string> };
}

const PLAIN = new Set(["pods", "persistentvolumeclaims"]);

/** Keys of a quota that say something to people, by what they count; the others are the operator's. */
function counted(key: string): string | undefined {
  const resource = key.replace(/^(requests|limits)\./, "");
  if (PLAIN.has(key) || resource === "cpu" || resource === "memory") {
    return resource;
  }
  return key === "requests.storage" ? "storage" : resource.includes("/") ? resource : undefined;
}

function sharesOf({ status }: ResourceQuota): Share[] {
  return Object.entries(status?.hard ?? {}).flatMap(([key, hard]) => {
    const what = counted(key);
    const limit = parseQuantity(hard);
    const used = parseQuantity(status?.used?.[key] ?? "0");
    return what === undefined || limit === undefined || used === undefined
      ? []
      : [{ what, used, limit }];
  });
}

/** What comes first: what runs out first. */
const byRoom = (a: Share, b: Share): number => a.limit - a.used - (b.limit - b.used);

/**
 * The tenant's shares; where several quotas count the same, the one with the least room.
 * Nothing is said where the namespace has no quota yet, or it cannot be read: it is an extra.
 */
export async function readQuota(
  kubernetes: Pick<Kubernetes, "request">,
  { namespace }: Tenant,
): Promise<Share[]> {
  const path = `/api/v1/namespaces/${namespace}/resourcequotas`;
  const { status, body } = await kubernetes
    .request("GET", path, { timeoutMs: 2000 })
    .catch(() => ({ status: 503, body: undefined }));
  if (status !== 200) {
    return [];
  }
  const { items = [] } = body as { items?: ResourceQuota[] };
  const shares = items.flatMap(sharesOf);
  return [...new Set(shares.map(({ what }) => what))].map(
    (what) => shares.filter((share) => share.what === what).sort(byRoom)[0]!,
  );
}
