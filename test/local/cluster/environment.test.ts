/** What `env.json` says when there is a stand, and when there are only programs. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { writeEnvironment, writeTools } from "../../../local/cluster/environment";
import { standPaths } from "../../../local/cluster/paths";

describe("env.json", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "science-platform-env-"));
  const stand = standPaths(folder);
  const tools = { pulumi: "/cache/a/pulumi", "pulumi-resource-kubernetes": "/cache/b/provider" };

  const read = (): unknown => JSON.parse(fs.readFileSync(stand.environment, "utf8"));

  afterEach(() => fs.rmSync(stand.environment, { force: true }));
  after(() => fs.rmSync(folder, { recursive: true }));

  it("says where the programs are, for a stack on a cluster of one's own", () => {
    writeTools(stand, tools);
    assert.deepEqual(read(), { path: ["/cache/a", "/cache/b"], env: {}, clusters: {}, tools });
  });

  it("is not taken from a stand that runs", () => {
    writeEnvironment(stand, tools, ["local"], 4711);
    const before = read();
    writeTools(stand, { pulumi: "/elsewhere/pulumi" });
    assert.deepEqual(read(), before);
  });
});
