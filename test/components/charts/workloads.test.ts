import assert from "node:assert/strict";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { JupyterHub } from "../../../components/jupyterhub/jupyterHub";
import { Mip } from "../../../components/mip/mip";
import { MINIMAL as HUB } from "../../support/jupyterHub";
import { COMMON as PLATFORM } from "../../support/mip";
import { acceptHooks } from "../../support/mockCluster";
import { created, find, inPreview, plain, recorded, reset } from "../../support/mocks";

const charts = { mirror: path.resolve(__dirname, "../../../local/charts") };

/** What both components have. */
interface Common {
  createNamespace?: boolean;
  startAfter?: pulumi.Input<string>[];
  timeoutSeconds?: number;
  values?: pulumi.Inputs;
}

/** How it is made, what Secret it needs first, and what is waited for. */
const CASES = [
  {
    title: "JupyterHub",
    make: (args: Common) =>
      created((opts) => new JupyterHub("x", { ...HUB, clientSecret: "s", charts, ...args }, opts)),
    secret: "x-credentials",
    workloads: ["hub", "proxy"],
    namespace: HUB.namespace ?? "jupyterhub",
  },
  {
    title: "Mip",
    make: (args: Common) =>
      created((opts) => new Mip("x", { ...PLATFORM, clientSecret: "s", charts, ...args }, opts)),
    secret: "x-keycloak-credentials",
    workloads: ["platform-backend", "platform-ui"],
    namespace: PLATFORM.namespace ?? "mip",
  },
];

const names = (): string[] => recorded().map(({ name }) => name);

for (const { title, make, secret, workloads, namespace } of CASES) {
  describe(`the workloads of ${title}`, () => {
    before(acceptHooks);
    beforeEach(reset);

    it("are waited for by a patch of an annotation, which restarts nothing", async () => {
      await make({ timeoutSeconds: 90 });
      const release = find("x-release");
      for (const workload of workloads) {
        const patch = find(`x-${workload}`);
        assert.equal(patch.type, "kubernetes:apps/v1:DeploymentPatch");
        assert.ok(patch.dependsOn.includes(release.urn));
        assert.equal(patch.parent, release.parent);
        const inputs = plain(patch.inputs) as { metadata: { annotations: Record<string, string> } };
        const digest = inputs.metadata.annotations["science-platform/values"];
        assert.match(digest ?? "", /^[0-9a-f]{16}$/);
        assert.deepEqual(inputs, {
          apiVersion: "apps/v1",
          kind: "Deployment",
          metadata: {
            name: workload,
            namespace,
            annotations: { "science-platform/values": digest },
          },
        });
      }
    });

    it("are waited for again after a change of the values, and after no other", async () => {
      const digest = async (args: Common): Promise<unknown> => {
        reset();
        await make(args);
        const { metadata } = plain(find(`x-${workloads[0]}`).inputs) as {
          metadata: { annotations: Record<string, string> };
        };
        return metadata.annotations["science-platform/values"];
      };
      const first = await digest({});
      assert.equal(await digest({ timeoutSeconds: 90 }), first);
      assert.notEqual(await digest({ values: { keycloak: { sslRequired: "all" } } }), first);
    });

    it("start once what they need is known; Secrets are made meanwhile", async () => {
      let ready: (value: string) => void = () => undefined;
      const needed = new Promise<string>((resolve) => (ready = resolve));
      const made = make({ startAfter: [pulumi.output(needed)] });
      await new Promise((resolve) => setTimeout(resolve, 200));
      assert.ok(names().includes(secret));
      assert.ok(!names().includes("x-release"));
      ready("there");
      await made;
      find("x-release");
    });

    it("are made without a namespace where somebody else makes it", async () => {
      await make({ createNamespace: false });
      assert.deepEqual(
        names().filter((name) => name.includes("namespace")),
        [],
      );
      find("x-release");
      reset();
      await make({});
      assert.ok(find("x-release").dependsOn.includes(find("x-namespace").urn));
    });

    it("are previewed while what they need is not known", async () => {
      const never = pulumi.output(new Promise<string>(() => undefined));
      await inPreview<pulumi.ComponentResource>(() => make({ startAfter: [never] }));
      find("x-release");
    });
  });
}
