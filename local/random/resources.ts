/**
 * The resources of the provider, as one table: what each is given, and how its values are made and
 * imported. Names, defaults and encodings are those of the real provider (version 4.19.1).
 */
import { randomBytes, randomUUID } from "node:crypto";
import { hashSync } from "bcryptjs";
import type { CheckFailure } from "@pulumi/pulumi/provider";
import {
  CHARACTER_ARGUMENTS,
  characterFailures,
  KEEPERS,
  withDefaults,
  type Arguments,
} from "./arguments";
import { randomCharacters, type CharacterRequest } from "./characters";
import { secret, type Properties } from "./wire";

/** A value that was made or imported. */
export interface Generated {
  id: string;
  /** The outputs that are not arguments. */
  outputs: Record<string, string>;
}

/** A value that comes from outside, with the arguments that agree with it. */
interface Imported extends Generated {
  inputs: Properties;
}

/** One resource type of the provider. */
export interface RandomResource {
  arguments: Arguments;
  /** Names of the outputs that are not arguments; the first tells a resource that exists. */
  outputs: readonly [string, ...string[]];
  /** Whether these outputs are secret. */
  secret: boolean;
  /** What is wrong with the arguments taken together; each single one is already known to be right. */
  check?(given: Properties): CheckFailure[];
  /** A new value. `settled` holds every argument, defaults included, without envelopes. */
  create(settled: Properties): Generated;
  /** @throws Error when the id cannot be an id of this resource. It never shows the id. */
  import(id: string): Imported;
}

function named(result: string): Generated {
  return { id: result, outputs: { result } };
}

/** The cost is upstream's; bcrypt itself reads no more than the first 72 bytes, as upstream hashes. */
function bcryptHash(password: string): string {
  return hashSync(password, 10);
}

function characters(options: { secret: boolean }): RandomResource {
  // An id is not encrypted in state, so it must not be the password. (The id that an import names is kept
  // in clear by the engine itself, with the real provider too.)
  const made = (result: string): Generated =>
    options.secret
      ? { id: "none", outputs: { result, bcryptHash: bcryptHash(result) } }
      : named(result);
  return {
    arguments: CHARACTER_ARGUMENTS,
    outputs: options.secret ? ["result", "bcryptHash"] : ["result"],
    secret: options.secret,
    check: characterFailures,
    // The check has established every type of the settled arguments.
    create: (settled) => made(randomCharacters(settled as unknown as CharacterRequest)),
    import: (id) => ({ ...made(id), inputs: { length: [...id].length } }),
  };
}

/** The prefix stands before each encoding but not before the id, as upstream. */
function identifier(bytes: Buffer, prefix: string): Generated {
  const id = bytes.toString("base64url");
  const hex = bytes.toString("hex");
  return {
    id,
    outputs: {
      b64Url: prefix + id,
      b64Std: prefix + bytes.toString("base64"),
      hex: prefix + hex,
      dec: prefix + BigInt(`0x${hex}`).toString(),
    },
  };
}

/** `id` is the URL-safe base64 form, after `<prefix>,` where there is a prefix. */
function importIdentifier(id: string): Imported {
  const comma = id.lastIndexOf(",");
  const prefix = id.slice(0, Math.max(comma, 0));
  const encoded = id.slice(comma + 1);
  const bytes = Buffer.from(encoded, "base64url");
  if (bytes.length === 0 || bytes.toString("base64url") !== encoded) {
    throw new Error("the id of a RandomId must be unpadded URL-safe base64, or <prefix>,<base64>");
  }
  const inputs = { byteLength: bytes.length, ...(prefix === "" ? {} : { prefix }) };
  return { ...identifier(bytes, prefix), inputs };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function importUuid(id: string): Imported {
  if (!UUID.test(id)) throw new Error("the id of a RandomUuid must be a UUID of 36 characters");
  return { ...named(id.toLowerCase()), inputs: {} };
}

/** The resources by type token. */
export const RESOURCES: Readonly<Record<string, RandomResource>> = {
  "random:index/randomPassword:RandomPassword": characters({ secret: true }),
  "random:index/randomString:RandomString": characters({ secret: false }),
  "random:index/randomId:RandomId": {
    arguments: {
      keepers: KEEPERS,
      byteLength: { kind: "count", required: true, minimum: 1 },
      prefix: { kind: "text" },
    },
    outputs: ["b64Url", "b64Std", "dec", "hex"],
    secret: false,
    create: ({ byteLength, prefix }) =>
      identifier(randomBytes(Number(byteLength)), typeof prefix === "string" ? prefix : ""),
    import: importIdentifier,
  },
  "random:index/randomUuid:RandomUuid": {
    arguments: { keepers: KEEPERS },
    outputs: ["result"],
    secret: false,
    create: () => named(randomUUID()),
    import: importUuid,
  },
};

/** The outputs of a resource: its arguments as given (envelopes kept), the defaults, and its values. */
export function state(resource: RandomResource, given: Properties, made: Generated): Properties {
  const outputs = Object.entries(made.outputs).map(([name, value]): [string, unknown] => [
    name,
    resource.secret ? secret(value) : value,
  ]);
  return {
    ...withDefaults(given, resource.arguments),
    ...Object.fromEntries(outputs),
    id: made.id,
  };
}
