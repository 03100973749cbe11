/** What one cluster holds that matters to a run: each kind listed once, side by side, however many workspaces. */
import { ClusterAccessError } from "../../components/cluster/accessError";
import type { ClusterReader, ReadForm } from "./clusterReader";
import type {
  LiveClaim,
  LiveIngress,
  LiveJob,
  LiveNode,
  LiveObject,
  LivePod,
  LiveService,
  LiveStorageClass,
  LiveVolume,
  LiveWorkload,
} from "./liveObjects";

/** Up to so many namespaces are listed one by one; above, the whole cluster at once. */
const FEW_NAMESPACES = 4;

interface Kind {
  api: string;
  resource: string;
  form: ReadForm;
  /** What is not checked where it may not be listed. */
  tells: string;
}

function kind(api: string, resource: string, tells: string, form: ReadForm = "whole"): Kind {
  return { api, resource, tells, form };
}

const KINDS = {
  nodes: kind("/api/v1", "nodes", "whether the declared nodes exist"),
  namespaces: kind("/api/v1", "namespaces", "whether one is being deleted", "metadataList"),
  storageClasses: kind(
    "/apis/storage.k8s.io/v1",
    "storageclasses",
    "whether the storage classes exist",
  ),
  claims: kind("/api/v1", "persistentvolumeclaims", "whether a claim is absent or would change"),
  volumes: kind("/api/v1", "persistentvolumes", "whether a volume would change"),
  services: kind("/api/v1", "services", "whether a NodePort is taken"),
  ingresses: kind("/apis/networking.k8s.io/v1", "ingresses", "whether a host is taken"),
  jobs: kind("/apis/batch/v1", "jobs", "who holds a workspace, its claims and the time used"),
  deployments: kind("/apis/apps/v1", "deployments", "who holds a workspace and its claims"),
  secrets: kind("/api/v1", "secrets", "whether the Secrets of user_secret exist", "metadataList"),
  pods: kind("/api/v1", "pods", "whether an existing claim is in use"),
} satisfies Record<string, Kind>;

/** What is to be read of a cluster; namespaces where a kind is only needed there. */
export interface Wanted {
  nodes: boolean;
  storageClasses: boolean;
  volumes: boolean;
  services: boolean;
  ingresses: boolean;
  /** Namespaces of the workspaces. */
  namespaces: readonly string[];
  secretsIn: readonly string[];
}

/** The objects read; a kind is absent where it was not wanted, or may not be listed. */
export interface LiveCluster {
  /** Name of the cluster. */
  cluster: string;
  /** Its clock. */
  now: Date;
  nodes?: LiveNode[];
  namespaces?: LiveObject[];
  storageClasses?: LiveStorageClass[];
  claims?: LiveClaim[];
  volumes?: LiveVolume[];
  services?: LiveService[];
  ingresses?: LiveIngress[];
  jobs?: LiveJob[];
  deployments?: LiveWorkload[];
  secrets?: LiveObject[];
  pods?: LivePod[];
}

/** Lists kinds; one that may not be listed gives nothing, and a note. */
class Lists {
  constructor(
    private readonly reader: ClusterReader,
    private readonly notes: string[],
  ) {}

  /** All of the cluster. */
  async all<T>(kind: Kind): Promise<T[] | undefined> {
    return this.allowed(kind, () => this.list<T>(kind, `${kind.api}/${kind.resource}`));
  }

  /** Those of some namespaces; more may be among them. */
  async within<T>(kind: Kind, namespaces: readonly string[]): Promise<T[] | undefined> {
    const each = async (): Promise<T[]> => {
      const lists = namespaces.map((namespace) =>
        this.list<T>(kind, `${kind.api}/namespaces/${namespace}/${kind.resource}`),
      );
      return (await Promise.all(lists)).flat();
    };
    return this.allowed(kind, async () => {
      if (namespaces.length <= FEW_NAMESPACES) {
        return each();
      }
      try {
        return await this.list<T>(kind, `${kind.api}/${kind.resource}`);
      } catch (error) {
        // Somebody with rights in some namespaces alone.
        if (!isForbidden(error)) {
          throw error;
        }
        return each();
      }
    });
  }

  private async list<T>(kind: Kind, path: string): Promise<T[]> {
    return (await this.reader.read<{ items: T[] }>(path, kind.form))?.items ?? [];
  }

  private async allowed<T>(kind: Kind, read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      if (!isForbidden(error)) {
        throw error;
      }
      this.notes.push(
        `cluster ${this.reader.cluster}: the kubeconfig's user may not list ${kind.resource}; not checked: ${kind.tells}`,
      );
      return undefined;
    }
  }
}

function isForbidden(error: unknown): boolean {
  return error instanceof ClusterAccessError && error.kind === "forbidden";
}

/**
 * Reads what is wanted of a cluster, in as many requests as there are kinds.
 *
 * @param notes receives a line for each kind that the user may not list
 * @throws ClusterAccessError when the cluster cannot be read, ProblemsError when its kubeconfig is wrong
 */
export async function readLive(
  reader: ClusterReader,
  wanted: Wanted,
  notes: string[],
): Promise<LiveCluster> {
  const reading = new Lists(reader, notes);
  const all = <T>(kind: Kind, isWanted: boolean): Promise<T[] | undefined> =>
    isWanted ? reading.all<T>(kind) : Promise.resolve(undefined);
  const within = <T>(kind: Kind, namespaces: readonly string[]): Promise<T[] | undefined> =>
    namespaces.length > 0 ? reading.within<T>(kind, namespaces) : Promise.resolve(undefined);
  const lists = await settled({
    nodes: all<LiveNode>(KINDS.nodes, wanted.nodes),
    namespaces: all<LiveObject>(KINDS.namespaces, wanted.namespaces.length > 0),
    storageClasses: all<LiveStorageClass>(KINDS.storageClasses, wanted.storageClasses),
    claims: within<LiveClaim>(KINDS.claims, wanted.namespaces),
    volumes: all<LiveVolume>(KINDS.volumes, wanted.volumes),
    services: all<LiveService>(KINDS.services, wanted.services),
    ingresses: all<LiveIngress>(KINDS.ingresses, wanted.ingresses),
    jobs: within<LiveJob>(KINDS.jobs, wanted.namespaces),
    deployments: within<LiveWorkload>(KINDS.deployments, wanted.namespaces),
    secrets: within<LiveObject>(KINDS.secrets, wanted.secretsIn),
  });
  return { cluster: reader.cluster, now: reader.now(), ...lists };
}

/** The values of promises that are under way side by side, by the same keys. */
async function settled<T extends Record<string, unknown>>(promises: {
  [K in keyof T]: Promise<T[K]>;
}): Promise<T> {
  const entries = Object.entries(promises).map(
    async ([key, promise]) => [key, await promise] as const,
  );
  return Object.fromEntries(await Promise.all(entries)) as T;
}

/** The pods of some namespaces: heavy, so read only where a claim turned out not to be for sharing. */
export async function readPods(
  reader: ClusterReader,
  namespaces: readonly string[],
  notes: string[],
): Promise<LivePod[] | undefined> {
  return namespaces.length === 0
    ? []
    : new Lists(reader, notes).within<LivePod>(KINDS.pods, namespaces);
}
