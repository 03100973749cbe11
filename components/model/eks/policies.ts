/** IAM policy documents: who may take on a role, and what a role may do. */
import type { EksServiceAccount } from "./settings";

/** A policy document of IAM. */
export interface PolicyDocument {
  Version: string;
  Statement: Statement[];
}

interface Statement {
  Sid?: string;
  Effect: string;
  Action: string[];
  Principal?: Record<string, string>;
  Resource?: string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

function document(...statements: Statement[]): PolicyDocument {
  return { Version: "2012-10-17", Statement: statements };
}

/** Trust of a role that a service of AWS takes on, such as `eks.amazonaws.com`. */
export function serviceTrust(service: string): PolicyDocument {
  return document({ Effect: "Allow", Action: ["sts:AssumeRole"], Principal: { Service: service } });
}

/** Trust of a role that pods of these service accounts get through EKS Pod Identity, in this cluster alone. */
export function podIdentityTrust(
  clusterName: string,
  accounts: readonly EksServiceAccount[],
): PolicyDocument {
  const of = (key: keyof EksServiceAccount): string[] => [
    ...new Set(accounts.map((one) => one[key])),
  ];
  return document({
    Effect: "Allow",
    Action: ["sts:AssumeRole", "sts:TagSession"],
    Principal: { Service: "pods.eks.amazonaws.com" },
    Condition: {
      StringEquals: {
        "aws:RequestTag/eks-cluster-name": clusterName,
        "aws:RequestTag/kubernetes-namespace": of("namespace"),
        "aws:RequestTag/kubernetes-service-account": of("name"),
      },
    },
  });
}

/**
 * Trust of a role that pods of these service accounts get by the tokens of the cluster's OIDC issuer (IRSA).
 *
 * @param providerArn of the issuer's OIDC provider in IAM
 * @param issuer its URL
 */
export function irsaTrust(
  providerArn: string,
  issuer: string,
  accounts: readonly EksServiceAccount[],
): PolicyDocument {
  const host = issuer.replace(/^https:\/\//, "");
  return document({
    Effect: "Allow",
    Action: ["sts:AssumeRoleWithWebIdentity"],
    Principal: { Federated: providerArn },
    Condition: {
      StringEquals: {
        [`${host}:aud`]: "sts.amazonaws.com",
        [`${host}:sub`]: accounts.map(
          ({ namespace, name }) => `system:serviceaccount:${namespace}:${name}`,
        ),
      },
    },
  });
}

/** What the cluster autoscaler does: it reads all groups, and changes those of its cluster. */
export function autoscalerPolicy(clusterName: string): PolicyDocument {
  return document(
    {
      Effect: "Allow",
      // None of these can be narrowed to single resources.
      Action: [
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeAutoScalingInstances",
        "autoscaling:DescribeLaunchConfigurations",
        "autoscaling:DescribeScalingActivities",
        "autoscaling:DescribeTags",
        "ec2:DescribeImages",
        "ec2:DescribeInstanceTypes",
        "ec2:DescribeLaunchTemplateVersions",
        "ec2:GetInstanceTypesFromInstanceRequirements",
        "eks:DescribeNodegroup",
      ],
      Resource: ["*"],
    },
    {
      Effect: "Allow",
      Action: ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
      Resource: ["*"],
      Condition: {
        StringEquals: { [`aws:ResourceTag/k8s.io/cluster-autoscaler/${clusterName}`]: "owned" },
      },
    },
  );
}

function bucketStatements(bucketArn: string): Statement[] {
  return [
    {
      Sid: "List",
      Effect: "Allow",
      Action: ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
      Resource: [bucketArn],
    },
    {
      Sid: "Objects",
      Effect: "Allow",
      Action: [
        "s3:AbortMultipartUpload",
        "s3:DeleteObject",
        "s3:GetObject",
        "s3:ListMultipartUploadParts",
        "s3:PutObject",
      ],
      Resource: [`${bucketArn}/*`],
    },
  ];
}

/** Reading and writing one bucket, and no other. */
export function bucketPolicy(bucketArn: string): PolicyDocument {
  return document(...bucketStatements(bucketArn));
}

/** For the bucket itself: whoever comes without TLS is refused. */
export function tlsOnlyPolicy(bucketArn: string): PolicyDocument {
  return document({
    Sid: "RefuseWithoutTls",
    Effect: "Deny",
    Principal: { AWS: "*" },
    Action: ["s3:*"],
    Resource: [bucketArn, `${bucketArn}/*`],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  });
}

/** What a dispatcher of tasks outside of the cluster needs: images pushed and pulled, and the bucket; none where there is neither. */
export function dispatcherPolicy(
  registryArn: string | undefined,
  bucketArn: string | undefined,
): PolicyDocument | undefined {
  const registry: Statement[] =
    registryArn === undefined
      ? []
      : [
          { Sid: "Login", Effect: "Allow", Action: ["ecr:GetAuthorizationToken"], Resource: ["*"] },
          {
            Sid: "Images",
            Effect: "Allow",
            Action: [
              "ecr:BatchCheckLayerAvailability",
              "ecr:BatchGetImage",
              "ecr:CompleteLayerUpload",
              "ecr:DescribeImages",
              "ecr:DescribeRepositories",
              "ecr:GetDownloadUrlForLayer",
              "ecr:InitiateLayerUpload",
              "ecr:PutImage",
              "ecr:UploadLayerPart",
            ],
            Resource: [registryArn],
          },
        ];
  const statements = [...registry, ...(bucketArn === undefined ? [] : bucketStatements(bucketArn))];
  return statements.length === 0 ? undefined : document(...statements);
}
