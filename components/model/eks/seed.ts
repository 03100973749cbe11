/** The variables of Covalent's Terraform module, mapped to a cluster of ours. */
import { z } from "zod";
import { parseWith, type Problems } from "../problems";
import { parseCidr } from "./cidr";
import { imageOf } from "./images";
import { EKS_DEFAULTS, type EksSettings } from "./settings";

const text = z.string().min(1);
/** Terraform takes a number in quotes for one. */
const number = z.preprocess(
  (value) => (typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value),
  z.int().min(0),
);

/** The module's variables with its defaults, and the one that it lacks. */
const variables = z.strictObject({
  name: text.default("covalent-eks"),
  aws_region: text.default("us-east-1"),
  aws_ecr_repo: text.default("covalent-eks-task"),
  aws_s3_bucket: text.default("covalent-eks-task"),
  vpc_cidr: text.default(EKS_DEFAULTS.cidr),
  instance_types: z.array(text).default(["t2.medium"]),
  disk_size: number.default(8),
  min_size: number.default(1),
  max_size: number.default(6),
  desired_size: number.default(2),
  public_access_cidrs: z.array(text).optional(),
});

/** A cluster made of the variables. */
export interface SeedCluster {
  /** Name of the cluster in the stack config, and of the stack. */
  name: string;
  settings: EksSettings;
  /** What became of variables that could not stay as they were; a line each. */
  notices: string[];
}

/** The module's node group. */
const NODE_GROUP = "private-ng";
/** The module's subnets have prefixes that many bits longer than the VPC's. */
const SUBNET_BITS = 8;
const LONGEST_PREFIX = 28;

/** Where Covalent's plugin 0.1.0 runs its tasks, whatever it is told. */
const PLUGIN_ACCOUNT = { namespace: "default", name: "default" };

/**
 * Maps the variables, each key as the module has it. A disk smaller than the image needs is raised, and the
 * bucket's name gets a unique end; both are said in a notice.
 *
 * @param values read from `.tfvars` or JSON; keys that are absent have the module's defaults
 * @returns nothing when a problem was added: unknown keys, wrong types, and the networks that may reach the API server
 */
export function seedCluster(
  values: Record<string, unknown>,
  problems: Problems,
): SeedCluster | undefined {
  const given = parseWith(variables, values, problems);
  if (given !== undefined && given.public_access_cidrs === undefined) {
    problems.add({
      path: "public_access_cidrs",
      reason: "required, but missing: the module leaves the API server open to the whole internet",
      allowed: 'a list of networks, such as ["203.0.113.0/24"]; [] for the VPC alone',
      remedy: "Add it.",
    });
  }
  if (given?.public_access_cidrs === undefined) {
    return undefined;
  }
  const { amiType, minimumDisk } = imageOf({ instanceTypes: given.instance_types });
  const diskSize = Math.max(given.disk_size, minimumDisk);
  const vpc = parseCidr(given.vpc_cidr);
  const notices = [
    ...(diskSize > given.disk_size
      ? [
          `disk_size is raised from ${given.disk_size} to ${diskSize} GiB: image ${amiType} needs it.`,
        ]
      : []),
    `aws_s3_bucket ${given.aws_s3_bucket} gets a unique end: names of buckets are unique on earth.`,
  ];
  const settings: EksSettings = {
    region: given.aws_region,
    ...(vpc === undefined
      ? { network: { cidr: given.vpc_cidr } }
      : {
          network: {
            cidr: given.vpc_cidr,
            subnetPrefix: Math.min(vpc.prefix + SUBNET_BITS, LONGEST_PREFIX),
          },
        }),
    endpoint: { publicCidrs: given.public_access_cidrs },
    nodeGroups: {
      [NODE_GROUP]: {
        instanceTypes: given.instance_types,
        diskSize,
        minSize: given.min_size,
        maxSize: given.max_size,
        desiredSize: given.desired_size,
      },
    },
    registry: { name: given.aws_ecr_repo },
    bucket: { prefix: given.aws_s3_bucket, serviceAccounts: [PLUGIN_ACCOUNT] },
  };
  return { name: given.name, settings, notices };
}
