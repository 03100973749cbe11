import assert from "node:assert/strict";
import type { KubernetesObject } from "../../../components/model/kubernetesObject";
import { ProblemsError } from "../../../components/model/problems";
import { workspaceObjects } from "../../../components/model/workspaceObjects";
import type { WorkspaceSite, WorkspaceSpec } from "../../../components/model/workspaceTypes";

const SITE: WorkspaceSite = { cluster: "local" };
const MINIMAL: WorkspaceSpec = {
  namespace: "ml",
  name: "lab",
  image: "jupyter/base-notebook",
  allocationSeconds: 3600,
};

const SELECTOR = {
  app: "lab",
  "app.kubernetes.io/name": "mkg",
  "app.kubernetes.io/instance": "lab",
};

function render(more: Partial<WorkspaceSpec>, site = SITE): KubernetesObject[] {
  const files = Object.fromEntries((more.files ?? []).map(({ name }) => [name, { text: "x" }]));
  return workspaceObjects({ ...MINIMAL, ...more }, site, files);
}

function ofKind(objects: KubernetesObject[], kind: string): KubernetesObject {
  const found = objects.filter((object) => object.kind === kind);
  assert.equal(found.length, 1, `${found.length} objects of kind ${kind}`);
  return found[0]!;
}

describe("workspaceObjects", () => {
  it("renders the seed's full example", () => {
    const labels = {
      app: "jupyterlab-1-v1",
      "app.kubernetes.io/name": "mkg",
      "app.kubernetes.io/instance": "jupyterlab-1-v1",
      version: "v1",
      "app.kubernetes.io/managed-by": "science-platform",
      "science-platform/workspace": "jupyterlab-1-v1",
    };
    const objects = workspaceObjects(
      {
        namespace: "machine-learning",
        name: "jupyterlab-1-v1",
        image: "jupyter/scipy-notebook",
        tag: "latest",
        memoryRequest: "4Gi",
        cpuRequest: "5000m",
        allocationSeconds: 172800,
        ports: [{ name: "jupyter", port: 8888 }],
        volumes: [
          {
            mountPath: "/home/jovyan",
            size: "100Gi",
            accessMode: "ReadWriteOnce",
            storage: "local-hostpath",
          },
        ],
      },
      SITE,
      {},
    );
    assert.deepEqual(objects, [
      {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name: "jupyterlab-1-v1-mkg-claim-0", namespace: "machine-learning", labels },
        spec: {
          accessModes: ["ReadWriteOnce"],
          resources: { requests: { storage: "100Gi" } },
          storageClassName: "local-hostpath",
        },
      },
      {
        apiVersion: "batch/v1",
        kind: "Job",
        metadata: { name: "jupyterlab-1-v1-mkg", namespace: "machine-learning", labels },
        spec: {
          activeDeadlineSeconds: 172800,
          backoffLimit: 0,
          podFailurePolicy: {
            rules: [
              {
                action: "Ignore",
                onPodConditions: [{ type: "DisruptionTarget", status: "True" }],
              },
            ],
          },
          template: {
            metadata: { labels },
            spec: {
              restartPolicy: "Never",
              automountServiceAccountToken: false,
              securityContext: {
                runAsNonRoot: true,
                seccompProfile: { type: "RuntimeDefault" },
                fsGroup: 100,
                fsGroupChangePolicy: "OnRootMismatch",
              },
              containers: [
                {
                  name: "jupyterlab-1-v1",
                  image: "jupyter/scipy-notebook:latest",
                  ports: [{ name: "jupyter", containerPort: 8888 }],
                  env: [{ name: "NVIDIA_VISIBLE_DEVICES", value: "" }],
                  resources: {
                    requests: { cpu: "5000m", memory: "4Gi" },
                    limits: { cpu: "5000m", memory: "4Gi" },
                  },
                  volumeMounts: [
                    { name: "claim-0", mountPath: "/home/jovyan" },
                    { name: "dshm", mountPath: "/dev/shm" },
                  ],
                  securityContext: {
                    allowPrivilegeEscalation: false,
                    capabilities: { drop: ["ALL"] },
                  },
                },
              ],
              volumes: [
                {
                  name: "claim-0",
                  persistentVolumeClaim: { claimName: "jupyterlab-1-v1-mkg-claim-0" },
                },
                { name: "dshm", emptyDir: { medium: "Memory", sizeLimit: "4Gi" } },
              ],
            },
          },
        },
      },
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "jupyterlab-1-v1-mkg", namespace: "machine-learning", labels },
        spec: {
          type: "ClusterIP",
          selector: {
            app: "jupyterlab-1-v1",
            "app.kubernetes.io/name": "mkg",
            "app.kubernetes.io/instance": "jupyterlab-1-v1",
          },
          ports: [{ name: "jupyter", port: 8888, targetPort: 8888 }],
        },
      },
    ]);
  });

  it("renders a Job alone where nothing else is asked for", () => {
    const objects = render({});
    assert.deepEqual(
      objects.map(({ kind }) => kind),
      ["Job"],
    );
    const spec = objects[0]!.spec!;
    assert.deepEqual(Object.keys(spec), [
      "activeDeadlineSeconds",
      "backoffLimit",
      "podFailurePolicy",
      "template",
    ]);
    assert.equal("annotations" in objects[0]!.metadata, false);
  });

  it("changes nothing but the deadline when the allocation grows", () => {
    const [before] = render({});
    const [after] = render({ allocationSeconds: 7200 });
    assert.deepEqual(after, { ...before, spec: { ...before!.spec, activeDeadlineSeconds: 7200 } });
  });

  it("keeps a name that has mkg in it", () => {
    assert.equal(render({ name: "mkg-db" })[0]!.metadata.name, "mkg-db");
  });

  it("names the stack on the workload alone", () => {
    const objects = render({ ports: [{ name: "web", port: 80 }] }, { ...SITE, stack: "dev" });
    assert.deepEqual(ofKind(objects, "Job").metadata.annotations, {
      "science-platform/stack": "dev",
    });
    assert.equal("annotations" in ofKind(objects, "Service").metadata, false);
  });

  it("renders a Deployment without an end, selected without the version", () => {
    const [object] = render({ deployment: true, allocationSeconds: undefined });
    assert.equal(object!.apiVersion, "apps/v1");
    assert.equal(object!.kind, "Deployment");
    const { template, ...spec } = object!.spec as { template: { spec: object; metadata: object } };
    assert.deepEqual(spec, {
      replicas: 1,
      selector: { matchLabels: SELECTOR },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    });
    assert.equal("restartPolicy" in template.spec, false);
    assert.equal("annotations" in template.metadata, false);
  });

  for (const accessMode of ["ReadWriteOnce", "ReadWriteOncePod"]) {
    it(`recreates a Deployment that mounts a ${accessMode} claim`, () => {
      const volumes = [{ mountPath: "/data", size: "1Gi", accessMode, storage: "standard" }];
      const deployment = ofKind(render({ deployment: true, volumes }), "Deployment");
      assert.deepEqual(deployment.spec!["strategy"], { type: "Recreate" });
    });
  }

  it("rolls a Deployment over when its claims can be mounted twice", () => {
    const volumes = [
      { mountPath: "/data", size: "1Gi", accessMode: "ReadWriteMany", storage: "standard" },
    ];
    const deployment = ofKind(render({ deployment: true, volumes }), "Deployment");
    assert.deepEqual(deployment.spec!["strategy"], {
      type: "RollingUpdate",
      rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
    });
  });

  it("restarts a Deployment with its files, and leaves a Job's pod alone", () => {
    const files = [{ name: "conf", localPath: "conf", mountPath: "/conf" }];
    const spec = { ...MINIMAL, files };
    const digest = (deployment: boolean, text: string): unknown => {
      const objects = workspaceObjects({ ...spec, deployment }, SITE, { conf: { text } });
      const { template } = ofKind(objects, deployment ? "Deployment" : "Job").spec as {
        template: { metadata: { annotations?: Record<string, string> } };
      };
      return template.metadata.annotations?.["science-platform/files-digest"];
    };
    assert.match(String(digest(true, "a")), /^[0-9a-f]{64}$/);
    assert.equal(digest(true, "a"), digest(true, "a"));
    assert.notEqual(digest(true, "a"), digest(true, "b"));
    assert.equal(digest(false, "a"), undefined);
  });

  it("opens every port in the Service, and a node port where one is given", () => {
    const objects = render({
      serviceType: "NodePort",
      ports: [
        { name: "web", port: 80 },
        { name: "ssh", port: 22, nodePort: 30022 },
      ],
    });
    assert.deepEqual(ofKind(objects, "Service").spec, {
      type: "NodePort",
      selector: SELECTOR,
      ports: [
        { name: "web", port: 80, targetPort: 80 },
        { name: "ssh", port: 22, targetPort: 22, nodePort: 30022 },
      ],
    });
  });

  it("refuses at once a Job without allocation, a variable set twice and a file without content", () => {
    assert.throws(
      () =>
        workspaceObjects(
          {
            ...MINIMAL,
            allocationSeconds: undefined,
            env: { NVIDIA_VISIBLE_DEVICES: "all" },
            files: [{ name: "conf", localPath: "conf", mountPath: "/conf" }],
          },
          SITE,
          {},
        ),
      (error) => {
        assert.ok(error instanceof ProblemsError);
        assert.deepEqual(error.lines, [
          "workspace ml/lab: mount_files.conf: a mounted file without content. Give its text or base64.",
          'workspace ml/lab: env_variables.NVIDIA_VISIBLE_DEVICES: a variable that the platform sets itself (found "all"). Remove it, or give it another name.',
          "workspace ml/lab: allocationTime: required for a Job, but missing. Give the allocation, or make it a deployment.",
        ]);
        return true;
      },
    );
  });
});
