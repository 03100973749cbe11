/** What a virtual node is told, and what is wrong with it. */
import type * as pulumi from "@pulumi/pulumi";
import type { ChartSettings } from "../charts/chart";
import { Problems } from "../model/problems";
import { checkVirtualNode } from "../model/virtualNodeRules";
import {
  needsRefreshToken,
  VirtualNodeForm,
  type VirtualNodeSettings,
} from "../model/virtualNodeTypes";

/** One virtual node. */
export interface VirtualNodeArgs extends VirtualNodeSettings {
  /** Client at the issuer. Secret. Required with `login` unless it names an `existingSecret`. */
  clientId?: pulumi.Input<string>;
  /** Secret. Required as `clientId` is. */
  clientSecret?: pulumi.Input<string>;
  /** Secret. Required as `clientId` is, unless the grant type is `client_credentials`. */
  refreshToken?: pulumi.Input<string>;
  /** PEM of the authority that signed the remote host's certificate. @default the image's own authorities */
  caCertificate?: pulumi.Input<string>;
  /** Further keys of InterLinkConfig.yaml, as they are; plain values. */
  config?: pulumi.Inputs;
  /**
   * Kubeconfig of the cluster, to wait for the node and to set our labels on it. Secret.
   * @default none: nobody waits; forms `objects` and `chart` then let the kubelet set the labels
   */
  kubeconfig?: pulumi.Input<string>;
  /** Seconds until a node that does not get Ready is an error. @default 300 */
  waitSeconds?: number;
  /** Command that checks the remote host, for messages. @default "sudo ./install.sh --check" */
  targetCheck?: string;
  /** Where the chart comes from, in form `chart`. @default the public source */
  charts?: ChartSettings;
  /** Further values of the chart; they win over ours. @default none */
  values?: pulumi.Inputs;
  /** Seconds until a chart that does not get ready is an error. @default 600 */
  timeoutSeconds?: number;
  /**
   * In form `chart` with `login`: accept that the chart writes the client's secret and the refresh token
   * into the pod's environment in the clear. @default false: an error
   */
  chartSecretsInClear?: boolean;
}

/** Adds the problems of what only the component takes. */
function checkCredentials(args: VirtualNodeArgs, problems: Problems): void {
  const { login, form, clientId, clientSecret, refreshToken } = args;
  const wanted = {
    clientId: login !== undefined && clientId === undefined,
    clientSecret: login !== undefined && clientSecret === undefined,
    refreshToken: login !== undefined && needsRefreshToken(login) && refreshToken === undefined,
  };
  if (login?.existingSecret !== undefined) {
    if ([clientId, clientSecret, refreshToken].some((value) => value !== undefined)) {
      problems.add({
        path: "login.existingSecret",
        reason: "contradicts the credentials that are given too",
        remedy: "Keep one of the two.",
      });
    }
    if (form === VirtualNodeForm.Chart) {
      problems.add({
        path: "login.existingSecret",
        reason: "the chart takes no Secret",
        remedy: "Use form objects.",
      });
    }
    return;
  }
  for (const [key, missing] of Object.entries(wanted)) {
    if (missing) {
      problems.add({
        path: key,
        reason: "required with login, but missing",
        remedy: "Give it as a secret, or name a Secret in login.existingSecret.",
      });
    }
  }
}

/** Adds every problem of a virtual node. */
export function checkVirtualNodeArgs(args: VirtualNodeArgs, problems: Problems): void {
  checkVirtualNode(args, problems);
  checkCredentials(args, problems);
  const { form, login, values, chartSecretsInClear, waitSeconds } = args;
  if (form === VirtualNodeForm.Chart && login !== undefined && chartSecretsInClear !== true) {
    problems.add({
      path: "form",
      reason:
        "the chart writes the client's secret and the refresh token into the pod's environment in the clear, where everyone who may read pods sees them",
      value: form,
      remedy: "Use form objects, or accept it with chartSecretsInClear.",
    });
  }
  if (form !== VirtualNodeForm.Chart && values !== undefined) {
    problems.add({ path: "values", reason: "of no use without form chart", remedy: "Use config." });
  }
  if (waitSeconds !== undefined && !(waitSeconds >= 0)) {
    problems.add({ path: "waitSeconds", reason: "not a time", value: waitSeconds });
  }
}

/** @throws ProblemsError with every problem */
export function assertVirtualNodeArgs(args: VirtualNodeArgs): void {
  const problems = new Problems(`virtual node ${args.nodeName}`);
  checkVirtualNodeArgs(args, problems);
  problems.throwIfAny();
}
