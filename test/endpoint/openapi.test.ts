/** What is generated from the routes is what is checked in, and it says what the contract says. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { generate } from "../../endpoint/generate";
import document from "../../endpoint/openapi.json";

interface Operation {
  operationId: string;
  summary: string;
  responses: Record<string, { content?: Record<string, unknown> }>;
}

const METHODS = ["get", "put", "post", "patch", "delete"];

function operations(): [string, Operation][] {
  return Object.entries(document.paths).flatMap(([url, item]) =>
    Object.entries(item as Record<string, Operation>)
      .filter(([method]) => METHODS.includes(method))
      .map(([method, one]): [string, Operation] => [`${method.toUpperCase()} ${url}`, one]),
  );
}

describe("the OpenAPI description", function () {
  this.timeout(60_000);

  it("is checked in as it is generated, and the client's types with it", async () => {
    for (const [file, content] of Object.entries(await generate())) {
      const name = path.basename(file);
      assert.equal(fs.readFileSync(file, "utf8"), content, `${name}: npm run endpoint:generate`);
    }
  });

  it("has the calls of the seed, and upstream's later ones", () => {
    assert.equal(document.openapi, "3.1.0");
    assert.deepEqual(
      operations()
        .map(([name]) => name)
        .sort(),
      [
        "DELETE /items/deployments/{id}",
        "DELETE /kubernetes/deployments/{id}",
        "DELETE /kubernetes/deployments/{id}/pods/{pod}",
        "GET /items/deployments",
        "GET /items/deployments/{id}",
        "GET /kubernetes/capacity",
        "GET /kubernetes/deployments",
        "GET /kubernetes/deployments/{id}",
        "GET /kubernetes/deployments/{id}/config",
        "GET /kubernetes/deployments/{id}/events/{pod}",
        "GET /kubernetes/deployments/{id}/hooks/restart",
        "GET /kubernetes/deployments/{id}/logs/{pod}",
        "GET /kubernetes/deployments/{id}/secret",
        "PATCH /items/deployments/{id}",
        "PATCH /kubernetes/deployments/{id}",
        "POST /items/deployments",
        "POST /kubernetes/deployments/{id}/hooks/restart",
        "PUT /kubernetes/deployments/{id}",
        "PUT /kubernetes/deployments/{id}/config",
        "PUT /kubernetes/deployments/{id}/secret",
      ],
    );
  });

  it("names every call, and what each of them answers when it refuses", () => {
    const names = operations().map(([, { operationId }]) => operationId);
    assert.equal(new Set(names).size, names.length);
    for (const [name, { summary, responses }] of operations()) {
      assert.ok(summary, name);
      for (const status of ["4XX", "5XX"]) {
        assert.ok(responses[status]?.content?.["application/json"], `${name} ${status}`);
      }
    }
  });

  it("leaves nothing to be guessed: all shapes are closed, and all paths need a token", () => {
    const open = ["Data"];
    for (const [name, shape] of Object.entries(document.components.schemas)) {
      const { additionalProperties } = shape as { additionalProperties?: unknown };
      assert.equal(additionalProperties === false, !open.includes(name), name);
    }
    assert.deepEqual(document.security, [{ token: [] }]);
  });
});
