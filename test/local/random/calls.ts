/** The provider's calls, without an engine. */
import assert from "node:assert/strict";
import type { CheckFailure } from "@pulumi/pulumi/provider";
import { randomProvider } from "../../../local/random/provider";
import type { Properties } from "../../../local/random/wire";

export function urn(kind: string): string {
  const type = `random:index/${kind[0]!.toLowerCase()}${kind.slice(1)}:${kind}`;
  return `urn:pulumi:dev::test::platform:index:Hub$${type}::some::name`;
}

export async function failures(kind: string, news: Properties): Promise<CheckFailure[]> {
  return (await randomProvider.check(urn(kind), {}, news)).failures;
}

export async function replaces(
  kind: string,
  olds: Properties,
  news: Properties,
): Promise<string[]> {
  const { changes, replaces } = await randomProvider.diff("id", urn(kind), olds, news);
  assert.equal(changes, replaces.length > 0);
  return replaces;
}

export function created(kind: string, inputs: Properties) {
  return randomProvider.create(urn(kind), inputs);
}
