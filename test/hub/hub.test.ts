import assert from "node:assert/strict";
import { standOrSkip } from "../support/engine";
import { RELEASE } from "./hub";
import type { ClusterObject } from "./hubNamespace";
import { until } from "./processes";
import { Scene, type Visitor } from "./scene";
import { A100_TERM, GROUPS, OIDC_CLIENT, SHORT_LIFETIME } from "./settings";
import { VENV_TIMEOUT_MS, venvPythonOrSkip } from "./venv";

interface Container {
  image: string;
  env: { name: string; value?: string }[];
  resources: { limits: Record<string, string>; requests: Record<string, string> };
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean }[];
}

interface PodSpec {
  nodeName: string;
  nodeSelector?: Record<string, string>;
  affinity?: object;
  tolerations: { key: string }[];
  initContainers?: object[];
  containers: [Container];
  volumes?: { name: string; persistentVolumeClaim?: object }[];
}

const TOLERATION_OF_CHART = { key: "hub.jupyter.org/dedicated", operator: "Exists" };

function specOf(pod: ClusterObject): PodSpec {
  return pod.spec as unknown as PodSpec;
}

function environmentOf(pod: ClusterObject): Record<string, string> {
  const pairs = specOf(pod).containers[0].env.map(({ name, value }) => [name, value ?? ""]);
  return Object.fromEntries(pairs) as Record<string, string>;
}

/** Tolerations that are not Kubernetes' own. */
function tolerationsOf(pod: ClusterObject): object[] {
  return specOf(pod).tolerations.filter(({ key }) => !key.startsWith("node.kubernetes.io/"));
}

describe("The hub's python in a real JupyterHub", function () {
  this.timeout(120_000);
  let scene: Scene;
  let ada: Visitor;
  let bob: Visitor;

  before(async function () {
    this.timeout(VENV_TIMEOUT_MS);
    const stand = standOrSkip(this);
    const python = venvPythonOrSkip(this);
    scene = await Scene.start(stand, python);
    await scene.hub.namespace.create(
      `/api/v1/namespaces/${scene.hub.namespace.name}/persistentvolumeclaims`,
      {
        metadata: { name: "shared" },
        spec: { accessModes: ["ReadWriteMany"], resources: { requests: { storage: "1Gi" } } },
      },
    );
    ada = await scene.visitor("ada");
    bob = await scene.visitor("bob");
  });

  after(async () => scene?.close());

  it("lets in whoever the provider says is in an allowed group, and nobody else", async () => {
    const { page } = await scene.enter("eve");
    assert.equal(page.status, 403);
    const found = await scene.hub.api("GET", "/users/ada");
    assert.deepEqual((found.body["groups"] as string[]).sort(), ["ml", "users"]);
  });

  it("shows each user the profiles of their groups, the default one first and checked", async () => {
    const slugs = (text: string): string[] =>
      [...text.matchAll(/value="([^"]*)"\s*(checked)?\s*\/>/g)].map(([, slug, checked]) =>
        checked === undefined ? slug! : `${slug!} ${checked}`,
      );
    assert.deepEqual(slugs((await ada.form()).text), [
      "cpu checked",
      "gpu-a100",
      "short",
      "remote",
    ]);
    assert.deepEqual(slugs((await bob.form()).text), ["cpu checked", "short"]);
  });

  it("starts the default profile with claim, shared folder and what the chart set", async () => {
    await bob.choose({});
    const pod = await scene.hub.ready("bob");
    const spec = specOf(pod);
    const [container] = spec.containers;
    assert.equal(spec.nodeName, "cpu-1");
    assert.deepEqual(container.resources, {
      limits: { cpu: "1", memory: "2147483648" },
      requests: { cpu: "100m", memory: "536870912" },
    });
    assert.equal(container.image, "quay.io/jupyterhub/k8s-singleuser-sample:4.4.0");
    assert.equal(spec.initContainers?.length, 1);
    assert.deepEqual(tolerationsOf(pod), [TOLERATION_OF_CHART]);
    assert.deepEqual(spec.volumes, [
      { name: "home", persistentVolumeClaim: { claimName: "claim-bob" } },
      {
        name: "shared-folder-0",
        persistentVolumeClaim: { claimName: "shared", readOnly: true },
      },
    ]);
    assert.deepEqual(container.volumeMounts, [
      { name: "home", mountPath: "/home/jovyan" },
      { name: "shared-folder-0", mountPath: "/home/jovyan/shared", readOnly: true },
    ]);
    const environment = environmentOf(pod);
    assert.equal(environment["NVIDIA_VISIBLE_DEVICES"], "");
    assert.equal(environment["FROM_CHART"], "yes");
    assert.equal(environment["JHUB_HOST"], undefined);
    await scene.hub.stopServer("bob");
  });

  it("hands the login's token to the server, and neither refresh token nor client secret", async () => {
    await ada.spawn({ profile: "short" });
    const environment = environmentOf(await scene.hub.ready("ada"));
    assert.ok((environment["ACCESS_TOKEN"] ?? "").length > 20);
    assert.equal(environment["IAM_SERVER"], scene.provider.issuer);
    assert.equal(environment["GROUPS"], "ml users");
    assert.equal(environment["REFRESH_TOKEN"], undefined);
    assert.ok(!JSON.stringify(environment).includes(OIDC_CLIENT.secret));
    await scene.hub.stopServer("ada");
  });

  it("starts a GPU profile on its node with limits, tolerations and environment", async () => {
    await ada.choose({ profile: "gpu-a100" });
    const pod = await scene.hub.ready("ada");
    const spec = specOf(pod);
    const [container] = spec.containers;
    assert.equal(spec.nodeName, "gpu-a100");
    assert.deepEqual(spec.affinity, {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [A100_TERM] },
      },
    });
    assert.deepEqual(tolerationsOf(pod), [
      TOLERATION_OF_CHART,
      { key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" },
    ]);
    assert.deepEqual(container.resources, {
      limits: { cpu: "4", memory: "17179869184", "nvidia.com/gpu": "1" },
      requests: { cpu: "1", memory: "4294967296", "nvidia.com/gpu": "1" },
    });
    assert.equal(container.image, "quay.io/jupyter/pytorch-notebook:cuda12-2025-09-30");
    assert.equal(environmentOf(pod)["TEMPLATE"], '{"a": "{username}"}');
    assert.equal(pod.metadata.annotations?.["lab.example.org/json"], '{"a": 1}');
    assert.equal(pod.metadata.labels?.["lab.example.org/class"], "a100");
    await scene.hub.stopServer("ada");
  });

  it("refuses a profile of other groups with 403, however it is asked for", async () => {
    const claims = (await scene.hub.namespace.list("persistentvolumeclaims")).length;
    const { publicUrl } = scene.hub;
    // More often than the hub bears failed spawns in a row.
    for (const profile of ["gpu-a100", "remote", "no-such", "GPU A100", " gpu-a100"]) {
      const form = await bob.choose({ profile });
      assert.equal(form.status, 403, profile);
      assert.match(form.text, /Open to you: cpu, short/);
      const query = new URLSearchParams({ profile }).toString();
      assert.equal((await bob.browser.open(`${publicUrl}/hub/spawn?${query}`)).status, 403);
      assert.equal((await bob.spawn({ profile })).status, 403, profile);
    }
    for (const options of [{ profile: ["gpu-a100"] }, ["gpu-a100"], "gpu-a100", 7]) {
      assert.equal((await bob.spawn(options)).status, 403, JSON.stringify(options));
    }
    // An administrator's request is for the user's profiles, too.
    assert.equal(
      (await scene.hub.api("POST", "/users/bob/server", { profile: "remote" })).status,
      403,
    );
    assert.equal(await scene.hub.pod("bob"), undefined);
    assert.equal((await scene.hub.namespace.list("persistentvolumeclaims")).length, claims);
    assert.ok(scene.hub.running, "the hub has ended");
  });

  it("refuses last time's profile to whoever has left its group since", async () => {
    const cleo = await scene.visitor("cleo");
    await cleo.choose({ profile: "gpu-a100" });
    await scene.hub.ready("cleo");
    await scene.hub.stopServer("cleo");
    scene.provider.groups["cleo"] = ["users"];
    assert.equal((await cleo.spawn()).status, 403);
    assert.equal((await cleo.spawn({ profile: "gpu-a100" })).status, 403);
    assert.equal(await scene.hub.pod("cleo"), undefined);
    scene.provider.groups["cleo"] = GROUPS["cleo"]!;
    assert.equal((await cleo.spawn()).status, 202);
    await scene.hub.ready("cleo");
    await scene.hub.stopServer("cleo");
  });

  it("starts a remote profile with the hub's address and no volume, and connects by its Service", async () => {
    const claims = (await scene.hub.namespace.list("persistentvolumeclaims")).length;
    await ada.choose({ profile: "remote" });
    const early = await until("no pod", 30_000, () => scene.hub.pod("ada"));
    const port = Number(environmentOf(early)["FWD_PORT"]);
    assert.ok(port >= 20_000 && port < 30_000, String(port));
    await scene.hub.notebook.listen(port);
    const pod = await scene.hub.ready("ada");
    const spec = specOf(pod);
    assert.equal(spec.nodeName, "interlink-vk");
    assert.equal(spec.volumes, undefined);
    assert.equal(spec.containers[0].volumeMounts, undefined);
    assert.equal(spec.initContainers, undefined);
    assert.equal((await scene.hub.namespace.list("persistentvolumeclaims")).length, claims);
    const environment = environmentOf(pod);
    const expected = {
      JHUB_HOST: "hub.example.org",
      JHUB_PORT: "443",
      SSH_PORT: "31022",
      SSH_NAMESPACE: "jupyterhub",
      FWD_PORT: String(port),
      JUPYTERHUB_HOST: "https://hub.example.org",
      JUPYTERHUB_API_URL: "https://hub.example.org/hub/api",
      JUPYTERHUB_ACTIVITY_URL: "https://hub.example.org/hub/api/users/ada/activity",
      JUPYTERHUB_SERVICE_URL: `http://0.0.0.0:${port}/user/ada/`,
    };
    for (const [name, value] of Object.entries(expected)) {
      assert.equal(environment[name], value, name);
    }
    // How the forwarder of the tunnel asks whose token it was given.
    const token = environment["JUPYTERHUB_API_TOKEN"];
    assert.equal((await scene.hub.api("GET", "/users/ada", undefined, token)).status, 200);
    assert.notEqual((await scene.hub.api("GET", "/users/bob", undefined, token)).status, 200);
    const [service, ...others] = await scene.hub.namespace.list("services");
    assert.deepEqual(others, []);
    assert.equal(service!.metadata.name, "ssh-ada");
    assert.equal(service!.metadata.labels?.["app.kubernetes.io/instance"], RELEASE);
    assert.deepEqual(
      service!.metadata.ownerReferences?.map(({ uid }) => uid),
      [pod.metadata.uid],
    );
    assert.deepEqual(service!.spec["selector"], {
      "app.kubernetes.io/name": "jupyterhub",
      "app.kubernetes.io/instance": RELEASE,
      "app.kubernetes.io/component": "hub",
    });
    assert.deepEqual(service!.spec["ports"], [
      { name: "http", port, targetPort: port, protocol: "TCP" },
    ]);
    await scene.hub.stopServer("ada");
    await until("the Service is still there", 60_000, async () =>
      (await scene.hub.namespace.list("services")).length === 0 ? true : undefined,
    );
  });

  it("ends a server at its lifetime, counted from its start, over a restart of the hub", async () => {
    await bob.choose({ profile: "short" });
    const started = Date.now();
    const pod = await scene.hub.ready("bob");
    await scene.hub.stopHub();
    await scene.hub.startHub();
    assert.equal((await scene.hub.ready("bob")).metadata.uid, pod.metadata.uid);
    assert.ok(Date.now() - started < SHORT_LIFETIME * 1000, "the restart took too long to tell");
    await scene.hub.gone("bob");
    const lived = (Date.now() - started) / 1000;
    assert.ok(lived >= SHORT_LIFETIME, `${lived} s`);
    assert.ok(lived < SHORT_LIFETIME + 10, `${lived} s`);
  });
});
