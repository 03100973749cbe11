import assert from "node:assert/strict";
import { load } from "js-yaml";
import type { KubernetesObject } from "../../../components/model/kubernetesObject";
import { virtualNodeLabels } from "../../../components/model/virtualNodeGpus";
import { virtualNodeObjects } from "../../../components/model/virtualNodeObjects";
import type { VirtualNodeFacts } from "../../../components/model/virtualNodeObjects";
import type { VirtualNodeSpec } from "../../../components/model/virtualNodeTypes";
import { T4, virtualNode } from "../../support/virtualNodes";

interface Container {
  name: string;
  image: string;
  command?: string[];
  env?: { name: string; value?: string; valueFrom?: object }[];
  volumeMounts?: { name: string; mountPath: string }[];
}

interface Pod {
  automountServiceAccountToken: boolean;
  serviceAccountName: string;
  initContainers?: Container[];
  containers: Container[];
  volumes: { name: string }[];
}

function objectsOf(
  over: Partial<VirtualNodeSpec> = {},
  facts?: VirtualNodeFacts,
): KubernetesObject[] {
  return virtualNodeObjects(virtualNode(over), facts);
}

function one(objects: KubernetesObject[], kind: string): KubernetesObject {
  const found = objects.filter((object) => object.kind === kind);
  assert.equal(found.length, 1, kind);
  return found[0]!;
}

function podOf(over: Partial<VirtualNodeSpec> = {}): Pod {
  const { template } = one(objectsOf(over), "Deployment").spec as { template: { spec: Pod } };
  return template.spec;
}

function container(pod: Pod, name: string): Container {
  const found = [...pod.containers, ...(pod.initContainers ?? [])].find((it) => it.name === name);
  assert.ok(found, `no container ${name}`);
  return found;
}

function environment({ env = [] }: Container): Record<string, unknown> {
  return Object.fromEntries(env.map(({ name, value, valueFrom }) => [name, value ?? valueFrom]));
}

function files(
  over: Partial<VirtualNodeSpec> = {},
  facts?: VirtualNodeFacts,
): Record<string, string> {
  return one(objectsOf(over, facts), "ConfigMap").data!;
}

const fromLogin = (key: string): object => ({ secretKeyRef: { name: "gpu-site-login", key } });

describe("a virtual kubelet's objects", () => {
  it("are in the order in which they are needed", () => {
    const kinds = objectsOf().map(({ kind, metadata }) =>
      [kind, metadata.namespace ?? ""].join(" "),
    );
    assert.deepEqual(kinds, [
      "ServiceAccount vk",
      "ClusterRole ",
      "ClusterRoleBinding ",
      "Role jupyterhub",
      "RoleBinding jupyterhub",
      "Role kube-node-lease",
      "RoleBinding kube-node-lease",
      "ConfigMap vk",
      "Deployment vk",
    ]);
  });

  it("have one configuration file today", () => {
    const taint = { key: "lab.example.org/gpu", effect: "NoSchedule" };
    const found = files(
      { gpus: { t4: { ...T4, sharing: 3, taint } }, pods: 7 },
      { nodeLabels: { accelerator: "T4" } },
    );
    assert.deepEqual(Object.keys(found), ["InterLinkConfig.yaml"]);
    assert.deepEqual(load(found["InterLinkConfig.yaml"]!), {
      InterlinkURL: "https://gpu.example.org",
      InterlinkPort: "443",
      Namespace: "vk",
      ServiceAccount: "gpu-site-virtual-kubelet",
      VerboseLogging: false,
      ErrorsOnlyLogging: false,
      VKTokenFile: "/opt/interlink/token",
      DisableProjectedVolumes: true,
      SkipDownwardAPIResolution: true,
      DisableCSR: true,
      HTTP: { Insecure: false, CaCert: "" },
      Resources: {
        CPU: "24",
        Memory: "32Gi",
        Pods: "7",
        Accelerators: [{ ResourceType: "nvidia.com/gpu", Model: "T4", Available: "6" }],
      },
      NodeLabels: ["accelerator=T4"],
      NodeTaints: [{ Key: "lab.example.org/gpu", Value: "", Effect: "NoSchedule" }],
    });
  });

  it("have the seed's two files, with strings alone and the node's name as the key", () => {
    const found = files({
      form: "seed",
      serviceAccount: "interlink",
      interLink: { url: "https://203.0.113.9", port: 8443 },
      config: { SbatchPath: "/usr/bin/sbatch", Tsocks: true },
    });
    assert.deepEqual(Object.keys(found), ["InterLinkConfig.yaml", "vk-cfg.json"]);
    assert.deepEqual(load(found["InterLinkConfig.yaml"]!), {
      SidecarURL: "http://127.0.0.1",
      SidecarPort: "4000",
      ExportPodData: true,
      DataRootFolder: ".local/interlink/jobs/",
      BashPath: "/bin/bash",
      Tsocks: true,
      InterlinkURL: "https://203.0.113.9",
      InterlinkPort: "8443",
      Namespace: "vk",
      ServiceAccount: "interlink",
      VerboseLogging: false,
      ErrorsOnlyLogging: false,
      VKTokenFile: "/opt/interlink/token",
      SbatchPath: "/usr/bin/sbatch",
    });
    assert.deepEqual(JSON.parse(found["vk-cfg.json"]!), {
      "gpu-site": { cpu: "24", memory: "32Gi", pods: "100", "nvidia.com/gpu": "2" },
    });
  });

  it("run today's kubelet and refresher, with credentials by reference", () => {
    const pod = podOf();
    assert.deepEqual(
      [...pod.initContainers!, ...pod.containers].map(({ name, image }) => [name, image]),
      [
        ["settoken", "docker.io/library/alpine:3.22"],
        ["vk", "ghcr.io/interlink-hq/interlink/virtual-kubelet-inttw:0.6.1"],
        ["refresh-token", "ghcr.io/interlink-hq/interlink/virtual-kubelet-inttw-refresh:0.6.1"],
      ],
    );
    assert.deepEqual(environment(container(pod, "vk")), {
      NODENAME: "gpu-site",
      POD_IP: { fieldRef: { fieldPath: "status.podIP" } },
      KUBELET_PORT: "10250",
      CONFIGPATH: "/etc/interlink/InterLinkConfig.yaml",
      VKTOKENFILE: "/opt/interlink/token",
    });
    assert.deepEqual(environment(container(pod, "refresh-token")), {
      IAM_SERVER: "https://iam.example.org/",
      IAM_CLIENT_ID: fromLogin("client-id"),
      IAM_CLIENT_SECRET: fromLogin("client-secret"),
      IAM_REFRESH_TOKEN: fromLogin("refresh-token"),
      IAM_GRANT_TYPE: "authorization_code",
      TOKEN_PATH: "/opt/interlink/token",
    });
    assert.deepEqual(container(pod, "refresh-token").command, [
      "python3",
      "/etc/interlink/token-endpoint.py",
    ]);
  });

  it("run the seed's kubelet with its own names and variables", () => {
    const pod = podOf({ form: "seed", tracing: true });
    assert.deepEqual(
      pod.containers.map(({ name, image }) => [name, image]),
      [
        ["jaeger", "docker.io/jaegertracing/all-in-one:1.51"],
        ["inttw-vk", "docker.io/biancoj/vkgpu:latest"],
        ["refresh-token", "docker.io/biancoj/refresh-token:latest"],
      ],
    );
    assert.deepEqual(environment(container(pod, "inttw-vk")), {
      NODENAME: "gpu-site",
      POD_IP: { fieldRef: { fieldPath: "status.podIP" } },
      KUBELET_PORT: "10255",
      INTERLINKCONFIGPATH: "/etc/interlink/InterLinkConfig.yaml",
      CONFIGPATH: "/etc/interlink/vk-cfg.json",
      VKTOKENFILE: "/opt/interlink/token",
    });
    assert.ok(!podOf({ form: "seed" }).containers.some(({ name }) => name === "jaeger"));
  });

  it("give the refresher an endpoint, an audience and a grant type where these are said", () => {
    const tokenEndpoint = "https://iam.example.org/token";
    const refresher = container(
      podOf({
        login: {
          tokenEndpoint,
          audience: "users",
          grantType: "client_credentials",
          existingSecret: "iam",
        },
      }),
      "refresh-token",
    );
    assert.equal(refresher.command, undefined);
    assert.deepEqual(environment(refresher), {
      IAM_TOKEN_ENDPOINT: tokenEndpoint,
      IAM_CLIENT_ID: { secretKeyRef: { name: "iam", key: "client-id" } },
      IAM_CLIENT_SECRET: { secretKeyRef: { name: "iam", key: "client-secret" } },
      IAM_REFRESH_TOKEN: "",
      IAM_GRANT_TYPE: "client_credentials",
      IAM_VK_AUD: "users",
      TOKEN_PATH: "/opt/interlink/token",
    });
    const empty = podOf({ login: { issuer: "https://iam.example.org/", audience: "" } });
    assert.ok(!("IAM_VK_AUD" in environment(container(empty, "refresh-token"))));
  });

  it("have no token, no refresher and no variable for it without login", () => {
    const pod = podOf({ login: undefined, unauthenticated: true });
    assert.equal(pod.initContainers, undefined);
    assert.deepEqual(
      pod.containers.map(({ name }) => name),
      ["vk"],
    );
    assert.ok(!("VKTOKENFILE" in environment(pod.containers[0]!)));
    assert.ok(!pod.volumes.some(({ name }) => name === "token"));
    const config = files({ login: undefined, unauthenticated: true })["InterLinkConfig.yaml"]!;
    assert.ok(!config.includes("VKTokenFile"));
  });

  it("trace to the collector that is named, and not at all by default", () => {
    const traced = podOf({ tracing: true, tracingEndpoint: "collector.trace.svc:4317" });
    const { ENABLE_TRACING, TELEMETRY_ENDPOINT } = environment(container(traced, "vk"));
    assert.deepEqual([ENABLE_TRACING, TELEMETRY_ENDPOINT], ["1", "collector.trace.svc:4317"]);
    assert.ok(!("ENABLE_TRACING" in environment(container(podOf(), "vk"))));
  });

  it("trust an authority that is given", () => {
    const over = { caCertificate: "PEM" };
    assert.equal(files(over)["ca.crt"], "PEM");
    assert.equal(
      environment(container(podOf(over), "vk"))["SSL_CERT_FILE"],
      "/etc/interlink/ca.crt",
    );
    assert.ok(!("SSL_CERT_FILE" in environment(container(podOf(), "vk"))));
  });

  it("give the cluster's token to the kubelet's container alone", () => {
    const pod = podOf({ form: "seed", tracing: true });
    assert.equal(pod.automountServiceAccountToken, false);
    const holders = [...pod.initContainers!, ...pod.containers]
      .filter(({ volumeMounts = [] }) =>
        volumeMounts.some(({ name }) => name === "kube-api-access"),
      )
      .map(({ name }) => name);
    assert.deepEqual(holders, ["inttw-vk"]);
  });

  it("label the node by the vocabulary, with the accelerator's type or none", () => {
    assert.deepEqual(virtualNodeLabels(virtualNode()), {
      accelerator: "T4",
      "science-platform/gpu-class": "t4",
      "science-platform/gpu-class.t4": "true",
    });
    const plain = virtualNode({ node: { cpu: "1", memory: "1Gi", roles: ["worker"] } });
    assert.deepEqual(virtualNodeLabels(plain), { accelerator: "none", worker: "true" });
    const own = virtualNode({ node: { ...virtualNode().node, labels: { accelerator: "any" } } });
    assert.equal(virtualNodeLabels(own)["accelerator"], "any");
  });
});
