import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { load } from "js-yaml";
import { parseWith, Problems } from "../../components/model/problems";
import { covalentAccounts } from "../../stacks/covalentAccounts";
import {
  covalentArgs,
  covalentCluster,
  dataStorePath,
  resourcesOfEks,
} from "../../stacks/platform/covalent";
import type { PlatformConfig } from "../../stacks/platformConfig";
import { covalentSchema, isCovalentSecret } from "../../stacks/sections/covalent";
import { ECR, GPUS } from "../support/covalent";

/** The args and the problems of a section. */
function read(
  section: unknown,
  made: Parameters<typeof covalentArgs>[2] = {},
): { args: ReturnType<typeof covalentArgs>; lines: readonly string[] } {
  const problems = new Problems("Pulumi.dev.yaml");
  const covalent = parseWith(covalentSchema, section, problems, "covalent", isCovalentSecret);
  const config = {
    ...GPUS,
    layers: ["platform"],
    clusters: { lab: {}, other: {} },
    defaultCluster: "lab",
    root: "/project",
    covalent,
  } as unknown as PlatformConfig;
  const args = problems.count > 0 ? undefined : covalentArgs(config, problems, made);
  return { args, lines: problems.list() };
}

const MINIKUBE = { dataStore: { path: "~/.cache/covalent" }, minikube: {} };

describe("the section covalent", () => {
  it("is absent, or the least that minikube needs, its paths made absolute", () => {
    assert.equal(read(undefined).args, undefined);
    const { args, lines } = read(MINIKUBE);
    assert.deepEqual(lines, []);
    assert.equal(args?.dataStore.path, path.join(os.homedir(), ".cache/covalent"));
    assert.equal(args?.outputFolder, "/project/.local/covalent/lab");
    assert.deepEqual(Object.keys(args?.nodes ?? {}), ["one", "two", "far"]);
    assert.equal(dataStorePath({ dataStore: { path: "/x~" } }), "/x~");
    assert.equal(dataStorePath({}), undefined);
  });

  it("takes registry, bucket and role from its cluster, unless it names its own", () => {
    const made = {
      registryUrl: pulumi.output("from the cluster"),
      bucketName: pulumi.output("from the cluster"),
      taskRoleArn: pulumi.output("arn"),
    };
    const ofCluster = read({}, made);
    assert.deepEqual(ofCluster.lines, []);
    assert.equal(ofCluster.args?.registry?.url, made.registryUrl);
    assert.equal(ofCluster.args?.dataStore.bucket, made.bucketName);
    assert.equal(ofCluster.args?.taskRoleArn, made.taskRoleArn);
    const own = read({ registry: { url: ECR }, dataStore: { bucket: "mine" } }, made);
    assert.equal(own.args?.registry?.url, ECR);
    assert.equal(own.args?.dataStore.bucket, "mine");
    assert.equal(read({ dataStore: { path: "/nfs" } }, made).args?.dataStore.bucket, undefined);
    assert.match(read({}).lines.join(), /covalent\.dataStore: neither path nor bucket/);
  });

  it("takes of a cluster on EKS what that makes, and its role with IRSA alone", () => {
    const made = {
      registryUrl: pulumi.output("r"),
      bucketName: pulumi.output("b"),
      bucketRoleArn: pulumi.output("a"),
    };
    const { registryUrl, bucketName, bucketRoleArn } = made;
    const both = { registry: {}, bucket: {} };
    assert.deepEqual(resourcesOfEks({}, made), {});
    assert.deepEqual(resourcesOfEks({ ...both, workloadIdentity: "pod-identity" }, made), {
      registryUrl,
      bucketName,
    });
    assert.deepEqual(resourcesOfEks({ bucket: {}, workloadIdentity: "irsa" }, made), {
      bucketName,
      taskRoleArn: bucketRoleArn,
    });
    assert.deepEqual(read({}, resourcesOfEks(both)).lines, []);
  });

  it("says to its cluster alone who its tasks are", () => {
    const config = { defaultCluster: "lab", layers: ["platform" as const], covalent: {} };
    const account = { namespace: "covalent", name: "covalent-task" };
    assert.deepEqual(covalentAccounts(config, "lab"), [account]);
    assert.deepEqual(covalentAccounts(config, "other"), []);
    assert.deepEqual(covalentAccounts({ ...config, layers: ["cluster"] }, "lab"), []);
    assert.deepEqual(covalentAccounts({ ...config, covalent: undefined }, "lab"), []);
    assert.deepEqual(covalentAccounts({ ...config, covalent: { cluster: "other" } }, "other"), [
      account,
    ]);
  });

  it("takes what the documentation shows", () => {
    const page = fs.readFileSync(path.resolve(__dirname, "../../docs/covalent.md"), "utf8");
    const blocks = [...page.matchAll(/```yaml\n(config:[^`]*)```/g)].map(([, block]) => block!);
    assert.equal(blocks.length, 3);
    for (const block of blocks) {
      const text = block.replaceAll("{ secure: … }", "canary");
      const { config } = load(text) as { config: Record<string, unknown> };
      const made = { registryUrl: pulumi.output(""), bucketName: pulumi.output("") };
      assert.deepEqual(read(config["science-platform:covalent"], made).lines, [], block);
    }
  });

  it("is refused with the path of everything that is wrong, and without the password", () => {
    const { lines } = read({
      cluster: "lap",
      vcpu: "much",
      registry: { url: "ghcr.io/lab", password: "canary-password" },
      dataStore: { path: "cache" },
    });
    assert.deepEqual(
      lines.map((line) => line.split(": ")[1]),
      [
        "covalent.cluster",
        "covalent.vcpu",
        "covalent.dataStore.path",
        "covalent.registry.username",
      ],
    );
    assert.match(
      read({ ...MINIKUBE, datastore: {} }).lines.join(),
      /covalent\.datastore: unknown key .* Did you mean dataStore\?/,
    );
    const wrong = read({ ...MINIKUBE, registry: { password: ["canary-password"] } }).lines.join();
    assert.match(wrong, /covalent\.registry\.password: must be string/);
    assert.ok(!wrong.includes("canary"));
  });

  it("runs on the cluster that it names", () => {
    const config = { defaultCluster: "lab" } as PlatformConfig;
    assert.equal(covalentCluster(config), "lab");
    assert.equal(covalentCluster({ ...config, covalent: { cluster: "other" } }), "other");
  });
});
