import assert from "node:assert/strict";
import { STRONG_CIPHERS } from "../../../../components/model/targetNode/ciphers";
import type {
  TargetProxySettings,
  TargetSettings,
} from "../../../../components/model/targetNode/targetTypes";
import { makePair, problemsOf, settings, SETTINGS } from "./settings";

const proxy = (changes: Partial<TargetProxySettings>): TargetSettings =>
  settings({ proxy: { ...SETTINGS.proxy, ...changes } });

const SHA = "a".repeat(64);

/** What is refused, and how its one problem begins behind `t: `. */
const REFUSED: [string, TargetSettings, RegExp][] = [
  [
    "an issuer that is not https",
    proxy({ issuer: "http://iam.example.org" }),
    /^proxy\.issuer: not an https address: tokens and secrets would travel in the clear \(found "http:/,
  ],
  [
    "a validate URL that is not https",
    proxy({ validateUrl: "http://x/token" }),
    /^proxy\.validateUrl: not an https/,
  ],
  [
    "credentials in the issuer",
    proxy({ issuer: "https://a:b@iam.example.org" }),
    /^proxy\.issuer: has credentials in it\. Take them out\.$/,
  ],
  [
    "nobody named who may pass",
    proxy({ groups: undefined }),
    /^proxy\.groups: required, but missing: .* set anyUser\.$/,
  ],
  ["an empty list of groups", proxy({ groups: [] }), /^proxy\.groups: required/],
  ["anyUser with groups", proxy({ anyUser: true }), /^proxy\.anyUser: contradicts groups/],
  ["an empty client", proxy({ clientId: " " }), /^proxy\.clientId: is empty/],
  [
    "the seed's last cipher",
    proxy({ cipherSuites: [...STRONG_CIPHERS, "TLS_AKE_WITH_AES_128_GCM_SHA256"] }),
    /^proxy\.cipherSuites\[6\]: not a name that Go knows: scanners call TLS 1\.3's TLS_AES_128_GCM_SHA256 so .*Remove it: suites for TLS 1\.3 are always on\.$/,
  ],
  [
    "a misspelt cipher",
    proxy({ cipherSuites: ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA265", ...STRONG_CIPHERS] }),
    /^proxy\.cipherSuites\[0\]: not a cipher suite that Go knows.*Did you mean TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\?$/,
  ],
  [
    "a broken cipher",
    proxy({ cipherSuites: ["TLS_RSA_WITH_RC4_128_SHA", ...STRONG_CIPHERS] }),
    /^proxy\.cipherSuites\[0\]: is broken/,
  ],
  [
    "no cipher for TLS 1.2",
    proxy({ cipherSuites: ["TLS_AES_128_GCM_SHA256"] }),
    /^proxy\.cipherSuites: has none for TLS 1\.2/,
  ],
  [
    "ciphers for another key than install.sh makes",
    proxy({ cipherSuites: ["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"] }),
    /^proxy\.cipherSuites: none fits the certificate's RSA key/,
  ],
  [
    "the seed's route",
    proxy({ skipAuthRoutes: ["*='*'"] }),
    /^proxy\.skipAuthRoutes\[0\]: not a method and a path that begins at the root/,
  ],
  ["a route for every path", proxy({ skipAuthRoutes: ["GET=.*"] }), /^proxy\.skipAuthRoutes\[0\]/],
  [
    "a route that Go cannot read",
    proxy({ skipAuthRoutes: ["GET=^/(?=a)"] }),
    /^proxy\.skipAuthRoutes\[0\]/,
  ],
  ["a route without method", proxy({ skipAuthRoutes: ["^/ping$"] }), /^proxy\.skipAuthRoutes\[0\]/],
  ["a negated route", proxy({ skipAuthRoutes: ["GET!=^/ping$"] }), /^proxy\.skipAuthRoutes\[0\]/],
  [
    "a comma in a repeated flag",
    proxy({ groups: ["a,b"] }),
    /^proxy\.groups\[0\]: cannot be a value of a flag that is given several times/,
  ],
  ["no e-mail domain", proxy({ emailDomains: [] }), /^proxy\.emailDomains: is empty/],
  [
    "an authority that is none",
    proxy({ issuerCa: "x" }),
    /^proxy\.issuerCa: is not a certificate in PEM form/,
  ],
  [
    "a line break in a value",
    proxy({ scope: "openid\nUser=root" }),
    /^proxy\.scope: has a line break/,
  ],
  [
    "a line break in a flavor",
    settings({
      plugin: {
        kind: "slurm",
        slurm: { flavors: { a: { cpu: 1, memory: "1G", flags: ["x\n"] } } },
      },
    }),
    /^plugin\.slurm\.flavors\.a\.flags\[0\]: has a line break/,
  ],
  [
    "an address with scheme",
    settings({ address: "https://gpu.example.org" }),
    /^address: neither a DNS name nor an IP address/,
  ],
  ["an address that is half of one", settings({ address: "192.0.2" }), /^address: neither/],
  [
    "a listen address by name",
    settings({ listenAddress: "localhost" }),
    /^listenAddress: not an IP address/,
  ],
  ["jobs as root", settings({ user: "root" }), /^user: jobs would run as root/],
  [
    "oauth2-proxy's own user",
    settings({ user: "interlink-proxy" }),
    /^user: is oauth2-proxy's own user/,
  ],
  [
    "one port twice",
    settings({ ports: { api: 443 } }),
    /^ports\.api: is ports\.https too \(found 443\)/,
  ],
  [
    "a port out of range",
    settings({ ports: { plugin: 70000 } }),
    /^ports\.plugin: not a port \(found 70000; allowed: 1 to 65535\)/,
  ],
  [
    "a relative folder",
    settings({ interlink: { dataRootFolder: ".local/interlink/jobs/" } }),
    /^interlink\.dataRootFolder: not an absolute path/,
  ],
  [
    "a folder that upstream's shell would read",
    settings({ interlink: { dataRootFolder: "/a;id" } }),
    /^interlink\.dataRootFolder: not an absolute path/,
  ],
  [
    "a folder with ..",
    settings({ interlink: { dataRootFolder: "/a/../etc" } }),
    /^interlink\.dataRootFolder/,
  ],
  [
    "two ways to log",
    settings({ interlink: { verboseLogging: true, errorsOnlyLogging: true } }),
    /^interlink\.errorsOnlyLogging: contradicts/,
  ],
  [
    "today's settings in the seed's form",
    settings({ interlink: { form: "seed", jobScriptTemplate: "/t" } }),
    /^interlink\.jobScriptTemplate: the seed's interLink does not read it/,
  ],
  [
    "settings of the other plugin",
    settings({ plugin: { kind: "docker", slurm: {} } }),
    /^plugin\.slurm: has no effect: the plugin is docker/,
  ],
  [
    "too large a pool",
    settings({ plugin: { kind: "docker", docker: { pool: 128 } } }),
    /^plugin\.docker\.pool: .*allowed: 1 to 127/,
  ],
  [
    "a subnet that cannot be divided",
    settings({ plugin: { kind: "docker", docker: { networkSubnets: ["10.0.0.0/20"] } } }),
    /^plugin\.docker\.networkSubnets\[0\]/,
  ],
  [
    "memory that SLURM cannot read",
    settings({ plugin: { kind: "slurm", slurm: { flavors: { a: { cpu: 1, memory: "8Gi" } } } } }),
    /^plugin\.slurm\.flavors\.a\.memory/,
  ],
  [
    "a flavor that there is not",
    settings({
      plugin: {
        kind: "slurm",
        slurm: { flavors: { gpu: { cpu: 1, memory: "8G" } }, defaultFlavor: "gpus" },
      },
    }),
    /^plugin\.slurm\.defaultFlavor: .*Did you mean gpu\?$/,
  ],
  [
    "a checksum that is none",
    settings({ binaries: { folder: "/p", interlink: { sha256: "abc" } } }),
    /^binaries\.interlink\.sha256: not a SHA-256/,
  ],
  [
    "a download in the clear",
    settings({
      plugin: { kind: "slurm" },
      binaries: {
        oauth2Proxy: { sha256: SHA },
        interlink: { sha256: SHA, url: "http://x/i" },
        plugin: { sha256: SHA },
      },
    }),
    /^binaries\.interlink\.url: not an https address/,
  ],
  [
    "Docker's plugin without an address",
    settings({
      binaries: {
        oauth2Proxy: { sha256: SHA },
        interlink: { sha256: SHA },
        plugin: { sha256: SHA },
      },
    }),
    /^binaries\.plugin\.url: required, but missing: upstream publishes none/,
  ],
  [
    "an archive that leads elsewhere",
    settings({
      binaries: { folder: "/p", plugin: { url: "https://x/y", member: "../../etc/passwd" } },
    }),
    /^binaries\.plugin\.member: leads out/,
  ],
  [
    "a certificate without key",
    settings({ certificate: makePair().certificate }),
    /^certificateKey: required with certificate, but missing/,
  ],
];

describe("a target node's rules", () => {
  for (const [what, target, line] of REFUSED) {
    it(`refuse ${what}`, () => {
      const found = problemsOf(target);
      assert.equal(found.length, 1, found.join("\n"));
      assert.match(found[0]!.replace(/^t: /, ""), line);
    });
  }
});
