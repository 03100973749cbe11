/** Renders a workspace: from its spec to the objects that a cluster holds for it. */
import { createHash } from "node:crypto";
import { compact } from "./compact";
import { placeGpu } from "./gpu";
import type { KubernetesObject } from "./kubernetesObject";
import { workspaceNames } from "./names";
import { Problems } from "./problems";
import { workspaceIngress } from "./workspaceIngress";
import { workspaceLabels, workspaceSelector } from "./workspaceLabels";
import { podTemplate } from "./workspacePod";
import { claimObjects, filesConfigMap } from "./workspaceStorage";
import type { FileContent } from "./workspaceStorage";
import type { WorkspaceSite, WorkspaceSpec } from "./workspaceTypes";

export type { FileContent } from "./workspaceStorage";

/** On the workload: the stack that holds the workspace. */
export const STACK_ANNOTATION = "science-platform/stack";

/** On a Deployment's pod: changes with the mounted files, which a running pod would not see. */
const FILES_ANNOTATION = "science-platform/files-digest";

/**
 * The new pod first, then the old one's end. Written out, so that these fields are ours: were they left to
 * the API server's defaults, they would stay and be refused once the strategy becomes `Recreate`.
 */
const ROLLING = { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };

/** Another pod may run beside the old one only where nothing is held by the old one alone. */
function holdsSomethingAlone(spec: WorkspaceSpec): boolean {
  return (
    (spec.gpuRequest ?? 0) > 0 ||
    (spec.volumes ?? []).some(({ accessMode }) => accessMode.startsWith("ReadWriteOnce"))
  );
}

function filesDigest(spec: WorkspaceSpec, contents: Record<string, FileContent>): string {
  const named = (spec.files ?? []).map(({ name }) => [name, contents[name] ?? {}]);
  return createHash("sha256").update(JSON.stringify(named)).digest("hex");
}

/**
 * The Job. A disruption of the node does not count as the pod's failure; and no
 * `ttlSecondsAfterFinished`, because a Job that was collected would be started again.
 */
function jobSpec(
  spec: WorkspaceSpec,
  template: Record<string, unknown>,
  problems: Problems,
): Record<string, unknown> {
  if (spec.allocationSeconds === undefined) {
    problems.add({
      path: "allocationTime",
      reason: "required for a Job, but missing",
      remedy: "Give the allocation, or make it a deployment.",
    });
  }
  return {
    activeDeadlineSeconds: spec.allocationSeconds,
    backoffLimit: 0,
    podFailurePolicy: {
      rules: [
        { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
      ],
    },
    template,
  };
}

function deploymentSpec(
  spec: WorkspaceSpec,
  template: { metadata: Record<string, unknown> },
  contents: Record<string, FileContent>,
): Record<string, unknown> {
  const annotations = { [FILES_ANNOTATION]: filesDigest(spec, contents) };
  return {
    replicas: 1,
    selector: { matchLabels: workspaceSelector(spec.name) },
    strategy: holdsSomethingAlone(spec) ? { type: "Recreate" } : ROLLING,
    template: spec.files?.length
      ? { ...template, metadata: { ...template.metadata, annotations } }
      : template,
  };
}

function workload(
  spec: WorkspaceSpec,
  site: WorkspaceSite,
  contents: Record<string, FileContent>,
  problems: Problems,
): KubernetesObject {
  const gpu = placeGpu(
    spec.gpuRequest ?? 0,
    spec.gpuSelector,
    site.gpus ?? {},
    site.nodes ?? {},
    problems,
    { count: "gpu_request", selector: "gpu_selector" },
  );
  const metadata = compact({
    name: workspaceNames(spec).full,
    namespace: spec.namespace,
    labels: workspaceLabels(spec.name),
    annotations: site.stack === undefined ? undefined : { [STACK_ANNOTATION]: site.stack },
  });
  return spec.deployment
    ? {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata,
        spec: deploymentSpec(spec, podTemplate(spec, site, gpu, problems), contents),
      }
    : {
        apiVersion: "batch/v1",
        kind: "Job",
        metadata,
        spec: jobSpec(spec, podTemplate(spec, site, gpu, problems, "Never"), problems),
      };
}

function service(spec: WorkspaceSpec): KubernetesObject[] {
  if (!spec.ports?.length) {
    return [];
  }
  return [
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: {
        name: workspaceNames(spec).service,
        namespace: spec.namespace,
        labels: workspaceLabels(spec.name),
      },
      spec: {
        type: spec.serviceType ?? "ClusterIP",
        selector: workspaceSelector(spec.name),
        ports: spec.ports.map(({ name, port, nodePort }) =>
          compact({ name, port, targetPort: port, nodePort }),
        ),
      },
    },
  ];
}

/**
 * All objects of a workspace, in an order that can be applied: files, volumes and claims, the Job or
 * Deployment, the Service, the Ingress or HTTPRoute with the proxy that it may need.
 *
 * @param files contents of `spec.files`, by the file's name
 * @throws ProblemsError when the GPUs are not offered, a file has no content, a variable is set twice, or
 *   a Job has no allocation. Whether the cluster takes the workspace otherwise, `checkOnSite` says
 */
export function workspaceObjects(
  spec: WorkspaceSpec,
  site: WorkspaceSite,
  files: Record<string, FileContent>,
): KubernetesObject[] {
  const problems = new Problems(`workspace ${spec.namespace}/${spec.name}`);
  const objects = [
    ...filesConfigMap(spec, files, problems),
    ...claimObjects(spec, site),
    workload(spec, site, files, problems),
    ...service(spec),
    ...workspaceIngress(spec, site, problems),
  ];
  problems.throwIfAny();
  return objects;
}
