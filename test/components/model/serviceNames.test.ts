import assert from "node:assert/strict";
import * as fc from "fast-check";
import { isLabelValue } from "../../../components/model/labelSyntax";
import { isDnsLabel } from "../../../components/model/names";
import {
  isServiceId,
  serviceLabels,
  serviceLabelSelector,
  serviceNames,
  serviceSelector,
} from "../../../components/model/serviceNames";
import { FULL } from "../../support/seed";
import { TENANT } from "../../support/services";

const UUID = "5f0c2a4e-9c1d-4e0b-8a55-0c6f3f3a7b11";

describe("names of a deployment's objects", () => {
  it("are upstream's for ids that are UUIDs or words", () => {
    const names = serviceNames(UUID);
    assert.equal(names.name, `sd-${UUID}`);
    assert.equal(names.service("nginx"), `sd-${UUID}-nginx`);
    assert.equal(names.service("my-nginx"), `sd-${UUID}-my-nginx`);
    assert.equal(serviceNames("nginx").name, "sd-nginx");
    assert.equal(serviceNames("nginx").service("web"), "sd-nginx-web");
    assert.equal(serviceNames("nginx").claim("mydata"), "sd-nginx-mydata");
    assert.equal(serviceNames("nginx").record, "sd-nginx-record");
    assert.equal(serviceNames("nginx").config, "sd-nginx-config");
    assert.equal(serviceNames("nginx").secret, "sd-nginx-secret");
    assert.equal(serviceNames("nginx").tls, "sd-nginx-tls");
  });

  it("say where the id ends, when that is not plain", () => {
    assert.equal(serviceNames("my-app").name, "sd-my-app");
    assert.equal(serviceNames("my-app").service("web"), "sd-my-app--web");
    assert.equal(serviceNames("my").service("app-web"), "sd-my--app-web");
    assert.notEqual(serviceNames("x").record, serviceNames("x-record").config);
  });

  it("tell ids apart that have the same slug", () => {
    const ids = ["my-app", "My-App", "my.app", "my_app", "my--app", "MY-APP"];
    const names = ids.map((id) => serviceNames(id).name);
    assert.equal(new Set(names).size, ids.length);
    assert.equal(names[0], "sd-my-app");
    assert.match(names[1]!, /^sd-my-app--[0-9a-f]{10}$/);
  });

  it("have 63 characters at most, and tell long ones apart", () => {
    const long = "a".repeat(63);
    const other = `${"a".repeat(62)}b`;
    assert.equal(serviceNames(long).name.length, 63);
    assert.notEqual(serviceNames(long).name, serviceNames(other).name);
    assert.equal(serviceNames(UUID).service("c".repeat(63)).length, 63);
    assert.notEqual(
      serviceNames(UUID).service("c".repeat(63)),
      serviceNames(UUID).service(`${"c".repeat(62)}d`),
    );
  });

  it("are valid, and no two parts of any deployments are named alike", () => {
    const word = fc.stringMatching(/^[ab]([ab-]{0,4}[ab])?$/);
    const id = fc.oneof(
      word,
      fc.constant(UUID),
      fc.stringMatching(/^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/),
    );
    const part = fc.oneof(word, fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/));
    fc.assert(
      fc.property(fc.array(fc.tuple(id, part), { minLength: 2, maxLength: 30 }), (pairs) => {
        const seen = new Map<string, string>();
        for (const [one, what] of pairs) {
          const name = serviceNames(one).service(what);
          assert.ok(isDnsLabel(name), name);
          assert.ok(isDnsLabel(serviceNames(one).name));
          assert.match(name, /^sd-/);
          const whole = `${one}/${what}`;
          assert.equal(seen.get(name) ?? whole, whole);
          seen.set(name, whole);
        }
        const names = new Map(pairs.map(([one]) => [serviceNames(one).name, one]));
        assert.equal(names.size, new Set(pairs.map(([one]) => one)).size);
      }),
      { numRuns: FULL ? 5000 : 500 },
    );
  });
});

describe("ids and labels of a deployment", () => {
  it("are what a label's value can be", () => {
    for (const id of ["a", "A.b_c-9", UUID, "7", "x".repeat(63)]) {
      assert.ok(isServiceId(id), id);
      assert.ok(isLabelValue(id));
    }
    const bad = ["", "..", ".", "-a", "a-", "a/b", "a b", "ä", "a\n", "x".repeat(64), "%2e", "a\0"];
    for (const id of bad) {
      assert.ok(!isServiceId(id), JSON.stringify(id));
    }
  });

  it("select one deployment, one tenant or everything", () => {
    assert.deepEqual(serviceLabels(TENANT, "x"), {
      "app.kubernetes.io/managed-by": "science-platform-endpoint",
      "science-platform/deployment": "x",
      "science-platform/tenant": "alice",
    });
    assert.deepEqual(serviceSelector("x"), { "science-platform/deployment": "x" });
    const all = "app.kubernetes.io/managed-by=science-platform-endpoint";
    assert.equal(serviceLabelSelector(), all);
    assert.equal(serviceLabelSelector(TENANT), `${all},science-platform/tenant=alice`);
    assert.equal(
      serviceLabelSelector(TENANT, "x"),
      `${all},science-platform/tenant=alice,science-platform/deployment=x`,
    );
  });
});
