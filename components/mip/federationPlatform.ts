/** The platform of a federation, with the hub of its notebooks: what waits for what. */
import type * as pulumi from "@pulumi/pulumi";
import { JupyterHub } from "../jupyterhub/jupyterHub";
import { mergeValues } from "../model/mergeValues";
import type { CheckedFederation } from "../model/mipFederationChecks";
import { evictionValues } from "../model/mipFederationRecovery";
import { notebookHub } from "../model/mipNotebook";
import type { MipSettings } from "../model/mipTypes";
import type { Exaflow } from "./exaflow";
import type { Federation, FederationArgs } from "./federation";
import { Mip } from "./mip";

/** What pods find when they come. */
export interface Basics {
  namespace: pulumi.Resource[];
  policies: pulumi.Resource[];
  /** Of nodes. */
  labels: pulumi.Resource[];
}

/** What a platform is made of and what it waits for. */
export interface PlatformParts {
  settings: MipSettings;
  chart: NonNullable<CheckedFederation["platform"]>;
  engine: Exaflow;
  basics: Basics;
}

/**
 * The platform, with the hub of its notebooks where the chart takes one beside it. Secrets are made at once; the hub's
 * pods wait for the policies, and the platform's for the engine and the hub's Service as well.
 */
export function registerPlatform(
  name: string,
  args: FederationArgs,
  { settings, chart, engine, basics }: PlatformParts,
  parent: Federation,
): Mip {
  const { clientSecret, databasePassword, adminPassword, kubeconfig, charts, timeoutSeconds } =
    args;
  const opts = { parent, dependsOn: basics.namespace };
  const policies = basics.policies.map(({ urn }) => urn);
  const notebooks = notebookHub(settings, chart);
  const hub =
    notebooks &&
    new JupyterHub(
      `${name}-notebooks`,
      {
        ...notebooks,
        createNamespace: false,
        clientSecret: settings.keycloak.existingSecret ? undefined : clientSecret,
        charts,
        values: mergeValues(evictionValues(args.evictionSeconds), notebooks.values),
        startAfter: policies,
        timeoutSeconds,
      },
      opts,
    );
  return new Mip(
    `${name}-platform`,
    {
      ...settings,
      clientSecret,
      databasePassword,
      adminPassword,
      createNamespace: false,
      kubeconfig,
      charts,
      values: args.platformValues,
      startAfter: [...policies, engine.url, ...(hub === undefined ? [] : [hub.proxyService])],
      timeoutSeconds,
    },
    opts,
  );
}
