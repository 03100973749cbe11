/** What AWS does when it is asked: refuses, waits, makes, changes and takes away, by the table of kinds. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Properties } from "../../../local/random/wire";
import type { Account, Operation, Thing } from "./account";
import { textsAt, type Context, type Kind } from "./kind";
import { merged } from "./merge";

const POLL_MS = 20;

/** A failure that a test wants; `made` when the thing is there all the same. */
export type WantedFailure = Error & { made?: boolean };

/** A thing that is there, but did not come up. */
export class NotUp extends Error {
  constructor(
    message: string,
    readonly thing: Thing,
  ) {
    super(message);
  }
}

function refuse(reason: string | undefined): void {
  if (reason !== undefined) {
    throw new Error(reason);
  }
}

function exists({ account }: Context, type: string, value: string): boolean {
  return account
    .all(type)
    .some(
      ({ id, properties }) =>
        id === value || properties["arn"] === value || properties["name"] === value,
    );
}

/** Why a thing that the arguments name does not exist. */
function missing(kind: Kind, context: Context): string | undefined {
  return kind.references
    ?.flatMap(({ path, type, error }) =>
      textsAt(context.given, path)
        .filter((value) => !exists(context, type, value))
        .map((value) => error(value)),
    )
    .at(0);
}

/** Why the name cannot be had. */
function taken(type: string, kind: Kind, context: Context): string | undefined {
  if (kind.name === undefined || kind.taken === undefined) {
    return undefined;
  }
  const name = String(context.given[kind.name]);
  const { unique = "region" } = kind;
  const isTaken = context.account
    .all(type)
    .filter(({ properties }) => properties[kind.name!] === name)
    .some((other) =>
      typeof unique === "function"
        ? unique(context, other)
        : unique !== "region" || other.region === context.region,
    );
  return isTaken ? kind.taken(name) : undefined;
}

/** The operations on one account. */
export class Operations {
  constructor(private readonly account: Account) {}

  /** @throws NotUp for a thing that stays without having come up */
  async make(
    type: string,
    kind: Kind,
    context: Context,
    asked: Properties,
    wanted?: WantedFailure,
  ): Promise<Thing> {
    if (wanted !== undefined && wanted.made !== true) {
      throw wanted;
    }
    refuse(missing(kind, context));
    refuse(taken(type, kind, context));
    await this.patiently(() => kind.notYet?.(context));
    refuse(kind.refuses?.(context));
    context.id = kind.id(context);
    const { region, id } = context;
    const properties = merged(kind.outputs?.(context) ?? {}, {
      ...asked,
      ...(region === "" ? {} : { region }),
      tagsAll: asked["tags"] ?? {},
    });
    const thing = { type, id, region, properties, inputs: asked, madeAt: Date.now() };
    this.account.put(thing);
    await this.pass(kind.seconds?.create);
    try {
      await this.bringUp(kind, context, thing, wanted);
    } catch (error) {
      throw new NotUp((error as Error).message, thing);
    }
    return thing;
  }

  async change(kind: Kind, context: Context, thing: Thing, asked: Properties): Promise<Thing> {
    refuse(missing(kind, context));
    refuse(kind.refusesChange?.(context, thing));
    const dropped = Object.keys(thing.inputs ?? {}).filter((name) => asked[name] === undefined);
    const kept = Object.entries(thing.properties).filter(([name]) => !dropped.includes(name));
    const outputs = kind.outputs?.(context, thing) ?? {};
    const properties = {
      ...merged(merged(outputs, Object.fromEntries(kept)), asked),
      tagsAll: asked["tags"] ?? {},
      ...Object.fromEntries((kind.volatile ?? []).map((name) => [name, outputs[name]])),
    };
    const next = { ...thing, properties, inputs: asked };
    this.account.put(next);
    if (kind.bringsAnew === true || thing.ready !== true) {
      this.account.dropOwned(next, ["node", "interface"]);
      await this.bringUp(kind, context, next);
    }
    await this.pass(kind.seconds?.update);
    return next;
  }

  async remove(kind: Kind, context: Context, thing: Thing): Promise<void> {
    refuse(kind.refusesDelete?.(context, thing));
    await this.patiently(() => kind.heldBy?.(context, thing));
    await this.pass(kind.seconds?.delete);
    await kind.outside?.gone(context, thing);
    this.account.remove(thing);
    kind.gone?.(context, thing);
  }

  /** Waits until a thing is what it was made for, and makes what AWS makes with it. */
  private async bringUp(
    kind: Kind,
    context: Context,
    thing: Thing,
    wanted?: WantedFailure,
  ): Promise<void> {
    await this.patiently(() => kind.waitsFor?.(context));
    refuse(wanted?.message);
    this.account.put(...(kind.brings?.(context, thing) ?? []), { ...thing, ready: true });
    await kind.outside?.made(context, thing);
  }

  /** Lets AWS's time pass. */
  private pass(seconds = 1): Promise<void> {
    return sleep(seconds * this.account.settings.msPerSecond);
  }

  /** Tries until nothing stands in the way, as the real provider does. @throws Error with what still does */
  private async patiently(why: () => string | undefined): Promise<void> {
    const deadline = Date.now() + this.account.settings.patienceMs;
    for (let reason = why(); reason !== undefined; reason = why()) {
      if (Date.now() > deadline) {
        throw new Error(reason);
      }
      await sleep(POLL_MS);
    }
  }

  /** Notes an operation with its times; lets a test hold it, or make it fail. */
  async noted<T extends { id: string }>(
    operation: Operation["operation"],
    type: string,
    urn: string,
    run: (wanted?: WantedFailure) => Promise<T>,
  ): Promise<T> {
    const named = `${type} ${urn}`;
    const isHeld = (): boolean => {
      const { held } = this.account.settings;
      return held !== undefined && new RegExp(held).test(named);
    };
    while (isHeld()) {
      await sleep(POLL_MS);
    }
    const began = Date.now();
    const note = (id: string, error?: string): void =>
      this.account.note({ operation, type, id, urn, began, ended: Date.now(), error });
    const fault = this.account.settings.faults.find(
      (one) => one.operation === operation && new RegExp(one.type).test(named),
    );
    try {
      const wanted = fault && Object.assign(new Error(fault.message), { made: fault.made });
      const result = await run(wanted);
      note(result.id);
      return result;
    } catch (error) {
      note(error instanceof NotUp ? error.thing.id : "", (error as Error).message);
      throw error;
    }
  }
}
