/** The endpoint of a stack: read and checked before anything is registered, then made on its cluster. */
import * as pulumi from "@pulumi/pulumi";
import {
  ServiceEndpoint,
  type ServiceEndpointArgs,
} from "../../components/endpoint/serviceEndpoint";
import { checkedEndpoint } from "../../components/model/endpointChecks";
import type { ExposeSettings } from "../../components/model/exposureObjects";
import { oneOf, Problems, type Problem } from "../../components/model/problems";
import { ProblemsBelow } from "../../components/model/problemsBelow";
import type { PlatformConfig } from "../platformConfig";
import type { EndpointConfig } from "../sections/endpoint";
import { nodesOf } from "../sites";

/** What a stack says of its endpoint. */
export interface EndpointOutputs {
  url: pulumi.Output<string>;
  namespace: pulumi.Output<string>;
  /** How to log in, for people. */
  login: pulumi.Output<string>;
}

/** The endpoint's problems, each where the config has what it is about. */
class EndpointProblems extends ProblemsBelow {
  override add(problem: Problem): void {
    const places: Record<string, string> = {
      clientSecret: "login.clientSecret",
      collectionToken: "collection.token",
    };
    super.add({ ...problem, path: places[problem.path] ?? problem.path });
  }
}

/** The name of the cluster that the endpoint runs on. */
export function endpointCluster(config: PlatformConfig): string {
  return config.endpoint?.cluster ?? config.defaultCluster;
}

/** Tenants' services are exposed as everything is, where the section says nothing else. */
function tenantsExposure(
  section: EndpointConfig,
  expose: ExposeSettings,
): ServiceEndpointArgs["exposure"] {
  if (section.exposure === undefined) {
    return undefined;
  }
  const { kind, className, controller, issuer, resolver, gateway } = expose;
  const own = section.exposure;
  // A kind of its own has nothing in common with the stack's.
  return own.kind === undefined || own.kind === (kind ?? "ingress")
    ? { kind, className, controller, issuer, resolver, gateway, ...own }
    : own;
}

/**
 * The endpoint's args from the config.
 *
 * @param problems receives everything that is wrong with the section
 * @returns nothing when the stack has no endpoint
 */
export function endpointArgs(
  config: PlatformConfig,
  problems: Problems,
): ServiceEndpointArgs | undefined {
  const { endpoint, gpus, expose = {} } = config;
  if (endpoint === undefined) {
    return undefined;
  }
  const below = new EndpointProblems(problems, "endpoint");
  const { cluster = config.defaultCluster, login, collection, ...rest } = endpoint;
  const at = config.clusters[cluster];
  if (at === undefined) {
    below.add({
      path: "cluster",
      reason: "names a cluster that `clusters` does not have",
      value: cluster,
      allowed: oneOf(Object.keys(config.clusters)),
    });
  }
  const domain = at?.domain ?? expose.domain;
  if (domain !== undefined && !endpoint.hostname.endsWith(`.${domain}`)) {
    below.add({
      path: "hostname",
      reason: "not within the domain that hosts on this cluster must be in",
      value: endpoint.hostname,
      allowed: `a host below ${domain}`,
    });
  }
  const { clientSecret, ...page }: Partial<NonNullable<typeof login>> = login ?? {};
  const { token, ...records }: Partial<NonNullable<typeof collection>> = collection ?? {};
  const args: ServiceEndpointArgs = {
    ...rest,
    expose: { ...expose, domain },
    exposure: tenantsExposure(endpoint, expose),
    gpus,
    nodes: nodesOf(config, cluster),
    login: login && { clientId: login.clientId, ...page },
    collection: collection && { url: collection.url, ...records },
    clientSecret,
    collectionToken: token,
  };
  const secrets = {
    clientSecret: clientSecret !== undefined,
    collectionToken: token !== undefined,
  };
  checkedEndpoint(args, secrets, below);
  return args;
}

function loginText({ hostname, issuer, audience, login }: ServiceEndpointArgs): string {
  const calls = `Calls need a bearer token of ${issuer} for the audience ${audience}; what can be called: https://${hostname}/openapi.json.`;
  return login === undefined
    ? calls
    : `Open https://${hostname}/ and log in. The client ${login.clientId} must have redirect addresses below https://${hostname}/. ${calls}`;
}

/**
 * Makes the endpoint; people reach it when its ingress controller and its issuers are ready.
 *
 * @param exposeAfter values that are known then
 * @throws ProblemsError when the section has a problem
 */
export function endpointLayer(
  config: PlatformConfig,
  cluster: { provider: pulumi.ProviderResource },
  exposeAfter: pulumi.Output<string>[],
): EndpointOutputs | undefined {
  const problems = new Problems(`Pulumi.${pulumi.getStack()}.yaml`);
  const args = endpointArgs(config, problems);
  problems.throwIfAny();
  if (args === undefined) {
    return undefined;
  }
  const endpoint = new ServiceEndpoint(
    `${endpointCluster(config)}-endpoint`,
    { ...args, exposeAfter },
    { provider: cluster.provider },
  );
  return {
    url: endpoint.url,
    namespace: endpoint.namespace,
    login: endpoint.url.apply(() => loginText(args)),
  };
}
