/** The hub of a stack: read and checked before anything is registered, then made on its cluster. */
import * as pulumi from "@pulumi/pulumi";
import type { ChartSettings } from "../../components/charts/chart";
import { JupyterHub, type JupyterHubArgs } from "../../components/jupyterhub/jupyterHub";
import type { ExposeSettings } from "../../components/model/exposureObjects";
import { hubAddress } from "../../components/model/jupyterHubAddress";
import { changeValues } from "../../components/model/jupyterHubChangeValues";
import { checkedHub } from "../../components/model/jupyterHubSettings";
import type { JupyterHubLogin } from "../../components/model/jupyterHubTypes";
import { Problems, type Problem } from "../../components/model/problems";
import { ProblemsBelow } from "../../components/model/problemsBelow";
import type { PlatformConfig } from "../platformConfig";
import { nodesOf } from "../sites";
import type { JupyterHubConfig } from "../sections/jupyterhub";

/** The sections that a hub is made of. */
type HubConfig = PlatformConfig & { jupyterhub?: JupyterHubConfig; charts?: ChartSettings };

/** What the hub needs of its cluster. */
export interface HubCluster {
  provider: pulumi.ProviderResource;
}

/** What a stack says of its hub. */
export interface HubOutputs {
  url: pulumi.Output<string>;
  namespace: pulumi.Output<string>;
  apiUrl: pulumi.Output<string>;
  /** Port of the nodes at which the tunnel is reached; 0 where there is none. */
  sshPort: pulumi.Output<number>;
  /** How to log in, for people. */
  login: pulumi.Output<string>;
}

/** The section's own keys over what the script's variables say. */
function withDefaults(
  section: Omit<JupyterHubConfig, "cluster">,
  problems: Problems,
): JupyterHubArgs {
  const { changeValues: variables, oidc, ...own } = section;
  const from = changeValues(variables ?? {}, new ProblemsBelow(problems, "changeValues"));
  const { clientSecret, ...login }: Partial<NonNullable<typeof oidc>> = oidc ?? {};
  const both: Partial<JupyterHubLogin> = { ...from.settings.oidc, ...login };
  return {
    ...from.settings,
    ...own,
    hostname: own.hostname ?? from.settings.hostname ?? "",
    oidc: Object.keys(both).length > 0 ? { issuer: "", clientId: "", ...both } : undefined,
    remote: { ...from.settings.remote, ...own.remote },
    clientSecret: clientSecret ?? (login.existingSecret ? undefined : from.clientSecret),
  };
}

/** The hub's problems, each where the config has what it is about. */
class HubProblems extends ProblemsBelow {
  override add(problem: Problem): void {
    const { path } = problem;
    super.add(path === "clientSecret" ? { ...problem, path: `oidc.${path}` } : problem);
  }
}

/** The name of the cluster that the hub runs on. */
export function hubCluster(config: HubConfig): string {
  return config.jupyterhub?.cluster ?? config.defaultCluster;
}

/**
 * The hub's args from the config.
 *
 * @param problems receives everything that is wrong with the section
 * @returns nothing when the stack has no hub
 */
export function jupyterHubArgs(config: HubConfig, problems: Problems): JupyterHubArgs | undefined {
  const { jupyterhub, gpus, charts } = config;
  if (jupyterhub === undefined) {
    return undefined;
  }
  const { cluster = config.defaultCluster, ...section } = jupyterhub;
  const below = new HubProblems(problems, "jupyterhub");
  const domain = config.clusters[cluster]?.domain ?? config.expose?.domain;
  if (config.clusters[cluster] === undefined) {
    below.add({
      path: "cluster",
      reason: "names a cluster that `clusters` does not have",
      value: cluster,
      allowed: Object.keys(config.clusters).join(", "),
    });
  }
  const expose: ExposeSettings = { ...config.expose, domain };
  const nodes = nodesOf(config, cluster);
  const args = { ...withDefaults(section, below), gpus, nodes, expose, charts };
  checkedHub(args, args.clientSecret !== undefined, below);
  return args;
}

function loginText({ oidc, namespace = "jupyterhub", ...args }: JupyterHubArgs): string {
  if (oidc === undefined) {
    return "as values.hub.config says";
  }
  const { callbackUrl, url } = hubAddress({ oidc, ...args });
  const who = oidc.anyUser ? "every user" : `users of ${(oidc.allowedGroups ?? []).join(", ")}`;
  return (
    `Open ${url}/ and log in at ${oidc.issuer} (${who}). ` +
    `The client ${oidc.clientId} must have the redirect address ${callbackUrl}. ` +
    `When a login fails: kubectl -n ${namespace} logs deploy/hub`
  );
}

/**
 * Makes the hub; users reach it when its ingress controller, its issuers and its virtual nodes are ready.
 *
 * @param exposeAfter values that are known then
 * @throws ProblemsError when the section has a problem
 */
export function jupyterHubLayer(
  config: HubConfig,
  cluster: HubCluster,
  exposeAfter: pulumi.Output<string>[],
): HubOutputs | undefined {
  const problems = new Problems(`Pulumi.${pulumi.getStack()}.yaml`);
  const args = jupyterHubArgs(config, problems);
  problems.throwIfAny();
  if (args === undefined) {
    return undefined;
  }
  const hub = new JupyterHub(
    `${hubCluster(config)}-jupyterhub`,
    { ...args, exposeAfter },
    { provider: cluster.provider },
  );
  return {
    url: hub.url,
    namespace: hub.namespace,
    apiUrl: hub.apiUrl,
    sshPort: hub.sshPort,
    login: hub.url.apply(() => loginText(args)),
  };
}
