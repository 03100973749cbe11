import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { readVariables, stackOfVariables, writeSettings } from "../../cli/eks/deployFile";
import { readSettings } from "../../cli/settings";

const VARIABLES = 'name = "tasks"\npublic_access_cidrs = ["203.0.113.0/24"]\n';

describe("make deploy", () => {
  let root = "";
  before(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), "deploy-"));
  });
  after(() => fs.rmSync(root, { recursive: true }));

  it("writes the stack of the variables, and again when they change", () => {
    const file = path.join(root, "my.tfvars");
    fs.writeFileSync(file, VARIABLES);
    const written = writeSettings(root, readVariables(file), "my.tfvars");
    assert.equal(written, path.join(root, "Pulumi.tasks.yaml"));
    assert.match(fs.readFileSync(written, "utf8"), /^# Written by `make deploy` from my\.tfvars/);
    const config = readSettings(root, "tasks").config!;
    assert.deepEqual(config["science-platform:layers"], ["cluster"]);
    // What people add to it stays, its cluster does not.
    fs.appendFileSync(written, "encryptionsalt: v1:abc\n");
    const larger = stackOfVariables(`${VARIABLES}max_size = 9\n`, "my.tfvars");
    writeSettings(root, larger, "my.tfvars");
    const again = readSettings(root, "tasks");
    assert.equal(again.encryptionsalt, "v1:abc");
    assert.match(JSON.stringify(again.config), /"maxSize":9/);
  });

  it("leaves a settings file alone that somebody wrote", () => {
    const file = path.join(root, "Pulumi.own.yaml");
    fs.writeFileSync(file, "config: {}\n");
    const own = stackOfVariables(VARIABLES.replace("tasks", "own"), "x");
    assert.throws(() => writeSettings(root, own, "x"), /left alone.*make up STACK=own/s);
    assert.equal(fs.readFileSync(file, "utf8"), "config: {}\n");
  });

  it("tells what is wrong with the variables before anything is written", () => {
    assert.throws(
      () =>
        stackOfVariables('name = "bad"\naws_region = "mars"\npublic_access_cidrs = []', "x.tfvars"),
      /x\.tfvars: region: not a region of AWS/,
    );
    assert.throws(() => readVariables(path.join(root, "none")), /cannot be read \(ENOENT\)/);
    assert.equal(fs.existsSync(path.join(root, "Pulumi.bad.yaml")), false);
  });
});
