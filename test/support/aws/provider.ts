/** The simulated `aws` provider: the protocol's calls, answered from the table of kinds and the account. */
import { isDeepStrictEqual } from "node:util";
import type { Provider } from "@pulumi/pulumi/provider";
import {
  plain,
  plainProperties,
  present,
  UNKNOWN,
  type Properties,
} from "../../../local/random/wire";
import type { Account } from "./account";
import { declarationFailures } from "./declarations";
import { changedArguments, partChanged, projected } from "./difference";
import { call } from "./functions";
import { suffix, type Context, type Kind } from "./kind";
import { KINDS } from "./kinds";
import { NotUp, Operations } from "./operations";
import { configuration, previewOf } from "./protocol";

/** The version of `@pulumi/aws` whose provider this one stands for. */
const VERSION = "7.48.0";

/** Beside the outputs: the arguments, which tell an argument that was taken away from one that has a default. */
const GIVEN = "__given";

/** An error after which the engine keeps the resource, as one that did not come up; the server knows it by its `id`. */
class InitializationError extends Error {
  readonly reasons: string[];
  constructor(
    message: string,
    readonly id: string,
    readonly properties: Properties,
  ) {
    super(message);
    this.reasons = [message];
  }
}

/** `urn:pulumi:stack::project::parentType$type::name` */
function parts(urn: string): { type: string; name: string } {
  const [, , types, ...name] = urn.split("::");
  return { type: types?.split("$").at(-1) ?? "", name: name.join("::") };
}

function kindOf(type: string): Kind {
  const kind = KINDS[type];
  if (kind === undefined) {
    throw new Error(
      `the simulated aws provider has no ${type}; it has ${Object.keys(KINDS).join(", ")}`,
    );
  }
  return kind;
}

function given(properties: Properties): Properties {
  return present(plainProperties(properties));
}

/** Names with a `__` are not arguments. */
function own(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !name.startsWith("__")));
}

/** What was asked for last, kept in the state. */
function givenBefore(state: Properties): Properties {
  return (plainProperties(state)[GIVEN] as Properties | undefined) ?? {};
}

/** What the stack's state has of a thing: a secret stays in its envelope. */
function stateOf(inputs: Properties, properties: Properties): Properties {
  const asked = own(present(inputs));
  const secrets = Object.entries(asked).filter(
    ([, value]) => !isDeepStrictEqual(value, plain(value)),
  );
  return { ...properties, ...Object.fromEntries<unknown>(secrets), [GIVEN]: asked };
}

export class SimulatedAws implements Provider {
  readonly version = VERSION;
  readonly schema = JSON.stringify({ name: "aws", version: VERSION });
  private readonly operations: Operations;

  constructor(private readonly account: Account) {
    this.operations = new Operations(account);
  }

  /** Where a resource belongs. @throws Error as the real provider does where nobody says so */
  private context(kind: Kind, asked: Properties, id: string): Context {
    const { allowedAccountIds: allowed, region: ofProvider } = configuration();
    const { account } = this.account.settings;
    if (allowed.length > 0 && !allowed.includes(account)) {
      throw new Error(`AWS account ID not allowed: ${account}`);
    }
    const region = asked["region"] ?? ofProvider;
    if (kind.global === true) {
      return { account: this.account, region: "", given: asked, id };
    }
    if (typeof region !== "string") {
      throw new Error(
        "Missing region configuration: set `aws:region`, or `region` of the provider or the resource",
      );
    }
    return { account: this.account, region, given: asked, id };
  }

  // Every method is async: a call that fails then fails as its promise, never by throwing.
  async check(urn: string, olds: Properties, news: Properties) {
    const { type, name } = parts(urn);
    const { name: property, namePrefix } = kindOf(type);
    const asked = present(news);
    const failures = declarationFailures(type, own(given(news)));
    const prefix = namePrefix === undefined ? undefined : asked[namePrefix];
    if (property === undefined || asked[property] !== undefined || prefix === UNKNOWN) {
      return await Promise.resolve({ inputs: asked, failures });
    }
    // A name that was made up stays, as long as it begins as it is asked to.
    const beginning = typeof prefix === "string" ? prefix : `${name}-`;
    const before = plainProperties(olds)[property];
    const kept = typeof before === "string" && before.startsWith(beginning) ? before : undefined;
    return { inputs: { ...asked, [property]: kept ?? beginning + suffix() }, failures };
  }

  async diff(_id: string, urn: string, olds: Properties, news: Properties) {
    const kind = kindOf(parts(urn).type);
    const [is, now] = [given(olds), own(given(news))];
    const changed = changedArguments(is, givenBefore(olds), now);
    const replaces = [
      ...changed.filter((name) => kind.immutable.includes(name)),
      ...(kind.immutableParts ?? []).filter(
        (path) => changed.includes(path.split(".")[0]!) && partChanged(is, now, path),
      ),
    ];
    return await Promise.resolve({ changes: changed.length > 0, replaces });
  }

  async create(urn: string, inputs: Properties) {
    const { preview, rest } = previewOf(inputs);
    if (preview) {
      return { id: "", outs: present(rest) };
    }
    const { type } = parts(urn);
    return this.operations.noted("create", type, urn, async (wanted) => {
      const kind = kindOf(type);
      const asked = own(given(rest));
      const context = this.context(kind, asked, "");
      try {
        const { id, properties } = await this.operations.make(type, kind, context, asked, wanted);
        return { id, outs: stateOf(rest, properties) };
      } catch (error) {
        if (error instanceof NotUp) {
          const { id, properties } = error.thing;
          throw new InitializationError(error.message, id, stateOf(rest, properties));
        }
        throw error;
      }
    });
  }

  async update(id: string, urn: string, olds: Properties, news: Properties) {
    const { preview, rest } = previewOf(news);
    const { type } = parts(urn);
    const kind = kindOf(type);
    if (preview) {
      const { changes } = await this.diff(id, urn, olds, rest);
      const unknown = changes ? (kind.volatile ?? []) : [];
      const known = Object.entries({ ...olds, ...present(rest) });
      return { outs: Object.fromEntries(known.filter(([name]) => !unknown.includes(name))) };
    }
    return this.operations.noted("update", type, urn, async (wanted) => {
      if (wanted !== undefined) {
        throw wanted;
      }
      const asked = own(given(rest));
      const context = this.context(kind, asked, id);
      const thing = this.account.get(type, id, context.region);
      if (thing === undefined) {
        throw new Error(`ResourceNotFoundException: ${type} ${id} does not exist`);
      }
      const { properties } = await this.operations.change(kind, context, thing, asked);
      return { id, outs: stateOf(rest, properties) };
    });
  }

  async delete(id: string, urn: string, props: Properties): Promise<void> {
    const { type } = parts(urn);
    const kind = kindOf(type);
    const context = this.context(kind, own(given(props)), id);
    await this.operations.noted("delete", type, urn, async (wanted) => {
      const thing = this.account.get(type, id, context.region);
      // What is gone already is what was wanted.
      if (thing !== undefined) {
        if (wanted !== undefined) {
          throw wanted;
        }
        await this.operations.remove(kind, context, thing);
      }
      return { id };
    });
  }

  async read(id: string, urn: string, props: Properties) {
    const { type } = parts(urn);
    const context = this.context(kindOf(type), own(given(props)), id);
    const thing = this.account.get(type, id, context.region);
    if (thing === undefined) {
      return await Promise.resolve({ id: "", props: {} });
    }
    // An import asks for everything; a refresh for what the arguments have become.
    const imported = Object.keys(own(props)).length === 0;
    const before = imported ? (thing.inputs ?? {}) : givenBefore(props);
    const inputs = projected(before, thing.properties) as Properties;
    return { id, props: { ...thing.properties, [GIVEN]: before }, inputs };
  }

  async invoke(token: string, inputs: Properties) {
    const { region = "" } = configuration();
    return await Promise.resolve({ outputs: call(this.account, token, region, given(inputs)) });
  }
}
