import assert from "node:assert/strict";
import { load } from "js-yaml";
import { covalentAccessObjects } from "../../../../components/model/covalent/access";
import {
  boundsObjects,
  claimObject,
  cleanerObjects,
  taskNamespaceLabels,
} from "../../../../components/model/covalent/objects";
import { sampleJobFile } from "../../../../components/model/covalent/sampleJob";
import { taskAccounts } from "../../../../components/model/covalent/settings";
import type { KubernetesObject } from "../../../../components/model/kubernetesObject";
import { GPUS } from "../../../support/covalent";

const LABELS = {
  "app.kubernetes.io/name": "covalent",
  "app.kubernetes.io/managed-by": "science-platform",
};

function named(objects: KubernetesObject[]): string[] {
  return objects.map(({ kind, metadata: { namespace, name } }) => `${kind} ${namespace}/${name}`);
}

describe("Covalent's objects", () => {
  it("give the dispatcher what it calls, and tasks nothing", () => {
    const objects = covalentAccessObjects({});
    assert.deepEqual(named(objects), [
      "ServiceAccount covalent/covalent-dispatcher",
      "ServiceAccount covalent/covalent-task",
      "Role covalent/covalent-dispatcher",
      "RoleBinding covalent/covalent-dispatcher",
    ]);
    assert.deepEqual(objects[1], {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "covalent-task", namespace: "covalent", labels: LABELS },
      automountServiceAccountToken: false,
    });
    assert.deepEqual((objects[2] as unknown as { rules: object }).rules, [
      { apiGroups: ["batch"], resources: ["jobs"], verbs: ["create", "delete", "get"] },
      { apiGroups: ["batch"], resources: ["jobs/status"], verbs: ["get"] },
      { apiGroups: [""], resources: ["pods"], verbs: ["list"] },
      { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] },
    ]);
  });

  it("give tasks a role of AWS and credentials of the registry", () => {
    const task = covalentAccessObjects({}, { roleArn: "arn:x", pullSecret: true })[1]!;
    assert.deepEqual(task.metadata.annotations, { "eks.amazonaws.com/role-arn": "arn:x" });
    assert.deepEqual(Reflect.get(task, "imagePullSecrets"), [{ name: "covalent-registry" }]);
  });

  it("are in default, too, for the plugin as it is", () => {
    const settings = { namespace: "tasks", plainPlugin: true, quota: { cpu: "8" } };
    const objects = [...covalentAccessObjects(settings), ...boundsObjects(settings)];
    assert.deepEqual(named(objects).slice(4), [
      "Role default/covalent-dispatcher",
      "RoleBinding default/covalent-dispatcher",
      "ServiceAccount tasks/covalent-job-cleaner",
      "Role default/covalent-job-cleaner",
      "RoleBinding default/covalent-job-cleaner",
      "ResourceQuota tasks/covalent",
      "ResourceQuota default/covalent",
      "LimitRange default/covalent",
    ]);
    assert.deepEqual((objects[4] as unknown as { rules: object }).rules, [
      { apiGroups: ["batch"], resources: ["jobs"], verbs: ["create"] },
      { apiGroups: ["batch"], resources: ["jobs/status"], verbs: ["get"] },
    ]);
    assert.deepEqual(taskAccounts(settings), [
      { namespace: "tasks", name: "covalent-task" },
      { namespace: "default", name: "default" },
    ]);
    assert.deepEqual(taskAccounts({}), [{ namespace: "covalent", name: "covalent-task" }]);
  });

  it("bound what tasks request, without a limit that would refuse them", () => {
    const quota = { cpu: "8", memory: "32Gi", pods: 20, gpus: { a100: 2 } };
    assert.deepEqual(boundsObjects({ ...GPUS, quota }), [
      {
        apiVersion: "v1",
        kind: "ResourceQuota",
        metadata: { name: "covalent", namespace: "covalent", labels: LABELS },
        spec: {
          hard: {
            "requests.cpu": "8",
            "requests.memory": "32Gi",
            pods: "20",
            "requests.nvidia.com/gpu": "2",
          },
        },
      },
    ]);
    assert.deepEqual(boundsObjects({}), []);
    const [, , range] = boundsObjects({ ...GPUS, plainPlugin: true, quota });
    assert.deepEqual(range?.spec, {
      limits: [{ type: "Container", defaultRequest: { cpu: "100m", memory: "128Mi" } }],
    });
  });

  it("hold the data in a claim, where one is to be made", () => {
    const path = "/nfs";
    const claim = { size: "100Gi", storageClass: "nfs" };
    assert.deepEqual(claimObject({}, { path, claim })?.spec, {
      accessModes: ["ReadWriteMany"],
      storageClassName: "nfs",
      resources: { requests: { storage: "100Gi" } },
    });
    const other = claimObject({}, { path, claim: { size: "1Gi" } });
    assert.equal(Object.hasOwn(other!.spec!, "storageClassName"), false);
    assert.equal(claimObject({}, { path, claim: { existingClaim: "x" } }), undefined);
    assert.equal(claimObject({}, { path }), undefined);
  });

  it("let folders of the node in only where they are needed", () => {
    const level = (store: Parameters<typeof taskNamespaceLabels>[0]): string | undefined =>
      taskNamespaceLabels(store)["pod-security.kubernetes.io/enforce"];
    assert.equal(level({ path: "/data" }), "privileged");
    assert.equal(level({ path: "/nfs", claim: { size: "1Gi" } }), "baseline");
    assert.equal(level({ bucket: "b-1" }), "baseline");
  });

  it("remove finished Jobs of the plugin as it is", () => {
    const [files, cronJob] = cleanerObjects({ ttlSeconds: 60 }, "print()\n");
    assert.deepEqual(files?.data, { "clean.py": "print()\n" });
    const spec = cronJob?.spec as {
      jobTemplate: {
        spec: { template: { spec: { containers: { env: object; command: object }[] } } };
      };
    };
    const [container] = spec.jobTemplate.spec.template.spec.containers;
    assert.deepEqual(container?.env, [
      { name: "JOBS_NAMESPACE", value: "default" },
      { name: "KEEP_SECONDS", value: "60" },
    ]);
    assert.deepEqual(container?.command, ["python3", "/scripts/clean.py"]);
  });

  it("have the seed's sample Job, as a task runs", () => {
    const job = load(sampleJobFile({ namespace: "tasks" })) as KubernetesObject & {
      spec: { backoffLimit: number; template: { spec: Record<string, unknown> } };
    };
    assert.equal(job.metadata.name, "covalent-k8s-test");
    assert.equal(job.metadata.namespace, "tasks");
    assert.equal(job.spec.backoffLimit, 4);
    const pod = job.spec.template.spec;
    assert.equal(pod["serviceAccountName"], "covalent-task");
    assert.equal((pod["containers"] as { image: string }[])[0]?.image, "hello-world:latest");
  });
});
