/**
 * Program: makes volumes for the claims of one cluster, lets them grow, and removes them when their claim
 * is gone. Argument: its kubeconfig.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { ApiClient, ApiError } from "./api";
import { readCredentials } from "./kubeconfig";
import { isDone, PROVISIONER, volumeFor, wantedClass, wantedGrowth } from "./provisioning";
import type { Claim, StorageClass, Volume } from "./provisioning";

const CLAIMS = "/api/v1/persistentvolumeclaims";
const VOLUMES = "/api/v1/persistentvolumes";
const CLASSES = "/apis/storage.k8s.io/v1/storageclasses";
/** Pause after a lost connection, in milliseconds. */
const PAUSE = 500;

interface List<T> {
  metadata: { resourceVersion: string };
  items: T[];
}

function say(line: string): void {
  console.log(line);
}

/** Does one change; that the object has changed or gone in the meantime is no failure: its next event follows. */
async function change(what: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
    say(what);
  } catch (error) {
    if (!(error instanceof ApiError) || ![404, 409].includes(error.status)) {
      say(`failed: ${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

class Provisioner {
  private classes = new Map<string, StorageClass>();

  constructor(private readonly api: ApiClient) {}

  private async loadClasses(): Promise<void> {
    const { items } = await this.api.get<List<StorageClass>>(CLASSES);
    this.classes = new Map(items.map((item) => [item.metadata.name, item]));
  }

  private async onClaim(claim: Claim): Promise<void> {
    const { namespace, name } = claim.metadata;
    const className = claim.spec.storageClassName ?? "";
    if (className !== "" && !this.classes.has(className)) {
      await this.loadClasses();
    }
    const storageClass = wantedClass(claim, this.classes);
    if (storageClass !== undefined) {
      await change(`provisioned ${namespace}/${name}`, () =>
        this.api.call("POST", VOLUMES, { body: volumeFor(claim, storageClass) }),
      );
    }
    const storage = wantedGrowth(claim);
    if (storage !== undefined && this.classes.get(className)?.provisioner === PROVISIONER) {
      await change(`grew ${namespace}/${name} to ${storage}`, async () => {
        const capacity = { storage };
        await this.api.mergePatch(`${VOLUMES}/${claim.spec.volumeName}`, { spec: { capacity } });
        const path = `/api/v1/namespaces/${namespace}/persistentvolumeclaims/${name}/status`;
        await this.api.mergePatch(path, { status: { capacity } });
      });
    }
  }

  private async onVolume(volume: Volume): Promise<void> {
    const { name } = volume.metadata;
    if (isDone(volume)) {
      await change(`removed ${name}`, () => this.api.call("DELETE", `${VOLUMES}/${name}`));
    }
  }

  /** Handles what is there, then what changes, until the watch ends. */
  private async follow<T>(path: string, handle: (object: T) => Promise<void>): Promise<void> {
    const list = await this.api.get<List<T>>(path);
    await Promise.all(list.items.map(handle));
    const query = `watch=1&resourceVersion=${list.metadata.resourceVersion}`;
    say(`watching ${path}`);
    for await (const event of this.api.watch<T>(`${path}?${query}`, new AbortController().signal)) {
      if (event.type === "ERROR") {
        return;
      }
      if (event.type !== "DELETED") {
        // Not awaited: claims are independent of each other.
        void handle(event.object);
      }
    }
  }

  private async forever<T>(path: string, handle: (object: T) => Promise<void>): Promise<never> {
    for (;;) {
      try {
        await this.follow(path, handle);
      } catch (error) {
        say(`lost ${path}: ${error instanceof Error ? error.message : String(error)}`);
      }
      await sleep(PAUSE);
    }
  }

  async run(): Promise<void> {
    await Promise.all([
      this.forever<Volume>(VOLUMES, (volume) => this.onVolume(volume)),
      this.forever<Claim>(CLAIMS, (claim) => this.onClaim(claim)),
    ]);
  }
}

const kubeconfig = process.argv[2];
if (kubeconfig === undefined) {
  throw new Error("usage: provisioner.ts <kubeconfig>");
}
void new Provisioner(new ApiClient(readCredentials(kubeconfig))).run();
