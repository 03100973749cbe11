/** One Helm release of a chart that we deploy, with its source, name and time-out said explicitly. */
import type * as pulumi from "@pulumi/pulumi";
import { Release } from "@pulumi/kubernetes/helm/v3";
import { chartSource, type AnyChartName, type ChartSettings } from "./chart";

/** Seconds until what a release makes is taken for failed, where nothing else is said. */
export const DEFAULT_TIMEOUT_SECONDS = 600;

/** What tells one release from another. */
export interface ReleaseFacts {
  chart: AnyChartName;
  /** Where charts come from. @default the public sources */
  charts?: ChartSettings;
  /** Name of the release in the cluster. */
  releaseName: string;
  namespace: string;
  /** Chart values; secrets belong into Secrets that the values name. */
  values: Record<string, unknown>;
  /** Seconds until a release that does not get ready is an error. @default 600 */
  timeoutSeconds?: number;
  /** Whether Helm does not wait, because the component does by a condition of its own. @default false */
  skipAwait?: boolean;
  /** Absolute path of a program that changes what the chart made before Helm installs it. @default none */
  postRenderer?: string;
}

/** Registers a release. Its namespace must exist: it is not made here. */
export function registerRelease(
  facts: ReleaseFacts,
  logicalName: string,
  opts: pulumi.CustomResourceOptions,
): Release {
  return new Release(
    logicalName,
    {
      ...chartSource(facts.chart, facts.charts),
      name: facts.releaseName,
      namespace: facts.namespace,
      values: facts.values,
      timeout: facts.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS,
      // Absent rather than false: nothing changes for releases that are there already.
      ...(facts.skipAwait === true ? { skipAwait: true } : {}),
      ...(facts.postRenderer === undefined ? {} : { postrender: facts.postRenderer }),
    },
    opts,
  );
}
