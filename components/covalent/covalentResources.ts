/** Covalent's objects in the cluster as resources. */
import * as fs from "node:fs";
import * as path from "node:path";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  COVALENT_LABELS,
  covalentAccessObjects,
  PULL_SECRET,
  taskIdentityFields,
  type TaskIdentity,
} from "../model/covalent/access";
import {
  boundsObjects,
  claimObject,
  cleanerObjects,
  taskNamespaceLabels,
} from "../model/covalent/objects";
import { registryParts } from "../model/covalent/registry";
import {
  DISPATCHER_ACCOUNT,
  PLAIN_ACCOUNT,
  PLAIN_NAMESPACE,
  withCovalentDefaults,
  type CovalentSpec,
} from "../model/covalent/settings";
import type { KubernetesObject } from "../model/kubernetesObject";
import { registerObject } from "../register";
import { covalentSpec, type CovalentExecutorArgs } from "./covalentExecutorArgs";

const CLEANER_SCRIPT = path.join(__dirname, "jobCleaner.py");

/** What the rest of the component needs of the cluster. */
export interface CovalentResources {
  /** The dispatcher's token. Secret. */
  token: pulumi.Output<string>;
  /** The tasks' namespace, known once all is there. */
  ready: pulumi.Output<string>;
}

/** Credentials of the registry, as container runtimes take them. */
function pullCredentials(host: string, username: string, password: string): string {
  const auth = Buffer.from(`${username}:${password}`).toString("base64");
  return JSON.stringify({ auths: { [host]: { username, password, auth } } });
}

/** The Secrets by which the cluster pulls task images, one in each namespace of tasks. */
function pullSecrets(
  name: string,
  args: CovalentExecutorArgs,
  spec: pulumi.Output<CovalentSpec>,
  namespaces: string[],
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const { username, password } = args.registry ?? {};
  if (username === undefined || password === undefined) {
    return [];
  }
  const credentials = pulumi
    .all([spec, pulumi.secret(password)])
    .apply(([{ registry }, secret]) =>
      pullCredentials(registryParts(registry).host, username, secret),
    );
  return namespaces.map(
    (namespace) =>
      new kubernetes.core.v1.Secret(
        `${name}-secret-${namespace}-${PULL_SECRET}`,
        {
          metadata: { name: PULL_SECRET, namespace, labels: COVALENT_LABELS },
          type: "kubernetes.io/dockerconfigjson",
          stringData: { ".dockerconfigjson": pulumi.secret(credentials) },
        },
        opts,
      ),
  );
}

/** A token that lasts: the dispatcher is outside the cluster, and nobody is there to renew it. */
function dispatcherToken(
  name: string,
  args: CovalentExecutorArgs,
  account: pulumi.Resource | undefined,
  parent: pulumi.Resource,
): kubernetes.core.v1.Secret {
  const { namespace, tokenName } = withCovalentDefaults(args);
  return new kubernetes.core.v1.Secret(
    `${name}-token`,
    {
      metadata: {
        name: tokenName,
        namespace,
        labels: COVALENT_LABELS,
        annotations: { "kubernetes.io/service-account.name": DISPATCHER_ACCOUNT },
      },
      type: "kubernetes.io/service-account-token",
    },
    { parent, dependsOn: account === undefined ? [] : [account] },
  );
}

/** What the account that the plugin as it is uses gets from us, without owning the account. */
function plainIdentity(
  name: string,
  identity: TaskIdentity,
  parent: pulumi.Resource,
): pulumi.Resource[] {
  const { annotations, imagePullSecrets } = taskIdentityFields(identity);
  return annotations === undefined && imagePullSecrets === undefined
    ? []
    : [
        new kubernetes.core.v1.ServiceAccountPatch(
          `${name}-plain-account`,
          {
            metadata: { name: PLAIN_ACCOUNT, namespace: PLAIN_NAMESPACE, annotations },
            imagePullSecrets,
          },
          { parent },
        ),
      ];
}

/**
 * Registers all that is in the cluster, side by side but for true edges: the namespace before what is in it, the
 * account before its token.
 *
 * @param spec with the values that other resources made
 */
export function registerCovalent(
  name: string,
  args: CovalentExecutorArgs,
  spec: pulumi.Output<CovalentSpec>,
  parent: pulumi.Resource,
): CovalentResources {
  const { namespace, plainPlugin = false } = withCovalentDefaults(args);
  const { dataStore } = covalentSpec(args, undefined, undefined);
  const space = new kubernetes.core.v1.NamespacePatch(
    `${name}-namespace`,
    { metadata: { name: namespace, labels: taskNamespaceLabels(dataStore) } },
    { parent },
  );
  const opts = { parent, dependsOn: [space] };
  const identity = {
    roleArn: args.taskRoleArn,
    pullSecret: args.registry?.password !== undefined,
  };
  const claim = claimObject(args, dataStore);
  const objects: KubernetesObject[] = [
    ...covalentAccessObjects(args, identity),
    ...boundsObjects(args),
    ...(claim === undefined ? [] : [claim]),
    ...(plainPlugin ? cleanerObjects(args, fs.readFileSync(CLEANER_SCRIPT, "utf8")) : []),
  ];
  const made = objects.map((object) => {
    const { kind, metadata } = object;
    const logicalName = `${name}-${kind.toLowerCase()}-${metadata.namespace ?? ""}-${metadata.name}`;
    return { object, resource: registerObject(object, logicalName, opts, { awaited: false }) };
  });
  const account = made.find(
    ({ object: { kind, metadata } }) =>
      kind === "ServiceAccount" && metadata.name === DISPATCHER_ACCOUNT,
  );
  const secret = dispatcherToken(name, args, account?.resource, parent);
  const namespaces = [namespace, ...(plainPlugin ? [PLAIN_NAMESPACE] : [])];
  const others = [
    secret,
    ...pullSecrets(name, args, spec, namespaces, opts),
    ...(plainPlugin ? plainIdentity(name, identity, parent) : []),
  ];
  const all = [...made.map(({ resource }) => resource), ...others];
  return {
    token: pulumi.secret(
      secret.data.apply((data) => Buffer.from(data["token"] ?? "", "base64").toString()),
    ),
    ready: pulumi.all(all.map(({ urn }) => urn)).apply(() => namespace),
  };
}
