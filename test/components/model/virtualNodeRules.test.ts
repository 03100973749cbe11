import assert from "node:assert/strict";
import { Problems } from "../../../components/model/problems";
import { checkVirtualNode } from "../../../components/model/virtualNodeRules";
import { virtualNodeWarnings } from "../../../components/model/virtualNodeWarnings";
import type { VirtualNodeSpec } from "../../../components/model/virtualNodeTypes";
import { T4, virtualNode } from "../../support/virtualNodes";

function problemsOf(over: Partial<VirtualNodeSpec>): readonly string[] {
  const problems = new Problems("v");
  checkVirtualNode(virtualNode(over), problems);
  return problems.list();
}

const NODE = virtualNode().node;
const MIG = { ...T4, resource: "nvidia.com/mig-1g.10gb", mig: "1g.10gb" };
const endpoint = (url: string, port?: number): Partial<VirtualNodeSpec> => ({
  interLink: { url, ...(port === undefined ? {} : { port }) },
});

/** Every refusal: what is wrong with the node, and the one line that says so. */
const REFUSED: [what: string, over: Partial<VirtualNodeSpec>, line: RegExp][] = [
  [
    "a name that is no DNS label",
    { nodeName: "GPU_site" },
    /^v: nodeName: not a DNS label .*Write it as gpu-site\.$/,
  ],
  ["a namespace that is none", { namespace: "v.k" }, /^v: namespace: not a DNS label/],
  [
    "a service account that is none",
    { serviceAccount: "A" },
    /^v: serviceAccount: not a DNS label/,
  ],
  ["no namespaces", { offloadNamespaces: [] }, /^v: offloadNamespaces: empty: no pod could run/],
  [
    "a namespace twice",
    { offloadNamespaces: ["a", "a"] },
    /^v: offloadNamespaces\[1\]: named twice/,
  ],
  [
    "the kubelet's own namespace",
    { offloadNamespaces: ["vk"] },
    /^v: offloadNamespaces\[0\]: its Secrets would be open/,
  ],
  [
    "a namespace of Kubernetes",
    { offloadNamespaces: ["kube-system"] },
    /^v: offloadNamespaces\[0\]: its Secrets/,
  ],
  [
    "a URL without scheme",
    endpoint("gpu.example.org"),
    /^v: interLink.url: not a scheme and a host .*Write it as https:\/\/gpu.example.org/,
  ],
  [
    "a URL with port and path",
    endpoint("https://gpu.example.org:443/x"),
    /^v: interLink.url: not a scheme and a host/,
  ],
  [
    "http with a token",
    endpoint("http://gpu.example.org"),
    /^v: interLink.url: not https: the token would travel in the clear/,
  ],
  [
    "port 0",
    endpoint("https://g.example.org", 0),
    /^v: interLink.port: not a port \(found 0; allowed: 1 to 65535\)/,
  ],
  ["port 65536", endpoint("https://g.example.org", 65536), /^v: interLink.port: not a port/],
  [
    "a port with a fraction",
    endpoint("https://g.example.org", 4.5),
    /^v: interLink.port: not a port/,
  ],
  ["no login", { login: undefined }, /^v: login: required, but missing/],
  ["login and its waiver", { unauthenticated: true }, /^v: login: contradicts unauthenticated/],
  [
    "neither issuer nor endpoint",
    { login: {} },
    /^v: login.tokenEndpoint: neither it nor the issuer/,
  ],
  [
    "an issuer without TLS",
    { login: { issuer: "http://iam.example.org" } },
    /^v: login.issuer: not an https address/,
  ],
  [
    "an unknown grant type",
    { login: { issuer: "https://i.example.org", grantType: "client_credential" } },
    /^v: login.grantType: .*Did you mean client_credentials\?$/,
  ],
  [
    "client credentials in the seed's form",
    { form: "seed", login: { issuer: "https://i.example.org", grantType: "client_credentials" } },
    /^v: login.grantType: the seed's refresher only/,
  ],
  [
    "a Secret's name that is none",
    { login: { issuer: "https://i.example.org", existingSecret: "A_b" } },
    /^v: login.existingSecret: not the name of a Secret/,
  ],
  [
    "the chart without endpoint",
    { form: "chart" },
    /^v: login.tokenEndpoint: required with form chart/,
  ],
  ["no CPU", { node: { ...NODE, cpu: undefined } }, /^v: node.cpu: required, but missing/],
  [
    "memory that is none",
    { node: { ...NODE, memory: "32GB" } },
    /^v: node.memory: not a quantity above 0/,
  ],
  ["no pods", { pods: 0 }, /^v: pods: not a count/],
  [
    "an unknown class",
    { node: { ...NODE, gpus: [{ class: "t5" }] } },
    /^v: nodes.gpu-site.gpus\[0\].class: a GPU class that gpus does not declare .*Did you mean t4/,
  ],
  [
    "a MIG slice",
    { gpus: { t4: MIG } },
    /^v: gpus.t4.resource: a MIG slice that virtual node gpu-site cannot offer: interLink's kubelet counts only nvidia.com\/gpu, /,
  ],
  [
    "an uncounted resource",
    { gpus: { t4: { ...T4, resource: "example.com/npu" } } },
    /^v: gpus.t4.resource: a resource that virtual node/,
  ],
  [
    "an AMD GPU in the seed's form",
    { form: "seed", gpus: { t4: { ...T4, resource: "amd.com/gpu" } } },
    /counts only nvidia.com\/gpu and ignores/,
  ],
  [
    "a type that is no label",
    { gpus: { t4: { ...T4, type: "Tesla T4" } } },
    /^v: gpus.t4.type: not a label's value/,
  ],
  [
    "two types without label",
    {
      gpus: { t4: T4, fpga: { ...T4, resource: "xilinx.com/fpga", type: "U55C" } },
      node: { ...NODE, gpus: [{ class: "t4" }, { class: "fpga" }] },
    },
    /^v: node.labels.accelerator: required, but missing: the node offers several types \(T4, U55C\)/,
  ],
  [
    "taints set on a virtual node",
    { node: { ...NODE, applyTaints: true } },
    /a virtual kubelet writes its node's taints itself/,
  ],
  ["traces to nobody", { tracing: true }, /^v: tracingEndpoint: required with tracing/],
  [
    "a collector without traces",
    { tracingEndpoint: "a:4317" },
    /^v: tracingEndpoint: of no use without tracing/,
  ],
  [
    "a collector that is none",
    { tracing: true, tracingEndpoint: "http://a" },
    /^v: tracingEndpoint: not a host:port/,
  ],
  [
    "an unknown key",
    { config: { DisableProjectedVolume: true, Pprofs: {} } },
    /^v: config.Pprofs: unknown key .*Did you mean Pprof\?$/,
  ],
  [
    "a key that is ours",
    { config: { InterlinkURL: "x" } },
    /^v: config.InterlinkURL: a key that is made from the other settings/,
  ],
  [
    "a key of the other generation",
    { config: { SbatchPath: "x" } },
    /^v: config.SbatchPath: unknown key/,
  ],
  [
    "keys for the chart",
    {
      form: "chart",
      login: { tokenEndpoint: "https://i.example.org/token" },
      config: { PodIP: "x" },
    },
    /^v: config: not for form chart/,
  ],
  [
    "projected volumes in the seed's form",
    { form: "seed", projectedVolumes: true },
    /^v: projectedVolumes: the seed's virtual kubelet does not know it/,
  ],
  [
    "two ways to log",
    { verboseLogging: true, errorsOnlyLogging: true },
    /^v: errorsOnlyLogging: contradicts verboseLogging/,
  ],
  [
    "an image that is none",
    { images: { refresher: "A B" } },
    /^v: images.refresher: not the name of an image/,
  ],
  [
    "a form that is none",
    { form: "helm" as "chart" },
    /^v: form: no such form \(found "helm"; allowed: objects, chart, seed\)/,
  ],
];

describe("a virtual node's settings", () => {
  it("are right as they are in the other tests", () => {
    for (const over of [
      {},
      { form: "seed" } as const,
      { projectedVolumes: true, kubeletCsr: true },
    ]) {
      assert.deepEqual(problemsOf(over), []);
    }
  });

  for (const [what, over, line] of REFUSED) {
    it(`refuse ${what}`, () => {
      const found = problemsOf(over);
      assert.ok(
        found.some((one) => line.test(one)),
        found.join("\n") || "nothing was refused",
      );
    });
  }

  it("are refused with everything that is wrong with them at once", () => {
    const found = problemsOf({ nodeName: "A", offloadNamespaces: [], login: undefined, pods: -1 });
    assert.equal(found.length, 4, found.join("\n"));
  });

  it("warn of images that are not pinned and certificates that nobody verifies", () => {
    const seed = virtualNodeWarnings(virtualNode({ form: "seed" }));
    assert.deepEqual(seed, [
      "image docker.io/biancoj/vkgpu:latest is not pinned: what runs may change at any restart",
      "image docker.io/biancoj/refresh-token:latest is not pinned: what runs may change at any restart",
      "the seed's virtual kubelet verifies no certificate: whoever answers at https://gpu.example.org gets the token",
    ]);
    const [insecure, ...more] = virtualNodeWarnings(
      virtualNode({ interLink: { url: "https://gpu.example.org", insecureTls: true } }),
    );
    assert.match(insecure ?? "", /^insecureTls: it verifies no certificate/);
    assert.deepEqual(more, []);
    assert.deepEqual(virtualNodeWarnings(virtualNode({ caCertificate: "PEM" })), []);
  });
});
