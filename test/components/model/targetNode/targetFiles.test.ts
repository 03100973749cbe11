import assert from "node:assert/strict";
import { oauth2ProxyFlags } from "../../../../components/model/targetNode/oauth2Proxy";
import { resolveTarget } from "../../../../components/model/targetNode/target";
import { targetFiles } from "../../../../components/model/targetNode/targetFiles";
import type { TargetSettings } from "../../../../components/model/targetNode/targetTypes";
import { fileOf, makePair, SECRETS, settings, SETTINGS } from "./settings";

/** The seed's flags, with what it leaves to the reader filled in. */
const SEED: TargetSettings = {
  address: "192.0.2.7",
  proxy: {
    issuer: "https://iam.cloud.infn.it/",
    clientId: "client_id",
    audiences: ["users"],
    groupsClaim: "users",
    redirectUrl: "http://localhost:8081",
    validateUrl: "https://iam.cloud.infn.it/token",
    skipAuthRoutes: ["GET=^/pinglink$"],
    cipherSuites: [
      "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
      "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
      "TLS_RSA_WITH_AES_256_GCM_SHA384",
    ],
  },
  plugin: { kind: "docker", docker: { gpu: true } },
  ports: { http: 80 },
  interlink: {
    form: "seed",
    verboseLogging: true,
    tsocks: { library: "/opt/tsocks/libtsocks.so", loginNode: "login01" },
  },
  binaries: { folder: "/root/programs" },
};

/** Lines of a unit that begin so. */
function lines(text: string, start: string): string[] {
  return text.split("\n").filter((line) => line.startsWith(start));
}

describe("oauth2-proxy on a target node", () => {
  it("gets every flag of the seed, as --flag=value", () => {
    assert.deepEqual(oauth2ProxyFlags(resolveTarget(SEED)), [
      "--provider=oidc",
      "--oidc-issuer-url=https://iam.cloud.infn.it/",
      "--client-id=client_id",
      "--redirect-url=http://localhost:8081",
      "--upstream=http://127.0.0.1:3000",
      "--https-address=0.0.0.0:443",
      "--http-address=0.0.0.0:80",
      "--force-https=true",
      "--tls-cert-file=/etc/interlink/tls.crt",
      "--tls-key-file=/etc/interlink/tls.key",
      "--tls-min-version=TLS1.2",
      "--tls-cipher-suite=TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
      "--tls-cipher-suite=TLS_RSA_WITH_AES_256_GCM_SHA384",
      "--email-domain=*",
      "--oidc-extra-audience=users",
      "--oidc-groups-claim=users",
      "--validate-url=https://iam.cloud.infn.it/token",
      "--skip-auth-route=GET=^/pinglink$",
      "--pass-authorization-header=true",
      "--skip-jwt-bearer-tokens=true",
      "--force-json-errors=true",
    ]);
  });

  it("offers authenticated encryption alone, no plain HTTP, and lets its groups pass by default", () => {
    const flags = oauth2ProxyFlags(resolveTarget(SETTINGS));
    const ciphers = flags.filter((flag) => flag.startsWith("--tls-cipher-suite="));
    assert.equal(ciphers.length, 6);
    assert.ok(ciphers.every((flag) => /_ECDHE_.*(GCM|CHACHA20)/.test(flag)));
    assert.ok(flags.includes("--http-address=-"));
    assert.ok(flags.includes("--allowed-group=gpu-users"));
    assert.equal(
      flags.filter((flag) => /force-https|extra-audience|skip-auth/.test(flag)).length,
      0,
    );
  });

  it("writes an IPv6 address in brackets, and another port than 443", () => {
    const target = resolveTarget(
      settings({ address: "2001:db8::7", listenAddress: "::", ports: { https: 8443 } }),
    );
    assert.equal(target.url, "https://[2001:db8::7]:8443");
    assert.ok(oauth2ProxyFlags(target).includes("--https-address=[::]:8443"));
  });

  it("takes a setting that is undefined as one that is left out", () => {
    const bare = { ...SETTINGS, proxy: { ...SETTINGS.proxy, emailDomains: undefined } };
    assert.deepEqual(
      oauth2ProxyFlags(resolveTarget(bare)),
      oauth2ProxyFlags(resolveTarget(SETTINGS)),
    );
  });
});

describe("the config of API server and plugin", () => {
  it("is the seed's whole list in its form, for both", () => {
    const text = [
      'VKTokenFile: "/var/lib/interlink/token"',
      'InterlinkURL: "http://127.0.0.1"',
      'SidecarURL: "http://127.0.0.1"',
      'InterlinkPort: "3000"',
      'SidecarPort: "4000"',
      'SbatchPath: "/usr/bin/sbatch"',
      'ScancelPath: "/usr/bin/scancel"',
      'SqueuePath: "/usr/bin/squeue"',
      'ServiceAccount: "interlink"',
      'CommandPrefix: ""',
      "ExportPodData: true",
      'Namespace: "vk"',
      "Tsocks: true",
      'TsocksPath: "/opt/tsocks/libtsocks.so"',
      'TsocksLoginNode: "login01"',
      'BashPath: "/bin/bash"',
      "VerboseLogging: true",
      "ErrorsOnlyLogging: false",
      'DataRootFolder: "/var/lib/interlink/jobs/"',
      "",
    ].join("\n");
    assert.equal(fileOf("InterLinkConfig.yaml", SEED), text);
    assert.equal(fileOf("plugin.yaml", SEED), text);
  });

  it("is today's with Docker, over a socket", () => {
    assert.equal(
      fileOf("InterLinkConfig.yaml", SETTINGS),
      [
        'InterlinkAddress: "http://127.0.0.1"',
        'InterlinkPort: "3000"',
        'SidecarURL: "unix:///run/interlink/plugin.sock"',
        'SidecarPort: "0"',
        "VerboseLogging: false",
        "ErrorsOnlyLogging: false",
        'DataRootFolder: "/var/lib/interlink/jobs/"',
        "",
      ].join("\n"),
    );
    assert.equal(
      fileOf("plugin.yaml", SETTINGS),
      [
        'Socket: "unix:///run/interlink/plugin.sock"',
        'CommandPrefix: ""',
        "ExportPodData: true",
        'Namespace: "vk"',
        "Tsocks: false",
        'BashPath: "/bin/bash"',
        "VerboseLogging: false",
        "ErrorsOnlyLogging: false",
        'DataRootFolder: "/var/lib/interlink/jobs/"',
        "",
      ].join("\n"),
    );
  });

  it("is today's with SLURM, over a port", () => {
    const text = fileOf(
      "plugin.yaml",
      settings({
        ports: { plugin: 4000 },
        interlink: { dataRootFolder: "/home/interlink/jobs/", singularityPrefix: "module load s" },
        plugin: {
          kind: "slurm",
          slurm: {
            sbatchPath: "/opt/slurm/bin/sbatch",
            flavors: { gpu: { cpu: 4, memory: "32G", flags: ["--gres=gpu:1"] } },
            defaultFlavor: "gpu",
          },
        },
      }),
    );
    assert.equal(
      text,
      [
        'SidecarPort: "4000"',
        'SbatchPath: "/opt/slurm/bin/sbatch"',
        'ScancelPath: "/usr/bin/scancel"',
        'SqueuePath: "/usr/bin/squeue"',
        'SinfoPath: "/usr/bin/sinfo"',
        'ContainerRuntime: "singularity"',
        'SingularityPath: "singularity"',
        "SingularityDefaultOptions: []",
        'ImagePrefix: "docker://"',
        'EnrootPath: "enroot"',
        "EnableProbes: false",
        "Flavors:",
        "  gpu:",
        '    Name: "gpu"',
        "    CPUDefault: 4",
        '    MemoryDefault: "32G"',
        "    SlurmFlags:",
        '      - "--gres=gpu:1"',
        'DefaultFlavor: "gpu"',
        'CommandPrefix: ""',
        "ExportPodData: true",
        'Namespace: "vk"',
        "Tsocks: false",
        'BashPath: "/bin/bash"',
        'SingularityPrefix: "module load s"',
        "VerboseLogging: false",
        "ErrorsOnlyLogging: false",
        'DataRootFolder: "/home/interlink/jobs/"',
        "",
      ].join("\n"),
    );
  });
});

describe("the units of a target node", () => {
  const proxy = (target: TargetSettings): string =>
    fileOf("interlink-oauth2-proxy.service", target);
  const plugin = (target: TargetSettings): string => fileOf("interlink-plugin.service", target);

  it("start one after the other", () => {
    const api = fileOf("interlink-api.service", SETTINGS);
    assert.deepEqual(lines(api, "After="), [
      "After=network-online.target interlink-oauth2-proxy.service",
    ]);
    assert.deepEqual(lines(plugin(SETTINGS), "Wants="), [
      "Wants=network-online.target interlink-api.service docker.service",
    ]);
    assert.deepEqual(lines(api, "Environment="), [
      "Environment=INTERLINKCONFIGPATH=/etc/interlink/InterLinkConfig.yaml",
    ]);
  });

  it("give the capability for a low port to oauth2-proxy alone, and only for one", () => {
    assert.deepEqual(lines(proxy(SETTINGS), "AmbientCapabilities="), [
      "AmbientCapabilities=CAP_NET_BIND_SERVICE",
    ]);
    const high = proxy(settings({ ports: { https: 8443 } }));
    assert.deepEqual(lines(high, "AmbientCapabilities="), []);
    assert.deepEqual(lines(high, "CapabilityBoundingSet="), ["CapabilityBoundingSet="]);
    assert.deepEqual(lines(plugin(SETTINGS), "CapabilityBoundingSet="), ["CapabilityBoundingSet="]);
  });

  it("are hardened, each with a user of its own kind", () => {
    for (const name of ["oauth2-proxy", "api", "plugin"]) {
      const unit = fileOf(`interlink-${name}.service`, settings({ user: "jobs" }));
      assert.deepEqual(lines(unit, "NoNewPrivileges="), ["NoNewPrivileges=true"]);
      assert.deepEqual(lines(unit, "ProtectSystem="), ["ProtectSystem=strict"]);
      assert.deepEqual(lines(unit, "Restart="), ["Restart=always"]);
      assert.deepEqual(lines(unit, "User="), [
        name === "oauth2-proxy" ? "User=interlink-proxy" : "User=jobs",
      ]);
    }
  });

  it("keep others from a plugin that upstream lets listen everywhere", () => {
    assert.deepEqual(lines(plugin(SEED), "IPAddress"), [
      "IPAddressDeny=any",
      "IPAddressAllow=localhost",
    ]);
    assert.deepEqual(lines(plugin(SETTINGS), "IPAddress"), []);
    assert.deepEqual(lines(plugin(SETTINGS), "RuntimeDirectory="), ["RuntimeDirectory=interlink"]);
  });

  it("let a SLURM plugin write below a home where its folder is there", () => {
    const unit = plugin(
      settings({ plugin: { kind: "slurm" }, interlink: { dataRootFolder: "/home/il/jobs" } }),
    );
    assert.deepEqual(lines(unit, "ProtectHome="), ["ProtectHome=read-only"]);
    assert.deepEqual(lines(unit, "ReadWritePaths="), [
      "ReadWritePaths=/var/lib/interlink /home/il/jobs/",
    ]);
    assert.deepEqual(lines(unit, "SupplementaryGroups="), []);
    assert.deepEqual(lines(unit, "Environment="), [
      "Environment=INTERLINKCONFIGPATH=/etc/interlink/plugin.yaml SLURMCONFIGPATH=/etc/interlink/plugin.yaml",
      "Environment=SHARED_FS=false",
    ]);
  });
});

describe("the secrets of a target node", () => {
  it("are in files with mode 0600 alone, never on a command line", () => {
    const { certificate, key } = makePair();
    const secrets = { ...SECRETS, certificateKey: key };
    for (const file of targetFiles("gpu", settings({ certificate }), secrets)) {
      const holds = [SECRETS.clientSecret, SECRETS.cookieSecret, key].some((it) =>
        file.text.includes(it),
      );
      assert.equal(holds, ["oauth2-proxy.env", "tls.key"].includes(file.name), file.name);
      assert.equal(file.mode, holds ? 0o600 : 0o644, file.name);
    }
  });

  it("have the names that oauth2-proxy reads", () => {
    assert.equal(
      fileOf("oauth2-proxy.env", SETTINGS, { clientSecret: 'a"$b', cookieSecret: "c" }),
      'OAUTH2_PROXY_CLIENT_SECRET="a\\"\\$b"\nOAUTH2_PROXY_COOKIE_SECRET="c"\n',
    );
  });
});
