/** What `destroy` leaves of charts: their data, which is told. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { ApiClient } from "../../components/cluster/apiClient";
import { destroyStack } from "../../cli/destroy";
import { openStack } from "../../cli/stackHandle";
import { runStack } from "../../stacks/run";
import { standClient, standOrSkip } from "../support/engine";
import { federationStack, managedFederation } from "../support/federationStack";
import { CLUSTER, ROOT } from "../support/platformStack";

describe("the data of charts, on the stand", function () {
  this.timeout(300_000);
  const name = `kept-${randomBytes(4).toString("hex")}`;
  let client: ApiClient | undefined;

  before(async function () {
    client = await standClient(standOrSkip(this, [CLUSTER]), CLUSTER);
  });

  after(async () => {
    await client?.request("DELETE", `/api/v1/namespaces/${name}`);
    client?.close();
  });

  it("is listed by a destroy, and by the next one no more than the stack still has", async () => {
    const settings = federationStack({ federations: { [name]: managedFederation(name, 2) } });
    const program = (): ReturnType<typeof runStack> => runStack(ROOT);
    const open = await openStack({ root: ROOT, name, settings, program });
    try {
      await open.stack.up({ parallel: 32 });
      const { body } = await client!.request(
        "GET",
        `/api/v1/namespaces/${name}/persistentvolumeclaims`,
      );
      const claims = (body as { items: { metadata: { name: string } }[] }).items;
      const expected = claims.map((one) => `PersistentVolumeClaim ${name}/${one.metadata.name}`);
      assert.ok(
        expected.some((line) => line.endsWith("-localworker-1")),
        expected.join("\n"),
      );
      assert.ok(
        expected.some((line) => /platform-backend/.test(line)),
        expected.join("\n"),
      );
      assert.deepEqual(await destroyStack(open, () => undefined), expected.sort());
      assert.deepEqual(await destroyStack(open, () => undefined), []);
    } finally {
      await open.stack.workspace.removeStack(name, { force: true });
    }
  });
});
