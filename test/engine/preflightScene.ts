/** Real objects on the stand for the checks before a run, in a namespace of their own. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { messageOf, type ApiAnswer, type ApiClient } from "../../components/cluster/apiClient";
import type { KubernetesObject } from "../../components/model/kubernetesObject";
import { workspaceObjects } from "../../components/model/workspaceObjects";
import type { WorkspaceSpec, WorkspaceVolume } from "../../components/model/workspaceTypes";
import { check, type Found } from "../support/preflightRun";
import { standClient, type Stand } from "../support/engine";

const RUN = randomBytes(4).toString("hex");
export const NAMESPACE = `preflight-${RUN}`;
export const FIXED = `fixed-${RUN}`;
const STACK = `test-${RUN}`;
export const HOST = `ws-${RUN}.lab.example.org`;

export const PATHS: Record<string, string> = {
  StorageClass: "/apis/storage.k8s.io/v1/storageclasses",
  PersistentVolume: "/api/v1/persistentvolumes",
  PersistentVolumeClaim: `/api/v1/namespaces/${NAMESPACE}/persistentvolumeclaims`,
  Service: `/api/v1/namespaces/${NAMESPACE}/services`,
  Secret: `/api/v1/namespaces/${NAMESPACE}/secrets`,
  ServiceAccount: `/api/v1/namespaces/${NAMESPACE}/serviceaccounts`,
  Job: `/apis/batch/v1/namespaces/${NAMESPACE}/jobs`,
  Deployment: `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`,
  Ingress: `/apis/networking.k8s.io/v1/namespaces/${NAMESPACE}/ingresses`,
};

/** On no node, so that pods wait and nothing ends by itself. */
const NOWHERE = "no-such-node";

const BASE = { namespace: NAMESPACE, image: "python", nodeSelector: NOWHERE };

export function workspace(name: string, spec: Partial<WorkspaceSpec> = {}): WorkspaceSpec {
  return { ...BASE, name, allocationSeconds: 3600, ...spec };
}

export function volume(fields: Partial<WorkspaceVolume> = {}): WorkspaceVolume {
  const usual = { mountPath: "/data", size: "2Gi", accessMode: "ReadWriteOnce", storage: FIXED };
  return { ...usual, ...fields };
}

function claimObject(name: string, mode: string, size = "2Gi"): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name },
    spec: {
      storageClassName: FIXED,
      accessModes: [mode],
      resources: { requests: { storage: size } },
    },
  };
}

/** Everything that a workspace can have, so that what the API server adds is seen not to disturb. */
export const WHOLE = workspace("whole", {
  ports: [{ name: "web", port: 80 }],
  serviceType: "NodePort",
  volumes: [volume(), volume({ mountPath: "/folder", storage: "folders" })],
  existingVolumes: [{ claim: "alone", mountPath: "/alone" }],
  ingress: { host: HOST, port: 80 },
  userSecrets: ["ann"],
  userSecretParams: ["user"],
});

const CONFIG = {
  workspaces: { storage: { folders: { hostPath: "/srv/preflight-test" } } },
  expose: { domain: "lab.example.org" },
};

/** The stand with the objects on it. */
export class Scene {
  /** Folder of the project: the stand's kubeconfig is in there. */
  readonly root = fs.mkdtempSync(path.join(os.tmpdir(), "preflight-"));
  /** The port that the cluster chose for the Service of `WHOLE`. */
  nodePort = 0;

  private constructor(readonly client: ApiClient) {}

  static async make(stand: Stand): Promise<Scene> {
    const scene = new Scene(await standClient(stand));
    try {
      await scene.fill(stand);
      return scene;
    } catch (error) {
      await scene.remove();
      throw error;
    }
  }

  async remove(): Promise<void> {
    await this.request("DELETE", `/api/v1/namespaces/${NAMESPACE}`);
    await this.request("DELETE", `${PATHS["StorageClass"]}/${FIXED}`);
    await this.request("DELETE", `${PATHS["PersistentVolume"]}/${NAMESPACE}-whole-mkg-claim-1`);
    this.client.close();
    fs.rmSync(this.root, { recursive: true });
  }

  async request(method: string, at: string, body?: object): Promise<ApiAnswer> {
    return this.client.request(method, at, body && { body });
  }

  async read<T>(at: string): Promise<T> {
    return (await this.request("GET", at)).body as T;
  }

  async create(object: object, kind: string): Promise<void> {
    const answer = await this.request("POST", PATHS[kind]!, object);
    assert.equal(answer.status, 201, `${kind}: ${messageOf(answer)}`);
  }

  /** The answer of the API server to a change that is only tried. */
  async patch(at: string, body: object): Promise<number> {
    const type = "application/merge-patch+json";
    return (await this.client.request("PATCH", at, { body, type })).status;
  }

  /** What the checks find for these workspaces. */
  find(specs: WorkspaceSpec[], config: object = {}, stack = STACK): Promise<Found> {
    return check(specs, { ...CONFIG, ...config }, { root: this.root, stack });
  }

  async until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; !(await isSo()); tries++) {
      assert.ok(tries < 300, `${what} did not come about within 30 s`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  private async fill(stand: Stand): Promise<void> {
    fs.copyFileSync(stand.clusters["local"]!.kubeconfig, path.join(this.root, "kubeconfig"));
    const { status } = await this.request("POST", "/api/v1/namespaces", {
      metadata: { name: NAMESPACE },
    });
    assert.equal(status, 201);
    const standard = await this.read<object>(`${PATHS["StorageClass"]}/standard`);
    const fixed = { ...standard, metadata: { name: FIXED }, allowVolumeExpansion: false };
    await this.create(fixed, "StorageClass");
    await this.create(claimObject("alone", "ReadWriteOnce"), "PersistentVolumeClaim");
    await this.create(claimObject("shared", "ReadWriteMany"), "PersistentVolumeClaim");
    await this.create({ metadata: { name: "ann" }, stringData: { user: "ann" } }, "Secret");
    await this.apply(WHOLE, STACK);
    await this.apply(workspace("expired", { allocationSeconds: 1 }), STACK);
    await this.apply(workspace("other"), "another");
    await this.settle();
  }

  private async apply(spec: WorkspaceSpec, stack: string): Promise<void> {
    const site = { cluster: "lab", stack, storage: CONFIG.workspaces.storage };
    for (const object of workspaceObjects(spec, site, {})) {
      await this.create(object, object.kind);
    }
  }

  private async settle(): Promise<void> {
    const { spec } = await this.read<{ spec: { ports: { nodePort: number }[] } }>(
      `${PATHS["Service"]}/whole-mkg`,
    );
    this.nodePort = spec.ports[0]!.nodePort;
    await this.until("the end of the expired Job", async () => {
      type Job = { status: { conditions?: { type: string }[] } };
      const { status } = await this.read<Job>(`${PATHS["Job"]}/expired-mkg`);
      return (status.conditions ?? []).some(({ type }) => type === "Failed");
    });
    await this.until("the pod of the whole workspace", async () => {
      type Pods = { items: { metadata: { name: string } }[] };
      const { items } = await this.read<Pods>(`/api/v1/namespaces/${NAMESPACE}/pods`);
      return items.some(({ metadata }) => metadata.name.startsWith("whole-mkg"));
    });
    await this.until("the volume of its claim", async () => {
      type Claim = { status: { phase: string } };
      const at = `${PATHS["PersistentVolumeClaim"]}/whole-mkg-claim-0`;
      return (await this.read<Claim>(at)).status.phase === "Bound";
    });
  }
}
