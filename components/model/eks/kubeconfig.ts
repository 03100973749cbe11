/** The kubeconfig of a cluster on EKS: no credential in it, since `aws` makes one for each use. */

/** What the kubeconfig is made from. */
export interface EksKubeconfigFacts {
  clusterArn: string;
  clusterName: string;
  region: string;
  endpoint: string;
  /** Certificate authority, in base64. */
  certificateAuthority: string;
  /** Role that `aws` takes on. @default none */
  roleArn?: string;
  /** Profile of the AWS configuration. @default that of whoever uses it */
  profile?: string;
}

/** A kubeconfig with one cluster. */
export interface EksKubeconfig {
  apiVersion: string;
  kind: string;
  "current-context": string;
  clusters: { name: string; cluster: Record<string, string> }[];
  contexts: { name: string; context: Record<string, string> }[];
  users: { name: string; user: { exec: Record<string, unknown> } }[];
}

/** The kubeconfig; cluster, context and user are named by the cluster's ARN, as `aws eks update-kubeconfig` does. */
export function eksKubeconfig(facts: EksKubeconfigFacts): EksKubeconfig {
  const { clusterArn: name, clusterName, region, roleArn, profile } = facts;
  const args = [
    "--region",
    region,
    "eks",
    "get-token",
    "--cluster-name",
    clusterName,
    "--output",
    "json",
  ];
  return {
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    clusters: [
      {
        name,
        cluster: {
          server: facts.endpoint,
          "certificate-authority-data": facts.certificateAuthority,
        },
      },
    ],
    contexts: [{ name, context: { cluster: name, user: name } }],
    users: [
      {
        name,
        user: {
          exec: {
            apiVersion: "client.authentication.k8s.io/v1",
            command: "aws",
            args: [...args, ...(roleArn === undefined ? [] : ["--role-arn", roleArn])],
            env: profile === undefined ? null : [{ name: "AWS_PROFILE", value: profile }],
            interactiveMode: "Never",
            provideClusterInfo: false,
          },
        },
      },
    ],
  };
}

/** What a shell is told to use it. */
export function exportLine(file: string): string {
  return `export KUBECONFIG=${/^[\w@%+=:,./~-]+$/.test(file) ? file : `'${file.replaceAll("'", `'\\''`)}'`}`;
}
