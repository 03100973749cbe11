import { createHmac } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import {
  AUTH_PROXY_NAME,
  AUTH_PROXY_SECRET,
  authProxyLabels,
  authProxyObjects,
  CLIENT_SECRET_KEY,
  COOKIE_SECRET_KEY,
} from "../model/authProxyObjects";
import type { AuthProxySettings } from "../model/authProxyObjects";
import { registerObject, registerSecret } from "../register";

const TYPE = "science-platform:index:AuthProxy";

/** oauth2-proxy takes keys of 16, 24 or 32 bytes. */
const COOKIE_SECRET_LENGTH = 32;

/** One proxy per namespace; where one exists already, make none. */
export interface AuthProxyArgs extends AuthProxySettings {
  /** Secret of the client at the issuer; stored as a secret. Required unless `existingSecret`. */
  clientSecret?: pulumi.Input<string>;
}

/**
 * oauth2-proxy in a namespace: the ingresses of workspaces with an `oauthUrl` ask it whether a request is
 * logged in; where a Gateway exposes them, the issuer sends their users back to it. Makes a Deployment, a
 * Service and an Ingress or HTTPRoute named `oauth2-proxy`, and a Secret unless one exists.
 * The namespace must exist, and the client must be known to the issuer.
 *
 * @example
 * new AuthProxy("ml-auth", {
 *   namespace: "machine-learning",
 *   host: "oauth.machine-learning.lab.example.org",
 *   issuer: "https://keycloak.example.org/realms/lab",
 *   clientId: "workspaces",
 *   clientSecret: config.requireSecret("clientSecret"),
 *   groups: ["MAIA:machine-learning"],
 *   ingress: { domain: "lab.example.org", issuer: "letsencrypt" },
 * });
 */
export class AuthProxy extends pulumi.ComponentResource {
  static readonly __pulumiType = TYPE;

  /** Host for the `oauthUrl` of workspaces. */
  public readonly host: pulumi.Output<string>;
  /** Where ingresses ask whether a request is logged in. */
  public readonly authUrl: pulumi.Output<string>;

  constructor(name: string, args: AuthProxyArgs, opts?: pulumi.ComponentResourceOptions) {
    checkCredentials(args);
    authProxyObjects(args); // Refuses bad settings before anything is registered.
    super(TYPE, name, {}, opts);

    const { clientSecret } = args;
    const before: pulumi.Resource[] = [];
    let digest: pulumi.Output<string> | undefined;
    if (clientSecret !== undefined) {
      const cookie = new random.RandomPassword(
        `${name}-cookie`,
        { length: COOKIE_SECRET_LENGTH, special: false },
        { parent: this, additionalSecretOutputs: ["result"] },
      );
      const secret = registerSecret(
        {
          name: AUTH_PROXY_SECRET,
          namespace: args.namespace,
          labels: authProxyLabels(),
          values: { [CLIENT_SECRET_KEY]: clientSecret, [COOKIE_SECRET_KEY]: cookie.result },
        },
        `${name}-secret`,
        { parent: this },
      );
      before.push(secret);
      // Keyed with the cookie's secret, so the digest says nothing of the client's.
      digest = pulumi.unsecret(
        pulumi
          .all([cookie.result, clientSecret])
          .apply(([key, value]) => createHmac("sha256", key).update(value).digest("hex")),
      );
    }
    const resources = authProxyObjects(args, digest).map((object) =>
      registerObject(
        object,
        `${name}-${object.kind.toLowerCase()}`,
        object.kind === "Deployment" ? { parent: this, dependsOn: before } : { parent: this },
        { awaited: object.kind === "Deployment" },
      ),
    );
    const ready = pulumi.all(resources.map(({ urn }) => urn));
    this.host = ready.apply(() => args.host);
    this.authUrl = ready.apply(
      () => `http://${AUTH_PROXY_NAME}.${args.namespace}.svc.cluster.local:80/oauth2/auth`,
    );
    this.registerOutputs({ host: this.host, authUrl: this.authUrl });
  }
}

function checkCredentials(args: AuthProxyArgs): void {
  const given = [args.clientSecret, args.existingSecret].filter((value) => value !== undefined);
  if (given.length !== 1) {
    throw new pulumi.InputPropertiesError({
      message: `oauth2-proxy of ${args.namespace}`,
      errors: [
        {
          propertyPath: "clientSecret",
          reason: "give exactly one of clientSecret and existingSecret",
        },
      ],
    });
  }
}
