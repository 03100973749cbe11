/** Buckets, registries and logs: names that the world shares, and data that holds them. */
import type { TagArgs } from "@pulumi/aws/autoscaling/tag";
import type { LogGroupArgs } from "@pulumi/aws/cloudwatch/logGroup";
import type { TagArgs as ResourceTagArgs } from "@pulumi/aws/ec2/tag";
import type { LifecyclePolicyArgs } from "@pulumi/aws/ecr/lifecyclePolicy";
import type { RepositoryArgs } from "@pulumi/aws/ecr/repository";
import type { BucketArgs } from "@pulumi/aws/s3/bucket";
import type { Thing } from "../account";
import { arn, kind, type Context, type Kind, type Reference } from "../kind";

export const BUCKET = "aws:s3/bucket:Bucket";
const REPOSITORY = "aws:ecr/repository:Repository";
const LOGS = "aws:cloudwatch/logGroup:LogGroup";
export const SCALING_GROUP = "autoscalingGroup";

const BUCKET_NAME = /^(?!xn--|sthree-)(?!.*(\.\.|-s3alias$))[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

const bucket = kind<BucketArgs>({
  name: "bucket",
  namePrefix: "bucketPrefix",
  unique: "world",
  taken: (name) => `BucketAlreadyOwnedByYou: creating S3 Bucket (${name}): it is yours already`,
  immutable: ["bucket", "bucketPrefix", "objectLockEnabled"],
  refuses: ({ account, given }) => {
    const name = String(given["bucket"]);
    if (!BUCKET_NAME.test(name)) {
      return `InvalidBucketName: The specified bucket is not valid: ${name}`;
    }
    return account.settings.foreignBuckets.includes(name)
      ? `BucketAlreadyExists: The requested bucket name is not available: ${name}`
      : undefined;
  },
  id: ({ given }) => String(given["bucket"]),
  outputs: (context) => ({
    arn: `arn:aws:s3:::${context.id}`,
    bucketDomainName: `${context.id}.s3.amazonaws.com`,
    bucketRegionalDomainName: `${context.id}.s3.${context.region}.amazonaws.com`,
  }),
  // `objects` is put there by tests: how many there are.
  refusesDelete: (_context, { id, properties }) =>
    Number(properties["objects"] ?? 0) > 0 && properties["forceDestroy"] !== true
      ? `BucketNotEmpty: The bucket you tried to delete is not empty: ${id}`
      : undefined,
  gone: ({ account }, thing) => {
    for (const part of account
      .all()
      .filter(
        ({ type, properties }) => type.startsWith("aws:s3/") && properties["bucket"] === thing.id,
      )) {
      account.remove(part);
    }
  },
  seconds: { create: 2 },
});

const inBucket: Reference = {
  path: "bucket",
  type: BUCKET,
  error: (name) => `NoSuchBucket: The specified bucket does not exist: ${name}`,
};

/** The settings of a bucket that are resources of their own, one each a bucket. */
const SETTINGS = [
  "BucketVersioning",
  "BucketServerSideEncryptionConfiguration",
  "BucketPublicAccessBlock",
  "BucketOwnershipControls",
  "BucketLifecycleConfiguration",
  "BucketLogging",
  "BucketPolicy",
];

const setting: Kind = {
  immutable: ["bucket"],
  references: [inBucket],
  id: ({ given }) => String(given["bucket"]),
};

const repository = kind<RepositoryArgs>({
  name: "name",
  taken: (name) =>
    `RepositoryAlreadyExistsException: The repository with name '${name}' already exists`,
  immutable: ["name", "encryptionConfigurations"],
  refuses: ({ given }) =>
    /^(?=.{2,256}$)[a-z0-9]+([._/-][a-z0-9]+)*$/.test(String(given["name"]))
      ? undefined
      : `InvalidParameterException: Invalid parameter at 'repositoryName': ${String(given["name"])}`,
  id: ({ given }) => String(given["name"]),
  outputs: (context) => {
    const { account } = context.account.settings;
    return {
      arn: arn(context, "ecr", `repository/${context.id}`),
      registryId: account,
      repositoryUrl: `${account}.dkr.ecr.${context.region}.amazonaws.com/${context.id}`,
      imageTagMutability: "MUTABLE",
    };
  },
  // `images` is put there by tests.
  refusesDelete: (_context, { id, properties }) =>
    Number(properties["images"] ?? 0) > 0 && properties["forceDelete"] !== true
      ? `RepositoryNotEmptyException: The repository with name '${id}' cannot be deleted because it still contains images`
      : undefined,
});

const logGroup = kind<LogGroupArgs>({
  name: "name",
  namePrefix: "namePrefix",
  taken: (name) =>
    `ResourceAlreadyExistsException: The specified log group already exists: ${name}`,
  immutable: ["name", "namePrefix", "logGroupClass"],
  id: ({ given }) => String(given["name"]),
  outputs: (context) => ({
    arn: arn(context, "logs", `log-group:${context.id}`),
    logGroupClass: "STANDARD",
  }),
  // A cluster that still writes its logs makes the group again.
  gone: (context, thing) => {
    const writer = context.account
      .all("aws:eks/cluster:Cluster")
      .find(
        ({ id, properties }) =>
          thing.id === `/aws/eks/${id}/cluster` &&
          Array.isArray(properties["enabledClusterLogTypes"]),
      );
    if (writer !== undefined) {
      context.account.put({ ...thing, inputs: undefined, madeAt: Date.now() });
    }
  },
});

const scalingTag = kind<TagArgs>({
  immutable: ["autoscalingGroupName"],
  immutableParts: ["tag.key"],
  references: [
    {
      path: "autoscalingGroupName",
      type: SCALING_GROUP,
      error: (name) => `ValidationError: AutoScalingGroup name not found - ${name}`,
    },
  ],
  id: ({ given }) => {
    const { key } = given["tag"] as { key: string };
    return `${String(given["autoscalingGroupName"])},${key}`;
  },
});

export const STORAGE: Record<string, Kind> = {
  [BUCKET]: bucket,
  ...Object.fromEntries(
    SETTINGS.map((name) => [`aws:s3/${name[0]!.toLowerCase()}${name.slice(1)}:${name}`, setting]),
  ),
  [REPOSITORY]: repository,
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": kind<LifecyclePolicyArgs>({
    immutable: ["repository"],
    references: [
      {
        path: "repository",
        type: REPOSITORY,
        error: (name) => `RepositoryNotFoundException: '${name}' does not exist`,
      },
    ],
    id: ({ given }) => String(given["repository"]),
  }),
  [LOGS]: logGroup,
  "aws:autoscaling/tag:Tag": scalingTag,
  "aws:ec2/tag:Tag": kind<ResourceTagArgs>({
    immutable: ["resourceId", "key"],
    refuses: ({ account, given }) =>
      account.all().some(({ id }) => id === given["resourceId"])
        ? undefined
        : `InvalidID: The ID '${String(given["resourceId"])}' is not valid`,
    id: ({ given }) => `${String(given["resourceId"])},${String(given["key"])}`,
  }),
};

/** The log group of a cluster, as EKS makes it where there is none. */
export function clusterLogs({ account, region }: Context, cluster: string): Thing[] {
  const id = `/aws/eks/${cluster}/cluster`;
  const logs = `arn:aws:logs:${region}:${account.settings.account}:log-group:${id}`;
  return account.get(LOGS, id, region) === undefined
    ? [{ type: LOGS, id, region, properties: { name: id, arn: logs }, madeAt: Date.now() }]
    : [];
}
