/** A namespace for a hub, with a service account that may do what the chart's may. */
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import assert from "node:assert/strict";
import { load } from "js-yaml";
import type { ApiClient } from "../../components/cluster/apiClient";
import { standClient, type Stand } from "../support/engine";

/** What the tests look at in an object of the cluster. */
export interface ClusterObject {
  metadata: {
    name: string;
    uid: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    deletionTimestamp?: string;
    ownerReferences?: { kind: string; uid: string }[];
  };
  spec: Record<string, unknown>;
  status: Record<string, unknown>;
}

interface Kubeconfig {
  clusters: { cluster: Record<string, unknown> }[];
}

const RULES = [
  {
    apiGroups: [""],
    resources: ["pods", "persistentvolumeclaims", "secrets", "services"],
    verbs: ["get", "watch", "list", "create", "delete"],
  },
  { apiGroups: [""], resources: ["events"], verbs: ["get", "watch", "list"] },
];

export class HubNamespace {
  private constructor(
    readonly name: string,
    private readonly api: ApiClient,
    private readonly server: Record<string, unknown>,
  ) {}

  static async make(stand: Stand, prefix: string): Promise<HubNamespace> {
    const name = `${prefix}-${randomBytes(4).toString("hex")}`;
    const api = await standClient(stand);
    const kubeconfig = load(
      fs.readFileSync(stand.clusters["local"]!.kubeconfig, "utf8"),
    ) as Kubeconfig;
    const made = new HubNamespace(name, api, kubeconfig.clusters[0]!.cluster);
    await made.create("/api/v1/namespaces", { metadata: { name } });
    await made.create(`/api/v1/namespaces/${name}/serviceaccounts`, { metadata: { name: "hub" } });
    const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${name}`;
    await made.create(`${rbac}/roles`, { metadata: { name: "hub" }, rules: RULES });
    await made.create(`${rbac}/rolebindings`, {
      metadata: { name: "hub" },
      subjects: [{ kind: "ServiceAccount", name: "hub", namespace: name }],
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "hub" },
    });
    return made;
  }

  /** Makes an object. */
  async create(path: string, body: object): Promise<Record<string, unknown>> {
    const answer = await this.api.request("POST", path, { body });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body as Record<string, unknown>;
  }

  /** A kubeconfig of the hub's service account. */
  async kubeconfig(): Promise<string> {
    const path = `/api/v1/namespaces/${this.name}/serviceaccounts/hub/token`;
    const { status } = await this.create(path, { spec: { expirationSeconds: 7200 } });
    return JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "hub",
      clusters: [{ name: "hub", cluster: this.server }],
      users: [{ name: "hub", user: { token: (status as { token: string }).token } }],
      contexts: [{ name: "hub", context: { cluster: "hub", user: "hub", namespace: this.name } }],
    });
  }

  /** The objects of one kind, in the API's plural. */
  async list(kind: string): Promise<ClusterObject[]> {
    const { body } = await this.api.request("GET", `/api/v1/namespaces/${this.name}/${kind}`);
    return (body as { items: ClusterObject[] }).items;
  }

  async remove(): Promise<void> {
    await this.api.request("DELETE", `/api/v1/namespaces/${this.name}`);
    this.api.close();
  }
}
