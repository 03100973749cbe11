import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { load } from "js-yaml";
import { MIP_GENERATIONS, MIP_VERSIONS } from "../../../components/model/mipGenerations";
import { checkMipKeys, mipKeys } from "../../../components/model/mipKeys";
import { mipValues } from "../../../components/model/mipValues";
import { Problems } from "../../../components/model/problems";
import { COMMON, generationOf, OLDER, STAND_INS } from "../../support/mip";

const REMEDY = "Remove it, or set charts.versions.mip.";

function refused(values: Record<string, unknown>, version: string): readonly string[] {
  const problems = new Problems("mip");
  checkMipKeys(values, generationOf(version), problems);
  return problems.list();
}

describe("keys of the platform's chart", () => {
  it("are those of four generations", () => {
    assert.deepEqual(MIP_VERSIONS, ["9c325ef", "6f8b2c7", "9.0.2", "9.2.0"]);
  });

  for (const generation of MIP_GENERATIONS) {
    const { version } = generation;

    it(`of ${version} have all that we set`, () => {
      const settings = {
        ...COMMON,
        ...(generation.hasNetwork ? OLDER : { guide: { covariate: "Sex", variable: "Age" } }),
        ...(generation.notebook === "none" ? {} : { notebook: { size: "5Gi", cpuLimit: "2" } }),
      };
      assert.deepEqual(refused(mipValues(settings, generation), version), []);
    });

    it(`of ${version} have all that the stand-in has`, () => {
      const folder = version === "9.0.2" ? "mip" : `mip-${version}`;
      const text = fs.readFileSync(path.join(STAND_INS, folder, "values.yaml"), "utf8");
      const { standIn, ...values } = load(text) as Record<string, unknown>;
      assert.ok(standIn);
      assert.deepEqual(refused(values, version), []);
    });
  }

  it("of another generation are errors that name it", () => {
    assert.deepEqual(refused({ frontend: { image: { tag: "2" } } }, "9.0.2"), [
      `mip: values.frontend.image.tag: a key of chart 9c325ef; 9.0.2 would ignore it. ${REMEDY}`,
    ]);
    assert.deepEqual(refused({ "platform-ui": { notebook: { enabled: true } } }, "9.0.2"), [
      `mip: values.platform-ui.notebook.enabled: a key of chart 9.2.0; 9.0.2 would ignore it. ${REMEDY}`,
    ]);
    assert.deepEqual(refused({ network: { publicHost: "x" } }, "9.2.0"), [
      "mip: values.network.publicHost: a key of chart 9c325ef, 6f8b2c7, 9.0.2; 9.2.0 would ignore it. " +
        REMEDY,
    ]);
    assert.deepEqual(refused({ notebook: { server: { port: 81 } } }, "6f8b2c7"), []);
    assert.equal(refused({ notebook: { server: { port: 81 } } }, "9c325ef").length, 1);
  });

  it("of no generation are errors, too, each by its path", () => {
    assert.deepEqual(refused({ keycloak: { relam: "lab" }, managed_cluster: true }, "9.0.2"), [
      "mip: values.keycloak.relam: not a key of chart 9.0.2, which would ignore it. Did you mean keycloak.realm?",
      "mip: values.managed_cluster: not a key of chart 9.0.2, which would ignore it. Remove it.",
    ]);
    assert.equal(refused({ cluster: "mine" }, "9.0.2").length, 1);
  });

  it("may have anything below a key that is one value to the chart", () => {
    const values = { jupyterhub: { resources: { limits: { cpu: "2" } } } };
    assert.deepEqual(refused(values, "9.2.0"), []);
    assert.deepEqual(refused({ keycloak: { host: pulumi.output("iam") } }, "9.2.0"), []);
    assert.ok(mipKeys(generationOf("9.2.0")).includes("jupyterhub.resources"));
  });
});
