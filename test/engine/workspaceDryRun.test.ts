/** Rendered objects against the real API server: strict field validation, and Pod Security `restricted`. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { messageOf, type ApiAnswer, type ApiClient } from "../../components/cluster/apiClient";
import { authProxyObjects } from "../../components/model/authProxyObjects";
import type { KubernetesObject } from "../../components/model/kubernetesObject";
import { namespaceObjects } from "../../components/model/namespaceObjects";
import { workspaceObjects } from "../../components/model/workspaceObjects";
import type { WorkspaceSite, WorkspaceSpec } from "../../components/model/workspaceTypes";
import { standClient, standOrSkip } from "../support/engine";
import { makeRestrictedNamespace } from "../support/liveObjects";
import { GENERATED_SITE } from "../support/workspaceConfigs";

const namespace = `dry-run-${randomBytes(4).toString("hex")}`;

const PATHS: Record<string, string> = {
  ConfigMap: `/api/v1/namespaces/${namespace}/configmaps`,
  PersistentVolume: "/api/v1/persistentvolumes",
  PersistentVolumeClaim: `/api/v1/namespaces/${namespace}/persistentvolumeclaims`,
  Service: `/api/v1/namespaces/${namespace}/services`,
  ResourceQuota: `/api/v1/namespaces/${namespace}/resourcequotas`,
  LimitRange: `/api/v1/namespaces/${namespace}/limitranges`,
  Job: `/apis/batch/v1/namespaces/${namespace}/jobs`,
  Deployment: `/apis/apps/v1/namespaces/${namespace}/deployments`,
  Ingress: `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`,
  NetworkPolicy: `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`,
};

const PODS = `/api/v1/namespaces/${namespace}/pods`;
const QUERY = "dryRun=All&fieldValidation=Strict&fieldManager=test";

const MINIMAL: WorkspaceSpec = { namespace, name: "lab", image: "img", allocationSeconds: 3600 };
const EVERYTHING: WorkspaceSpec = {
  ...MINIMAL,
  tag: `sha256:${"a".repeat(64)}`,
  memoryRequest: "4Gi",
  memoryLimit: "6Gi",
  cpuRequest: "5000m",
  cpuLimit: "6",
  gpuRequest: 2,
  gpuSelector: { type: "A100", vram: "40G" },
  nodeSelector: "gpu-a100",
  command: ["sh", "-c", "sleep 1"],
  imagePullSecret: "registry",
  serviceType: "NodePort",
  ports: [
    { name: "jupyter", port: 8888, nodePort: 31888 },
    { name: "ssh", port: 22 },
  ],
  volumes: [
    { mountPath: "/home/jovyan", size: "100Gi", accessMode: "ReadWriteOnce", storage: "standard" },
    { mountPath: "/folder", size: "1Gi", accessMode: "ReadWriteOnce", storage: "local-hostpath" },
    {
      mountPath: "/nfs",
      size: "1Gi",
      accessMode: "ReadWriteMany",
      storage: "exports",
      readOnly: true,
    },
  ],
  existingVolumes: [{ claim: "shared", mountPath: "/shared", readOnly: true }],
  files: [
    { name: "conf", localPath: "conf", mountPath: "/app/conf.yaml" },
    { name: "logo.png", localPath: "logo.png", mountPath: "/app/logo.png", readOnly: true },
  ],
  env: { KEY: "value", EMPTY: "" },
  userSecrets: ["first", "second"],
  userSecretParams: ["user", "password", "ssh_publickey"],
  ingress: { host: "lab.lab.example.org", port: 8888, path: "/x", oauthUrl: "oauth.ml" },
};
const FILES = { conf: { text: "key: value\n" }, "logo.png": { base64: "/w==" } };
const SITE: WorkspaceSite = { ...GENERATED_SITE, stack: "dev" };

interface Case {
  title: string;
  objects: KubernetesObject[];
}

const workspace = (title: string, spec: WorkspaceSpec, site = SITE): Case => ({
  title,
  objects: workspaceObjects(spec, site, FILES),
});

const CASES: Case[] = [
  workspace("the smallest workspace", MINIMAL),
  workspace("a workspace with every key", EVERYTHING),
  workspace("a Deployment with every key", { ...EVERYTHING, deployment: true }),
  workspace("a Deployment that rolls over", { ...MINIMAL, deployment: true }),
  workspace("a workspace behind traefik", {
    ...EVERYTHING,
    ingress: {
      host: "lab.lab.example.org",
      port: 8888,
      traefikResolver: "le",
      traefikMiddleware: "ml-auth",
    },
  }),
  workspace("a workspace on any GPU of a kind", {
    ...MINIMAL,
    gpuRequest: 1,
    gpuSelector: { vram: "10G" },
  }),
  workspace("a workspace on a virtual node", {
    ...MINIMAL,
    gpuRequest: 1,
    gpuSelector: { type: "T4" },
  }),
  {
    title: "a namespace with every policy",
    objects: namespaceObjects(
      namespace,
      {
        quota: { cpu: "8", memory: "32Gi", storage: "1Ti", claims: 4, pods: 9, gpus: { a100: 1 } },
        limits: { cpu: "1", memory: "1Gi", cpuRequest: "500m", maxMemory: "8Gi" },
        networkPolicy: { openPorts: [2022] },
      },
      SITE.gpus,
    ),
  },
  {
    title: "a namespace that may reach private networks",
    objects: namespaceObjects(namespace, { networkPolicy: { allowPrivateNetworks: true } }),
  },
  {
    title: "an oauth2-proxy",
    objects: authProxyObjects(
      {
        namespace,
        host: "oauth.lab.example.org",
        issuer: "https://keycloak.example.org/realms/lab",
        clientId: "workspaces",
        groups: ["lab"],
        ingress: SITE.ingress,
      },
      "digest",
    ),
  },
];

/** The pod that a Job or Deployment would make. */
function podOf(object: KubernetesObject): object | undefined {
  const template = (object.spec as { template?: { metadata: object; spec: object } } | undefined)
    ?.template;
  return (
    template && {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { ...template.metadata, name: `${object.metadata.name}-pod`, namespace },
      spec: template.spec,
    }
  );
}

describe("rendered objects and the API server", function () {
  this.timeout(60_000);
  let client: ApiClient | undefined;

  const apply = (object: KubernetesObject): Promise<ApiAnswer> => {
    const path = PATHS[object.kind];
    assert.ok(path !== undefined, `no path for ${object.kind}`);
    return client!.request("PATCH", `${path}/${object.metadata.name}?${QUERY}`, {
      body: object,
      type: "application/apply-patch+yaml",
    });
  };
  const startPod = (body: object): Promise<ApiAnswer> =>
    client!.request("POST", `${PODS}?${QUERY}`, { body });

  before(async function () {
    client = await standClient(standOrSkip(this));
    await makeRestrictedNamespace(client, namespace);
  });

  after(async () => {
    await client?.request("DELETE", `/api/v1/namespaces/${namespace}`);
    client?.close();
  });

  for (const { title, objects } of CASES) {
    it(`takes ${title}, and its pod in a restricted namespace`, async () => {
      for (const object of objects) {
        const answer = await apply(object);
        assert.equal(answer.status, 201, `${object.kind}: ${messageOf(answer)}`);
        const pod = podOf(object);
        if (pod !== undefined) {
          const started = await startPod(pod);
          assert.equal(started.status, 201, `pod: ${messageOf(started)}`);
        }
      }
    });
  }

  it("would say so if a field were not known, or a pod not restricted", async () => {
    const [job] = workspaceObjects(MINIMAL, SITE, {});
    const misspelt = await apply({ ...job!, spec: { ...job!.spec, backofLimit: 0 } });
    assert.equal(misspelt.status, 500);
    assert.match(messageOf(misspelt), /backofLimit: field not declared in schema/);
    const [rootly] = workspaceObjects(MINIMAL, { ...SITE, podSecurity: "baseline" }, {});
    const refused = await startPod(podOf(rootly!)!);
    assert.equal(refused.status, 403);
    assert.match(messageOf(refused), /violates PodSecurity "restricted/);
  });
});
