/** The endpoint's rights and policies on the stand, with namespaces of tenants, and its account to act as. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { load } from "js-yaml";
import { connect, messageOf, type ApiClient } from "../../components/cluster/apiClient";
import { endpointObjects } from "../../components/model/endpointObjects";
import type { EndpointSpec } from "../../components/model/endpointSpec";
import type { KubernetesObject } from "../../components/model/kubernetesObject";
import { tenantNamespaceObject, tenantRoleBinding } from "../../components/model/tenantObjects";
import { standClient, type Stand } from "../support/engine";
import { GPUS, NODES } from "../support/endpointSettings";

const PATHS: Record<string, string> = {
  ServiceAccount: "/api/v1/namespaces/NS/serviceaccounts",
  ClusterRole: "/apis/rbac.authorization.k8s.io/v1/clusterroles",
  ClusterRoleBinding: "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
  Role: "/apis/rbac.authorization.k8s.io/v1/namespaces/NS/roles",
  RoleBinding: "/apis/rbac.authorization.k8s.io/v1/namespaces/NS/rolebindings",
  ValidatingAdmissionPolicy: "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies",
  ValidatingAdmissionPolicyBinding:
    "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings",
};

/** Names of one run, and what it has made. */
export class EndpointScene {
  readonly id = randomBytes(3).toString("hex");
  readonly home = `home-${this.id}`;
  readonly prefix = `t${this.id}-`;
  readonly tenantRole = `${this.home}-endpoint-tenant`;
  readonly account = `system:serviceaccount:${this.home}:endpoint`;
  readonly groups = [
    "system:serviceaccounts",
    `system:serviceaccounts:${this.home}`,
    "system:authenticated",
  ];
  /** A tenant's namespace that the endpoint is let into, one that it is not, and somebody else's. */
  readonly alice = `${this.prefix}alice`;
  readonly bob = `${this.prefix}bob`;
  readonly foreign = `other-${this.id}`;
  readonly namespaces = [this.home, this.alice, this.bob, this.foreign];
  readonly domain = `${this.id}.example.net`;
  /** The administrator. */
  api!: ApiClient;
  /** The endpoint's account, as the API server takes it. */
  endpoint!: ApiClient;
  private readonly made: string[] = [];

  async open(stand: Stand): Promise<void> {
    this.api = await standClient(stand);
    const file = fs.readFileSync(stand.clusters["local"]!.kubeconfig, "utf8");
    const kubeconfig = load(file) as { users: { user: Record<string, unknown> }[] };
    for (const { user } of kubeconfig.users) {
      user["as"] = this.account;
      user["as-groups"] = this.groups;
    }
    this.endpoint = await connect("local", JSON.stringify(kubeconfig));
    const tenants: Record<string, string> = { [this.alice]: "alice", [this.bob]: "bob" };
    for (const name of this.namespaces) {
      const tenant = tenants[name];
      const body =
        tenant === undefined
          ? { apiVersion: "v1", kind: "Namespace", metadata: { name } }
          : tenantNamespaceObject({ name: tenant, namespace: name });
      assert.equal((await this.api.request("POST", "/api/v1/namespaces", { body })).status, 201);
    }
  }

  async close(): Promise<void> {
    for (const name of this.namespaces) {
      await this.api?.request("DELETE", `/api/v1/namespaces/${name}`);
    }
    this.api?.close();
    this.endpoint?.close();
  }

  /** Makes an object, which `uninstall` removes. */
  async create(path: string, object: KubernetesObject, client = this.api): Promise<void> {
    const answer = await client.request("POST", path, { body: object });
    assert.equal(answer.status, 201, `${path}: ${messageOf(answer)}`);
    this.made.push(`${path}/${object.metadata.name}`);
  }

  /** Rights and policies as the component makes them, and the binding in Alice's namespace. */
  async install(over: Partial<EndpointSpec> = {}): Promise<void> {
    const spec: EndpointSpec = {
      hostname: "services.example.org",
      image: "endpoint:1",
      issuer: "https://iam.example.org",
      audience: "services",
      namespace: this.home,
      namespacePrefix: this.prefix,
      gpus: GPUS,
      nodes: NODES,
      exposure: { domain: this.domain },
      ...over,
    };
    const access = { serviceAccount: "endpoint", clusterRole: this.tenantRole };
    const { objects } = endpointObjects(spec, { clientSecret: false, collectionToken: false });
    for (const object of [
      ...objects,
      tenantRoleBinding({ name: "alice", namespace: this.alice }, access, this.home),
    ]) {
      const path = PATHS[object.kind]?.replace("NS", object.metadata.namespace ?? "");
      if (path !== undefined) {
        await this.create(path, object);
      }
    }
  }

  async uninstall(): Promise<void> {
    for (const path of this.made.splice(0).reverse()) {
      await this.api.request("DELETE", path);
    }
  }
}
