/**
 * How late the stand's webhook is: what a cluster shows while images are pulled, certificates are made and
 * networks are set up, within seconds that a test chooses. Annotations of the webhook's Service say it; the
 * chart's value `webhook.serviceAnnotations` sets them.
 */
import type { ApiObject } from "../cluster/api";

/** Milliseconds. */
export interface Lateness {
  /** From the Service's creation until there is a way to the webhook. */
  route: number;
  /** From the Service's creation until its certificate authority is known to the API server. */
  caBundle: number;
  /** What each answer takes. */
  answer: number;
}

const ANNOTATIONS: Record<keyof Lateness, string> = {
  route: "science-platform/late-route",
  caBundle: "science-platform/late-ca-bundle",
  answer: "science-platform/late-answer",
};

function milliseconds(annotation: string | undefined): number {
  const seconds = Number(annotation ?? 0);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0;
}

/** What a Service's annotations say, in seconds; what is no number counts as not late. */
export function latenessOf({ metadata }: ApiObject): Lateness {
  const of = (key: keyof Lateness): number =>
    milliseconds(metadata.annotations?.[ANNOTATIONS[key]]);
  return { route: of("route"), caBundle: of("caBundle"), answer: of("answer") };
}

/** What is left of a lateness that began with the Service, in milliseconds. */
export function remaining(late: number, creationTimestamp: string, now = Date.now()): number {
  return Math.max(0, Date.parse(creationTimestamp) + late - now);
}
