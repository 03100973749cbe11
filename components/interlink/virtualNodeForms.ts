/** The forms of a virtual kubelet as resources: our own objects, or interLink's chart. */
import { createHash, createHmac } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { registerRelease } from "../charts/release";
import { mergeValues } from "../model/mergeValues";
import { virtualNodeObjectLabels, virtualNodeObjects } from "../model/virtualNodeObjects";
import {
  CA_FILE,
  CLIENT_ID_KEY,
  CLIENT_SECRET_KEY,
  loginSecret,
  REFRESH_TOKEN_KEY,
} from "../model/virtualNodePod";
import { withDefaults } from "../model/virtualNodeTypes";
import { chartTlsSecret, interLinkChartValues } from "../model/virtualNodeValues";
import { registerObject, registerSecret } from "../register";
import type { VirtualNodeArgs } from "./virtualNodeArgs";

const LAUNCHER = path.join(__dirname, "virtualNodeTokenEndpoint.py");

/** The kubelet's namespace and those of its pods: made when absent, shared, and only given up. */
export function registerNamespaces(
  name: string,
  args: VirtualNodeArgs,
  parent: pulumi.Resource,
): pulumi.Resource[] {
  return [withDefaults(args).namespace, ...args.offloadNamespaces].map(
    (namespace) =>
      new kubernetes.core.v1.NamespacePatch(
        `${name}-namespace-${namespace}`,
        { metadata: { name: namespace } },
        { parent },
      ),
  );
}

/** The Secret of the client's credentials, and a digest that changes with them; it says nothing of them. */
function registerLogin(
  name: string,
  args: VirtualNodeArgs,
  opts: pulumi.CustomResourceOptions,
): { secret: pulumi.Resource; digest: pulumi.Output<string> } | undefined {
  const { nodeName, clientId, clientSecret, refreshToken } = args;
  if (clientId === undefined || clientSecret === undefined) {
    return undefined;
  }
  const values = {
    [CLIENT_ID_KEY]: clientId,
    [CLIENT_SECRET_KEY]: clientSecret,
    ...(refreshToken === undefined ? {} : { [REFRESH_TOKEN_KEY]: refreshToken }),
  };
  const key = new random.RandomPassword(
    `${name}-digest-key`,
    { length: 32, special: false },
    { parent: opts.parent, additionalSecretOutputs: ["result"] },
  );
  const digest = pulumi
    .all([key.result, pulumi.output(values)])
    .apply(([secret, all]) =>
      createHmac("sha256", secret).update(JSON.stringify(all)).digest("hex"),
    );
  const secret = registerSecret(
    {
      name: loginSecret(args),
      namespace: withDefaults(args).namespace,
      labels: virtualNodeObjectLabels(nodeName),
      values,
    },
    `${name}-login`,
    opts,
  );
  return { secret, digest: pulumi.unsecret(digest) };
}

/** Our own objects; returns the Deployment. */
export function registerKubelet(
  name: string,
  args: VirtualNodeArgs,
  nodeLabels: Record<string, string>,
  parent: pulumi.Resource,
  dependsOn: pulumi.Resource[],
): pulumi.Resource {
  const login = registerLogin(name, args, { parent, dependsOn });
  const launcher =
    args.login !== undefined && args.login.tokenEndpoint === undefined
      ? fs.readFileSync(LAUNCHER, "utf8")
      : undefined;
  const facts = { nodeLabels, launcher };
  const files = virtualNodeObjects(args, facts).find(({ kind }) => kind === "ConfigMap")?.data;
  const digest = pulumi
    .all([pulumi.output(files), login?.digest ?? ""])
    .apply((all) => createHash("sha256").update(JSON.stringify(all)).digest("hex"));
  const before = [...dependsOn, ...(login === undefined ? [] : [login.secret])];
  let last: pulumi.Resource = parent;
  for (const object of virtualNodeObjects(args, { ...facts, digest })) {
    const workload = object.kind === "Deployment";
    const suffix = [object.kind.toLowerCase(), object.metadata.namespace].filter(Boolean).join("-");
    last = registerObject(
      object,
      `${name}-${suffix}`,
      { parent, dependsOn: workload ? [...before] : dependsOn },
      { awaited: workload },
    );
    before.push(last);
  }
  return last;
}

/** The chart, with the Secret that it looks for; returns the release. */
export function registerChart(
  name: string,
  args: VirtualNodeArgs,
  nodeLabels: Record<string, string>,
  parent: pulumi.Resource,
  dependsOn: pulumi.Resource[],
): pulumi.Resource {
  const { nodeName, caCertificate, clientId, clientSecret, refreshToken } = args;
  const { namespace } = withDefaults(args);
  const before = [...dependsOn];
  if (caCertificate !== undefined) {
    const facts = {
      name: chartTlsSecret(nodeName),
      namespace,
      labels: virtualNodeObjectLabels(nodeName),
      values: { [CA_FILE]: caCertificate },
    };
    before.push(registerSecret(facts, `${name}-certificates`, { parent, dependsOn }));
  }
  const credentials =
    clientId === undefined || clientSecret === undefined
      ? undefined
      : {
          clientId: pulumi.secret(clientId),
          clientSecret: pulumi.secret(clientSecret),
          refreshToken: refreshToken === undefined ? undefined : pulumi.secret(refreshToken),
        };
  const values = interLinkChartValues(args, credentials, nodeLabels);
  return registerRelease(
    {
      chart: "interlink",
      charts: args.charts,
      releaseName: nodeName,
      namespace,
      values: mergeValues(values, args.values),
      timeoutSeconds: args.timeoutSeconds,
    },
    `${name}-release`,
    { parent, dependsOn: before },
  );
}
