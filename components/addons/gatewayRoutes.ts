import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import {
  checkExistingGateway,
  checkGateway,
  gatewayObjects,
  type GatewaySettings,
} from "../model/gatewayObjects";
import { GATEWAY_API, type GatewayReference } from "../model/httpRouteObject";
import { Problems } from "../model/problems";
import { registerObject } from "../register";

const TYPE = "science-platform:index:GatewayRoutes";

/** The Gateway that routes of the platform attach to. */
export interface GatewayRoutesArgs extends GatewaySettings {
  /** Whether it exists already, and is looked for alone; then nothing else may be given. @default false */
  existing?: boolean;
}

/**
 * What the Gateway API needs from us so that routes can attach: a Gateway with an HTTPS listener for each
 * host name, certificates by cert-manager, plain HTTP redirected, and a ReferenceGrant for certificates of
 * other namespaces. An existing Gateway is looked for alone. Needs the CRDs of the Gateway API, and a
 * controller for the class. The routes themselves belong to what they expose.
 *
 * @example
 * new GatewayRoutes(
 *   "gateway",
 *   {
 *     gateway: { name: "lab", namespace: "gateway" },
 *     className: "envoy",
 *     hostNames: ["*.lab.example.org"],
 *     issuer: "lab-ca",
 *   },
 *   { provider: lab.provider },
 * );
 */
export class GatewayRoutes extends pulumi.ComponentResource {
  static readonly __pulumiType = TYPE;

  /** Name of the Gateway, known once it exists. */
  public readonly gatewayName: pulumi.Output<string>;
  /** Its namespace: the one that network policies let in, where the controller's pods run there. */
  public readonly gatewayNamespace: pulumi.Output<string>;

  constructor(name: string, args: GatewayRoutesArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = new Problems(name);
    const { existing = false, ...settings } = args;
    (existing ? checkExistingGateway : checkGateway)(settings, problems);
    problems.throwIfAny();
    super(TYPE, name, {}, opts);

    const { gateway } = settings;
    const found = existing
      ? [existingGateway(name, gateway, this)]
      : ownGateway(name, settings, this);
    const ready = pulumi.all(found.map(({ urn }) => urn));
    this.gatewayName = ready.apply(() => gateway.name);
    this.gatewayNamespace = ready.apply(() => gateway.namespace);
    this.registerOutputs({
      gatewayName: this.gatewayName,
      gatewayNamespace: this.gatewayNamespace,
    });
  }
}

/** Reads it: one that does not exist is an error, in preview too. */
function existingGateway(
  name: string,
  gateway: GatewayReference,
  parent: pulumi.Resource,
): pulumi.Resource {
  return CustomResource.get(`${name}-found`, {
    apiVersion: GATEWAY_API,
    kind: "Gateway",
    id: `${gateway.namespace}/${gateway.name}`,
    parent,
  });
}

function ownGateway(
  name: string,
  settings: GatewaySettings,
  parent: pulumi.Resource,
): pulumi.Resource[] {
  const { namespace } = settings.gateway;
  const made = new core.NamespacePatch(
    `${name}-namespace`,
    { metadata: { name: namespace } },
    { parent },
  );
  // Not awaited: a Gateway is programmed once it has certificates, and these may wait for its listeners.
  return gatewayObjects(settings).map((object) =>
    registerObject(
      object,
      object.kind === "ReferenceGrant"
        ? `${name}-grant-${object.metadata.namespace}`
        : `${name}-${object.kind.toLowerCase()}`,
      { parent, dependsOn: object.metadata.namespace === namespace ? [made] : [] },
      { awaited: false },
    ),
  );
}
