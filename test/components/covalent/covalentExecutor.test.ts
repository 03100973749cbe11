import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import {
  CovalentExecutor,
  type CovalentExecutorArgs,
} from "../../../components/covalent/covalentExecutor";
import { ADMIN_KUBECONFIG, answerTokens, ARN, ECR } from "../../support/covalent";
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

const FILES = ["covalent-k8s-test.yaml", "environment.sh", "executor.toml", "kubeconfig"];

describe("CovalentExecutor", () => {
  let folder: string;
  let args: CovalentExecutorArgs;

  before(() => answerTokens("canary-token"));

  beforeEach(() => {
    reset();
    folder = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "science-platform-covalent-")), "c");
    args = {
      kubeconfig: ADMIN_KUBECONFIG,
      dataStore: { bucket: pulumi.output("covalent-eks-task-1") },
      registry: { url: pulumi.output(`${ECR}/covalent-eks-task`) },
      outputFolder: folder,
    };
  });

  afterEach(() => fs.rmSync(path.dirname(folder), { recursive: true }));

  function make(over: Partial<CovalentExecutorArgs> = {}): Promise<CovalentExecutor> {
    return created((opts) => new CovalentExecutor("c", { ...args, ...over }, opts));
  }

  const read = (name: string): string => fs.readFileSync(path.join(folder, name), "utf8");
  const names = (): string[] => recorded().map(({ name }) => name);

  it("makes the namespace first, then what is in it, and the token after its account", async () => {
    await valueOf((await make()).folder);
    assert.deepEqual(names().sort(), [
      "c",
      "c-namespace",
      "c-role-covalent-covalent-dispatcher",
      "c-rolebinding-covalent-covalent-dispatcher",
      "c-serviceaccount-covalent-covalent-dispatcher",
      "c-serviceaccount-covalent-covalent-task",
      "c-token",
    ]);
    const space = find("c-namespace");
    assert.deepEqual(plain(space.inputs["metadata"]), {
      name: "covalent",
      labels: {
        "pod-security.kubernetes.io/enforce": "baseline",
        "pod-security.kubernetes.io/warn": "baseline",
      },
    });
    const account = find("c-serviceaccount-covalent-covalent-dispatcher");
    assert.ok(account.dependsOn.includes(space.urn));
    const token = find("c-token");
    assert.deepEqual(token.dependsOn, [account.urn]);
    assert.equal(token.inputs["type"], "kubernetes.io/service-account-token");
    assert.ok(token.additionalSecretOutputs.includes("data"));
  });

  it("writes the dispatcher's files, for their owner alone", async () => {
    const executor = await make();
    assert.equal(await valueOf(executor.folder), folder);
    assert.deepEqual(fs.readdirSync(folder).sort(), FILES);
    assert.equal(fs.statSync(folder).mode & 0o777, 0o700);
    for (const name of FILES) {
      assert.equal(fs.statSync(path.join(folder, name)).mode & 0o777, 0o600, name);
    }
    assert.equal(read("executor.toml"), await valueOf(executor.config));
    assert.equal(read("kubeconfig"), await valueOf(executor.kubeconfig));
    assert.match(
      read("executor.toml"),
      new RegExp(`^k8s_config_file = "${folder}/kubeconfig"$`, "m"),
    );
    assert.match(read("executor.toml"), new RegExp(`^k8s_context = "${ARN}"$`, "m"));
    assert.match(
      read("environment.sh"),
      new RegExp(
        `^export KUBECONFIG=${folder}/kubeconfig\nexport AWS_DEFAULT_REGION=us-east-1$`,
        "m",
      ),
    );
    assert.match(read("kubeconfig"), /token: canary-token$/m);
    assert.ok(!read("kubeconfig").includes("canary-admin"));
  });

  it("tells what to run, in plain, and keeps the kubeconfig secret", async () => {
    const executor = await make({
      kubeconfig: pulumi.secret(ADMIN_KUBECONFIG),
      context: "minikube",
      registry: undefined,
      dataStore: { path: "/home/user/.cache/covalent" },
      minikube: {},
    });
    assert.equal(await valueOf(executor.namespace), "covalent");
    assert.equal(await valueOf(executor.context), "minikube");
    assert.equal(await valueOf(executor.exportLine), `export KUBECONFIG=${folder}/kubeconfig`);
    assert.equal(
      await valueOf(executor.mountCommand),
      "minikube mount /home/user/.cache/covalent:/data",
    );
    assert.equal(
      await valueOf(executor.configureCommand),
      `python3 -m science_platform_covalent.configure ${folder}/executor.toml`,
    );
    assert.equal(
      await valueOf(executor.checkCommand),
      `python3 -m science_platform_covalent.check ${folder}`,
    );
    const { kubeconfig, context, config, exportLine } = executor;
    const secret = (output: pulumi.Output<unknown>): Promise<boolean> => pulumi.isSecret(output);
    assert.deepEqual(
      await Promise.all([kubeconfig, context, config, executor.folder, exportLine].map(secret)),
      [true, false, false, false, false],
    );
    await valueOf(executor.folder);
    assert.equal(JSON.stringify(recorded()).includes("canary-admin"), false);
  });

  it("hands the registry's password to dispatcher and cluster, as a secret", async () => {
    const registry = { url: "ghcr.io/lab", username: "robot", password: "canary-password" };
    const executor = await make({ registry });
    await valueOf(executor.folder);
    assert.equal(read("registry.toml"), 'username = "robot"\npassword = "canary-password"\n');
    assert.match(
      read("executor.toml"),
      new RegExp(`^registry_credentials_file = "${folder}/registry.toml"$`, "m"),
    );
    const secret = find("c-secret-covalent-covalent-registry");
    assert.equal(secret.inputs["type"], "kubernetes.io/dockerconfigjson");
    assert.ok(isSecret(secret.inputs["stringData"]));
    const data = plain(secret.inputs["stringData"]) as Record<string, string>;
    assert.deepEqual(JSON.parse(data[".dockerconfigjson"]!), {
      auths: {
        "ghcr.io": {
          username: "robot",
          password: "canary-password",
          auth: Buffer.from("robot:canary-password").toString("base64"),
        },
      },
    });
    const account = find("c-serviceaccount-covalent-covalent-task");
    assert.deepEqual(account.inputs["imagePullSecrets"], [{ name: "covalent-registry" }]);
    const others = recorded().filter((one) => one !== secret);
    assert.equal(JSON.stringify(others).includes("canary-password"), false);
    reset();
    await valueOf((await make()).folder);
    assert.equal(fs.existsSync(path.join(folder, "registry.toml")), false);
  });

  it("gives the plugin as it is rights, identity and a broom in default", async () => {
    const executor = await make({
      plainPlugin: true,
      taskRoleArn: "arn:role",
      quota: { cpu: "8" },
    });
    await valueOf(executor.folder);
    const account = find("c-plain-account");
    assert.equal(account.type, "kubernetes:core/v1:ServiceAccountPatch");
    assert.deepEqual(plain(account.inputs["metadata"]), {
      name: "default",
      namespace: "default",
      annotations: { "eks.amazonaws.com/role-arn": "arn:role" },
    });
    assert.equal(Object.hasOwn(account.inputs, "imagePullSecrets"), false);
    for (const name of [
      "c-role-default-covalent-dispatcher",
      "c-resourcequota-default-covalent",
      "c-cronjob-covalent-covalent-job-cleaner",
    ]) {
      assert.ok(names().includes(name), name);
    }
    const script = find("c-configmap-covalent-covalent-job-cleaner").inputs["data"];
    assert.match((script as Record<string, string>)["clean.py"]!, /^"""Removes the finished Jobs/);
  });

  it("protects and keeps the claim that it makes", async () => {
    const dataStore = { path: "/nfs", claim: { size: "10Gi" } };
    await valueOf((await make({ dataStore })).folder);
    const claim = find("c-persistentvolumeclaim-covalent-covalent-data");
    assert.deepEqual([claim.protect, claim.retainOnDelete], [true, true]);
    assert.ok(recorded().filter(({ protect }) => protect === true).length === 1);
  });

  it("writes nothing in a preview, and knows config and commands in it", async () => {
    await inPreview(async () => {
      const executor = await make();
      assert.match(await valueOf(executor.config), /^data_store = "s3:\/\/covalent-eks-task-1"$/m);
      assert.equal(await valueOf(executor.context), ARN);
    });
    assert.equal(fs.existsSync(folder), false);
  });

  it("refuses bad args before anything is registered", async () => {
    for (const [bad, message] of [
      [{ dataStore: {} }, /c: dataStore: neither path nor bucket/],
      [{ registry: { url: "ghcr.io/lab" } }, /c: registry.username: required/],
      [{ namespace: "default" }, /c: namespace: whoever may create Jobs/],
      [{ context: "other" }, /Covalent: context: a context that the kubeconfig does not have/],
    ] as const) {
      await assert.rejects(make(bad), message);
    }
    assert.deepEqual(recorded(), []);
  });
});
