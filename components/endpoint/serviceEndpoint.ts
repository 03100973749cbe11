import { createHmac } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import * as core from "@pulumi/kubernetes/core/v1";
import * as random from "@pulumi/random";
import {
  ENDPOINT_SECRET,
  endpointLabels,
  endpointObjects,
  type DeclaredTenant,
} from "../model/endpointObjects";
import {
  CLIENT_SECRET_FILE,
  COLLECTION_TOKEN_FILE,
  COOKIE_KEY_FILE,
  type EndpointSecrets,
  type EndpointSpec,
} from "../model/endpointSpec";
import { podSecurityLabels } from "../model/namespaceObjects";
import { onceKnown, registerObject, registerSecret } from "../register";

const TYPE = "science-platform:index:ServiceEndpoint";

const COOKIE_KEY_LENGTH = 64;

/** The endpoint, with its secrets. */
export interface ServiceEndpointArgs extends EndpointSpec {
  /** Secret of the page's client at the issuer. @default a public client, with PKCE alone */
  clientSecret?: pulumi.Input<string>;
  /** Token that the endpoint shows at `collection`. @default none */
  collectionToken?: pulumi.Input<string>;
  /**
   * Values that are known once it may be reached: those of its ingress controller and issuers. Its Ingress or route
   * waits, and nothing else. @default nothing is waited for
   */
  exposeAfter?: pulumi.Input<string>[];
}

/** Kinds by which people reach it. */
const EXPOSING = new Set(["Ingress", "HTTPRoute"]);

/**
 * The REST endpoint at which people deploy services of their own, each in a namespace of the tenant's: a
 * Deployment of several replicas without state, what exposes it, its rights, and policies in the API server that
 * hold it to the namespaces of tenants. Its image is built from `endpoint/Dockerfile`. When it is destroyed, the
 * namespaces of tenants and all that is in them stay.
 *
 * @example
 * new ServiceEndpoint("endpoint", {
 *   hostname: "services.lab.example.org",
 *   image: "registry.lab.example.org/science-platform/endpoint:1.0.0",
 *   issuer: "https://iam.lab.example.org/",
 *   audience: "services",
 *   login: { clientId: "services-page" },
 *   clientSecret: config.requireSecret("clientSecret"),
 *   exposure: { domain: "apps.example.org", issuer: "letsencrypt" },
 *   quota: { cpu: "32", memory: "128Gi", claims: 20, gpus: { a100: 2 } },
 *   gpus: { a100: { resource: "nvidia.com/gpu", product: "NVIDIA-A100-SXM4-40GB", type: "A100", vram: "40G" } },
 *   nodes: { "gpu-1": { gpus: [{ class: "a100", count: 4 }] } },
 * });
 */
export class ServiceEndpoint extends pulumi.ComponentResource {
  static readonly __pulumiType = TYPE;

  /** Where the API and the page are reached, once they are exposed. */
  public readonly url: pulumi.Output<string>;
  /** Namespace of the endpoint itself. */
  public readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: ServiceEndpointArgs, opts?: pulumi.ComponentResourceOptions) {
    const secrets: EndpointSecrets = {
      clientSecret: args.clientSecret !== undefined,
      collectionToken: args.collectionToken !== undefined,
    };
    // Refuses bad args before anything is registered.
    const { namespace, hasSecret, readAtStart, tenants } = endpointObjects(args, secrets);
    super(TYPE, name, {}, opts);

    const home = new core.NamespacePatch(
      `${name}-namespace`,
      { metadata: { name: namespace, labels: podSecurityLabels("restricted") } },
      { parent: this },
    );
    const made = hasSecret ? registerSecrets(name, namespace, args, this, home) : undefined;
    const digest = made?.digest(readAtStart);
    const before: pulumi.Resource[] = [home];
    const exposed: pulumi.Resource[] = [];
    const exposeAfter = onceKnown(args.exposeAfter, [home]);
    // In their order: rights and their guards are there before the pods that need them.
    for (const object of endpointObjects(args, secrets, digest).objects) {
      const { kind, metadata } = object;
      const workload = kind === "Deployment";
      const exposing = EXPOSING.has(kind);
      const dependsOn = workload ? [...before, ...(made?.resources ?? [])] : [home];
      const registered = registerObject(
        object,
        `${name}-${kind.toLowerCase()}-${metadata.name}`,
        { parent: this, dependsOn: exposing ? exposeAfter : dependsOn },
        { awaited: workload },
      );
      (exposing || workload ? exposed : before).push(registered);
    }
    tenants.forEach((tenant) => registerTenant(name, tenant, this));
    const ready = pulumi.all(exposed.map(({ urn }) => urn));
    this.url = ready.apply(() => `https://${args.hostname}`);
    this.namespace = home.urn.apply(() => namespace);
    this.registerOutputs({ url: this.url, namespace: this.namespace });
  }
}

interface Secrets {
  resources: pulumi.Resource[];
  /** Changes with the secrets and what is read at start, and says nothing of the secrets. */
  digest: (readAtStart: string) => pulumi.Output<string>;
}

/** The Secret, with a key of its own for cookies. */
function registerSecrets(
  name: string,
  namespace: string,
  args: ServiceEndpointArgs,
  parent: pulumi.Resource,
  home: pulumi.Resource,
): Secrets {
  const cookieKey = new random.RandomPassword(
    `${name}-cookie-key`,
    { length: COOKIE_KEY_LENGTH, special: false },
    { parent, additionalSecretOutputs: ["result"] },
  );
  const given = Object.entries({
    [CLIENT_SECRET_FILE]: args.clientSecret,
    [COLLECTION_TOKEN_FILE]: args.collectionToken,
  }).flatMap(([key, value]): [string, pulumi.Input<string>][] =>
    value === undefined ? [] : [[key, value]],
  );
  const values = { ...Object.fromEntries(given), [COOKIE_KEY_FILE]: cookieKey.result };
  const secret = registerSecret(
    { name: ENDPOINT_SECRET, namespace, labels: endpointLabels(), values },
    `${name}-secret`,
    { parent, dependsOn: [home] },
  );
  return {
    resources: [secret],
    digest: (readAtStart) =>
      pulumi.unsecret(
        pulumi
          .all([cookieKey.result, pulumi.all(given.map(([, value]) => value))])
          .apply(([key, texts]) =>
            createHmac("sha256", key)
              .update(JSON.stringify([readAtStart, ...texts]))
              .digest("hex"),
          ),
      ),
  };
}

/** A tenant's namespace that the operator makes. It is a patch: given up on destroy, never deleted. */
function registerTenant(name: string, tenant: DeclaredTenant, parent: pulumi.Resource): void {
  const namespace = new core.NamespacePatch(
    `${name}-tenant-${tenant.name}`,
    { metadata: tenant.namespace.metadata },
    { parent },
  );
  for (const object of tenant.objects) {
    registerObject(
      object,
      `${name}-tenant-${tenant.name}-${object.kind.toLowerCase()}-${object.metadata.name}`,
      { parent, dependsOn: [namespace] },
      { awaited: false },
    );
  }
}
