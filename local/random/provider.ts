/**
 * The `random` provider of the stand: the protocol's calls, answered from the table of resources.
 *
 * The Node provider server does not announce preview support, so in a preview the engine itself answers a
 * create with the inputs: arguments such as `keepers` are known, results are unknown.
 */
import { isDeepStrictEqual } from "node:util";
import type { Provider } from "@pulumi/pulumi/provider";
import { argumentFailures, withDefaults, type Arguments } from "./arguments";
import { RESOURCES, state, type RandomResource } from "./resources";
import { schema } from "./schema";
import { plainProperties, present, type Properties } from "./wire";

/** The version of `@pulumi/random` whose provider this one stands for. */
const VERSION = "4.19.1";

/** `urn:pulumi:stack::project::parentType$type::name` -> the resource of `type`. */
function resourceOf(urn: string): RandomResource {
  const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
  const resource = RESOURCES[type];
  if (resource === undefined) {
    const known = Object.keys(RESOURCES).map((token) => token.split(":").at(-1));
    throw new Error(
      `the random provider of the local stand has no ${type}; it has ${known.join(", ")}`,
    );
  }
  return resource;
}

/** Arguments in the form in which two generations are compared. */
function comparable(properties: Properties, known: Arguments): Properties {
  const given = present(plainProperties(properties));
  const own = Object.fromEntries(
    Object.entries(given).filter(([name]) => Object.hasOwn(known, name)),
  );
  const settled = withDefaults(own, known);
  const keepers = settled["keepers"];
  if (typeof keepers !== "object" || keepers === null) return settled;
  // Upstream: an empty map and a null value say the same as nothing.
  const values = present(keepers as Properties);
  const none = Object.keys(values).length === 0;
  return { ...settled, keepers: none ? undefined : values };
}

/** The arguments whose value differs; each of them replaces the resource. */
function changedArguments(known: Arguments, olds: Properties, news: Properties): string[] {
  const before = comparable(olds, known);
  const after = comparable(news, known);
  return Object.keys(known).filter((name) => {
    // Upstream: taking an empty overrideSpecial away changes nothing.
    if (name === "overrideSpecial" && before[name] === "" && after[name] === undefined)
      return false;
    return !isDeepStrictEqual(before[name], after[name]);
  });
}

/** A call that fails as its promise fails, never by throwing. */
function answered<Given extends unknown[], Answer>(call: (...given: Given) => Answer) {
  return (...given: Given) => new Promise<Answer>((resolve) => resolve(call(...given)));
}

/** The provider, for the Node provider server. */
export const randomProvider = {
  version: VERSION,
  schema: JSON.stringify(schema(VERSION)),

  check: answered((urn: string, _olds: Properties, news: Properties) => {
    const resource = resourceOf(urn);
    const given = present(plainProperties(news));
    const single = argumentFailures(given, resource.arguments);
    const failures = single.length > 0 ? single : (resource.check?.(given) ?? []);
    return { inputs: news, failures };
  }),

  diff: answered((_id: string, urn: string, olds: Properties, news: Properties) => {
    const replaces = changedArguments(resourceOf(urn).arguments, olds, news);
    return { changes: replaces.length > 0, replaces };
  }),

  create: answered((urn: string, inputs: Properties) => {
    const resource = resourceOf(urn);
    const given = present(inputs);
    const settled = withDefaults(plainProperties(given), resource.arguments);
    const made = resource.create(settled);
    return { id: made.id, outs: state(resource, given, made) };
  }),

  /**
   * A refresh keeps what is there: nothing outside the state could have changed it. An import, which
   * comes without properties, makes the state from the id.
   */
  read: answered((id: string, urn: string, props: Properties) => {
    const resource = resourceOf(urn);
    if (Object.hasOwn(props, resource.outputs[0])) return { id, props };
    const found = resource.import(id);
    return { id: found.id, props: state(resource, found.inputs, found), inputs: found.inputs };
  }),

  update: answered((_id: string, urn: string): never => {
    resourceOf(urn);
    throw new Error("a random resource is replaced on every change and cannot be updated");
  }),

  /** There is nothing outside the state to delete. */
  delete: answered(() => undefined),
} satisfies Provider;
