import assert from "node:assert/strict";
import type { KubernetesObject } from "../../../components/model/kubernetesObject";
import type { LiveService } from "../../../components/model/serviceChanges";
import { serviceObjects } from "../../../components/model/serviceObjects";
import { cpuQuantity, memoryQuantity } from "../../../components/model/servicePod";
import type { ServiceSite } from "../../../components/model/serviceTypes";
import { one, SEED_REST, SEED_YAML, SITE, SMALL, TENANT, valid } from "../../support/services";

const LABELS = {
  "app.kubernetes.io/managed-by": "science-platform-endpoint",
  "science-platform/deployment": "x",
  "science-platform/tenant": "alice",
};

function render(
  document: unknown,
  site: ServiceSite = SITE,
  live?: LiveService,
): KubernetesObject[] {
  return serviceObjects({ tenant: TENANT, id: "x", service: valid(document, site) }, site, live);
}

interface Rendered {
  replicas: number;
  strategy: object;
  template: { metadata: object; spec: { containers: Record<string, unknown>[] } };
}

/** The Deployment among the objects of a document. */
function deployment(
  document: unknown,
  site?: ServiceSite,
  live?: LiveService,
): Rendered & { annotations?: Record<string, string> } {
  const object = render(document, site, live).find(({ kind }) => kind === "Deployment")!;
  return { ...(object.spec as unknown as Rendered), annotations: object.metadata.annotations };
}

const mounted = (type: string): object => ({
  ...one({ volumeMounts: [{ name: "data", mountPath: "/data", type }] }),
  volumes: [{ name: "data", size: "1Gi" }],
});

describe("the objects of the seed's example", () => {
  const service = valid(SEED_YAML, SITE, SEED_REST);
  const objects = serviceObjects({ tenant: TENANT, id: "x", service }, SITE);

  it("are a claim, the record, a Service, an Ingress and a Deployment, in this order", () => {
    assert.deepEqual(
      objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`),
      [
        "PersistentVolumeClaim/sd-x-mydata",
        "ConfigMap/sd-x-record",
        "Service/sd-x-nginx",
        "Ingress/sd-x",
        "Deployment/sd-x",
      ],
    );
  });

  it("are these", () => {
    const [claim, record, web, , app] = objects;
    assert.deepEqual(claim, {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: {
        name: "sd-x-mydata",
        namespace: "user-alice",
        labels: { ...LABELS, "science-platform/volume": "mydata" },
      },
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
    });
    assert.deepEqual(record?.data, { ...SEED_REST, exposed_port: "80", data: SEED_YAML });
    assert.deepEqual(web?.spec, {
      type: "ClusterIP",
      selector: { "science-platform/deployment": "x" },
      ports: [{ name: "default", port: 80, targetPort: 80, protocol: "TCP" }],
    });
    const resources = { cpu: "8", memory: "512Mi", "nvidia.com/gpu": "1" };
    assert.deepEqual(app, {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: {
        name: "sd-x",
        namespace: "user-alice",
        labels: LABELS,
        annotations: {
          "science-platform/title": "My NGINX Service",
          "science-platform/replicas": "1",
          "science-platform/host": "my-nginx-service.apps.lab.example.org",
        },
      },
      spec: {
        replicas: 1,
        revisionHistoryLimit: 2,
        selector: { matchLabels: { "science-platform/deployment": "x" } },
        strategy: { type: "Recreate" },
        template: {
          metadata: { labels: LABELS },
          spec: {
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            securityContext: {
              runAsNonRoot: true,
              seccompProfile: { type: "RuntimeDefault" },
              fsGroup: 1000,
              fsGroupChangePolicy: "OnRootMismatch",
              sysctls: [{ name: "net.ipv4.ip_unprivileged_port_start", value: "0" }],
            },
            tolerations: [{ key: "gpu", operator: "Equal", value: "a100", effect: "NoSchedule" }],
            containers: [
              {
                name: "nginx",
                image: "nginx:latest",
                imagePullPolicy: "Always",
                command: ["/bin/echo"],
                args: ["asdf", "hello"],
                ports: [{ name: "default", containerPort: 80, protocol: "TCP" }],
                env: [{ name: "MY_ENV_VAR", value: "asdf" }],
                resources: { requests: resources, limits: resources },
                volumeMounts: [{ name: "mydata", mountPath: "/mydata", readOnly: true }],
                securityContext: {
                  runAsUser: 1000,
                  runAsGroup: 1000,
                  allowPrivilegeEscalation: false,
                  capabilities: { drop: ["ALL"] },
                },
              },
            ],
            volumes: [{ name: "mydata", persistentVolumeClaim: { claimName: "sd-x-mydata" } }],
          },
        },
      },
    });
  });
});

describe("the objects of other documents", () => {
  it("are a record and a Deployment where nothing more is said, and say nothing of what is not there", () => {
    const objects = render(SMALL);
    assert.deepEqual(
      objects.map(({ kind }) => kind),
      ["ConfigMap", "Deployment"],
    );
    const { template, strategy } = deployment(SMALL);
    assert.deepEqual(Object.keys(template.spec).sort(), [
      "automountServiceAccountToken",
      "containers",
      "enableServiceLinks",
      "securityContext",
    ]);
    assert.deepEqual(template.spec.containers[0]?.["env"], [
      { name: "NVIDIA_VISIBLE_DEVICES", value: "" },
    ]);
    assert.deepEqual(strategy, {
      type: "RollingUpdate",
      rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
    });
  });

  it("take a node's only claim, and counted GPUs, from the old pods first", () => {
    assert.deepEqual(deployment(mounted("ReadWriteOnce")).strategy, { type: "Recreate" });
    assert.equal(
      (deployment(mounted("ReadWriteMany")).strategy as { type: string }).type,
      "RollingUpdate",
    );
    assert.deepEqual(deployment(one({ gpu: "a100" })).strategy, {
      type: "RollingUpdate",
      rollingUpdate: { maxSurge: 0, maxUnavailable: 1 },
    });
  });

  it("read variables from the deployment's own config and secret", () => {
    const environment = [
      { name: "A", fromSecret: "token" },
      { name: "B", fromConfig: "url" },
    ];
    const [container] = deployment(one({ environment, gpu: "a100" })).template.spec.containers;
    assert.deepEqual(container?.["env"], [
      { name: "A", valueFrom: { secretKeyRef: { name: "sd-x-secret", key: "token" } } },
      { name: "B", valueFrom: { configMapKeyRef: { name: "sd-x-config", key: "url" } } },
    ]);
  });

  it("have memory as a volume, and leave out a volume that nothing mounts", () => {
    const document = {
      ...one({ volumeMounts: [{ name: "shm", mountPath: "/dev/shm" }] }),
      volumes: [
        { name: "shm", emptyDir: { sizeLimit: 64 } },
        { name: "spare", size: "2Gi" },
      ],
    };
    const { spec } = deployment(document).template;
    assert.deepEqual((spec as { volumes?: object }).volumes, [
      { name: "shm", emptyDir: { medium: "Memory", sizeLimit: "64Mi" } },
    ]);
    const claims = render(document).filter(({ kind }) => kind === "PersistentVolumeClaim");
    assert.deepEqual(
      claims.map(({ metadata }) => metadata.name),
      ["sd-x-spare"],
    );
  });

  it("are the same twice: a PUT without a change restarts nothing", () => {
    assert.deepEqual(render(SEED_YAML), render(SEED_YAML));
  });

  it("have a Service for each container with ports, none for an init container", () => {
    const document = {
      containers: [
        { name: "a", image: "a:1", ports: [{ name: "http", port: 8080 }] },
        { name: "b", image: "b:1" },
        { name: "c", image: "c:1", ports: [{ name: "grpc", port: 9090 }] },
      ],
      initContainers: [{ name: "d", image: "d:1" }],
    };
    const services = render(document).filter(({ kind }) => kind === "Service");
    assert.deepEqual(
      services.map(({ metadata }) => metadata.name),
      ["sd-x-a", "sd-x-c"],
    );
  });
});

describe("objects beside what is there", () => {
  const claim = (storageClassName: string): LiveService => ({
    claims: [
      {
        metadata: { name: "sd-x-data", labels: { "science-platform/volume": "data" } },
        spec: { storageClassName },
      },
    ],
  });

  it("keep the storage class of a claim", () => {
    const site = { ...SITE, storageClass: "fast" };
    const made = render(mounted("ReadWriteMany"), site)[0]!;
    assert.equal(made.spec?.["storageClassName"], "fast");
    const kept = render(mounted("ReadWriteMany"), site, claim("slow"))[0]!;
    assert.equal(kept.spec?.["storageClassName"], "slow");
  });

  it("keep the scale that PATCH has set, until the document says another", () => {
    const live = (last: string, replicas: number): LiveService => ({
      deployment: {
        metadata: { name: "sd-x", annotations: { "science-platform/replicas": last } },
        spec: { replicas },
      },
    });
    const said = (replicas: number): object => ({ ...SMALL, replicas });
    assert.equal(deployment(said(2)).replicas, 2);
    assert.equal(deployment(said(2), SITE, live("2", 5)).replicas, 5);
    assert.equal(deployment(said(2), SITE, live("2", 0)).replicas, 0);
    assert.equal(deployment(said(3), SITE, live("2", 5)).replicas, 3);
    assert.equal(deployment(SMALL, SITE, live("1", 4)).replicas, 4);
    const unknown: LiveService = { deployment: { metadata: { name: "x" }, spec: { replicas: 9 } } };
    assert.equal(deployment(said(2), SITE, unknown).replicas, 2);
    assert.equal(deployment(said(3)).annotations?.["science-platform/replicas"], "3");
  });
});

describe("amounts", () => {
  it("are written as Kubernetes writes them back", () => {
    assert.deepEqual([4, 0.5, 1.25, 0.1].map(cpuQuantity), ["4", "500m", "1250m", "100m"]);
    assert.deepEqual([16, 0.5, 1.5, 0.1, 15.75].map(memoryQuantity), [
      "16Gi",
      "512Mi",
      "1536Mi",
      "107374182",
      "16128Mi",
    ]);
  });
});
