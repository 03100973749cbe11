/** What the API server's refusals become for a tenant. */
import assert from "node:assert/strict";
import { accepted, noAnswer, refusal, together } from "../../../endpoint/kubernetes/answers";
import { HttpFault } from "../../../endpoint/seams";

function status(message: string): object {
  return { kind: "Status", status: "Failure", message };
}

describe("refusals of the API server", () => {
  it("says what of the quota is left, and nothing of its objects", () => {
    const body = status(
      'services "sd-a" is forbidden: exceeded quota: tenant, requested: count/services=1, used: count/services=5, limited: count/services=5',
    );
    const fault = refusal("Service web", { status: 403, body });
    assert.equal(fault.status, 403);
    assert.deepEqual(fault.errors, [
      {
        path: "Service web",
        message:
          "This is more than your quota leaves: remove or stop something, or ask for more. requested count/services=1, used count/services=5 of count/services=5",
      },
    ]);
  });

  it("does not tell a tenant what the endpoint's own account may not do", () => {
    const body = status(
      'configmaps is forbidden: User "system:serviceaccount:endpoint:endpoint" cannot list resource "configmaps" in API group "" in the namespace "user-a"',
    );
    const fault = refusal("records", { status: 403, body });
    assert.equal(fault.status, 503);
    assert.doesNotMatch(JSON.stringify(fault.errors), /serviceaccount|configmaps/);
    assert.match(String((fault.cause as Error).message), /cannot list/);
  });

  for (const [given, expected] of [
    [400, 422],
    [404, 404],
    [409, 409],
    [422, 422],
  ] as const) {
    it(`is ${expected} where the API server says ${given}`, () => {
      assert.equal(refusal("x", { status: given, body: status("no") }).status, expected);
    });
  }

  it("gives the body of what was accepted", () => {
    assert.deepEqual(accepted("x", { status: 201, body: { kind: "A" } }), { kind: "A" });
    assert.throws(() => accepted("x", { status: 200, body: "text" }), HttpFault);
  });

  it("keeps the cause of a missing answer for the log alone", () => {
    const body = status("Internal error occurred: failed calling webhook at 10.0.0.7");
    const fault = noAnswer({ status: 500, result: { status: 500, body } });
    assert.equal(fault.status, 503);
    assert.deepEqual(fault.headers, { "retry-after": "1" });
    assert.doesNotMatch(JSON.stringify(fault.errors), /webhook|10\.0/);
    assert.match((fault.cause as Error).message, /webhook/);
  });

  it("tells of all refusals at once, with the gravest status", () => {
    const one = new HttpFault(403, [{ message: "a" }]);
    const other = new HttpFault(503, [{ message: "b" }], { "retry-after": "1" });
    const both = together([one, other]);
    assert.equal(both.status, 503);
    assert.deepEqual(both.errors, [{ message: "a" }, { message: "b" }]);
    assert.deepEqual(both.headers, { "retry-after": "1" });
  });
});
