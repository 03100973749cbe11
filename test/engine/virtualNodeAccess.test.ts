/** What a virtual kubelet may do, asked of the real authorizer both ways: all that is declared, and nothing else. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { ApiClient } from "../../components/cluster/apiClient";
import type { KubernetesObject } from "../../components/model/kubernetesObject";
import { virtualNodeObjects } from "../../components/model/virtualNodeObjects";
import type { VirtualNodeSpec } from "../../components/model/virtualNodeTypes";
import { ENGINE_TIMEOUT_MS, standClient, standOrSkip } from "../support/engine";

const RBAC = "/apis/rbac.authorization.k8s.io/v1";

const VERBS = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];

const RESOURCES: [group: string, resource: string][] = [
  ["", "nodes"],
  ["", "nodes/status"],
  ["", "nodes/proxy"],
  ["", "namespaces"],
  ["", "pods"],
  ["", "pods/status"],
  ["", "pods/log"],
  ["", "pods/exec"],
  ["", "pods/eviction"],
  ["", "secrets"],
  ["", "configmaps"],
  ["", "services"],
  ["", "events"],
  ["", "serviceaccounts"],
  ["", "serviceaccounts/token"],
  ["", "persistentvolumeclaims"],
  ["apps", "deployments"],
  ["apps", "daemonsets"],
  ["batch", "jobs"],
  ["networking.k8s.io", "ingresses"],
  ["coordination.k8s.io", "leases"],
  ["certificates.k8s.io", "certificatesigningrequests"],
  ["rbac.authorization.k8s.io", "roles"],
  ["rbac.authorization.k8s.io", "clusterroles"],
];

/** One question, as a line: `verb resource name @namespace`. */
interface Question {
  verb: string;
  group: string;
  resource: string;
  name: string;
  namespace: string;
}

describe("what a virtual kubelet may do", function () {
  this.timeout(ENGINE_TIMEOUT_MS);
  const id = randomBytes(4).toString("hex");
  const node = `vk-${id}`;
  const home = `vk-home-${id}`;
  const [users, jobs, other] = [`users-${id}`, `jobs-${id}`, `other-${id}`];
  const scopes = ["", home, users, jobs, other, "default", "kube-system", "kube-node-lease"];
  const made: string[] = [];
  let api: ApiClient;

  const spec: VirtualNodeSpec = {
    nodeName: node,
    namespace: home,
    offloadNamespaces: [users, jobs],
    interLink: { url: "https://gpu.example.org" },
    node: { cpu: "24", memory: "32Gi" },
    unauthenticated: true,
  };

  function pathOf({ kind, metadata }: KubernetesObject): string {
    const scope = metadata.namespace === undefined ? "" : `/namespaces/${metadata.namespace}`;
    return `${RBAC}${scope}/${kind.toLowerCase()}s`;
  }

  async function grant(over: Partial<VirtualNodeSpec>): Promise<void> {
    const objects = virtualNodeObjects({ ...spec, ...over });
    for (const object of objects.filter(({ kind }) => /Role/.test(kind))) {
      const path = pathOf(object);
      made.push(`${path}/${object.metadata.name}`);
      assert.equal((await api.request("POST", path, { body: object })).status, 201, path);
    }
  }

  async function revoke(): Promise<void> {
    for (const path of made.splice(0)) {
      await api.request("DELETE", path);
    }
  }

  before(async function () {
    api = await standClient(standOrSkip(this));
    for (const name of [home, users, jobs, other]) {
      const body = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
      assert.equal((await api.request("POST", "/api/v1/namespaces", { body })).status, 201);
    }
  });

  afterEach(revoke);

  after(async () => {
    for (const name of [home, users, jobs, other]) {
      await api?.request("DELETE", `/api/v1/namespaces/${name}`);
    }
    api?.close();
  });

  async function allowed({ verb, group, resource, name, namespace }: Question): Promise<boolean> {
    const [main, subresource] = resource.split("/");
    const answer = await api.request("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", {
      body: {
        apiVersion: "authorization.k8s.io/v1",
        kind: "SubjectAccessReview",
        spec: {
          user: `system:serviceaccount:${home}:${node}-virtual-kubelet`,
          groups: [
            "system:serviceaccounts",
            `system:serviceaccounts:${home}`,
            "system:authenticated",
          ],
          resourceAttributes: { verb, group, resource: main, subresource, name, namespace },
        },
      },
    });
    assert.equal(answer.status, 201);
    return (answer.body as { status: { allowed: boolean } }).status.allowed;
  }

  /** Everything that is allowed, of every verb on every resource in every scope, with our name, another and none. */
  async function everythingAllowed(): Promise<string[]> {
    const questions = scopes.flatMap((namespace) =>
      RESOURCES.flatMap(([group, resource]) =>
        VERBS.flatMap((verb) =>
          ["", node, "another"].map((name) => ({ verb, group, resource, name, namespace })),
        ),
      ),
    );
    const found: string[] = [];
    for (let at = 0; at < questions.length; at += 50) {
      const batch = questions.slice(at, at + 50);
      const answers = await Promise.all(batch.map(allowed));
      batch.forEach((question, index) => {
        if (answers[index]) {
          const { verb, resource, name, namespace } = question;
          found.push(`${verb} ${resource} ${name || "-"} @${namespace || "cluster"}`);
        }
      });
    }
    return found.sort();
  }

  const anyName = ["-", node, "another"];

  /** Lines for verbs on a resource, with names, in scopes. */
  function lines(verbs: string, resource: string, names: string[], where: string[]): string[] {
    return where.flatMap((scope) =>
      names.flatMap((name) =>
        verbs.split(" ").map((verb) => `${verb} ${resource} ${name} @${scope}`),
      ),
    );
  }

  const everywhere = scopes.map((scope) => scope || "cluster");
  const offload = [users, jobs];

  /** What is declared, written down once more by hand. A right for the cluster holds in each namespace too. */
  const declared = [
    lines("create", "nodes", anyName, everywhere),
    lines("get", "nodes", [node], everywhere),
    lines("patch update", "nodes/status", [node], everywhere),
    lines("list watch", "pods", anyName, everywhere),
    lines("list", "namespaces", anyName, everywhere),
    lines("get delete", "pods", anyName, offload),
    lines("patch update", "pods/status", anyName, offload),
    lines("get", "secrets", anyName, offload),
    lines("get", "configmaps", anyName, offload),
    lines("create", "leases", anyName, ["kube-node-lease"]),
    lines("get update", "leases", [node], ["kube-node-lease"]),
  ].flat();

  it("is what is declared, and nothing else", async () => {
    assert.deepEqual(await everythingAllowed(), [], "before anything is granted");
    await grant({});
    assert.deepEqual(await everythingAllowed(), [...declared].sort());
  });

  it("is more by a token and a certificate request, where these are asked for", async () => {
    await grant({ projectedVolumes: true, kubeletCsr: true });
    const requests = "certificatesigningrequests";
    assert.deepEqual(
      await everythingAllowed(),
      [
        ...declared,
        ...lines("create", "serviceaccounts/token", anyName, offload),
        ...lines("create delete get list watch", requests, anyName, everywhere),
      ].sort(),
    );
  });
});
