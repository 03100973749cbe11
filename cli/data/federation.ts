/** A stack's federation, as the data command needs it; read without the engine. */
import { z } from "zod";
import type { DataExpectation } from "../../components/model/federationData";
import { nearest, oneOf, parseWith, Problems } from "../../components/model/problems";
import { dataExpectation, type PlacedNode } from "../../stacks/federation/workers";
import { federationsSchema, type FederationConfig } from "../../stacks/sections/federations";
import { readSettings, settingsName } from "../settings";
import { sectionsOf } from "../workspace/stackSettings";

const nodesSchema = z.record(
  z.string(),
  z.looseObject({ cluster: z.string().optional(), roles: z.array(z.string()).optional() }),
);

function unknownFederation(name: string, known: readonly string[], problems: Problems): void {
  const near = nearest(name, known);
  problems.add({
    path: "federations",
    reason: "has no federation of that name",
    value: name,
    allowed: oneOf(known),
    ...(near === undefined ? {} : { remedy: `Did you mean ${near}?` }),
  });
}

/**
 * What a federation of a stack expects of its data. Only the sections that say so are looked at.
 *
 * @throws ProblemsError when the stack has no such federation, or these sections have problems
 */
export function readExpectation(root: string, stack: string, federation: string): DataExpectation {
  const problems = new Problems(settingsName(stack));
  const {
    federations = {},
    nodes = {},
    clusters,
    defaultCluster,
  } = sectionsOf(readSettings(root, stack), problems);
  const parsed = parseWith(federationsSchema, federations, problems, "federations");
  const placed: Record<string, PlacedNode> | undefined = parseWith(
    nodesSchema,
    nodes,
    problems,
    "nodes",
  );
  let found: FederationConfig | undefined;
  if (parsed !== undefined) {
    found = Object.hasOwn(parsed, federation) ? parsed[federation] : undefined;
    if (found === undefined) {
      unknownFederation(federation, Object.keys(parsed), problems);
    }
  }
  problems.throwIfAny();
  const [first = ""] = Object.keys(clusters ?? {});
  const chosen = typeof defaultCluster === "string" ? defaultCluster : first;
  return dataExpectation(federation, found!, placed!, chosen);
}
