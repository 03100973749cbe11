/**
 * Program: makes volumes for the claims of one cluster, lets them grow, and removes them when their claim
 * is gone. Argument: its kubeconfig.
 */
import { ApiClient, ApiError } from "./api";
import { follow } from "./follow";
import { readCredentials } from "./kubeconfig";
import { isDone, PROVISIONER, volumeFor, wantedClass, wantedGrowth } from "./provisioning";
import type { Claim, StorageClass, Volume } from "./provisioning";

const CLAIMS = "/api/v1/persistentvolumeclaims";
const VOLUMES = "/api/v1/persistentvolumes";
const CLASSES = "/apis/storage.k8s.io/v1/storageclasses";
interface List<T> {
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

  async run(): Promise<void> {
    await Promise.all([
      follow<Volume>(this.api, VOLUMES, "", { changed: (volume) => this.onVolume(volume), say }),
      follow<Claim>(this.api, CLAIMS, "", { changed: (claim) => this.onClaim(claim), say }),
    ]);
  }
}

const kubeconfig = process.argv[2];
if (kubeconfig === undefined) {
  throw new Error("usage: provisioner.ts <kubeconfig>");
}
void new Provisioner(new ApiClient(readCredentials(kubeconfig))).run();
