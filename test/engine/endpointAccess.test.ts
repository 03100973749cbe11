/** What the endpoint may do, asked of the real authorizer both ways: all that is declared, and nothing else. */
import assert from "node:assert/strict";
import { ENGINE_TIMEOUT_MS, standOrSkip } from "../support/engine";
import { EndpointScene } from "./endpointScene";

const VERBS = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];

const RESOURCES: [group: string, resource: string][] = [
  ...["pods", "pods/log", "pods/exec", "pods/attach", "pods/portforward", "pods/eviction"],
  ...["pods/ephemeralcontainers", "secrets", "configmaps", "services", "services/proxy"],
  ...["persistentvolumeclaims", "persistentvolumes", "events", "nodes", "nodes/proxy"],
  ...["namespaces", "serviceaccounts", "serviceaccounts/token", "resourcequotas", "limitranges"],
].map((resource): [string, string] => ["", resource]);
RESOURCES.push(
  ["apps", "deployments"],
  ["apps", "deployments/scale"],
  ["apps", "daemonsets"],
  ["apps", "statefulsets"],
  ["batch", "jobs"],
  ["networking.k8s.io", "ingresses"],
  ["networking.k8s.io", "networkpolicies"],
  ["gateway.networking.k8s.io", "httproutes"],
  ["events.k8s.io", "events"],
  ["coordination.k8s.io", "leases"],
  ["policy", "poddisruptionbudgets"],
  ["storage.k8s.io", "storageclasses"],
  ["rbac.authorization.k8s.io", "roles"],
  ["rbac.authorization.k8s.io", "rolebindings"],
  ["rbac.authorization.k8s.io", "clusterroles"],
  ["rbac.authorization.k8s.io", "clusterrolebindings"],
  ["admissionregistration.k8s.io", "validatingadmissionpolicies"],
  ["certificates.k8s.io", "certificatesigningrequests"],
);

/** One question, as a line: `verb resource.group name @namespace`. */
interface Question {
  verb: string;
  group: string;
  resource: string;
  name: string;
  namespace: string;
}

describe("what the endpoint may do", function () {
  this.timeout(ENGINE_TIMEOUT_MS);
  const scene = new EndpointScene();
  const { home, alice, tenantRole } = scene;
  const scopes = ["", ...scene.namespaces, "default", "kube-system"];
  const everywhere = scopes.map((scope) => scope || "cluster");

  before(async function () {
    await scene.open(standOrSkip(this));
  });
  afterEach(() => scene.uninstall());
  after(() => scene.close());

  async function allowed({ verb, group, resource, name, namespace }: Question): Promise<boolean> {
    const [main, subresource] = resource.split("/");
    const answer = await scene.api.request(
      "POST",
      "/apis/authorization.k8s.io/v1/subjectaccessreviews",
      {
        body: {
          apiVersion: "authorization.k8s.io/v1",
          kind: "SubjectAccessReview",
          spec: {
            user: scene.account,
            groups: scene.groups,
            resourceAttributes: { verb, group, resource: main, subresource, name, namespace },
          },
        },
      },
    );
    assert.equal(answer.status, 201);
    return (answer.body as { status: { allowed: boolean } }).status.allowed;
  }

  const names = ["-", "gpu-a100", tenantRole];

  /** Everything that is allowed, of every verb on every resource in every scope. */
  async function everythingAllowed(): Promise<string[]> {
    const bind = { verb: "bind", group: "rbac.authorization.k8s.io", resource: "clusterroles" };
    const escalate = { ...bind, verb: "escalate" };
    const impersonate = { verb: "impersonate", group: "", resource: "users" };
    const questions = scopes.flatMap((namespace) =>
      names.flatMap((name) => [
        ...RESOURCES.flatMap(([group, resource]) =>
          VERBS.map((verb) => ({ verb, group, resource, name, namespace })),
        ),
        ...[bind, escalate, impersonate].map((one) => ({ ...one, name, namespace })),
      ]),
    );
    const found: string[] = [];
    for (let at = 0; at < questions.length; at += 64) {
      const batch = questions.slice(at, at + 64);
      const answers = await Promise.all(
        batch.map((one) => allowed({ ...one, name: one.name === "-" ? "" : one.name })),
      );
      batch.forEach(({ verb, group, resource, name, namespace }, index) => {
        if (answers[index]) {
          const full = group === "" ? resource : `${resource}.${group}`;
          found.push(`${verb} ${full} ${name} @${namespace || "cluster"}`);
        }
      });
    }
    return found.sort();
  }

  /** Lines for verbs on resources, in scopes. */
  function lines(verbs: string, resources: string, where: string[], which = names): string[] {
    return where.flatMap((scope) =>
      which.flatMap((name) =>
        resources
          .split(" ")
          .flatMap((resource) =>
            verbs.split(" ").map((verb) => `${verb} ${resource} ${name} @${scope}`),
          ),
      ),
    );
  }

  const RBAC = "rbac.authorization.k8s.io";
  const write = "create delete get list patch";

  /** What is declared, written down once more by hand. A right for the cluster holds in each namespace too. */
  const declared = [
    lines("list watch", "deployments.apps pods persistentvolumeclaims", everywhere),
    lines("get", "namespaces", everywhere),
    lines("get", "nodes", everywhere, ["gpu-a100"]),
    lines(write, "leases.coordination.k8s.io", [home]),
    lines(write, "deployments.apps persistentvolumeclaims services", [alice]),
    lines(`${write} update`, "configmaps", [alice]),
    lines("create delete get patch", "secrets", [alice]),
    lines(write, "ingresses.networking.k8s.io", [alice]),
    lines("delete get", "pods", [alice]),
    lines("get", "pods/log", [alice]),
    lines("list", "events.events.k8s.io", [alice]),
    lines("create list patch", "resourcequotas", [alice]),
  ].flat();

  const whenItMakesNamespaces = [
    lines("create", "namespaces", everywhere),
    lines("create patch", `rolebindings.${RBAC}`, everywhere),
    lines("bind", `clusterroles.${RBAC}`, everywhere, [tenantRole]),
    lines("create patch", "limitranges networkpolicies.networking.k8s.io", [alice]),
  ].flat();

  const sorted = (all: string[]): string[] => [...new Set(all)].sort();

  it("is what is declared, and nothing else", async () => {
    assert.deepEqual(await everythingAllowed(), [], "before anything is granted");
    await scene.install();
    assert.deepEqual(await everythingAllowed(), sorted([...declared, ...whenItMakesNamespaces]));
  });

  it("is less where the operator makes the namespaces, and with no domain", async () => {
    await scene.install({ createNamespaces: false, exposure: undefined });
    assert.deepEqual(
      await everythingAllowed(),
      sorted(declared.filter((line) => !line.includes("ingresses"))),
    );
  });
});
