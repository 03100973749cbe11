import assert from "node:assert/strict";
import { checkCovalent, covalentWarnings } from "../../../../components/model/covalent/checks";
import type { CovalentSpec } from "../../../../components/model/covalent/settings";
import { Problems } from "../../../../components/model/problems";
import { ECR, eksSpec, GPUS, minikubeSpec } from "../../../support/covalent";

function lines(spec: CovalentSpec): readonly string[] {
  const problems = new Problems("c");
  checkCovalent(spec, problems);
  return problems.list();
}

const PASSWORD = { username: "robot", hasPassword: true };

/** What is refused, and the beginning of the one line that says so. */
const REFUSED: [what: string, spec: CovalentSpec, line: string][] = [
  [
    "a namespace whose Secrets others keep",
    eksSpec({ namespace: "default" }),
    "c: namespace: whoever may create Jobs reads every Secret beside them",
  ],
  ["a system namespace", eksSpec({ namespace: "kube-system" }), "c: namespace: whoever may create"],
  ["no name", eksSpec({ namespace: "Tasks" }), "c: namespace: not a namespace's name"],
  ["an image", eksSpec({ baseImage: "python 3" }), "c: baseImage: not the name of an image"],
  ["a cleaner's image", eksSpec({ cleanerImage: "" }), "c: cleanerImage: not the name of an image"],
  ["no CPU", eksSpec({ vcpu: "0" }), "c: vcpu: not an amount that a pod can request"],
  [
    "memory with a B",
    eksSpec({ memory: "4GB" }),
    "c: memory: not an amount that a pod can request",
  ],
  ["a folder below ~", eksSpec({ cacheDir: "~/.cache" }), "c: cacheDir: not an absolute path"],
  [
    "a folder on two lines",
    eksSpec({ cacheDir: '/x"\n[dispatcher]' }),
    "c: cacheDir: has a line break",
  ],
  ["no pause", eksSpec({ pollSeconds: 0 }), "c: pollSeconds: not a number of seconds"],
  ["half a second", eksSpec({ pollSeconds: 0.5 }), "c: pollSeconds: not a number of seconds"],
  [
    "Jobs that are gone before they are looked at",
    eksSpec({ pollSeconds: 60, ttlSeconds: 119 }),
    "c: ttlSeconds: not a number of seconds that works (found 119; allowed: a whole number, 120 to",
  ],
  ["a Secret's name", eksSpec({ tokenName: "A b" }), "c: tokenName: not a Secret's name"],
  [
    "a quota below one task",
    eksSpec({ memory: "4G", quota: { memory: "3Gi" } }),
    "c: quota.memory: less than one task requests",
  ],
  ["a quota of words", eksSpec({ quota: { cpu: "many" } }), "c: quota.cpu: not a quantity"],
  [
    "a quota of an unknown class",
    eksSpec({ ...GPUS, quota: { gpus: { a10: 1 } } }),
    "c: quota.gpus.a10: no such GPU class (allowed: a100, t4.remote, unused). Did you mean a100?",
  ],
  ["no data store", eksSpec({ dataStore: {} }), "c: dataStore: neither path nor bucket is given"],
  [
    "two data stores",
    eksSpec({ dataStore: { path: "/data", bucket: "b-1" } }),
    "c: dataStore: has both path and bucket",
  ],
  [
    "a bucket as a URL",
    eksSpec({ dataStore: { bucket: "s3://b-1/x" } }),
    "c: dataStore.bucket: not a bucket's name",
  ],
  [
    "a cluster without a bucket",
    eksSpec({ dataStore: { bucket: "" } }),
    "c: dataStore.bucket: empty: the cluster was made without a bucket",
  ],
  [
    "a relative folder",
    minikubeSpec({ dataStore: { path: "cache" } }),
    "c: dataStore.path: not an absolute path",
  ],
  [
    "a claim for the plugin as it is",
    { dataStore: { path: "/nfs", claim: { size: "1Gi" } }, plainPlugin: true },
    "c: dataStore.claim: the plugin as it is mounts the node's /data alone",
  ],
  [
    "a claim without a size",
    { dataStore: { path: "/nfs", claim: {} } },
    "c: dataStore.claim: give exactly one of existingClaim and size",
  ],
  [
    "a storage class for a claim that exists",
    { dataStore: { path: "/nfs", claim: { existingClaim: "x", storageClass: "y" } } },
    "c: dataStore.claim.existingClaim: has its storage class",
  ],
  [
    "an access mode",
    { dataStore: { path: "/nfs", claim: { size: "1Gi", accessModes: ["RWX"] } } },
    "c: dataStore.claim.accessModes: not an access mode",
  ],
  [
    "a claim beside a bucket",
    eksSpec({ dataStore: { bucket: "b-1", claim: { size: "1Gi" } } }),
    "c: dataStore.claim: tasks hand over by the bucket",
  ],
  [
    "minikube without a folder",
    eksSpec({ minikube: {} }),
    "c: minikube: there is no folder for minikube to mount",
  ],
  [
    "a registry that the plugin would forget",
    eksSpec({ registry: { url: "ghcr.io", repository: "lab/tasks" } }),
    "c: registry.username: required, but missing: without credentials the plugin pushes to Docker Hub, not to ghcr.io",
  ],
  [
    "a user without a password",
    eksSpec({ registry: { url: "ghcr.io/lab", username: "robot" } }),
    "c: registry.password: required, but missing",
  ],
  [
    "two kinds of credentials",
    eksSpec({ registry: { url: "ghcr.io/lab", ...PASSWORD, credentialsFile: "/x" } }),
    "c: registry.credentialsFile: contradicts username and password",
  ],
  [
    "a password for ECR",
    eksSpec({ registry: { url: ECR, ...PASSWORD } }),
    "c: registry.username: ECR takes no password",
  ],
  [
    "a region that ECR's host contradicts",
    eksSpec({ registry: { url: ECR, region: "eu-west-1" } }),
    'c: registry.region: not the region of the registry (found "eu-west-1"; allowed: us-east-1)',
  ],
  [
    "what only looks like ECR",
    eksSpec({ registry: { url: "ecr.amazonaws.com/x" } }),
    "c: registry.url: not a registry of ECR, though it is at amazonaws.com",
  ],
  [
    "a local registry with a port",
    minikubeSpec({ registry: { url: "localhost:5000" } }),
    "c: registry.url: the plugin takes every registry with localhost in its name for minikube",
  ],
  [
    "credentials that are not used",
    minikubeSpec({ registry: { credentialsFile: "/x" } }),
    "c: registry.credentialsFile: images for minikube are loaded",
  ],
  [
    "a repository with a tag",
    eksSpec({ registry: { url: ECR, repository: "tasks:1" } }),
    "c: registry.repository: has a tag or digest",
  ],
  [
    "a repository in capitals",
    eksSpec({ registry: { url: ECR, repository: "Tasks" } }),
    "c: registry.repository: not the name of a repository",
  ],
  [
    "images that would never be pulled",
    eksSpec({ registry: { url: "lab.example.org", repository: "lab", ...PASSWORD } }),
    "c: registry.repository: the registry's name begins with it",
  ],
  [
    "a region beside a registry of one's own",
    eksSpec({ registry: { url: "ghcr.io/lab", ...PASSWORD, region: "us-east-1" } }),
    "c: registry.region: only registries of ECR have a region",
  ],
];

describe("the settings of Covalent's executor", () => {
  it("may be the least that is needed, on EKS, minikube and with a claim", () => {
    for (const spec of [
      eksSpec(),
      eksSpec(GPUS),
      minikubeSpec(),
      minikubeSpec({ plainPlugin: true }),
      { dataStore: { path: "/nfs/covalent", claim: { existingClaim: "covalent" } } },
      eksSpec({ registry: { url: "https://ghcr.io/", repository: "lab/tasks", ...PASSWORD } }),
      eksSpec({ registry: { url: "ghcr.io/lab", credentialsFile: "/etc/registry.toml" } }),
      eksSpec({ quota: { cpu: "500m", memory: "1G" } }),
    ]) {
      assert.deepEqual(lines(spec), [], JSON.stringify(spec));
    }
  });

  for (const [what, spec, beginning] of REFUSED) {
    it(`may not be ${what}`, () => {
      const found = lines(spec);
      assert.equal(found.length, 1, found.join("\n"));
      assert.ok(found[0]!.startsWith(beginning), found[0]);
    });
  }

  it("are refused together, with everything that is wrong", () => {
    const spec = eksSpec({ vcpu: "x", registry: { url: "ghcr.io" }, dataStore: {} });
    assert.deepEqual(
      lines(spec).map((line) => line.split(": ")[1]),
      ["vcpu", "dataStore", "registry.username"],
    );
  });

  it("are warned of where they do not hold everywhere", () => {
    assert.deepEqual(covalentWarnings(eksSpec()), []);
    assert.deepEqual(covalentWarnings(minikubeSpec()), []);
    const path = "/nfs";
    assert.deepEqual(
      covalentWarnings({ dataStore: { path }, plainPlugin: true }).map((it) => it.slice(0, 30)),
      [
        "tasks mount /data of their nod",
        "task images are loaded into mi",
        "whoever has the dispatcher's k",
      ],
    );
  });
});
