/** What Covalent's accounts may do, asked of the real authorizer both ways: all that is declared, and nothing else. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { covalentAccessObjects } from "../../components/model/covalent/access";
import { ENGINE_TIMEOUT_MS, useStand } from "../support/engine";
import { removeNamespace } from "../support/liveObjects";

const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const VERBS = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];
const RESOURCES: [group: string, resource: string][] = [
  ["", "nodes"],
  ["", "namespaces"],
  ["", "pods"],
  ["", "pods/status"],
  ["", "pods/log"],
  ["", "pods/exec"],
  ["", "secrets"],
  ["", "configmaps"],
  ["", "events"],
  ["", "serviceaccounts"],
  ["", "serviceaccounts/token"],
  ["", "persistentvolumeclaims"],
  ["apps", "deployments"],
  ["batch", "jobs"],
  ["batch", "jobs/status"],
  ["batch", "cronjobs"],
  ["rbac.authorization.k8s.io", "roles"],
];

describe("what Covalent's accounts may do", function () {
  this.timeout(ENGINE_TIMEOUT_MS);
  const lab = useStand();
  const id = randomBytes(4).toString("hex");
  const home = `covalent-${id}`;
  const other = `other-${id}`;
  const scopes = ["", home, other, "default", "kube-system"];
  const made: string[] = [];

  before(async () => {
    for (const name of [home, other]) {
      const body = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
      assert.equal((await lab.api.request("POST", "/api/v1/namespaces", { body })).status, 201);
    }
  });

  afterEach(async () => {
    for (const path of made.splice(0)) {
      await lab.api.request("DELETE", path);
    }
  });

  after(async () => {
    await removeNamespace(lab.api, home);
    await removeNamespace(lab.api, other);
  });

  async function grant(plainPlugin: boolean): Promise<void> {
    const roles = covalentAccessObjects({ namespace: home, plainPlugin }).filter(({ kind }) =>
      kind.startsWith("Role"),
    );
    for (const body of roles) {
      const { kind, metadata } = body;
      const path = `${RBAC}/namespaces/${metadata.namespace!}/${kind.toLowerCase()}s`;
      assert.equal((await lab.api.request("POST", path, { body })).status, 201, path);
      made.push(`${path}/${metadata.name}`);
    }
  }

  async function isAllowed(account: string, attributes: object): Promise<boolean> {
    const { status, body } = await lab.api.request(
      "POST",
      "/apis/authorization.k8s.io/v1/subjectaccessreviews",
      {
        body: {
          apiVersion: "authorization.k8s.io/v1",
          kind: "SubjectAccessReview",
          spec: {
            user: `system:serviceaccount:${home}:${account}`,
            groups: [
              "system:serviceaccounts",
              `system:serviceaccounts:${home}`,
              "system:authenticated",
            ],
            resourceAttributes: attributes,
          },
        },
      },
    );
    assert.equal(status, 201);
    return (body as { status: { allowed: boolean } }).status.allowed;
  }

  /** Everything that an account is allowed, as lines `verb resource @namespace`. */
  async function everythingAllowed(account: string): Promise<string[]> {
    const questions = scopes.flatMap((namespace) =>
      RESOURCES.flatMap(([group, whole]) =>
        VERBS.map((verb) => ({ namespace, group, whole, verb })),
      ),
    );
    const found: string[] = [];
    for (let at = 0; at < questions.length; at += 50) {
      const batch = questions.slice(at, at + 50);
      const answers = await Promise.all(
        batch.map(({ whole, ...rest }) => {
          const [resource, subresource] = whole.split("/");
          return isAllowed(account, { ...rest, resource, subresource });
        }),
      );
      found.push(
        ...batch
          .filter((_, index) => answers[index])
          .map(({ verb, whole, namespace }) => `${verb} ${whole} @${namespace || "cluster"}`),
      );
    }
    return found.sort();
  }

  const DISPATCHER = [
    `create jobs @${home}`,
    `delete jobs @${home}`,
    `get jobs @${home}`,
    `get jobs/status @${home}`,
    `get pods/log @${home}`,
    `list pods @${home}`,
  ];

  it("is what is declared, and nothing for tasks", async () => {
    assert.deepEqual(await everythingAllowed("covalent-dispatcher"), [], "before it is granted");
    await grant(false);
    assert.deepEqual(await everythingAllowed("covalent-dispatcher"), DISPATCHER);
    assert.deepEqual(await everythingAllowed("covalent-task"), []);
  });

  it("is little more in default, for the plugin as it is", async () => {
    await grant(true);
    assert.deepEqual(
      await everythingAllowed("covalent-dispatcher"),
      [...DISPATCHER, "create jobs @default", "get jobs/status @default"].sort(),
    );
    assert.deepEqual(await everythingAllowed("covalent-job-cleaner"), [
      "delete jobs @default",
      "list jobs @default",
    ]);
    assert.deepEqual(await everythingAllowed("covalent-task"), []);
  });
});
