/** What is wrong with a virtual node's settings, before anything is made. */
import { checkGpus } from "./gpu";
import { parseImageName } from "./imageName";
import { SEED_CONFIG_KEYS, TODAYS_CONFIG_KEYS } from "./interLinkConfigKeys";
import { isDnsLabel, LABEL_RULE, labelRemedy } from "./names";
import { checkNodeLabels } from "./nodeLabels";
import { joinPath, nearest, oneOf, type Problems } from "./problems";
import { parseQuantity } from "./quantity";
import { ownConfigKeys } from "./virtualNodeConfig";
import { checkAccelerators, declaredNode } from "./virtualNodeGpus";
import { checkEndpoint, checkLogin } from "./virtualNodeLogin";
import { imagesOf, VirtualNodeForm, withDefaults, type VirtualNodeSpec } from "./virtualNodeTypes";

const COLLECTOR = /^([a-z0-9.-]+|\[[0-9a-f:]+\]):\d{1,5}$/i;

function checkNames(spec: VirtualNodeSpec, problems: Problems): void {
  const { nodeName, namespace, serviceAccount, offloadNamespaces } = withDefaults(spec);
  const label = (path: string, value: string): void => {
    if (!isDnsLabel(value)) {
      const remedy = labelRemedy(value);
      problems.add({ path, reason: "not a DNS label", value, allowed: LABEL_RULE, remedy });
    }
  };
  label("nodeName", nodeName);
  label("namespace", namespace);
  if (spec.serviceAccount !== undefined) {
    label("serviceAccount", serviceAccount);
  }
  if (offloadNamespaces.length === 0) {
    problems.add({
      path: "offloadNamespaces",
      reason: "empty: no pod could run on the node",
      remedy: "Name the namespaces whose pods may, such as the hub's.",
    });
  }
  offloadNamespaces.forEach((one, index) => {
    const path = joinPath("offloadNamespaces", [index]);
    label(path, one);
    if (offloadNamespaces.indexOf(one) < index) {
      problems.add({ path, reason: "named twice", value: one, remedy: "Remove it." });
    }
    if (one === namespace || one.startsWith("kube-")) {
      problems.add({
        path,
        reason: "its Secrets would be open to the kubelet and to the remote host",
        value: one,
        allowed: "namespaces of users' pods: not the kubelet's own, not kube-*",
        remedy: "Remove it.",
      });
    }
  });
}

function checkResources(spec: VirtualNodeSpec, problems: Problems): void {
  const { nodeName, node, gpus = {}, pods } = spec;
  for (const key of ["cpu", "memory"] as const) {
    const value = node[key];
    if (value === undefined || !((parseQuantity(value) ?? 0) > 0)) {
      problems.add({
        path: `node.${key}`,
        reason:
          value === undefined
            ? "required, but missing: the scheduler goes by what is declared"
            : "not a quantity above 0",
        value,
        allowed: key === "cpu" ? "cores, such as 24" : "bytes, such as 32Gi",
        remedy: "Say how much of it the remote host gives.",
      });
    }
  }
  if (pods !== undefined && !(Number.isInteger(pods) && pods >= 1)) {
    problems.add({ path: "pods", reason: "not a count", value: pods, allowed: "1 or more" });
  }
  const nodes = { [nodeName]: declaredNode(spec) };
  checkGpus(gpus, nodes, problems);
  checkNodeLabels(nodes, gpus, [], problems);
  checkAccelerators(spec, problems);
}

function checkTracing(spec: VirtualNodeSpec, problems: Problems): void {
  const { form } = withDefaults(spec);
  const { tracing, tracingEndpoint } = spec;
  const path = "tracingEndpoint";
  if (form === VirtualNodeForm.Objects && tracing === true && tracingEndpoint === undefined) {
    problems.add({
      path,
      reason: "required with tracing: nobody would receive the traces",
      remedy: "Give host:port of an OTLP collector, or turn tracing off.",
    });
  }
  if (tracingEndpoint !== undefined) {
    if (form !== VirtualNodeForm.Objects || tracing !== true) {
      problems.add({ path, reason: "of no use without tracing, in form objects" });
    } else if (!COLLECTOR.test(tracingEndpoint)) {
      problems.add({ path, reason: "not a host:port", value: tracingEndpoint });
    }
  }
}

function checkConfig(spec: VirtualNodeSpec, problems: Problems): void {
  const { form, config = {} } = withDefaults(spec);
  if (form === VirtualNodeForm.Chart && Object.keys(config).length > 0) {
    problems.add({
      path: "config",
      reason: "not for form chart, which writes the file itself",
      remedy: "Use values.",
    });
    return;
  }
  const known = Object.keys(form === VirtualNodeForm.Seed ? SEED_CONFIG_KEYS : TODAYS_CONFIG_KEYS);
  const ours = ownConfigKeys(spec);
  const free = known.filter((key) => !ours.includes(key));
  for (const key of Object.keys(config)) {
    if (free.includes(key)) {
      continue;
    }
    const own = ours.includes(key);
    const near = nearest(key, free);
    problems.add({
      path: joinPath("config", [key]),
      reason: own ? "a key that is made from the other settings" : "unknown key",
      allowed: oneOf(free),
      remedy: own || near === undefined ? "Remove it." : `Did you mean ${near}?`,
    });
  }
}

function checkForm(spec: VirtualNodeSpec, problems: Problems): void {
  const { form } = withDefaults(spec);
  const known = Object.values(VirtualNodeForm);
  if (!known.includes(form)) {
    problems.add({ path: "form", reason: "no such form", value: form, allowed: oneOf(known) });
  }
  if (form === VirtualNodeForm.Seed) {
    for (const key of ["projectedVolumes", "kubeletCsr", "caCertificate"] as const) {
      if (spec[key] !== undefined && spec[key] !== false) {
        problems.add({
          path: key,
          reason: "the seed's virtual kubelet does not know it",
          remedy: "Remove it, or use form objects.",
        });
      }
    }
  }
  if (spec.verboseLogging === true && spec.errorsOnlyLogging === true) {
    problems.add({ path: "errorsOnlyLogging", reason: "contradicts verboseLogging" });
  }
  for (const [key, image] of Object.entries(imagesOf(withDefaults(spec)))) {
    if (parseImageName(image) === undefined) {
      problems.add({ path: `images.${key}`, reason: "not the name of an image", value: image });
    }
  }
}

/** Adds every problem of a virtual node's settings. */
export function checkVirtualNode(spec: VirtualNodeSpec, problems: Problems): void {
  checkForm(spec, problems);
  checkNames(spec, problems);
  checkEndpoint(spec, problems);
  checkLogin(spec, problems);
  checkResources(spec, problems);
  checkTracing(spec, problems);
  checkConfig(spec, problems);
}
