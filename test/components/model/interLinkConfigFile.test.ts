import assert from "node:assert/strict";
import { parseInterLinkConfig, parseVkConfig } from "../../../components/model/interLinkConfigFile";
import { Problems } from "../../../components/model/problems";

/** Every key of the seed's own example. */
const WHOLE = `
VKTokenFile: "$HOME/interLink/token"
InterlinkURL: "https://203.0.113.9"
SidecarURL: "http://127.0.0.1"
InterlinkPort: "443"
SidecarPort: "4000"
SbatchPath: "/usr/bin/sbatch"
ScancelPath: "/usr/bin/scancel"
SqueuePath: "/usr/bin/squeue"
CommandPrefix: ""
ExportPodData: true
DataRootFolder: ".local/interlink/jobs/"
ServiceAccount: "interlink"
Namespace: "vk"
Tsocks: false
TsocksPath: "$WORK/tsocks-1.8beta5+ds1/libtsocks.so"
TsocksLoginNode: "login01"
BashPath: /bin/bash
VerboseLogging: true
ErrorsOnlyLogging: false
`;

function yaml(text: string): { file: unknown; lines: readonly string[] } {
  const problems = new Problems("f");
  return { file: parseInterLinkConfig(text, problems), lines: problems.list() };
}

function json(text: string): { found: unknown; lines: readonly string[] } {
  const problems = new Problems("f");
  return { found: parseVkConfig(text, "test-vk", problems), lines: problems.list() };
}

describe("the seed's InterLinkConfig.yaml", () => {
  it("is read with all its keys", () => {
    assert.deepEqual(yaml(WHOLE), {
      lines: [],
      file: {
        interLink: { url: "https://203.0.113.9", port: 443 },
        namespace: "vk",
        serviceAccount: "interlink",
        verboseLogging: true,
        errorsOnlyLogging: false,
        config: {
          SidecarURL: "http://127.0.0.1",
          SidecarPort: "4000",
          SbatchPath: "/usr/bin/sbatch",
          ScancelPath: "/usr/bin/scancel",
          SqueuePath: "/usr/bin/squeue",
          CommandPrefix: "",
          ExportPodData: true,
          DataRootFolder: ".local/interlink/jobs/",
          Tsocks: false,
          TsocksPath: "$WORK/tsocks-1.8beta5+ds1/libtsocks.so",
          TsocksLoginNode: "login01",
          BashPath: "/bin/bash",
        },
      },
    });
  });

  it("may have ports as numbers", () => {
    const { file } = yaml('InterlinkURL: "https://a"\nInterlinkPort: 8443\nSidecarPort: 4000\n');
    assert.deepEqual(file, {
      interLink: { url: "https://a", port: 8443 },
      config: { SidecarPort: "4000" },
    });
  });

  for (const [what, text, line] of [
    [
      "an unknown key",
      "InterlinkURL: a\nSbatchPaht: x\n",
      /^f: SbatchPaht: unknown key .*Did you mean SbatchPath\?$/,
    ],
    ["no URL", "InterlinkPort: 443\n", /^f: InterlinkURL: required, but missing/],
    [
      "a port that is none",
      "InterlinkURL: a\nInterlinkPort: https\n",
      /^f: InterlinkPort: not a port/,
    ],
    [
      "a switch in quotes",
      'InterlinkURL: a\nTsocks: "true"\n',
      /^f: Tsocks: must be true or false/,
    ],
    ["a list for a text", "InterlinkURL: a\nBashPath: [x]\n", /^f: BashPath: must be text/],
    ["a key of Object", "InterlinkURL: a\nconstructor: x\n", /^f: constructor: unknown key/],
    ["broken YAML", "InterlinkURL: [\n", /^f: not YAML: /],
    ["a list", "- a\n", /^f: not an object of keys in YAML/],
  ] as [string, string, RegExp][]) {
    it(`is refused with ${what}`, () => {
      const { file, lines } = yaml(text);
      assert.equal(file, undefined);
      assert.equal(lines.length, 1, lines.join("\n"));
      assert.match(lines[0]!, line);
    });
  }
});

describe("the seed's vk-cfg.json", () => {
  it("is read with its GPU as text or as the bare number of the seed's example", () => {
    for (const gpu of ["1", '"1"']) {
      const text = `{"test-vk": {"cpu": "24", "memory": "32Gi", "pods": "100", "nvidia.com/gpu": ${gpu}}}`;
      assert.deepEqual(json(text), {
        lines: [],
        found: { cpu: "24", memory: "32Gi", pods: 100, gpus: 1 },
      });
    }
    assert.deepEqual(json('{"test-vk": {}}').found, {});
  });

  for (const [what, text, line] of [
    [
      "another node's name",
      '{"test-kv": {}}',
      /^f: no entry for node test-vk: .*Did you mean test-kv\?$/,
    ],
    ["an unknown key", '{"test-vk": {"mem": "1Gi"}}', /mem: unknown key/],
    [
      "pods that are no number",
      '{"test-vk": {"pods": "many"}}',
      /pods: not a whole number \(found "many"\)/,
    ],
    ["half a GPU", '{"test-vk": {"nvidia.com/gpu": 0.5}}', /not a whole number/],
    ["an object for an amount", '{"test-vk": {"cpu": {}}}', /cpu: must be text or a number/],
    ["broken JSON", "{", /^f: not JSON: /],
  ] as [string, string, RegExp][]) {
    it(`is refused with ${what}`, () => {
      const { found, lines } = json(text);
      assert.equal(found, undefined);
      assert.equal(lines.length, 1, lines.join("\n"));
      assert.match(lines[0]!, line);
    });
  }
});
