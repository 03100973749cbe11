/** Names as Kubernetes allows them, and the names of a workspace's objects. */
import type { Problems } from "./problems";

/** Longest DNS label: names of Services, Jobs, namespaces and values of labels. */
export const LABEL_LENGTH = 63;

/** Longest DNS name: hosts, and names of claims, Secrets, ConfigMaps and volumes. */
const SUBDOMAIN_LENGTH = 253;

const LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
const IPV4 = /^\d+(\.\d+){3}$/;

/** What the rule for labels is, for messages. */
export const LABEL_RULE =
  "lower-case letters, digits and -, beginning and ending with a letter or digit, 63 characters at most";

/** What the rule for names with dots is, for messages. */
export const SUBDOMAIN_RULE =
  "lower-case letters, digits, - and ., beginning and ending with a letter or digit, 253 characters at most";

/** Whether `text` is a DNS label (RFC 1123): the form of most names in Kubernetes. */
export function isDnsLabel(text: string): boolean {
  return text.length <= LABEL_LENGTH && LABEL.test(text);
}

/** Whether `text` is DNS labels joined by dots: the form of the names of claims, Secrets and storage classes. */
export function isDnsSubdomain(text: string): boolean {
  return text.length <= SUBDOMAIN_LENGTH && text.split(".").every((label) => LABEL.test(label));
}

/** Whether `text` is a host name of at least two labels: no wildcard, address, scheme or port. */
export function isHostName(text: string): boolean {
  return (
    isDnsSubdomain(text) &&
    text.includes(".") &&
    text.split(".").every(isDnsLabel) &&
    !IPV4.test(text)
  );
}

/** The nearest valid label: `Helm_Chart_name` gives `helm-chart-name`. For remedies; may be empty. */
export function asDnsLabel(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, LABEL_LENGTH)
    .replace(/^-+|-+$/g, "");
}

/** `Write it as machine-learning.` where a label is close to `text`, to be the remedy of a problem. */
export function labelRemedy(text: string): string {
  const near = asDnsLabel(text);
  return near === "" || near === text ? "Correct it." : `Write it as ${near}.`;
}

/** The names of one workspace's objects. */
export interface WorkspaceNames {
  /** The Job's or Deployment's: `<chart_name>-mkg`, or `<chart_name>` where that has `mkg` in it already. */
  full: string;
  service: string;
  /** ConfigMap of the mounted files. */
  files: string;
  ingress: string;
  tlsSecret: string;
  /** The claim of the i-th of `persistent_volume`, counted from 0. */
  claim: (index: number) => string;
  /** The PersistentVolume made for that claim where storage is a folder or an NFS export; cluster-wide. */
  volume: (index: number) => string;
}

/** Names the objects of a workspace as upstream does, so that what depends on them finds them. */
export function workspaceNames(spec: { namespace: string; name: string }): WorkspaceNames {
  const full = spec.name.includes("mkg") ? spec.name : `${spec.name}-mkg`;
  const claim = (index: number): string => `${full}-claim-${index}`;
  return {
    full,
    service: full,
    files: `${full}-files`,
    ingress: full,
    tlsSecret: `${full}-ingress-tls`,
    claim,
    volume: (index) => `${spec.namespace}-${claim(index)}`,
  };
}

/** Adds a problem where `chart_name` cannot name the workspace's objects, alone or once composed. */
export function checkChartName(name: string, problems: Problems): void {
  const path = "chart_name";
  const { service } = workspaceNames({ namespace: "", name });
  if (!LABEL.test(name) || !/^[a-z]/.test(name)) {
    const near = asDnsLabel(name).replace(/^[0-9-]+/, "");
    problems.add({
      path,
      reason: "not a name that a Service can have",
      value: name,
      allowed:
        "lower-case letters, digits and -, beginning with a letter, ending with a letter or digit",
      remedy:
        near === "" ? "Choose another name." : `Write it as ${near.slice(0, LABEL_LENGTH - 4)}.`,
    });
  } else if (service.length > LABEL_LENGTH) {
    problems.add({
      path,
      reason: `too long: the workspace's Service would be named ${service}, of ${service.length} characters`,
      value: name,
      allowed: `${LABEL_LENGTH - (service.length - name.length)} characters at most`,
      remedy: "Choose a shorter name.",
    });
  }
}
