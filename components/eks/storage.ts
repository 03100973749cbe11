/** What the cluster's tasks are made from and work on: a repository of images, and a bucket. */
import * as pulumi from "@pulumi/pulumi";
import { Repository } from "@pulumi/aws/ecr/repository";
import { Bucket } from "@pulumi/aws/s3/bucket";
import { BucketLifecycleConfiguration } from "@pulumi/aws/s3/bucketLifecycleConfiguration";
import { BucketOwnershipControls } from "@pulumi/aws/s3/bucketOwnershipControls";
import { BucketPolicy } from "@pulumi/aws/s3/bucketPolicy";
import { BucketPublicAccessBlock } from "@pulumi/aws/s3/bucketPublicAccessBlock";
import { BucketServerSideEncryptionConfiguration } from "@pulumi/aws/s3/bucketServerSideEncryptionConfiguration";
import { BucketVersioning } from "@pulumi/aws/s3/bucketVersioning";
import { tlsOnlyPolicy } from "../model/eks/policies";
import type { EksContext } from "./context";

/** Days after which the parts of an upload that was never finished go. */
const UNFINISHED_DAYS = 7;

/** The repository, where one is asked for. */
export function registerRegistry({ name, args, opts, tags }: EksContext): Repository | undefined {
  const { registry } = args;
  if (registry === undefined) {
    return undefined;
  }
  return new Repository(
    `${name}-registry`,
    {
      ...(registry.name === undefined ? {} : { name: registry.name }),
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfigurations: [{ encryptionType: "KMS" }],
      forceDelete: registry.keepImages !== true,
      tags,
    },
    opts,
  );
}

/** The bucket, where one is asked for: private, encrypted and versioned, and kept unless it may go. */
export function registerBucket({ name, args, opts, tags }: EksContext): Bucket | undefined {
  const settings = args.bucket;
  if (settings === undefined) {
    return undefined;
  }
  const isKept = settings.deleteOnDestroy !== true;
  // What guards the bucket stays with it.
  const guard: pulumi.CustomResourceOptions = isKept ? { ...opts, retainOnDelete: true } : opts;
  const bucket = new Bucket(
    `${name}-bucket`,
    {
      ...(settings.name === undefined
        ? { bucketPrefix: `${settings.prefix ?? name}-` }
        : { bucket: settings.name }),
      forceDestroy: !isKept,
      tags,
    },
    isKept ? { ...guard, protect: true } : opts,
  );
  const access = new BucketPublicAccessBlock(
    `${name}-bucket-private`,
    {
      bucket: bucket.id,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
    guard,
  );
  new BucketOwnershipControls(
    `${name}-bucket-owner`,
    { bucket: bucket.id, rule: { objectOwnership: "BucketOwnerEnforced" } },
    guard,
  );
  new BucketServerSideEncryptionConfiguration(
    `${name}-bucket-encryption`,
    {
      bucket: bucket.id,
      rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
    },
    guard,
  );
  new BucketVersioning(
    `${name}-bucket-versions`,
    { bucket: bucket.id, versioningConfiguration: { status: "Enabled" } },
    guard,
  );
  new BucketLifecycleConfiguration(
    `${name}-bucket-lifecycle`,
    {
      bucket: bucket.id,
      rules: [
        {
          id: "unfinished-uploads",
          status: "Enabled",
          filter: { prefix: "" },
          abortIncompleteMultipartUpload: { daysAfterInitiation: UNFINISHED_DAYS },
        },
      ],
    },
    guard,
  );
  new BucketPolicy(
    `${name}-bucket-policy`,
    { bucket: bucket.id, policy: bucket.arn.apply((arn) => JSON.stringify(tlsOnlyPolicy(arn))) },
    // S3 refuses two changes of one bucket's access at a time.
    { ...guard, dependsOn: [access] },
  );
  return bucket;
}
