/** What takes lost nodes out of service, with its real rights, on nodes of its own. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { connect } from "../../components/cluster/apiClient";
import {
  outOfServiceObjects,
  RECOVERY_NAME,
} from "../../components/model/mipFederationOutOfService";
import { useStand } from "../support/engine";
import { live } from "../support/liveObjects";
import { pythonOrSkip, RecoveryPod } from "../support/recoveryPod";

const CLUSTER = "local-2";
const SCRIPT = path.resolve(__dirname, "../../components/mip/outOfService.py");
const KEY = "node.kubernetes.io/out-of-service";
const MERGE_PATCH = "application/merge-patch+json";
const AFTER_SECONDS = 60;

interface Taint {
  key: string;
  value?: string;
  effect: string;
}

const PATHS: Record<string, string> = {
  ServiceAccount: "/api/v1/namespaces/NAMESPACE/serviceaccounts",
  ConfigMap: "/api/v1/namespaces/NAMESPACE/configmaps",
  ClusterRole: "/apis/rbac.authorization.k8s.io/v1/clusterroles",
  ClusterRoleBinding: "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
  NetworkPolicy: "/apis/networking.k8s.io/v1/namespaces/NAMESPACE/networkpolicies",
  Deployment: "/apis/apps/v1/namespaces/NAMESPACE/deployments",
};

describe("what takes lost nodes out of service, on the stand", function () {
  this.timeout(120_000);
  const used = useStand(CLUSTER);
  const namespace = `recovery-${randomBytes(4).toString("hex")}`;
  const nodes = ["a", "b", "c", "d"].map((letter) => `${namespace}-${letter}`);
  const [a, b, c, d] = nodes as [string, string, string, string];
  const objects = outOfServiceObjects({
    namespace,
    nodes,
    recovery: { outOfServiceAfterSeconds: AFTER_SECONDS },
    isolated: true,
    script: fs.readFileSync(SCRIPT, "utf8"),
  });
  let pod: RecoveryPod;

  const post = async (at: string, body: object): Promise<void> => {
    const answer = await used.api.request("POST", at, { body });
    assert.equal(answer.status, 201, `${at}: ${JSON.stringify(answer.body)}`);
  };
  const kubeconfig = (): string =>
    fs.readFileSync(used.stand.clusters[CLUSTER]!.kubeconfig, "utf8");
  /** What the node's kubelet, or who misses it, says, and since when. */
  const says = async (name: string, status: string, secondsAgo: number): Promise<void> => {
    const lastTransitionTime = new Date(Date.now() - secondsAgo * 1000)
      .toISOString()
      .replace(/\.\d+Z/, "Z");
    const conditions = [{ type: "Ready", status, reason: "Test", message: "", lastTransitionTime }];
    const answer = await used.api.request("PATCH", `/api/v1/nodes/${name}/status`, {
      body: { status: { conditions } },
      type: MERGE_PATCH,
    });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
  };
  const taints = async (name: string): Promise<Taint[]> => {
    const { spec } = (await live(used.api, `/api/v1/nodes/${name}`)) as {
      spec: { taints?: Taint[] };
    };
    return spec.taints ?? [];
  };
  const outOfService = async (name: string): Promise<(string | undefined)[]> =>
    (await taints(name)).filter(({ key }) => key === KEY).map(({ value }) => value);
  /** Looks until it is done: Kubernetes' own taints may come at the same moment, and then the look is in vain. */
  const lookUntil = async (text: RegExp): Promise<void> => {
    for (let printed = "", left = 20; !text.test(printed); left--) {
      assert.ok(left > 0, printed);
      printed = await pod.look();
    }
  };

  before(async function () {
    pythonOrSkip(this);
    await post("/api/v1/namespaces", {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: namespace, labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
    });
    for (const object of objects) {
      await post(PATHS[object.kind]!.replace("NAMESPACE", namespace), object);
    }
    for (const name of nodes) {
      await post("/api/v1/nodes", {
        apiVersion: "v1",
        kind: "Node",
        // The simulation leaves it alone.
        metadata: { name, labels: { "science-platform/simulate": "lost" } },
        spec: { taints: [{ key: "example.org/own", effect: "NoSchedule" }] },
      });
    }
    pod = await RecoveryPod.open(used.api, kubeconfig(), namespace);
  });

  after(async () => {
    pod?.close();
    for (const name of nodes) {
      await used.api?.request("DELETE", `/api/v1/nodes/${name}`);
    }
    for (const kind of ["ClusterRole", "ClusterRoleBinding"]) {
      await used.api?.request("DELETE", `${PATHS[kind]}/${RECOVERY_NAME}:${namespace}`);
    }
    await used.api?.request("DELETE", `/api/v1/namespaces/${namespace}`);
  });

  it("takes out a node that is not heard of for long, and no other", async () => {
    await says(a, "Unknown", 600);
    await says(b, "True", 600);
    await says(c, "False", 600);
    await says(d, "Unknown", 5);
    await lookUntil(new RegExp(`${a}: not heard of for 6\\d\\d s, out of service`));
    assert.deepEqual(await outOfService(a), ["unreachable"]);
    for (const name of [b, c, d]) {
      assert.deepEqual(await outOfService(name), [], name);
    }
    assert.equal(await pod.look(), "", "it says what it does once");
  });

  it("does nothing while more than half of them are not heard of", async () => {
    await says(b, "Unknown", 600);
    assert.equal(await pod.look(), "3 of 4 nodes are not heard of: not judged\n");
    assert.deepEqual(await outOfService(b), []);
  });

  it("puts back the nodes that it took out when they have returned, with their own taints", async () => {
    const foreign = [
      ...(await taints(c)),
      { key: KEY, value: "nodeshutdown", effect: "NoExecute" },
    ];
    const set = await used.api.request("PATCH", `/api/v1/nodes/${c}`, {
      body: { spec: { taints: foreign } },
      type: MERGE_PATCH,
    });
    assert.equal(set.status, 200);
    for (const name of [a, b, c, d]) {
      await says(name, "True", 1);
    }
    await lookUntil(new RegExp(`${a}: is back, and in service again`));
    assert.deepEqual(await outOfService(a), []);
    assert.ok((await taints(a)).some(({ key }) => key === "example.org/own"));
    assert.deepEqual(await outOfService(c), ["nodeshutdown"], "of somebody else");
    assert.equal(await pod.look(), "");
  });

  it("may read and change its nodes, and nothing else", async () => {
    const server = kubeconfig()
      .split("\n")
      .filter((line) => !/client-(certificate|key)-data/.test(line))
      .map((line) => line.replace(/^( *)(user): *$/, `$1$2:\n$1  token: ${pod.token}`))
      .join("\n");
    const own = await connect("recovery", server);
    try {
      const status = async (method: string, at: string): Promise<number> =>
        (
          await own.request(
            method,
            at,
            method === "GET" ? undefined : { body: {}, type: MERGE_PATCH },
          )
        ).status;
      assert.equal(await status("GET", `/api/v1/nodes/${a}`), 200);
      assert.equal(await status("PATCH", `/api/v1/nodes/${a}`), 200);
      for (const [method, at] of [
        ["GET", "/api/v1/nodes"],
        ["GET", "/api/v1/nodes/cpu-1"],
        ["PATCH", "/api/v1/nodes/cpu-1"],
        ["PATCH", `/api/v1/nodes/${a}/status`],
        ["DELETE", `/api/v1/nodes/${a}`],
        ["GET", `/api/v1/namespaces/${namespace}/pods`],
        ["GET", `/api/v1/namespaces/${namespace}/secrets`],
      ] as const) {
        assert.equal(await status(method, at), 403, `${method} ${at}`);
      }
    } finally {
      own.close();
    }
  });
});
