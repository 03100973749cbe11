import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import {
  KubeconfigCluster,
  type KubeconfigClusterArgs,
} from "../../../components/cluster/kubeconfigCluster";
import { answerReads } from "../../support/mockCluster";
import {
  created,
  find,
  inPreview,
  isSecret,
  plain,
  recorded,
  reset,
  valueOf,
} from "../../support/mocks";

const KUBECONFIG = JSON.stringify({
  contexts: [
    { name: "one", context: { cluster: "k", user: "u" } },
    { name: "two", context: { cluster: "k", user: "u" } },
  ],
  clusters: [{ name: "k", cluster: { server: "https://k.example.org" } }],
  users: [{ name: "u", user: { token: "very-secret" } }],
});

function make(args: KubeconfigClusterArgs): Promise<KubeconfigCluster> {
  return created((opts) => new KubeconfigCluster("lab", args, opts));
}

describe("KubeconfigCluster", () => {
  before(answerReads);
  beforeEach(reset);

  it("registers a lookup, the guard and the provider, and nothing else", async () => {
    const cluster = await make({ kubeconfig: pulumi.secret(KUBECONFIG), context: "two" });
    assert.deepEqual(
      recorded()
        .map(({ type, name }) => `${type} ${name}`)
        .sort(),
      [
        "pulumi:providers:kubernetes lab-lookup",
        "pulumi:providers:kubernetes lab-provider",
        "random:index/randomId:RandomId lab-guard",
        "science-platform:index:KubeconfigCluster lab",
      ],
    );
    const minified = await valueOf(cluster.kubeconfig);
    assert.match(minified, /^current-context: two$/m);
    assert.ok(!minified.includes("name: one"));
    assert.deepEqual(plain(find("lab-provider").inputs), {
      kubeconfig: minified,
      clusterIdentifier: "lab",
      enableServerSideApply: "true",
      kubeClientSettings: '{"qps":200,"burst":400}',
    });
    assert.deepEqual(plain(find("lab-lookup").inputs), {
      kubeconfig: minified,
      clusterIdentifier: "lab-lookup",
    });
    for (const name of ["lab-lookup", "lab-guard", "lab-provider"]) {
      assert.equal(find(name).parent, find("lab").urn);
    }
  });

  it("keeps credentials secret, though they came in clear", async () => {
    const cluster = await make({ kubeconfig: KUBECONFIG, context: "one" });
    assert.ok(isSecret(find("lab-provider").inputs["kubeconfig"]));
    assert.ok(isSecret(find("lab-lookup").inputs["kubeconfig"]));
    assert.equal(await pulumi.isSecret(cluster.kubeconfig), true);
    assert.deepEqual(find("lab-guard").inputs, {
      byteLength: 8,
      keepers: { uid: "kube-system-uid" },
    });
    assert.equal(await valueOf(cluster.uid), "kube-system-uid");
    assert.equal(find("lab-provider").inputs["namespace"], undefined);
  });

  it("passes the namespace on", async () => {
    await make({ kubeconfig: KUBECONFIG, context: "one", namespace: "team" });
    assert.equal(plain(find("lab-provider").inputs["namespace"]), "team");
  });

  it("makes the same resources in a preview that does not know the kubeconfig yet", async () => {
    await inPreview(async () => {
      // What a resource of the same run computes.
      const made = new random.RandomId("made-first", { byteLength: 4 });
      const unknown = made.hex.apply(() => KUBECONFIG);
      await make({ kubeconfig: unknown });
    });
    const names = recorded().map(({ name }) => name);
    assert.deepEqual(names.sort(), [
      "lab",
      "lab-guard",
      "lab-lookup",
      "lab-provider",
      "made-first",
    ]);
    assert.equal(pulumi.containsUnknowns(find("lab-provider").inputs["kubeconfig"]), true);
    assert.equal(plain(find("lab-provider").inputs["clusterIdentifier"]), "lab");
  });

  it("refuses content and path at once", async () => {
    await assert.rejects(async () => make({ kubeconfig: KUBECONFIG, path: "x" }), {
      message: "cluster lab: both kubeconfig and path are given",
    });
  });

  it("refuses at once a file that is not there", async () => {
    await assert.rejects(async () => make({ path: "/nonexistent/kubeconfig" }), {
      message: /^cluster lab: \/nonexistent\/kubeconfig: the kubeconfig cannot be read \(ENOENT\)/,
    });
  });
});
