import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { Workspace } from "../../../components/workspaces/workspace";
import type { WorkspaceArgs } from "../../../components/workspaces/workspace";
import { workspaceObjects } from "../../../components/model/workspaceObjects";
import {
  created,
  find,
  inPreview,
  isSecret,
  isUnknown,
  plain,
  recorded,
  reset,
  valueOf,
} from "../../support/mocks";

const ARGS: WorkspaceArgs = {
  namespace: "ml",
  name: "lab",
  image: "jupyter/base-notebook",
  allocationSeconds: 3600,
};
const FULL: WorkspaceArgs = {
  ...ARGS,
  ports: [{ name: "web", port: 8888 }],
  volumes: [
    { mountPath: "/a", size: "1Gi", accessMode: "ReadWriteOnce", storage: "folder" },
    { mountPath: "/b", size: "1Gi", accessMode: "ReadWriteOnce", storage: "standard" },
  ],
  files: [{ name: "conf", localPath: "conf", mountPath: "/conf" }],
  fileContents: { conf: { text: "x" } },
  ingress: { host: "lab.example.org", port: 8888, path: "/lab", oauthUrl: "oauth.ml" },
  userSecrets: ["user-1"],
  userSecretParams: ["user", "password", "ssh_publickey"],
  site: {
    cluster: "local",
    stack: "dev",
    storage: { folder: { hostPath: "/srv" } },
    ingress: { issuer: "letsencrypt", domain: "example.org" },
  },
};

function make(args: WorkspaceArgs): Promise<Workspace> {
  return created((opts) => new Workspace("w", args, opts));
}

const byName = (a: string, b: string): number => (a < b ? -1 : 1);
const names = (): string[] =>
  recorded()
    .map(({ name }) => name)
    .sort(byName);

describe("Workspace", () => {
  beforeEach(reset);

  it("registers exactly what the renderer renders, unawaited", async () => {
    await make(FULL);
    const children = recorded().filter(({ name }) => name !== "w");
    const expected = workspaceObjects(FULL, FULL.site!, FULL.fileContents!).map((object) => ({
      ...object,
      metadata: {
        ...object.metadata,
        annotations: {
          ...object.metadata.annotations,
          ...(object.kind === "Job"
            ? { "pulumi.com/waitFor": "jsonpath={.metadata.uid}" }
            : { "pulumi.com/skipAwait": "true" }),
        },
      },
    }));
    const key = ({ kind, metadata }: (typeof expected)[0]): string => `${kind} ${metadata.name}`;
    assert.deepEqual(
      children
        .map(({ inputs }) => plain(inputs) as (typeof expected)[0])
        .sort((a, b) => byName(key(a), key(b))),
      expected.sort((a, b) => byName(key(a), key(b))),
    );
  });

  it("names its children by stable suffixes, all below itself", async () => {
    await make(FULL);
    assert.deepEqual(names(), [
      "w",
      "w-claim-0",
      "w-claim-1",
      "w-files",
      "w-ingress",
      "w-job",
      "w-service",
      "w-volume-0",
    ]);
    const component = find("w");
    assert.equal(component.type, "science-platform:index:Workspace");
    assert.deepEqual(component.inputs, {});
    for (const child of recorded().filter(({ name }) => name !== "w")) {
      assert.equal(child.parent, component.urn, child.name);
    }
  });

  it("protects and retains claims and their volumes, and nothing else", async () => {
    await make(FULL);
    const kept = recorded().filter(({ protect }) => protect);
    assert.deepEqual(kept.map(({ name }) => name).sort(byName), [
      "w-claim-0",
      "w-claim-1",
      "w-volume-0",
    ]);
    assert.deepEqual(
      recorded().filter(({ retainOnDelete }) => retainOnDelete),
      kept,
    );
  });

  it("gives its workload what it needs first, and no more", async () => {
    await make({ ...FULL, userSecretValues: { "user-1": { user: "u", password: "p" } } });
    assert.deepEqual(
      [...find("w-job").dependsOn].sort(byName),
      [find("w-files").urn, find("w-user-user-1").urn].sort(byName),
    );
    assert.deepEqual(find("w-service").dependsOn, []);
    assert.deepEqual(find("w-claim-0").dependsOn, []);
  });

  it("tells where it is", async () => {
    const workspace = await make(FULL);
    assert.equal(await valueOf(workspace.namespace), "ml");
    assert.equal(await valueOf(workspace.workload), "lab-mkg");
    assert.equal(await valueOf(workspace.kind), "Job");
    assert.equal(await valueOf(workspace.service!), "lab-mkg.ml.svc");
    assert.equal(await valueOf(workspace.url!), "https://lab.example.org/lab");
    assert.deepEqual(await valueOf(workspace.claims), ["lab-mkg-claim-0", "lab-mkg-claim-1"]);
  });

  it("is a Job alone, without Service, URL and claims, where nothing else is asked for", async () => {
    const workspace = await make(ARGS);
    assert.deepEqual(names(), ["w", "w-job"]);
    assert.equal(workspace.service, undefined);
    assert.equal(workspace.url, undefined);
    assert.deepEqual(await valueOf(workspace.claims), []);
    assert.deepEqual(find("w-job").dependsOn, []);
  });

  it("is a Deployment where that is asked for", async () => {
    const workspace = await make({ ...ARGS, deployment: true, allocationSeconds: undefined });
    assert.deepEqual(names(), ["w", "w-deployment"]);
    assert.equal(find("w-deployment").type, "kubernetes:apps/v1:Deployment");
    assert.equal(await valueOf(workspace.kind), "Deployment");
  });

  it("makes user Secrets of its own users only, their values secret", async () => {
    await make({
      ...ARGS,
      userSecrets: ["user-1"],
      userSecretParams: ["user", "password"],
      userSecretValues: {
        "user-1": { user: "u", password: pulumi.output("canary-1") },
        "user-2": { user: "other" },
      },
    });
    assert.deepEqual(names(), ["w", "w-job", "w-user-user-1"]);
    const { inputs } = find("w-user-user-1");
    assert.ok(isSecret(inputs["stringData"]));
    assert.deepEqual(plain(inputs["stringData"]), { user: "u", password: "canary-1" });
    const others = recorded().filter(({ name }) => name !== "w-user-user-1");
    assert.equal(JSON.stringify(others).includes("canary-1"), false);
  });

  it("can be previewed while a password is not known", async () => {
    await inPreview(async () => {
      const password = new random.RandomPassword("password", { length: 12 });
      await make({
        ...FULL,
        userSecretValues: { "user-1": { user: "u", password: password.result } },
      });
    });
    assert.ok(isUnknown(find("w-user-user-1").inputs["stringData"]));
    const [job] = workspaceObjects(FULL, FULL.site!, FULL.fileContents!).filter(
      ({ kind }) => kind === "Job",
    );
    assert.deepEqual(find("w-job").inputs["spec"], job!.spec);
    assert.equal(names().length, 10);
  });

  it("refuses bad input before anything is registered", async () => {
    await assert.rejects(
      make({ ...ARGS, allocationSeconds: undefined }),
      /allocationTime: required/,
    );
    await assert.rejects(
      make({ ...ARGS, gpuRequest: 1 }),
      /workspace ml\/lab: gpu_request: a GPU nobody offers/,
    );
    await assert.rejects(
      make({ ...FULL, ingress: { host: "lab.example.org", port: 8888 } }),
      /workspace ml\/lab: ingress: an ingress without authentication/,
    );
    await assert.rejects(
      make({ ...FULL, site: undefined }),
      /ingress: cluster default has no settings for ingresses/,
    );
    assert.deepEqual(recorded(), []);
  });

  it("refuses a user Secret without a key that the pod needs; the SSH key may be absent", async () => {
    const users = { userSecrets: ["u"], userSecretParams: ["user", "email", "ssh_publickey"] };
    await assert.rejects(
      make({ ...ARGS, ...users, userSecretValues: { u: { user: "x" } } }),
      (error) => {
        assert.ok(pulumi.InputPropertiesError.isInstance(error));
        assert.deepEqual(error.errors, [
          {
            propertyPath: "userSecretValues.u.email",
            reason: "named in userSecretParams, but missing: add it, or take it out of the params",
          },
        ]);
        return true;
      },
    );
    assert.deepEqual(recorded(), []);
  });
});
