import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { configPage } from "../../docs/generate";

describe("docs/config.md", () => {
  it("says what the schema says (make docs writes it)", () => {
    const page = path.join(__dirname, "../../docs/config.md");
    assert.equal(fs.readFileSync(page, "utf8"), configPage());
  });
});
