import assert from "node:assert/strict";
import {
  sectionsOf,
  workspaceSettings,
  workspaceStackName,
} from "../../cli/workspace/stackSettings";
import { isEmpty, refuseOtherWorkspace, workloadIn } from "../../cli/workspace/stack";
import { Problems } from "../../components/model/problems";
import type { StateResource } from "../../cli/state";

describe("a workspace's own stack", () => {
  const problems = (): Problems => new Problems("file.json");

  it("is named after cluster, namespace and chart_name", () => {
    const none = problems();
    const spec = { namespace: "machine-learning", name: "jupyterlab-1-v1" };
    assert.equal(
      workspaceStackName("local", spec, none),
      "ws-local-machine-learning-jupyterlab-1-v1",
    );
    assert.deepEqual(none.list(), []);
  });

  it("may have 100 characters and no more", () => {
    const name = "n".repeat(100 - "ws-local--".length - 40);
    const spec = (extra: string) => ({ namespace: "a".repeat(40), name: name + extra });
    const fits = problems();
    assert.equal(workspaceStackName("local", spec(""), fits).length, 100);
    assert.equal(fits.count, 0);
    const long = problems();
    workspaceStackName("local", spec("n"), long);
    assert.equal(long.count, 1);
    assert.match(
      long.list()[0]!,
      /^file\.json: chart_name: too long: its stack would be named ws-local-a+-n+, of 101 characters/,
    );
  });

  it("refuses a cluster whose name the engine would not take", () => {
    const found = problems();
    workspaceStackName("arn:aws:eks", { namespace: "a", name: "b" }, found);
    assert.deepEqual(found.list(), [
      "file.json: clusters: the cluster's name cannot be part of a stack's name (found \"arn:aws:eks\"; " +
        "allowed: letters, digits, -, _ and .). Rename the cluster in the stack config.",
    ]);
  });

  it("takes over the settings with this workspace alone, and leaves policies to the layer", () => {
    const settings = {
      encryptionsalt: "v1:salt",
      config: {
        "science-platform:layers": ["cluster", "workspaces"],
        "science-platform:clusters": { local: { kubeconfig: "./k" } },
        "science-platform:workspaces": {
          folder: "examples/workspaces",
          inline: [{ namespace: "x" }],
          files: ["other.json"],
          filesRoot: "shared",
          namespaces: { ml: { quota: { pods: 1 } } },
          storage: { fast: { storageClass: "ssd" } },
          userSecrets: { ml: { u: { user: { secure: "v1:x" } } } },
        },
        "other:key": "kept",
      },
    };
    const before = structuredClone(settings);
    assert.deepEqual(workspaceSettings(settings, "/project", "/home/ada/lab.json"), {
      encryptionsalt: "v1:salt",
      config: {
        "science-platform:layers": ["workspaces"],
        "science-platform:clusters": { local: { kubeconfig: "./k" } },
        "science-platform:workspaces": {
          files: ["/home/ada/lab.json"],
          filesRoot: "/project/shared",
          storage: { fast: { storageClass: "ssd" } },
        },
        "other:key": "kept",
      },
    });
    assert.deepEqual(settings, before);
  });

  it("knows the logins of namespaces, and makes none", () => {
    const authProxy = { host: "auth.lab.example.org", issuer: "https://iam.example.org" };
    const namespaces = { ml: { authProxy, quota: { pods: 1 } }, plain: { quota: { pods: 1 } } };
    const { config } = workspaceSettings(
      { config: { "science-platform:workspaces": { namespaces } } },
      "/project",
      "/lab.json",
    );
    assert.deepEqual(config?.["science-platform:workspaces"], {
      files: ["/lab.json"],
      namespaces: { ml: { authProxy: { ...authProxy, existing: true } } },
    });
  });

  it("needs no workspaces section to begin with", () => {
    assert.deepEqual(workspaceSettings({}, "/project", "/lab.json"), {
      config: {
        "science-platform:layers": ["workspaces"],
        "science-platform:workspaces": { files: ["/lab.json"] },
      },
    });
  });

  it("reads sections as the engine does, with secrets hidden", () => {
    const found = problems();
    const sections = sectionsOf(
      {
        config: {
          "science-platform:layers": '["workspaces"]',
          "science-platform:defaultCluster": "local",
          "science-platform:workspaces": { userSecrets: { ml: { u: { pw: { secure: "v1:x" } } } } },
          "science-platform:gpus": { secure: "v1:y" },
          "aws:region": "eu-north-1",
        },
      },
      found,
    );
    assert.deepEqual(sections, {
      layers: ["workspaces"],
      defaultCluster: "local",
      workspaces: { userSecrets: { ml: { u: { pw: "[secret]" } } } },
    });
    assert.deepEqual(found.list(), [
      "file.json: gpus: is encrypted as a whole, so the command line cannot read it. " +
        "Encrypt single values of it: pulumi config set --secret --path.",
    ]);
  });
});

describe("the state of a workspace's stack", () => {
  const root: StateResource = { urn: "urn:r", type: "pulumi:pulumi:Stack" };
  const job: StateResource = {
    urn: "urn:j",
    type: "kubernetes:batch/v1:Job",
    inputs: { metadata: { namespace: "a", name: "b-c-mkg" } },
  };

  it("is empty without a resource of its own", () => {
    assert.equal(isEmpty([]), true);
    assert.equal(isEmpty([root]), true);
    assert.equal(isEmpty([root, job]), false);
    assert.equal(workloadIn([root]), undefined);
    assert.equal(workloadIn([root, job]), job);
  });

  it("refuses another workspace whose joined name is the same", () => {
    refuseOtherWorkspace("ws-local-a-b-c", [root, job], { namespace: "a", name: "b-c" });
    refuseOtherWorkspace("ws-local-a-b-c", [root], { namespace: "a-b", name: "c" });
    assert.throws(
      () => refuseOtherWorkspace("ws-local-a-b-c", [root, job], { namespace: "a-b", name: "c" }),
      /^PlainError: Stack ws-local-a-b-c holds another workspace: b-c-mkg in namespace a\. /,
    );
  });
});
