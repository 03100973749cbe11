import assert from "node:assert/strict";
import * as fc from "fast-check";
import { isDnsLabel } from "../../../components/model/names";
import { isLabelValue } from "../../../components/model/labelSyntax";
import { tenantName, tenantNamespace } from "../../../components/model/tenants";

/** As long as the settings allow it. */
const LONGEST_PREFIX = "abcdefghijklmnopqrs-";

const claims = fc.oneof(
  fc.string({ unit: "binary", minLength: 1, maxLength: 120 }),
  fc.stringMatching(/^[a-z0-9-]{1,60}$/),
  fc.stringMatching(/^[A-Za-z0-9@._|:-]{1,60}$/),
  fc.emailAddress(),
  fc.uuid(),
);

describe("a tenant's name", () => {
  it("is the claim where that is a short DNS label", () => {
    for (const claim of ["alice", "a", "physics-lab", "x".repeat(40), "4f0c"]) {
      assert.equal(tenantName(claim), claim);
    }
  });

  it("has a hash where it is anything else", () => {
    for (const [claim, begin] of [
      ["Alice", "alice-"],
      ["alice@example.org", "alice-example-org-"],
      ["auth0|12", "auth0-12-"],
      ["ü", "t-"],
      ["../../kube-system", "kube-system-"],
      ["x".repeat(41), `${"x".repeat(29)}-`],
    ] as const) {
      assert.match(tenantName(claim), new RegExp(`^${begin}[0-9a-f]{10}$`), claim);
    }
  });

  it("is hashed once more where it looks as if it were", () => {
    const made = tenantName("Alice");
    assert.notEqual(tenantName(made), made);
  });

  it("fits labels and namespaces, and is another for every claim", () => {
    fc.assert(
      fc.property(claims, claims, (one, other) => {
        const name = tenantName(one);
        assert.ok(isDnsLabel(name), name);
        assert.ok(isLabelValue(name), name);
        assert.ok(isDnsLabel(tenantNamespace(LONGEST_PREFIX, name)), name);
        assert.equal(tenantName(one), name);
        assert.equal(tenantName(other) === name, one === other);
        // What one tenant is named, no other can claim.
        assert.equal(tenantName(name) === name, name === one);
      }),
    );
  });
});
