/** What works in a virtual node's settings, but not as well or as safely as one might think. */
import { parseImageName } from "./imageName";
import { taintsOf } from "./nodeLabels";
import { declaredNode } from "./virtualNodeGpus";
import { imagesOf, VirtualNodeForm, withDefaults, type VirtualNodeSpec } from "./virtualNodeTypes";

/** Sentences for the person who runs the stack; none when all is well. */
export function virtualNodeWarnings(spec: VirtualNodeSpec): string[] {
  const { form, interLink, login, caCertificate, node, gpus = {} } = withDefaults(spec);
  const seed = form === VirtualNodeForm.Seed;
  const chart = form === VirtualNodeForm.Chart;
  const { tokenInit, jaeger, virtualKubelet, refresher } = imagesOf({ ...spec, form });
  const used = [
    virtualKubelet,
    ...(login === undefined ? [] : [refresher]),
    ...(chart ? [] : [tokenInit]),
    ...(seed && spec.tracing === true ? [jaeger] : []),
  ];
  const warnings = used
    .filter((image) => ["latest", undefined].includes(parseImageName(image)?.tag))
    .map((image) => `image ${image} is not pinned: what runs may change at any restart`);
  const unverified = seed || interLink.insecureTls === true;
  if (interLink.url.startsWith("https://") && unverified) {
    const whose = seed ? "the seed's virtual kubelet verifies no" : "insecureTls: it verifies no";
    warnings.push(`${whose} certificate: whoever answers at ${interLink.url} gets the token`);
  } else if (interLink.url.startsWith("https://") && caCertificate === undefined) {
    warnings.push(
      "no caCertificate: interLink's image carries no certificate authorities, so use an image that does, or give the one that signed the remote host's certificate",
    );
  }
  if (seed && taintsOf(declaredNode({ node }), gpus).length > 0) {
    warnings.push("the seed's virtual kubelet cannot set the taints of its GPU classes");
  }
  if (chart) {
    warnings.push(
      "form chart: its ClusterRole reads every Secret of the cluster, and Pod Security's restricted refuses its pod; form objects is free of both",
    );
  }
  return warnings;
}
