import * as pulumi from "@pulumi/pulumi";
import * as core from "@pulumi/kubernetes/core/v1";
import { chartSource, type ChartSettings } from "../charts/chart";
import { registerRelease } from "../charts/release";
import { checkAuthorityPair } from "../model/certificatePair";
import { certManagerValues } from "../model/certManagerValues";
import {
  authoritySecret,
  checkIssuers,
  issuerObject,
  usesGateway,
  type AcmeIssuer,
} from "../model/issuers";
import { Problems } from "../model/problems";
import { MANAGED_BY } from "../model/workspaceLabels";
import { registerObject, registerSecret } from "../register";
import { info } from "../notices";
import { webhookGate } from "./certManagerGate";

const TYPE = "science-platform:index:CertManager";

/** Name of the release: the chart's objects are then called `cert-manager…`, as every guide has it. */
const RELEASE = "cert-manager";
const DEFAULT_NAMESPACE = "cert-manager";
const DEFAULT_GATE_SECONDS = 300;
const DEFAULT_ISSUER_SECONDS = 120;

const ISSUER_ANNOTATIONS = {
  "pulumi.com/waitFor": "condition=Ready",
  // Nothing depends on an issuer, and the garbage collector may not know of its kind yet.
  "pulumi.com/deletionPropagationPolicy": "background",
};

/** The certificate authority that an issuer signs with: `existingSecret`, or `certificate` and `key`. */
export interface CertificateAuthority {
  /** Secret in cert-manager's namespace with keys `tls.crt` and `tls.key`. @default one is made of the pair */
  existingSecret?: string;
  /** Certificate in PEM form, its chain behind it; stored as a secret. */
  certificate?: pulumi.Input<string>;
  /** Private key in PEM form, without a passphrase; stored as a secret. */
  key?: pulumi.Input<string>;
}

/** One ClusterIssuer: exactly one of the three. */
export interface CertIssuer {
  /** Certificates from an ACME server, such as Let's Encrypt. */
  acme?: AcmeIssuer;
  /** Each certificate signs itself: for trying out, and to make an authority with. */
  selfSigned?: boolean;
  /** Certificates from an authority of your own. */
  ca?: CertificateAuthority;
}

/** cert-manager and the issuers that the whole cluster may use. */
export interface CertManagerArgs {
  /** Namespace; made when absent, kept on destroy. @default "cert-manager" */
  namespace?: string;
  /** ClusterIssuers by name. @default none */
  issuers?: Record<string, CertIssuer>;
  /**
   * Kubeconfig of the cluster, to find out when the webhook serves, so that the first `up` makes the issuers,
   * too. Secret. @default none: the chart's own check is waited for, which says less when it fails
   */
  kubeconfig?: pulumi.Input<string>;
  /** Seconds until a webhook that does not serve is an error. @default 300 */
  gateTimeoutSeconds?: number;
  /** Seconds until an issuer that does not get Ready is an error. @default 120 */
  issuerTimeoutSeconds?: number;
  /**
   * Whether the controller works with the Gateway API, whose CRDs must be there before: for Gateways that ask
   * for certificates, and issuers that answer through one. @default whether an issuer has a `gateway`
   */
  gatewayApi?: boolean;
  /** Whether the CRDs, and with them every certificate of the cluster, outlive this. @default true */
  keepCrds?: boolean;
  /** Seconds until a release that does not get ready is an error. @default 600 */
  timeoutSeconds?: number;
  /** Where charts come from. @default the public sources */
  charts?: ChartSettings;
  /** Values of the chart beyond ours. Not for secrets. */
  values?: pulumi.Inputs;
}

/**
 * cert-manager as a Helm release with its CRDs, and ClusterIssuers. No issuer is written before a dry run has
 * shown that the webhook serves, so one `up` is enough; where it does not, the error names the cause.
 *
 * @example
 * new CertManager(
 *   "certificates",
 *   {
 *     issuers: { letsencrypt: { acme: { email: "it@lab.example.org" } } },
 *     kubeconfig: lab.kubeconfig,
 *   },
 *   { provider: lab.provider },
 * );
 */
export class CertManager extends pulumi.ComponentResource {
  static readonly __pulumiType = TYPE;

  /** Names of the issuers, sorted; known once they are Ready. */
  public readonly issuerNames: pulumi.Output<string[]>;
  /** True, once cert-manager and every issuer is ready. */
  public readonly ready: pulumi.Output<boolean>;

  constructor(name: string, args: CertManagerArgs, opts?: pulumi.ComponentResourceOptions) {
    const { issuers = {}, kubeconfig, namespace = DEFAULT_NAMESPACE } = args;
    checkArgs(name, issuers);
    chartSource("cert-manager", args.charts); // Refuses a mirror without the chart.
    super(TYPE, name, {}, opts);

    const names = Object.keys(issuers).sort();
    const checked = pulumi.unsecret(pulumi.output(laterChecks(name, issuers)));
    const home = new core.NamespacePatch(
      `${name}-namespace`,
      { metadata: { name: namespace } },
      // Not before the pairs are known to be sound, nor anything else, since all of it goes in here.
      { parent: this, dependsOn: checked.apply((): pulumi.Resource[] => []) },
    );
    const gated = kubeconfig !== undefined && names.length > 0;
    const release = registerRelease(
      {
        chart: "cert-manager",
        charts: args.charts,
        releaseName: RELEASE,
        namespace,
        values: certManagerValues(
          {
            keepCrds: args.keepCrds ?? true,
            startupCheck: !gated,
            gatewayApi: args.gatewayApi ?? usesGateway(issuers),
          },
          args.values,
        ),
        timeoutSeconds: args.timeoutSeconds,
      },
      `${name}-release`,
      { parent: this, dependsOn: [home] },
    );
    const gate = gated
      ? webhookGate(name, kubeconfig, {
          namespace,
          timeoutSeconds: args.gateTimeoutSeconds ?? DEFAULT_GATE_SECONDS,
          waiting: (reason) => info(this, `waiting for cert-manager's webhook: ${reason}`),
        })
      : undefined;
    const timeout = `${args.issuerTimeoutSeconds ?? DEFAULT_ISSUER_SECONDS}s`;
    const made = names.map((issuer) => {
      const secret = authorityOf(name, issuer, issuers[issuer]!, namespace, {
        parent: this,
        dependsOn: [home],
      });
      const { metadata, ...object } = issuerObject(issuer, issuers[issuer]!);
      return registerObject(
        {
          ...object,
          metadata: { ...metadata, annotations: ISSUER_ANNOTATIONS },
        },
        `${name}-issuer-${issuer}`,
        {
          parent: this,
          dependsOn: secret === undefined ? [release] : [release, secret],
          customTimeouts: { create: timeout, update: timeout },
          ...(gate === undefined ? {} : { hooks: { beforeCreate: [gate], beforeUpdate: [gate] } }),
        },
      );
    });
    const all = pulumi.all([release.urn, ...made.map(({ urn }) => urn)]);
    this.issuerNames = all.apply(() => names);
    this.ready = all.apply(() => true);
    this.registerOutputs({ issuerNames: this.issuerNames, ready: this.ready });
  }
}

/** Refuses what is wrong with the arguments, as far as it is known. */
function checkArgs(name: string, issuers: Readonly<Record<string, CertIssuer>>): void {
  const problems = new Problems(name);
  checkIssuers(issuers, "issuers", problems);
  problems.throwIfAny();
}

/** What must come true before anything is written: that pairs which come later are sound. */
function laterChecks(
  name: string,
  issuers: Readonly<Record<string, CertIssuer>>,
): pulumi.Output<void>[] {
  return Object.entries(issuers).flatMap(([issuer, { ca }]) => {
    const { certificate, key } = ca ?? {};
    if (certificate === undefined || key === undefined) {
      return [];
    }
    return pulumi.all([certificate, key]).apply(([text, keyText]) => {
      const found = new Problems(name);
      const pair = { certificate: text, key: keyText };
      checkAuthorityPair(pair, `issuers.${issuer}.ca`, found);
      if (found.count > 0) {
        // The engine prints this kind without a stack trace.
        throw new pulumi.RunError(found.list().join("\n"));
      }
    });
  });
}

/** The Secret of a pair that was given. */
function authorityOf(
  name: string,
  issuer: string,
  { ca }: CertIssuer,
  namespace: string,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource | undefined {
  if (ca?.certificate === undefined || ca.key === undefined) {
    return undefined;
  }
  return registerSecret(
    {
      name: authoritySecret(issuer),
      namespace,
      labels: { "app.kubernetes.io/managed-by": MANAGED_BY },
      values: { "tls.crt": ca.certificate, "tls.key": ca.key },
    },
    `${name}-authority-${issuer}`,
    opts,
  );
}
