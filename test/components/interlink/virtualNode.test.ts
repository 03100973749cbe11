import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { VirtualNode, type VirtualNodeArgs } from "../../../components/interlink/virtualNode";
import { acceptHooks } from "../../support/mockCluster";
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
import { virtualNode } from "../../support/virtualNodes";

const CREDENTIALS = { clientId: "canary-id", clientSecret: "canary-2", refreshToken: "canary-3" };

function args(over: Partial<VirtualNodeArgs> = {}): VirtualNodeArgs {
  return { ...(virtualNode() as VirtualNodeArgs), caCertificate: "CA", ...CREDENTIALS, ...over };
}

const CHART: Partial<VirtualNodeArgs> = {
  form: "chart",
  login: { tokenEndpoint: "https://iam.example.org/token" },
  chartSecretsInClear: true,
  charts: { mirror: "local/charts" },
};

function make(over: Partial<VirtualNodeArgs> = {}): Promise<VirtualNode> {
  return created((opts) => new VirtualNode("v", args(over), opts));
}

function names(): string[] {
  return recorded()
    .map(({ name }) => name)
    .sort();
}

describe("VirtualNode", () => {
  before(acceptHooks);
  beforeEach(reset);

  it("registers namespaces, access, configuration, credentials, kubelet and labels", async () => {
    await make({ kubeconfig: "k" });
    assert.deepEqual(names(), [
      "v",
      "v-clusterrole",
      "v-clusterrolebinding",
      "v-configmap-vk",
      "v-deployment-vk",
      "v-digest-key",
      "v-login",
      "v-namespace-jupyterhub",
      "v-namespace-vk",
      "v-node",
      "v-role-jupyterhub",
      "v-role-kube-node-lease",
      "v-rolebinding-jupyterhub",
      "v-rolebinding-kube-node-lease",
      "v-serviceaccount-vk",
    ]);
    for (const child of recorded().filter(({ name }) => name !== "v")) {
      assert.equal(child.parent, find("v").urn, child.name);
    }
    assert.equal(find("v-namespace-vk").type, "kubernetes:core/v1:NamespacePatch");
    assert.equal(find("v-clusterrole").type, "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole");
  });

  it("keeps the credentials in one Secret, and out of everything else", async () => {
    await make();
    const secret = find("v-login");
    assert.ok(isSecret(secret.inputs["stringData"]));
    assert.deepEqual(plain(secret.inputs["stringData"]), {
      "client-id": "canary-id",
      "client-secret": "canary-2",
      "refresh-token": "canary-3",
    });
    const others = recorded().filter(({ name }) => name !== "v-login");
    assert.equal(JSON.stringify(others).includes("canary"), false);
    assert.ok(find("v-deployment-vk").dependsOn.includes(secret.urn));
  });

  it("restarts the kubelet with its configuration and with its credentials", async () => {
    const digest = async (over: Partial<VirtualNodeArgs>): Promise<string> => {
      reset();
      await make(over);
      const { template } = plain(find("v-deployment-vk").inputs["spec"]) as {
        template: { metadata: { annotations: Record<string, string> } };
      };
      return template.metadata.annotations["science-platform/config-digest"]!;
    };
    const first = await digest({});
    assert.match(first, /^[0-9a-f]{64}$/);
    assert.equal(await digest({}), first);
    const others = [
      await digest({ pods: 5 }),
      await digest({ refreshToken: "another" }),
      await digest({ caCertificate: pulumi.output("PEM") }),
    ];
    assert.equal(new Set([first, ...others]).size, 4);
  });

  it("sets the labels by a patch, or lets the kubelet set them where nobody can wait", async () => {
    await make({ kubeconfig: "k" });
    assert.deepEqual(plain(find("v-node").inputs["metadata"]), {
      name: "gpu-site",
      labels: {
        accelerator: "T4",
        "science-platform/gpu-class": "t4",
        "science-platform/gpu-class.t4": "true",
      },
    });
    assert.ok(find("v-node").dependsOn.includes(find("v-deployment-vk").urn));
    const config = (): string => JSON.stringify(plain(find("v-configmap-vk").inputs["data"]));
    assert.ok(!config().includes("accelerator=T4"));
    reset();
    await make();
    assert.ok(!names().includes("v-node"));
    assert.ok(config().includes("accelerator=T4"));
  });

  it("takes an existing Secret, and makes none", async () => {
    await make({
      login: { issuer: "https://iam.example.org/", existingSecret: "iam" },
      clientId: undefined,
      clientSecret: undefined,
      refreshToken: undefined,
    });
    assert.ok(!names().includes("v-login"));
    assert.ok(JSON.stringify(find("v-deployment-vk").inputs).includes('"name":"iam"'));
  });

  it("installs the chart with our values, and what the user says over them", async () => {
    await make({ ...CHART, caCertificate: "PEM", values: { virtualNode: { disableCSR: false } } });
    const release = find("v-release");
    assert.deepEqual(plain(find("v-certificates").inputs["stringData"]), { "ca.crt": "PEM" });
    assert.equal(release.inputs["name"], "gpu-site");
    assert.equal(release.inputs["namespace"], "vk");
    const { virtualNode: node, OAUTH } = plain(release.inputs["values"]) as {
      virtualNode: { disableCSR: boolean; image: string };
      OAUTH: Record<string, unknown>;
    };
    assert.equal(node.disableCSR, false);
    assert.match(node.image, /:0\.6\.1$/);
    assert.equal(OAUTH["ClientSecret"], "canary-2");
    assert.ok(isSecret(release.inputs["values"]), "the values are secret as a whole");
    const others = recorded().filter(({ name }) => name !== "v-release");
    assert.equal(JSON.stringify(others).includes("canary"), false);
  });

  it("can be previewed", async () => {
    await inPreview(() => make({ kubeconfig: "k" }));
    assert.ok(names().includes("v-node"));
  });

  it("tells its node's name and labels", async () => {
    const node = await make();
    assert.equal(await valueOf(node.nodeName), "gpu-site");
    assert.equal((await valueOf(node.labels))["accelerator"], "T4");
  });

  it("refuses what cannot work before anything is registered", async () => {
    const refused: [Partial<VirtualNodeArgs>, RegExp][] = [
      [{ nodeName: "A" }, /nodeName: not a DNS label/],
      [{ clientSecret: undefined }, /clientSecret: required with login, but missing/],
      [{ refreshToken: undefined }, /refreshToken: required with login, but missing/],
      [
        { login: { issuer: "https://iam.example.org/", existingSecret: "iam" } },
        /login.existingSecret: contradicts the credentials/,
      ],
      [{ ...CHART, chartSecretsInClear: undefined }, /form: the chart writes the client's secret/],
      [{ values: {} }, /values: of no use without form chart/],
      [{ waitSeconds: -1 }, /waitSeconds: not a time/],
    ];
    for (const [over, message] of refused) {
      await assert.rejects(make(over), message);
    }
    assert.deepEqual(recorded(), []);
  });

  it("wants no refresh token for client credentials", async () => {
    const login = { issuer: "https://iam.example.org/", grantType: "client_credentials" };
    await make({ login, refreshToken: undefined });
    assert.deepEqual(plain(find("v-login").inputs["stringData"]), {
      "client-id": "canary-id",
      "client-secret": "canary-2",
    });
  });
});
