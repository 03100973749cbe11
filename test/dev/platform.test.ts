/** The dev stack's platform on the stand: one `up` from nothing, in order; a second one changes nothing. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import type { Stack } from "@pulumi/pulumi/automation";
import type { ApiClient } from "../../components/cluster/apiClient";
import { runStack } from "../../stacks/run";
import {
  changesIn,
  ENGINE_TIMEOUT_MS,
  setProgram,
  setSections,
  standClient,
  standOrSkip,
  withStack,
} from "../support/engine";
import { CLUSTER, platformSections, removeCertManagerCrds, ROOT } from "../support/platformStack";

const PORT_HOLDER = "/api/v1/namespaces/default/services/science-platform-test-port";

interface Created {
  metadata: { name: string; creationTimestamp: string };
}

describe("the platform layer on the stand", function () {
  this.timeout(2 * ENGINE_TIMEOUT_MS);
  let client: ApiClient;

  before(async function () {
    client = await standClient(standOrSkip(this, ["local", CLUSTER]), CLUSTER);
  });

  after(async () => {
    await client?.request("DELETE", PORT_HOLDER);
    if (client !== undefined) {
      await removeCertManagerCrds(client);
    }
    client?.close();
  });

  const created = async (path: string): Promise<number> => {
    const { status, body } = await client.request("GET", path);
    assert.equal(status, 200, path);
    return Date.parse((body as Created).metadata.creationTimestamp);
  };

  it("goes up in one pass, tells what people need, and stays as it is", async () => {
    const folder = fs.mkdtempSync("/tmp/science-platform-targets-");
    const sections = structuredClone(platformSections());
    const { targets } = sections["interlink"] as {
      targets: Record<string, Record<string, unknown>>;
    };
    targets["gpu-host"]!["outputFolder"] = folder;
    await withStack(
      () => runStack(ROOT),
      async (stack: Stack) => {
        await setSections(stack, sections);
        const { outputs } = await stack.up();
        const hub = outputs["jupyterhub"]?.value as Record<string, unknown>;
        assert.equal(hub["url"], "https://hub.lab.example.org/");
        assert.equal(hub["sshPort"], 31022);
        assert.match(
          String(hub["login"]),
          /log in at https:\/\/iam\.lab\.example\.org\/ \(users of lab\)/,
        );
        const interlink = outputs["interlink"]?.value as {
          virtualNodes: string[];
          targets: Record<string, { command: string; folder: string }>;
        };
        assert.deepEqual(interlink.virtualNodes, ["interlink-vk"]);
        assert.match(interlink.targets["gpu-host"]!.command, /install\.sh/);
        assert.ok(fs.existsSync(`${folder}/install.sh`));

        // Users reach the hub after what it is reached by, and after its virtual node.
        const exposed = await created(
          "/apis/networking.k8s.io/v1/namespaces/jupyterhub/ingresses/jupyterhub",
        );
        for (const earlier of [
          "/apis/apps/v1/namespaces/ingress-nginx/deployments/ingress-nginx-controller",
          "/apis/apps/v1/namespaces/vk/deployments/interlink-vk",
          "/apis/cert-manager.io/v1/clusterissuers/lab-issuer",
        ]) {
          assert.ok((await created(earlier)) <= exposed, `${earlier} came after the hub's Ingress`);
        }
        const { body } = await client.request("GET", "/api/v1/nodes/interlink-vk");
        const { labels } = (body as { metadata: { labels: Record<string, string> } }).metadata;
        assert.equal(labels["science-platform/gpu-class.remote-t4"], "true");

        assert.deepEqual(changesIn((await stack.up()).summary), {});
      },
    );
    fs.rmSync(folder, { recursive: true });
  });

  it("refuses a NodePort that another Service has, before anything is written", async () => {
    await client.request("POST", PORT_HOLDER.replace(/\/[^/]+$/, ""), {
      body: {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "science-platform-test-port" },
        spec: { type: "NodePort", ports: [{ port: 80, nodePort: 31022 }] },
      },
    });
    await withStack(
      // What cleans up, since the program itself would refuse again.
      () => Promise.resolve(),
      async (stack) => {
        setProgram(stack, () => runStack(ROOT));
        await setSections(stack, platformSections());
        await assert.rejects(stack.up(), (error: Error) => {
          assert.match(
            error.message,
            /jupyterhub\.ssh\.nodePort: Service default\/science-platform-test-port on cluster local-2 has this NodePort/,
          );
          return true;
        });
        const { deployment } = await stack.exportStack();
        const { resources = [] } = deployment as { resources?: { type: string }[] };
        assert.deepEqual(
          resources.map(({ type }) => type),
          ["pulumi:pulumi:Stack"],
        );
      },
    );
  });
});
