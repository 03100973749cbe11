/** How the simulated account treats one type of resource: a row of its table. */
import type { Properties } from "../../../local/random/wire";
import { keyOf, type Account, type Thing } from "./account";

/** All that a rule may look at. */
export interface Context {
  account: Account;
  region: string;
  /** What the resource is given, without envelopes. */
  given: Properties;
  /** What it is, once it is. */
  id: string;
}

/** An argument that must name something that exists. */
export interface Reference {
  /** Dotted; elements of lists are followed: `vpcConfig.subnetIds`. */
  path: string;
  type: string;
  /** AWS's words for one that does not exist. */
  error: (value: string) => string;
}

/** A row, with the names of arguments checked against the SDK's interface `Args`. */
export interface Kind<Args = Properties> {
  /** The argument that names it in the account; one that is left out is made up from the resource's name. */
  name?: keyof Args & string;
  /** The argument that such a name begins with. */
  namePrefix?: keyof Args & string;
  /** Among which things the name must be its own. @default the account and region */
  unique?: "world" | "account" | "region" | ((context: Context, other: Thing) => boolean);
  /** AWS's words when the name is taken. */
  taken?: (name: string) => string;
  /** Arguments that cannot be changed: a change replaces the resource. Dotted below the first name. */
  immutable: readonly (keyof Args & string)[];
  /** Immutable parts of arguments, dotted. */
  immutableParts?: readonly string[];
  references?: readonly Reference[];
  /** Whether the thing belongs to no region. */
  global?: boolean;
  /** What AWS refuses in the request itself. */
  refuses?(context: Context): string | undefined;
  /** The same for an update of what is there. */
  refusesChange?(context: Context, thing: Thing): string | undefined;
  /** What AWS refuses for now, and the provider tries again. */
  notYet?(context: Context): string | undefined;
  /** Pulumi's id. */
  id(context: Context): string;
  /** What AWS adds to the arguments. */
  outputs?(context: Context, before?: Thing): Properties;
  /** Outputs that a change makes unknown in a preview. */
  volatile?: readonly string[];
  /** What AWS makes with it. */
  brings?(context: Context, thing: Thing): Thing[];
  /** Whether a change makes these parts anew, as a node group of another size has other nodes. */
  bringsAnew?: boolean;
  /** What it still waits for, once it is there; when it waits too long, it has failed but stays. */
  waitsFor?(context: Context): string | undefined;
  /** Why it cannot be deleted now; the provider tries again. */
  heldBy?(context: Context, thing: Thing): string | undefined;
  /** Why it cannot be deleted at all. */
  refusesDelete?(context: Context, thing: Thing): string | undefined;
  /** What becomes of the rest when it goes. */
  gone?(context: Context, thing: Thing): void;
  /** After creation and changes, and before deletion: for what lies outside the account. */
  outside?: {
    made(context: Context, thing: Thing): Promise<void>;
    gone(context: Context, thing: Thing): Promise<void>;
  };
  /** What AWS takes for it, in seconds, as its users report. @default 1 */
  seconds?: { create: number; update?: number; delete?: number };
}

/** A row for the table, of which the SDK's interface is checked. */
export function kind<Args>(row: Kind<Args>): Kind {
  return row as Kind;
}

/** The values at a dotted path, elements of lists one by one. */
export function valuesAt(value: unknown, path: string): unknown[] {
  const [first, ...rest] = path.split(".");
  const all = Array.isArray(value) ? (value as unknown[]) : [value];
  return all.flatMap((one) => {
    if (typeof one !== "object" || one === null) {
      return [];
    }
    const inner = (one as Properties)[first!];
    if (inner === undefined || inner === null) {
      return [];
    }
    return rest.length > 0
      ? valuesAt(inner, rest.join("."))
      : Array.isArray(inner)
        ? (inner as unknown[])
        : [inner];
  });
}

/** The texts at a dotted path. */
export function textsAt(value: unknown, path: string): string[] {
  return valuesAt(value, path).filter((one) => typeof one === "string");
}

export function textAt(value: unknown, path: string): string | undefined {
  return textsAt(value, path)[0];
}

/** The thing of a type whose id, ARN or name this is. */
export function named(context: Context, type: string, value: string): Thing | undefined {
  return context.account
    .all(type)
    .find(
      ({ id, properties }) =>
        id === value || properties["arn"] === value || properties["name"] === value,
    );
}

/** An id as EC2 makes it: `subnet-0` and sixteen digits. */
export function ec2Id(prefix: string): string {
  const digits = Array.from({ length: 16 }, () => Math.floor(Math.random() * 16).toString(16));
  return `${prefix}-0${digits.join("")}`;
}

/** Letters and digits, as the ends of names that AWS or the provider make. */
export function suffix(length = 7): string {
  return Array.from({ length }, () => Math.floor(Math.random() * 16).toString(16)).join("");
}

export function arn(context: Context, service: string, rest: string, global = false): string {
  const { account } = context.account.settings;
  return `arn:aws:${service}:${global ? "" : context.region}:${account}:${rest}`;
}

/** A network interface that AWS puts into a subnet for something. */
export function interfaceIn(
  context: Context,
  owner: Thing,
  subnetId: string,
  description: string,
  groups: string[] = [],
): Thing {
  return {
    type: "interface",
    id: ec2Id("eni"),
    region: context.region,
    properties: { subnetId, description, groups },
    madeAt: Date.now(),
    owner: keyOf(owner.type, owner.id, owner.region),
  };
}
