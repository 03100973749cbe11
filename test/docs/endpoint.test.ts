import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { DEFAULT_LIMITS } from "../../components/model/serviceLimits";
import { recordSchema } from "../../components/model/serviceRecord";
import { documentSchema } from "../../components/model/serviceSchema";
import { parse } from "../support/services";

interface JsonSchema {
  type?: string;
  description?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
}

interface Row {
  key: string;
  required: boolean;
  meaning: string;
}

/** Every key with its meaning; init containers have the keys of containers, which are said once. */
function rows(schema: JsonSchema, at: string): Row[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, child]) => [
    {
      key: `${at}${name}`,
      required: schema.required?.includes(name) ?? false,
      meaning: child.description ?? "",
    },
    ...rows(child, `${at}${name}.`),
    ...(name === "initContainers" ? [] : rows(child.items ?? {}, `${at}${name}[].`)),
  ]);
}

describe("docs/endpoint.md", () => {
  const page = fs.readFileSync(path.join(__dirname, "../../docs/endpoint.md"), "utf8");
  const table = [...page.matchAll(/^\| `([^`]+)` +\| ([^|]+?) +\| ([^|]+?) +\|([^|]*)\|.*\|$/gm)];
  const byKey = (a: Row, b: Row): number => (a.key < b.key ? -1 : 1);

  it("has every key of record and document in its tables, with its meaning", () => {
    const expected = [recordSchema, documentSchema].flatMap((schema) =>
      rows(z.toJSONSchema(schema, { io: "input" }) as JsonSchema, ""),
    );
    assert.ok(expected.every(({ meaning }) => meaning !== ""));
    const found = table.map(([, key = "", type = "", meaning = ""]) => ({
      key,
      required: type.endsWith(", required"),
      meaning,
    }));
    assert.deepEqual(found.sort(byKey), expected.sort(byKey));
  });

  it("names the limits that there are", () => {
    const limits = Object.fromEntries(
      table.map(([, key = "", , , text = ""]) => [key, text.trim()]),
    );
    const it = DEFAULT_LIMITS;
    assert.equal(limits["containers[].cpu"], `${it.defaultCpu}; ${it.minCpu} to ${it.maxCpu}`);
    assert.equal(
      limits["containers[].memory"],
      `${it.defaultMemory}; ${it.minMemory} to ${it.maxMemory}`,
    );
    assert.equal(limits["containers[].gpuCount"], `1; ${it.maxGpus} at most`);
    assert.equal(limits["replicas"], `1; 0 to ${it.maxReplicas}`);
    assert.equal(limits["volumes[].emptyDir.sizeLimit"], `1 to ${it.maxMemoryVolume}`);
    assert.equal(limits["containers"], `1 to ${it.maxContainers}, with the init containers`);
    assert.equal(limits["volumes"], `none; ${it.maxVolumes} at most`);
    assert.equal(limits["containers[].ports"], `none; ${it.maxPorts} at most`);
    assert.equal(limits["containers[].volumeMounts"], `none; ${it.maxMounts} at most`);
    assert.match(limits["containers[].environment"]!, new RegExp(`${it.maxVariables} at most`));
    assert.equal(limits["data"], `${it.maxDocumentBytes / 1024} KiB at most`);
  });

  it("goes with an example file without problems and warnings", () => {
    const file = path.join(__dirname, "../../examples/services/nginx.yaml");
    const { lines, warnings } = parse(fs.readFileSync(file, "utf8"));
    assert.deepEqual([lines, warnings], [[], []]);
  });

  it("has an example without problems and warnings", () => {
    const [, example = ""] = /```yaml\n([^`]+)```/.exec(page) ?? [];
    const { lines, warnings } = parse(example);
    assert.deepEqual([lines, warnings], [[], []]);
  });
});
