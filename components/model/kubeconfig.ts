/** The part of a kubeconfig that one context needs: whether it can work, and as a kubeconfig of its own. */
import * as path from "node:path";
import { dump } from "js-yaml";
import { chooseContext, FILES_OF, isFields, type Fields, type Kubeconfig } from "./kubeconfigText";
import { oneOf, type Problems } from "./problems";

export { mergeKubeconfigs, parseKubeconfig, resolvePaths, type Kubeconfig } from "./kubeconfigText";

/** A file that a kubeconfig names in place of its content. */
export interface FileReference {
  /** The kubeconfig's key, such as `certificate-authority`. */
  key: string;
  /** Absolute path, once resolved; until then as the kubeconfig has it. */
  file: string;
}

/** What a context says about reaching one cluster. */
export interface ClusterAccess {
  /** Name of the context. */
  context: string;
  /** Name of the cluster in the kubeconfig. */
  clusterName: string;
  /** URL of the API server. */
  server: string;
  /** Namespace that the context sets. */
  namespace?: string;
  /** Fields of the cluster's entry. */
  cluster: Fields;
  /** Fields of the user's entry. */
  user: Fields;
  /** Files that these name. */
  files: FileReference[];
  /** Program that makes the credentials: a path, or a name to be found on PATH. */
  execCommand?: string;
  /** What works, but should not stay so. */
  warnings: string[];
}

const REMOVED_EXEC_API = "client.authentication.k8s.io/v1alpha1";
const REMOVED_AUTH_PROVIDERS: Record<string, string> = {
  gcp: "gke-gcloud-auth-plugin",
  azure: "kubelogin",
  openstack: "client-keystone-auth",
};

function filesOf(fields: Fields, kind: keyof typeof FILES_OF): FileReference[] {
  return Object.entries(FILES_OF[kind]).flatMap(([key, inPlace]) => {
    const file = fields[key];
    // Data in place wins over the file, as in kubectl; for tokens the file wins.
    const shadowed = key !== "tokenFile" && fields[inPlace] !== undefined;
    return typeof file === "string" && file !== "" && !shadowed ? [{ key, file }] : [];
  });
}

function checkServer(server: unknown, problems: Problems, at: string): server is string {
  const reason =
    typeof server !== "string" || server === ""
      ? "the cluster has no server"
      : /^https?:\/\//.test(server) && URL.canParse(server)
        ? undefined
        : "the cluster's server is not an http or https URL";
  if (reason !== undefined) {
    problems.add({ path: at, reason, remedy: "Correct the cluster's server in the kubeconfig." });
  }
  return reason === undefined;
}

function checkCredentials(user: Fields, problems: Problems, at: string): string | undefined {
  const provider = user["auth-provider"];
  const providerName = isFields(provider) ? String(provider["name"]) : "";
  const instead = REMOVED_AUTH_PROVIDERS[providerName];
  if (instead !== undefined) {
    problems.add({
      path: at,
      reason: `the user's auth-provider ${providerName} was removed from Kubernetes clients in 1.26`,
      remedy: `Install ${instead}, and write the kubeconfig anew with its exec entry.`,
    });
  }
  const exec = user["exec"];
  if (!isFields(exec)) {
    return undefined;
  }
  const { command, apiVersion } = exec;
  if (apiVersion === REMOVED_EXEC_API) {
    problems.add({
      path: at,
      reason: `the user's exec entry has apiVersion ${REMOVED_EXEC_API}, which Kubernetes removed in 1.24`,
      allowed: "client.authentication.k8s.io/v1, client.authentication.k8s.io/v1beta1",
      remedy:
        "Update the program that wrote the kubeconfig (for EKS the aws command line), and write it anew.",
    });
  }
  if (typeof command !== "string" || command === "") {
    problems.add({ path: at, reason: "the user's exec entry has no command" });
    return undefined;
  }
  return command;
}

function warningsOf(cluster: Fields, server: string, name: string): string[] {
  const insecure = cluster["insecure-skip-tls-verify"] === true;
  return [
    ...(insecure
      ? [
          `cluster ${name}: insecure-skip-tls-verify lets anyone on the way read and change everything; name the certificate authority instead`,
        ]
      : []),
    ...(server.startsWith("http://")
      ? [`cluster ${name}: the server is reached over http, without encryption`]
      : []),
  ];
}

/**
 * Chooses a context and checks that what it names is there and can work today.
 *
 * @param wanted name of the context; without one the current context
 * @param at where problems are said to be
 * @returns nothing when a problem was added
 */
export function accessOf(
  config: Kubeconfig,
  wanted: string | undefined,
  problems: Problems,
  at: string,
): ClusterAccess | undefined {
  const before = problems.count;
  const context = chooseContext(config, wanted, problems, at);
  if (context === undefined) {
    return undefined;
  }
  const entry = (kind: "cluster" | "user"): { name: string; fields: Fields } | undefined => {
    const name = context.fields[kind];
    const list = kind === "cluster" ? config.clusters : config.users;
    const found = list.find((one) => one.name === name);
    if (found === undefined) {
      problems.add({
        path: at,
        reason: `context ${context.name} names a ${kind} that the kubeconfig does not have`,
        value: name,
        allowed: oneOf(list.map((one) => one.name)),
        remedy: "Write the kubeconfig anew, or choose another context.",
      });
    }
    return found;
  };
  const [cluster, user] = [entry("cluster"), entry("user")];
  if (cluster === undefined || user === undefined) {
    return undefined;
  }
  const server = cluster.fields["server"];
  const execCommand = checkCredentials(user.fields, problems, at);
  if (!checkServer(server, problems, at) || problems.count > before) {
    return undefined;
  }
  const namespace = context.fields["namespace"];
  return {
    context: context.name,
    clusterName: cluster.name,
    server,
    ...(typeof namespace === "string" && namespace !== "" ? { namespace } : {}),
    cluster: cluster.fields,
    user: user.fields,
    files: [...filesOf(cluster.fields, "cluster"), ...filesOf(user.fields, "user")],
    ...(execCommand === undefined ? {} : { execCommand }),
    warnings: warningsOf(cluster.fields, server, cluster.name),
  };
}

/** Adds a problem for each file that is named by a relative path: the folder it is meant from is not known. */
export function refuseRelativePaths(access: ClusterAccess, problems: Problems, at: string): void {
  for (const { key, file } of access.files.filter((one) => !path.isAbsolute(one.file))) {
    problems.add({
      path: at,
      reason: `${key} is a relative path, and the kubeconfig was not read from a file`,
      value: file,
      remedy: "Give the kubeconfig's path, or embed it: `kubectl config view --raw --flatten`.",
    });
  }
}

/**
 * The access with the contents of files in place of their paths.
 *
 * @param contents by path; files that are not in it stay named by path
 */
export function embedFiles(
  access: ClusterAccess,
  contents: Map<string, Uint8Array>,
): ClusterAccess {
  const embedded = (fields: Fields, keys: Readonly<Record<string, string>>): Fields => {
    const given = access.files.filter(
      ({ key, file }) => keys[key] !== undefined && fields[key] === file && contents.has(file),
    );
    const named = new Set(given.map(({ key }) => key));
    const inPlace = given.map(({ key, file }) => {
      const bytes = Buffer.from(contents.get(file)!);
      const text = key === "tokenFile" ? bytes.toString("utf8").trim() : bytes.toString("base64");
      return [keys[key]!, text] as const;
    });
    return {
      ...Object.fromEntries(Object.entries(fields).filter(([key]) => !named.has(key))),
      ...Object.fromEntries(inPlace),
    };
  };
  return {
    ...access,
    cluster: embedded(access.cluster, FILES_OF.cluster),
    user: embedded(access.user, FILES_OF.user),
    files: access.files.filter(({ file }) => !contents.has(file)),
  };
}

/** A kubeconfig with this one context, cluster and user. The same access always gives the same text. */
export function kubeconfigOf(access: ClusterAccess): string {
  const { context, clusterName, namespace } = access;
  const user = `${context}-user`;
  return dump(
    {
      apiVersion: "v1",
      kind: "Config",
      "current-context": context,
      contexts: [
        {
          name: context,
          context: {
            cluster: clusterName,
            user,
            ...(namespace === undefined ? {} : { namespace }),
          },
        },
      ],
      clusters: [{ name: clusterName, cluster: access.cluster }],
      users: [{ name: user, user: access.user }],
    },
    { lineWidth: -1, sortKeys: true },
  );
}
