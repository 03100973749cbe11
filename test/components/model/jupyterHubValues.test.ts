import assert from "node:assert/strict";
import type { JupyterHubSettings } from "../../../components/model/jupyterHubTypes";
import { jupyterHubValues } from "../../../components/model/jupyterHubValues";
import { checkedOf, EVERYTHING, MINIMAL } from "../../support/jupyterHub";

const PYTHON = { "science_platform.py": "import x\n", "platform_hub/login.py": "y = 1\n" };

interface Values {
  hub: Record<string, unknown> & {
    extraFiles: Record<string, { mountPath: string; stringData: string }>;
    extraContainers: { name: string; image: string; env?: object[]; resources: object }[];
    networkPolicy: object;
  };
  singleuser: Record<string, unknown>;
  cull: object;
  proxy: { chp: { networkPolicy: object } };
  prePuller: Record<string, unknown>;
}

function valuesOf(settings: JupyterHubSettings, credentialsDigest?: string): Values {
  const files = { python: PYTHON, credentialsDigest };
  return jupyterHubValues(settings, checkedOf(settings), files) as unknown as Values;
}

describe("values of zero-to-jupyterhub's chart", () => {
  it("of the least hub are exact", () => {
    const { hub, ...rest } = valuesOf(MINIMAL);
    const { extraFiles, ...others } = hub;
    assert.deepEqual(others, {
      baseUrl: "/",
      existingSecret: "jupyterhub-credentials",
      config: { JupyterHub: { authenticator_class: "generic-oauth" } },
      extraEnv: {
        OIDC_CLIENT_SECRET: {
          valueFrom: { secretKeyRef: { name: "jupyterhub-credentials", key: "client-secret" } },
        },
      },
      db: {
        type: "sqlite-pvc",
        pvc: { annotations: { "helm.sh/resource-policy": "keep" }, storage: "1Gi" },
      },
      networkPolicy: { enabled: true },
      resources: { requests: { cpu: "100m", memory: "256Mi" } },
    });
    assert.deepEqual(Object.keys(extraFiles).sort(), [
      "hub.json",
      "platform_hub.login.py",
      "science_platform.py",
    ]);
    assert.deepEqual(rest, {
      proxy: {
        service: { type: "ClusterIP" },
        https: { enabled: false },
        chp: {
          networkPolicy: { enabled: true },
          resources: { requests: { cpu: "50m", memory: "64Mi" } },
        },
      },
      ingress: { enabled: false },
      singleuser: {
        startTimeout: 300,
        storage: { type: "dynamic", capacity: "10Gi" },
        networkPolicy: { enabled: true },
        cloudMetadata: { blockWithIptables: false },
      },
      cull: { enabled: true, timeout: 3600, every: 600 },
      prePuller: { hook: { enabled: true }, continuous: { enabled: true }, extraImages: {} },
      scheduling: {
        userScheduler: { enabled: false },
        userPlaceholder: { enabled: false },
        podPriority: { enabled: false },
      },
    });
  });

  it("carry python and JSON as files, where the python looks for them", () => {
    const { extraFiles } = valuesOf(EVERYTHING).hub;
    assert.deepEqual(
      Object.values(extraFiles).map(({ mountPath }) => mountPath),
      [
        "/usr/local/etc/jupyterhub/jupyterhub_config.d/science_platform.py",
        "/usr/local/etc/science-platform/platform_hub/login.py",
        "/usr/local/etc/science-platform/hub.json",
      ],
    );
    const json: unknown = JSON.parse(extraFiles["hub.json"]!.stringData);
    assert.deepEqual(json, checkedOf(EVERYTHING).hub);
    assert.equal(extraFiles["science_platform.py"]!.stringData, "import x\n");
  });

  it("make a folder's owner the hub's user, with one capability and nothing open to all", () => {
    const { db, initContainers } = valuesOf(EVERYTHING).hub;
    assert.deepEqual((db as { pvc: object }).pvc, {
      annotations: { "helm.sh/resource-policy": "keep" },
      storage: "2Gi",
      storageClassName: "",
    });
    const [container, ...others] = initContainers as Record<string, unknown>[];
    assert.deepEqual(others, []);
    assert.deepEqual(container!["command"], ["chown", "1000:1000", "/srv/jupyterhub"]);
    assert.deepEqual(container!["securityContext"], {
      runAsUser: 0,
      runAsGroup: 0,
      runAsNonRoot: false,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"], add: ["CHOWN"] },
    });
  });

  it("put the tunnel beside the hub, with small requests and the policies that it needs", () => {
    const { hub, proxy, singleuser } = valuesOf(EVERYTHING);
    assert.deepEqual(
      hub.extraContainers.map(({ name, image, env }) => [name, image, env]),
      [
        ["redis", "redis:6.2.5", undefined],
        ...["forwarder", "listener"].map((kind) => [
          `ssh-${kind}`,
          `ghcr.io/comp-dev-cms-ita/ssh-${kind}:v0.0.3`,
          [{ name: "JHUB_URL", value: "http://127.0.0.1:8081/notebook" }],
        ]),
      ],
    );
    for (const { resources, name } of hub.extraContainers) {
      const { requests } = resources as { requests: object };
      assert.deepEqual(requests, { cpu: "25m", memory: "64Mi" }, name);
    }
    const pods = (component: string): object => ({
      podSelector: {
        matchLabels: {
          "app.kubernetes.io/name": "jupyterhub",
          "app.kubernetes.io/instance": "jupyterhub",
          "app.kubernetes.io/component": component,
        },
      },
    });
    assert.deepEqual(hub.networkPolicy, {
      enabled: true,
      allowedIngressPorts: [8022],
      ingress: [{ from: [pods("proxy"), pods("hub")] }],
      egress: [{ to: [pods("hub")] }],
    });
    assert.deepEqual(proxy.chp.networkPolicy, { enabled: true, egress: [{ to: [pods("hub")] }] });
    assert.equal(singleuser["startTimeout"], 600);
    const open = valuesOf({ ...EVERYTHING, ssh: { openListener: true } }).hub.networkPolicy;
    assert.deepEqual((open as { ingress: object[] }).ingress[1], {
      from: [pods("singleuser-server")],
      ports: [{ port: 8122, protocol: "TCP" }],
    });
    const told = { ...EVERYTHING, remote: { url: "https://other.example.org" } };
    assert.deepEqual(valuesOf(told).hub.extraContainers[1]!.env, [
      { name: "JHUB_URL", value: "https://other.example.org" },
    ]);
  });

  it("have nodes pull both ssh images and those of local profiles, each once", () => {
    const image = `quay.io/lab/notebook@sha256:${"a".repeat(64)}`;
    const profiles = [
      ...EVERYTHING.profiles!,
      { name: "B", image },
      { name: "C", image },
      { name: "D", image: "far", node: "vk" },
    ];
    assert.deepEqual(valuesOf({ ...EVERYTHING, profiles }).prePuller, {
      hook: { enabled: true },
      continuous: { enabled: true },
      extraImages: {
        "ssh-forwarder": { name: "ghcr.io/comp-dev-cms-ita/ssh-forwarder", tag: "v0.0.3" },
        "ssh-listener": { name: "ghcr.io/comp-dev-cms-ita/ssh-listener", tag: "v0.0.3" },
        redis: { name: "redis", tag: "6.2.5" },
        "profile-a100": { name: "quay.io/jupyter/pytorch-notebook", tag: "cuda12-2026-01-05" },
        "profile-b": { name: "quay.io/lab/notebook@sha256", tag: "a".repeat(64) },
      },
      extraTolerations: [{ key: "gpu", operator: "Equal", value: "a100", effect: "NoSchedule" }],
    });
    assert.deepEqual(valuesOf({ ...EVERYTHING, prePull: false }).prePuller, {
      hook: { enabled: false },
      continuous: { enabled: false },
    });
  });

  it("follow the further settings", () => {
    const own = { ...MINIMAL, idleTimeout: "never", startTimeout: "90s", image: "lab" };
    assert.deepEqual(valuesOf(own).cull, { enabled: false });
    assert.equal(valuesOf(own).singleuser["startTimeout"], 90);
    assert.deepEqual(valuesOf(own).singleuser["image"], { name: "lab", tag: "latest" });
    assert.deepEqual(valuesOf({ ...MINIMAL, idleTimeout: "4m" }).cull, {
      enabled: true,
      timeout: 240,
      every: 120,
    });
    const storage = (userStorage: JupyterHubSettings["userStorage"]): unknown =>
      valuesOf({ ...MINIMAL, userStorage }).singleuser["storage"];
    assert.deepEqual(storage({ enabled: false }), { type: "none" });
    assert.deepEqual(storage({ existingClaim: "home", mountPath: "/home/me" }), {
      type: "static",
      homeMountPath: "/home/me",
      static: { pvcName: "home", subPath: "{username}" },
    });
    assert.deepEqual(storage({ storageClass: "fast", size: "1Gi" }), {
      type: "dynamic",
      capacity: "1Gi",
      dynamic: { storageClass: "fast" },
    });
    assert.deepEqual(valuesOf(MINIMAL, "abc").hub["annotations"], {
      "science-platform/credentials-digest": "abc",
    });
  });
});
