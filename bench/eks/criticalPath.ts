/** The longest chain of an `up`: by the dependencies that the state has, and the times that AWS takes. */
import { KINDS } from "../../test/support/aws/kinds";

/** The part of a resource in an exported state that matters here. */
export interface StateResource {
  urn: string;
  type: string;
  custom?: boolean;
  provider?: string;
  dependencies?: string[];
}

/** One link of the chain. */
export interface Link {
  name: string;
  type: string;
  /** What AWS takes for it. */
  seconds: number;
}

/** Seconds that the creation of a type takes; what lies in a cluster is not AWS's. */
export function secondsOf(type: string): number {
  const kind = KINDS[type];
  return kind === undefined ? 0 : (kind.seconds?.create ?? 1);
}

/** What must be there before a resource is made; a provider is referred to as `<urn>::<id>`. */
function before({ dependencies = [], provider = "" }: StateResource): string[] {
  return [...dependencies, provider.split("::").slice(0, -1).join("::")];
}

/** The chain that takes longest, in the order of its making. */
export function criticalPath(resources: readonly StateResource[]): Link[] {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const longest = new Map<string, { seconds: number; chain: Link[] }>();
  const until = (urn: string): { seconds: number; chain: Link[] } => {
    const known = longest.get(urn);
    if (known !== undefined) {
      return known;
    }
    const resource = byUrn.get(urn);
    if (resource === undefined) {
      return { seconds: 0, chain: [] };
    }
    const earlier = before(resource)
      .map(until)
      .reduce((a, b) => (b.seconds > a.seconds ? b : a), { seconds: 0, chain: [] });
    const seconds = secondsOf(resource.type);
    const link = { name: urn.split("::").at(-1)!, type: resource.type, seconds };
    const found = { seconds: earlier.seconds + seconds, chain: [...earlier.chain, link] };
    longest.set(urn, found);
    return found;
  };
  return resources
    .map(({ urn }) => until(urn))
    .reduce((a, b) => (b.seconds > a.seconds ? b : a), { seconds: 0, chain: [] }).chain;
}
