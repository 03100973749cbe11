/**
 * One simulated AWS account: what is in it, and what was done to it. It lies in a folder, so that it
 * outlives the provider's process, and a test can look at it and change it between runs.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import type { Properties } from "../../../local/random/wire";
import { writeWhole } from "../../../local/processes/files";

/** One thing in the account. */
export interface Thing {
  /** Pulumi's token; for what AWS makes by itself a word of ours: `interface`, `node`, `autoscalingGroup`. */
  type: string;
  id: string;
  region: string;
  /** All that can be read of it: what it was given, and what AWS added. */
  properties: Properties;
  /** What it was given last. */
  inputs?: Properties;
  /** Milliseconds since the epoch. */
  madeAt: number;
  /** Whether it came up; AWS keeps what did not. */
  ready?: boolean;
  /** When it goes by itself: AWS lets go of network interfaces some time after their owner. */
  goneAt?: number;
  /** Key of the thing that AWS made this one for; it goes with that one. */
  owner?: string;
}

/** A failure that a test wants. */
export interface Fault {
  type: string;
  operation: "create" | "update" | "delete";
  message: string;
  /** Whether the thing is there all the same, as after a failed wait. @default false */
  made?: boolean;
}

/** What a test says about the account. */
export interface Settings {
  /** Twelve digits. */
  account: string;
  /** ARN of the user whose credentials the run has. */
  caller: string;
  /** Milliseconds that stand for a second of AWS. */
  msPerSecond: number;
  /** How long the provider tries again what AWS refuses for now, and waits for what is not ready. */
  patienceMs: number;
  /** How long after its making a role is not known to other services, and an interface outlives its owner. */
  settlingMs: number;
  /** Addresses in a region. */
  addressQuota: number;
  /** Buckets of others: their names are taken for all the world. */
  foreignBuckets: string[];
  /** Kubeconfig of the cluster that answers for every EKS cluster; without it they have no API server. */
  kubeconfig?: string;
  faults: Fault[];
  /** Operations whose type and URN this expression matches do not begin while it is set. */
  held?: string;
}

const DEFAULTS: Settings = {
  account: "123456789012",
  caller: "arn:aws:iam::123456789012:user/deployer",
  msPerSecond: 1,
  patienceMs: 60_000,
  settlingMs: 150,
  addressQuota: 5,
  foreignBuckets: ["covalent-eks-task"],
  faults: [],
};

/** One thing that was done, in the order of its end. */
export interface Operation {
  operation: "create" | "update" | "delete";
  type: string;
  id: string;
  urn: string;
  began: number;
  ended: number;
  error?: string;
}

export function keyOf(type: string, id: string, region: string): string {
  return `${type} ${id} ${region}`;
}

/** Reads the account anew where somebody else has written it. */
export class Account {
  private things = new Map<string, Thing>();
  private seen = 0;

  constructor(readonly folder: string) {}

  private get file(): string {
    return path.join(this.folder, "account.json");
  }

  get settings(): Settings {
    const file = path.join(this.folder, "settings.json");
    return {
      ...DEFAULTS,
      ...(fs.existsSync(file)
        ? (JSON.parse(fs.readFileSync(file, "utf8")) as Partial<Settings>)
        : {}),
    };
  }

  private load(): void {
    const changed = fs.statSync(this.file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (changed !== this.seen) {
      const things =
        changed === 0 ? [] : (JSON.parse(fs.readFileSync(this.file, "utf8")) as Thing[]);
      this.things = new Map(things.map((thing) => [this.key(thing), thing]));
      this.seen = changed;
    }
    for (const [key, { goneAt }] of this.things) {
      if (goneAt !== undefined && goneAt <= Date.now()) {
        this.things.delete(key);
      }
    }
  }

  private save(): void {
    writeWhole(this.file, JSON.stringify([...this.things.values()]));
    this.seen = fs.statSync(this.file).mtimeMs;
  }

  private key({ type, id, region }: Thing): string {
    return keyOf(type, id, region);
  }

  /** Everything, or everything of one type. */
  all(type?: string): Thing[] {
    this.load();
    return [...this.things.values()].filter((thing) => type === undefined || thing.type === type);
  }

  get(type: string, id: string, region: string): Thing | undefined {
    this.load();
    return this.things.get(keyOf(type, id, region));
  }

  /** Puts things in, in place of those with the same key. */
  put(...things: Thing[]): void {
    this.load();
    for (const thing of things) {
      this.things.set(this.key(thing), thing);
    }
    this.save();
  }

  /** Takes a thing out, with all that AWS made for it; interfaces stay a while. */
  remove(thing: Thing): void {
    this.load();
    const key = this.key(thing);
    this.things.delete(key);
    const goneAt = Date.now() + this.settings.settlingMs;
    for (const owned of [...this.things.values()].filter(({ owner }) => owner === key)) {
      if (owned.type === "interface") {
        this.things.set(this.key(owned), { ...owned, goneAt });
      } else {
        this.things.delete(this.key(owned));
      }
    }
    this.save();
  }

  /** Takes out, at once, what AWS had made for a thing. */
  dropOwned(thing: Thing, types: readonly string[]): void {
    this.load();
    const owner = this.key(thing);
    for (const [key, one] of this.things) {
      if (one.owner === owner && types.includes(one.type)) {
        this.things.delete(key);
      }
    }
    this.save();
  }

  /** Notes what was done. */
  note(operation: Operation): void {
    fs.appendFileSync(path.join(this.folder, "operations.jsonl"), `${JSON.stringify(operation)}\n`);
  }

  /** What was done so far. */
  operations(): Operation[] {
    const file = path.join(this.folder, "operations.jsonl");
    const lines = fs.existsSync(file) ? fs.readFileSync(file, "utf8").trim().split("\n") : [];
    return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Operation);
  }
}
