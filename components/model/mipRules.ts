/** What is wrong with a platform's settings, before anything is made. */
import { exposureObjects } from "./exposureObjects";
import { ingressController } from "./ingressObject";
import type { MipGeneration } from "./mipGenerations";
import { checkMipKeycloak, type MipSecretsGiven } from "./mipLoginRules";
import { checkMipNotebook } from "./mipNotebookRules";
import { mipExpose } from "./mipObjects";
import { checkMipSizes } from "./mipSizeRules";
import type { MipSettings } from "./mipTypes";
import { DEFAULT_NAMESPACE, DEFAULT_RELEASE, mipFolder } from "./mipValues";
import { isDnsLabel, isDnsSubdomain, isHostName, LABEL_LENGTH, LABEL_RULE } from "./names";
import type { Problems } from "./problems";

/** Helm's limit, which leaves room for what charts append. */
const RELEASE_LENGTH = 53;

const PATH = /^\/[A-Za-z0-9/_.~-]*$/;
const FOLDER = /^(\/[A-Za-z0-9_.-]+)+$/;
const HOST_RULE = "a host name such as mip.lab.example.org: no scheme, port, path or *";

/** The host in what looks like a URL, for remedies. */
function hostIn(text: string): string {
  return text.replace(/^[a-z]+:\/\//i, "").replace(/[/?#].*$/, "");
}

function checkNames(settings: MipSettings, generation: MipGeneration, problems: Problems): void {
  const { namespace = DEFAULT_NAMESPACE, releaseName = DEFAULT_RELEASE } = settings;
  const add = (path: string, value: string, allowed: string): void =>
    problems.add({ path, reason: "not a name that Kubernetes takes", value, allowed });
  if (!isDnsLabel(namespace)) {
    add("namespace", namespace, LABEL_RULE);
  } else if (!settings.managedCluster && generation.foldersOnMaster) {
    // Claims find their volumes by this label, which must be the namespace's own.
    const label = `${namespace}-${generation.backend}-logs-storage0`;
    const most = LABEL_LENGTH - (label.length - namespace.length);
    if (label.length > LABEL_LENGTH) {
      problems.add({
        path: "namespace",
        reason: `too long: a volume would be labelled ${label}, of ${label.length} characters`,
        value: namespace,
        allowed: `${most} characters at most on an unmanaged cluster`,
        remedy: "Choose a shorter name.",
      });
    }
  }
  if (!isDnsLabel(releaseName) || releaseName.length > RELEASE_LENGTH) {
    add("releaseName", releaseName, `${LABEL_RULE.replace("63", String(RELEASE_LENGTH))}`);
  }
  const { storageClass } = settings.storage ?? {};
  if (storageClass !== undefined && !isDnsSubdomain(storageClass)) {
    add("storage.storageClass", storageClass, "the name of a storage class");
  }
}

function checkAddress(settings: MipSettings, problems: Problems): void {
  const { publicHost, redirectRootTo, engineUrl } = settings;
  const expose = mipExpose(settings);
  if (!isHostName(publicHost)) {
    const scheme = publicHost.includes("://");
    problems.add({
      path: "publicHost",
      reason: scheme ? "has a scheme in it" : "not a host name",
      value: publicHost,
      allowed: HOST_RULE,
      remedy: scheme ? `Write ${hostIn(publicHost)}.` : undefined,
    });
  } else if (
    expose.domain !== undefined &&
    publicHost !== expose.domain &&
    !publicHost.endsWith(`.${expose.domain}`)
  ) {
    problems.add({
      path: "publicHost",
      reason: "not within the domain of this cluster",
      value: publicHost,
      allowed: `a host below ${expose.domain}`,
    });
  }
  try {
    exposureObjects(expose, {
      ...{ name: "x", namespace: "x", labels: {}, host: "x", service: "x", port: 80 },
    });
  } catch (error) {
    const [path = "", reason = ""] = (error as Error).message.replace(/\.$/, "").split(/: (.*)/s);
    problems.add({ path, reason });
  }
  if (redirectRootTo !== undefined) {
    if (!PATH.test(redirectRootTo) || redirectRootTo === "/") {
      problems.add({
        path: "redirectRootTo",
        reason: "not a path below /",
        value: redirectRootTo,
        allowed: "a path such as /home",
      });
    }
    if (expose.kind === "gateway" || ingressController(expose) !== "nginx") {
      problems.add({
        path: "redirectRootTo",
        reason: "only ingress-nginx can do it",
        value: redirectRootTo,
        remedy: "Remove it: the user interface has a page at / too.",
      });
    }
  }
  if (
    engineUrl !== undefined &&
    !(URL.canParse(engineUrl) && /^https?:$/.test(new URL(engineUrl).protocol))
  ) {
    problems.add({
      path: "engineUrl",
      reason: "not an address",
      value: engineUrl,
      allowed: "such as http://exaflow-controller-service:5000",
    });
  }
}

/** Settings that only some generations have a key for. */
function checkGeneration(
  settings: MipSettings,
  generation: MipGeneration,
  problems: Problems,
): void {
  const refuse = (path: string, given: unknown, has: boolean, which: string): void => {
    if (given !== undefined && !has) {
      problems.add({
        path,
        reason: `chart ${generation.version} has no key for it, and would ignore it`,
        allowed: `only with chart ${which}`,
        remedy: "Remove it, or set charts.versions.mip.",
      });
    }
  };
  const { hasNetwork, foldersOnMaster } = generation;
  const upTo = "9c325ef, 6f8b2c7 or 9.0.2";
  refuse("displayName", settings.displayName, hasNetwork, upTo);
  refuse("dataCatalogue", settings.dataCatalogue, hasNetwork, upTo);
  refuse("engineVersion", settings.engineVersion, hasNetwork, upTo);
  refuse("guide", settings.guide, !hasNetwork, "9.2.0");
  const folders = foldersOnMaster && !settings.managedCluster;
  refuse("storage.folder", settings.storage?.folder, folders, `${upTo} on an unmanaged cluster`);
  if (folders && !FOLDER.test(mipFolder(settings))) {
    problems.add({
      path: "storage.folder",
      reason: "not an absolute path",
      value: settings.storage?.folder,
      allowed: "letters, digits, _, . and - between slashes",
    });
  }
  const { dataCatalogue } = settings;
  if (dataCatalogue !== undefined && !isHostName(dataCatalogue.host)) {
    problems.add({
      path: "dataCatalogue.host",
      reason: dataCatalogue.host.includes("://") ? "has a scheme in it" : "not a host name",
      value: dataCatalogue.host,
      allowed: HOST_RULE,
      remedy: "Give the scheme as dataCatalogue.protocol.",
    });
  }
}

/** Where the backend and its database may run. */
function checkNodes({ nodes, managedCluster = false }: MipSettings, problems: Problems): void {
  if (nodes === undefined || managedCluster) {
    return;
  }
  if (!Object.values(nodes).some(({ roles = [] }) => roles.includes("master"))) {
    problems.add({
      path: "nodes",
      reason: "none has the role master, on which the backend and its database run",
      allowed: "one node with roles: [master]",
      remedy: "Give one of them the role.",
    });
  }
}

/**
 * Adds everything that is wrong.
 *
 * @param given which secrets are given beside the settings
 */
export function checkMip(
  settings: MipSettings,
  generation: MipGeneration,
  given: MipSecretsGiven,
  problems: Problems,
): void {
  checkNames(settings, generation, problems);
  checkAddress(settings, problems);
  checkMipKeycloak(settings, given, problems);
  checkMipSizes(settings, problems);
  checkGeneration(settings, generation, problems);
  checkMipNotebook(settings, generation, problems);
  checkNodes(settings, problems);
}
