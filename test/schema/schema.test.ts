/** The package's schema, as the engine infers it for other languages: its changes show in review. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer";
import { generateSchema } from "@pulumi/pulumi/provider/experimental/schema";
import * as components from "../../components";
import manifest from "../../components/package.json";

const FOLDER = path.resolve(__dirname, "../../components");
const SNAPSHOT = path.join(__dirname, "schema.json");

interface Resource {
  isComponent: boolean;
  inputProperties: Record<string, { plain?: boolean }>;
  requiredInputs?: string[];
  properties: Record<string, object>;
}

function infer(): { resources: Record<string, Resource>; types: Record<string, object> } {
  const names = new Set(Object.keys(components));
  const analyzer = new Analyzer(FOLDER, manifest.name, manifest, names);
  const { components: found, typeDefinitions, dependencies } = analyzer.analyze();
  const { name, version, description } = manifest;
  const schema = generateSchema(name, version, description, found, typeDefinitions, dependencies);
  return JSON.parse(JSON.stringify(schema)) as ReturnType<typeof infer>;
}

describe("the component package's schema", function () {
  this.timeout(60_000);

  it("is inferred whole: every exported component, no private field", () => {
    const { resources } = infer();
    const tokens = Object.keys(resources).sort();
    assert.deepEqual(
      tokens,
      Object.keys(components)
        .map((name) => `science-platform:index:${name}`)
        .sort(),
    );
    assert.deepEqual(
      Object.keys(resources["science-platform:index:Workspace"]!.properties).sort(),
      ["claims", "kind", "namespace", "service", "url", "workload"],
    );
  });

  it("is what was reviewed (UPDATE_SCHEMA=1 writes it)", () => {
    const text = `${JSON.stringify(infer(), undefined, 2)}\n`;
    if (process.env["UPDATE_SCHEMA"] === "1") {
      fs.writeFileSync(SNAPSHOT, text);
    }
    assert.equal(text, fs.readFileSync(SNAPSHOT, "utf8"));
  });
});
