/** Node groups that EKS manages, each with a launch template of its own. */
import type * as pulumi from "@pulumi/pulumi";
import { Tag } from "@pulumi/aws/autoscaling/tag";
import { LaunchTemplate } from "@pulumi/aws/ec2/launchTemplate";
import type { Cluster } from "@pulumi/aws/eks/cluster";
import { NodeGroup } from "@pulumi/aws/eks/nodeGroup";
import { nodeGroupPlan, type NodeGroupPlan } from "../model/eks/nodeGroups";
import { nameTags, type EksContext } from "./context";
import type { RoleParts } from "./roles";

/** What nodes need of the rest. */
export interface NodeNeeds {
  cluster: Cluster;
  role: RoleParts;
  subnetIds: pulumi.Output<string>[];
  /** What must be there before the first node, and stay until the last has gone: routes, and the network add-on. */
  before: pulumi.Resource[];
}

/** Root device of Amazon Linux 2023. */
const ROOT_DEVICE = "/dev/xvda";
/** Nodes that may be away at a time while a group is updated, in percent. */
const MAX_UNAVAILABLE = 33;

/** Registers every group; by its name. */
export function registerNodeGroups(
  context: EksContext,
  needs: NodeNeeds,
): Record<string, NodeGroup> {
  const { nodeGroups, gpus } = context.args;
  return Object.fromEntries(
    Object.entries(nodeGroups).map(([group, settings]) => [
      group,
      registerGroup(context, group, nodeGroupPlan(settings, gpus), needs),
    ]),
  );
}

function launchTemplate(context: EksContext, group: string, plan: NodeGroupPlan): LaunchTemplate {
  const tags = nameTags(context, `${context.clusterName}-${group}`);
  return new LaunchTemplate(
    `${context.name}-${group}-template`,
    {
      metadataOptions: {
        httpEndpoint: "enabled",
        httpTokens: "required",
        // One hop is the node itself: its pods do not reach its role.
        httpPutResponseHopLimit: 1,
      },
      blockDeviceMappings: [
        {
          deviceName: ROOT_DEVICE,
          ebs: {
            volumeType: "gp3",
            volumeSize: plan.diskSize,
            encrypted: "true",
            deleteOnTermination: "true",
          },
        },
      ],
      tagSpecifications: ["instance", "volume"].map((resourceType) => ({ resourceType, tags })),
      updateDefaultVersion: true,
      tags: context.tags,
    },
    context.opts,
  );
}

function registerGroup(
  context: EksContext,
  group: string,
  plan: NodeGroupPlan,
  { cluster, role, subnetIds, before }: NodeNeeds,
): NodeGroup {
  const { name, args, version, opts, tags } = context;
  const { minSize, maxSize, desiredSize } = plan;
  const template = launchTemplate(context, group, plan);
  const nodes = new NodeGroup(
    `${name}-${group}-nodes`,
    {
      clusterName: cluster.name,
      // A new kind of node is a new group, made before the old one goes: the names must differ.
      nodeGroupNamePrefix: `${group}-`,
      nodeRoleArn: role.role.arn,
      subnetIds,
      version,
      amiType: plan.amiType,
      instanceTypes: plan.instanceTypes,
      capacityType: plan.capacityType,
      launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
      scalingConfig: { minSize, maxSize, desiredSize },
      labels: plan.labels,
      taints: plan.taints,
      updateConfig: { maxUnavailablePercentage: MAX_UNAVAILABLE },
      nodeRepairConfig: { enabled: true },
      tags,
    },
    {
      ...opts,
      dependsOn: [...role.policies, ...before],
      // From the first minute on the number is the autoscaler's.
      ...(args.autoscaler?.enabled === false
        ? {}
        : { ignoreChanges: ["scalingConfig.desiredSize"] }),
    },
  );
  tagForAutoscaler(context, group, plan, nodes);
  return nodes;
}

/** While a group is empty, the autoscaler learns from its tags what a node of it would have. */
function tagForAutoscaler(
  { name, opts }: EksContext,
  group: string,
  { templateTags }: NodeGroupPlan,
  nodes: NodeGroup,
): void {
  const autoscalingGroupName = nodes.resources.apply(
    (resources) => resources[0]?.autoscalingGroups?.[0]?.name ?? "",
  );
  for (const [key, value] of Object.entries(templateTags)) {
    const suffix = key.split("/").slice(3).join("-");
    new Tag(
      `${name}-${group}-${suffix}`,
      { autoscalingGroupName, tag: { key, value, propagateAtLaunch: false } },
      opts,
    );
  }
}
