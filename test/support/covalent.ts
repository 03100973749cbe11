/** Settings of Covalent's executor for tests. */
import * as pulumi from "@pulumi/pulumi";
import { dump } from "js-yaml";
import type { CovalentSpec } from "../../components/model/covalent/settings";
import "./mocks";
import { T4 } from "./virtualNodes";

/** The ARN by which EKS names a context. */
export const ARN = "arn:aws:eks:us-east-1:123456789012:cluster/covalent-eks-cluster";

export const ECR = "123456789012.dkr.ecr.us-east-1.amazonaws.com";

/** An administrator's kubeconfig with two contexts, the first being the current one. */
export const ADMIN_KUBECONFIG = dump({
  apiVersion: "v1",
  kind: "Config",
  "current-context": ARN,
  contexts: [
    { name: ARN, context: { cluster: ARN, user: "admin" } },
    { name: "minikube", context: { cluster: "minikube", user: "admin", namespace: "team" } },
  ],
  clusters: [
    {
      name: ARN,
      cluster: { server: "https://eks.example.org", "certificate-authority-data": "Q0E=" },
    },
    {
      name: "minikube",
      cluster: { server: "https://192.0.2.10:8443", "certificate-authority": "/home/u/ca.crt" },
    },
  ],
  users: [{ name: "admin", user: { token: "canary-admin" } }],
});

/** A vocabulary with two classes, one of them on a virtual node alone. */
export const GPUS = {
  gpus: {
    a100: {
      resource: "nvidia.com/gpu",
      product: "NVIDIA-A100-SXM4-40GB",
      type: "A100",
      vram: "40G",
      taint: { key: "lab/gpu", value: "a100", effect: "NoSchedule" },
    },
    "t4.remote": T4,
    unused: { ...T4, type: "T4b" },
  },
  nodes: {
    one: { gpus: [{ class: "a100", count: 2 }] },
    two: { gpus: [{ class: "a100", count: 4 }] },
    far: { virtual: true, gpus: [{ class: "t4.remote", count: 1 }] },
  },
};

/** On EKS, with bucket and registry. */
export function eksSpec(over: Partial<CovalentSpec> = {}): CovalentSpec {
  return {
    registry: { url: `${ECR}/covalent-eks-task` },
    dataStore: { bucket: "covalent-eks-task-1" },
    ...over,
  };
}

/** On minikube, with the cache folder mounted. */
export function minikubeSpec(over: Partial<CovalentSpec> = {}): CovalentSpec {
  return { dataStore: { path: "/home/user/.cache/covalent" }, minikube: {}, ...over };
}

let answering = false;

/** Lets the mocks fill Secrets for tokens with `token`, as a cluster does. Call it in `before`. */
export function answerTokens(token: string): void {
  if (answering) {
    return;
  }
  answering = true;
  const { mocks } = pulumi.runtime.getMonitor() as unknown as { mocks: pulumi.runtime.Mocks };
  const register = mocks.newResource.bind(mocks);
  mocks.newResource = (args) => {
    const { type, name, inputs } = args;
    const isToken = (inputs as { type?: string }).type === "kubernetes.io/service-account-token";
    if (!type.endsWith(":Secret") || !isToken || pulumi.runtime.isDryRun()) {
      return register(args);
    }
    const data = { token: Buffer.from(token).toString("base64") };
    void register(args);
    return { id: `${name}-id`, state: { ...(inputs as object), data } };
  };
}
