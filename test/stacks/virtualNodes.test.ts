import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parseWith, Problems } from "../../components/model/problems";
import {
  readVirtualNodes,
  type VirtualNodeEntry,
  type VirtualNodesConfig,
} from "../../stacks/platform/virtualNodes";
import { interlinkSchema, isInterlinkSecret } from "../../stacks/sections/interlink";
import { T4 } from "../support/virtualNodes";

const LOGIN = {
  issuer: "https://iam.example.org/",
  clientId: "c",
  clientSecret: "s",
  refreshToken: "r",
};
const NODE = {
  offloadNamespaces: ["jupyterhub"],
  interLink: { url: "https://gpu.example.org" },
  login: LOGIN,
};
const TARGET = {
  address: "gpu.example.org",
  proxy: { issuer: "https://iam.example.org/", clientId: "c", groups: ["g"] },
  plugin: { kind: "docker" },
  clientSecret: "s",
  ports: { https: 8443 },
};

describe("the virtual nodes of a stack", () => {
  let root: string;

  before(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), "virtual-nodes-"));
  });

  after(() => fs.rmSync(root, { recursive: true }));

  function write(name: string, text: string): string {
    fs.writeFileSync(path.join(root, name), text);
    return name;
  }

  function read(
    interlink: object,
    over: Partial<VirtualNodesConfig> = {},
  ): { entries: VirtualNodeEntry[]; lines: readonly string[] } {
    const problems = new Problems("p");
    const section = parseWith(interlinkSchema, interlink, problems, "interlink");
    const config: VirtualNodesConfig = {
      root,
      interlink: section,
      nodes: { "test-vk": { virtual: true, cpu: "24", memory: "32Gi", gpus: [{ class: "t4" }] } },
      gpus: { t4: T4 },
      ...over,
    };
    return { entries: readVirtualNodes(config, problems), lines: problems.list() };
  }

  const virtual = (over: object): object => ({ virtualNodes: { "test-vk": { ...NODE, ...over } } });

  it("get their capacity from nodes, and their credentials as secrets", async () => {
    const { entries, lines } = read(virtual({ namespace: "kubelets", waitSeconds: 5 }));
    assert.deepEqual(lines, []);
    const { clientId, clientSecret, refreshToken, ...args } = entries[0]!.args;
    assert.deepEqual(args, {
      nodeName: "test-vk",
      namespace: "kubelets",
      waitSeconds: 5,
      offloadNamespaces: ["jupyterhub"],
      interLink: { url: "https://gpu.example.org" },
      node: { virtual: true, cpu: "24", memory: "32Gi", gpus: [{ class: "t4" }] },
      gpus: { t4: T4 },
      login: { issuer: "https://iam.example.org/" },
    });
    for (const secret of [clientId, clientSecret, refreshToken]) {
      assert.equal(await pulumi.isSecret(pulumi.output(secret)), true);
    }
  });

  it("start from the seed's files, and keep what the config says over them", () => {
    const interLinkConfigFile = write(
      "InterLinkConfig.yaml",
      'InterlinkURL: "https://203.0.113.9"\nInterlinkPort: "8443"\nNamespace: vk2\nServiceAccount: interlink\nSbatchPath: /usr/bin/sbatch\nVerboseLogging: true\n',
    );
    const vkConfigFile = write(
      "vk-cfg.json",
      '{"test-vk": {"cpu": "10", "memory": "800Gi", "pods": "1000", "nvidia.com/gpu": 3}}',
    );
    const nodes = { "test-vk": { virtual: true, cpu: "24", gpus: [{ class: "t4" }] } };
    const { entries, lines } = read(
      virtual({
        form: "seed",
        interLink: undefined,
        interLinkConfigFile,
        vkConfigFile,
        verboseLogging: false,
        config: { SbatchPath: "/opt/sbatch" },
      }),
      { nodes },
    );
    assert.deepEqual(lines, []);
    const { clientId, clientSecret, refreshToken, gpus, login, ...args } = entries[0]!.args;
    assert.ok(clientId && clientSecret && refreshToken && gpus && login);
    assert.deepEqual(args, {
      nodeName: "test-vk",
      form: "seed",
      namespace: "vk2",
      serviceAccount: "interlink",
      verboseLogging: false,
      pods: 1000,
      offloadNamespaces: ["jupyterhub"],
      interLink: { url: "https://203.0.113.9", port: 8443 },
      node: { virtual: true, cpu: "24", memory: "800Gi", gpus: [{ class: "t4", count: 3 }] },
      config: { SbatchPath: "/opt/sbatch" },
    });
  });

  it("are reached at their target, with its certificate", () => {
    const certificateFile = write("host.crt", "PEM");
    const targets = { host: { ...TARGET, certificateFile, certificateKeyFile: certificateFile } };
    const { entries, lines } = read({
      ...virtual({ interLink: undefined, target: "host" }),
      targets,
    });
    assert.deepEqual(lines, []);
    assert.deepEqual(entries[0]!.args.interLink, { url: "https://gpu.example.org", port: 8443 });
    assert.equal(entries[0]!.args.caCertificate, "PEM");
    assert.equal(entries[0]!.args.targetCheck, "sudo bash interlink-host/install.sh --check");
  });

  const REFUSED: [what: string, interlink: () => object, line: RegExp, over?: object][] = [
    [
      "a node that nodes does not have",
      () => virtual({}),
      /^p: interlink.virtualNodes.test-vk: nodes has no test-vk.*Add test-vk: { virtual: true/,
      { nodes: {} },
    ],
    [
      "a node that is not virtual",
      () => virtual({}),
      /nodes.test-vk does not say that it is virtual/,
      { nodes: { "test-vk": { cpu: "1", memory: "1Gi" } } },
    ],
    [
      "no endpoint",
      () => virtual({ interLink: undefined }),
      /test-vk.interLink: required, but missing/,
    ],
    [
      "an unknown target",
      () => ({ ...virtual({ interLink: undefined, target: "hots" }), targets: { host: TARGET } }),
      /test-vk.target: no such target .*Did you mean host\?/,
    ],
    [
      "two endpoints",
      () => ({ ...virtual({ target: "host" }), targets: { host: TARGET } }),
      /test-vk.target: contradicts interLink/,
    ],
    [
      "a file that is not there",
      () => virtual({ caCertificateFile: "no.pem" }),
      /test-vk.caCertificateFile: cannot be read: ENOENT \(found "no.pem"\)/,
    ],
    [
      "a file with an unknown key",
      () => virtual({ interLinkConfigFile: write("bad.yaml", "InterlinkURL: a\nTsock: true\n") }),
      /interLinkConfigFile bad.yaml.Tsock: unknown key .*Did you mean Tsocks/,
    ],
    [
      "GPUs that nobody declared",
      () => virtual({ vkConfigFile: write("two.json", '{"test-vk": {"nvidia.com/gpu": 2}}') }),
      /vkConfigFile: its nvidia.com\/gpu is 2, but nodes.test-vk.gpus offers 0/,
      { nodes: { "test-vk": { virtual: true, cpu: "1", memory: "1Gi" } } },
    ],
    [
      "no memory",
      () => virtual({}),
      /^p: nodes.test-vk.memory: required, but missing/,
      { nodes: { "test-vk": { virtual: true, cpu: "1" } } },
    ],
    [
      "no client",
      () => virtual({ login: { issuer: LOGIN.issuer } }),
      /test-vk.login.clientId: required with login, but missing/,
    ],
    [
      "no namespaces",
      () => virtual({ offloadNamespaces: undefined }),
      /test-vk.offloadNamespaces: empty/,
    ],
    [
      "an unknown key",
      () => virtual({ offloadNamespace: ["a"] }),
      /offloadNamespace: unknown key .*Did you mean offloadNamespaces\?/,
    ],
  ];

  for (const [what, interlink, line, over] of REFUSED) {
    it(`refuse ${what}`, () => {
      const { lines } = read(interlink(), over);
      assert.ok(
        lines.some((one) => line.test(one)),
        lines.join("\n") || "nothing was refused",
      );
    });
  }

  it("have secrets that no message shows", () => {
    for (const key of ["clientId", "clientSecret", "refreshToken"]) {
      assert.ok(isInterlinkSecret(`interlink.virtualNodes.test-vk.login.${key}`));
    }
    assert.ok(isInterlinkSecret("interlink.targets.host.clientSecret"));
    assert.ok(!isInterlinkSecret("interlink.virtualNodes.test-vk.login.issuer"));
  });
});
