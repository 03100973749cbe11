import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { workspaceSchema } from "../../components/model/workspaceSchema";

interface JsonSchema {
  description?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
}

interface Row {
  key: string;
  required: boolean;
  meaning: string;
}

function rows(schema: JsonSchema, at: string): Row[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, child]) => [
    {
      key: `${at}${name}`,
      required: schema.required?.includes(name) ?? false,
      meaning: child.description ?? "",
    },
    ...rows(child, `${at}${name}.`),
    ...rows(child.items ?? {}, `${at}${name}[].`),
  ]);
}

describe("docs/workspaces.md", () => {
  const page = fs.readFileSync(path.join(__dirname, "../../docs/workspaces.md"), "utf8");
  const table = [...page.matchAll(/^\| `([^`]+)` +\| ([^|]+?) +\| ([^|]+?) +\|.*\|.*\|$/gm)];

  it("has every key of the schema in its table, with its meaning", () => {
    const schema = z.toJSONSchema(workspaceSchema, { io: "output", unrepresentable: "any" });
    const expected = rows(schema as JsonSchema, "");
    assert.ok(expected.every(({ meaning }) => meaning !== ""));
    const found = table.map(([, key = "", type = "", meaning = ""]) => ({
      key,
      required: type.endsWith(", required"),
      meaning,
    }));
    const byKey = (a: Row, b: Row): number => (a.key < b.key ? -1 : 1);
    assert.deepEqual(found.sort(byKey), expected.sort(byKey));
  });
});
