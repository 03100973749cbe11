import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as path from "node:path";
import { hubAddress } from "../../../components/model/jupyterHubAddress";
import type { JupyterHubSettings } from "../../../components/model/jupyterHubTypes";
import { check, checkedOf, EVERYTHING, MINIMAL } from "../../support/jupyterHub";

const { oidc } = MINIMAL as Required<JupyterHubSettings>;

function refused(settings: Partial<JupyterHubSettings>, hasSecret = true): string {
  return check({ ...MINIMAL, ...settings }, hasSecret).lines.join("\n");
}

describe("the address of a hub", () => {
  it("follows from its host name alone", () => {
    assert.deepEqual(hubAddress({ hostname: "hub.example.org" }), {
      url: "https://hub.example.org",
      apiUrl: "https://hub.example.org/hub/api",
      host: "hub.example.org",
      port: 443,
      callbackUrl: "https://hub.example.org/hub/oauth_callback",
      basePath: "",
    });
  });

  it("is below its base URL", () => {
    for (const baseUrl of ["/notebook", "/notebook/"]) {
      const address = hubAddress({ hostname: "h.example.org", baseUrl });
      assert.equal(address.callbackUrl, "https://h.example.org/notebook/hub/oauth_callback");
      assert.equal(address.apiUrl, "https://h.example.org/notebook/hub/api");
    }
  });

  it("is overridden part by part", () => {
    const of = (remote: JupyterHubSettings["remote"]): object =>
      hubAddress({ hostname: "h.example.org", remote });
    const url = "https://h.example.org";
    assert.deepEqual(of({ port: 8443 }), {
      url: `${url}:8443`,
      apiUrl: `${url}:8443/hub/api`,
      host: "h.example.org",
      port: 8443,
      callbackUrl: `${url}:8443/hub/oauth_callback`,
      basePath: "",
    });
    assert.deepEqual(of({ url: "https://o.example.org/", apiUrl: "https://a/b", host: "t" }), {
      url: "https://o.example.org",
      apiUrl: "https://a/b",
      host: "t",
      port: 443,
      callbackUrl: "https://o.example.org/hub/oauth_callback",
      basePath: "",
    });
  });
});

describe("the hub's JSON", () => {
  it("says everything but secrets", () => {
    const { profiles, ...hub } = checkedOf(EVERYTHING).hub;
    assert.equal(profiles.length, 3);
    assert.deepEqual(hub, {
      remote: {
        api_url: "https://hub.lab.example.org/notebook/hub/api",
        host: "hub.lab.example.org",
        port: "443",
        url: "https://hub.lab.example.org/notebook",
        ssh_port: "31022",
        ssh_namespace: "notebooks",
      },
      ssh: { user_service: true, service_prefix: "ssh-", forwarder_port: 8022 },
      oidc: {
        issuer: "https://iam.example.org/realms/lab",
        client_id: "hub",
        callback_url: "https://hub.lab.example.org/notebook/hub/oauth_callback",
        scopes: ["openid", "profile", "email"],
        username_claim: "preferred_username",
        groups_claim: "groups",
        allowed_groups: ["lab"],
        admin_groups: [],
        any_user: false,
        authorize_url: null,
        token_url: null,
        userdata_url: null,
        auth_state: false,
      },
      shared_folders: [{ claim: "shared", mount_path: "/home/jovyan/shared", read_only: false }],
      idle: { timeout_seconds: 3600 },
    });
  });

  it("has no tunnel where no profile needs one, unless it is asked for", () => {
    const { hub, tunnel } = checkedOf(MINIMAL);
    assert.deepEqual([hub.remote, hub.ssh, hub.profiles, tunnel], [null, null, [], undefined]);
    const asked = checkedOf({ ...MINIMAL, ssh: { enabled: true, service: false, port: 22 } });
    assert.equal(asked.hub.remote?.ssh_port, "22");
  });

  it("says never with 0", () => {
    const { hub } = checkedOf({ ...MINIMAL, idleTimeout: "never" });
    assert.deepEqual(hub.idle, { timeout_seconds: 0 });
  });

  it("is accepted by the hub's python", () => {
    const hubs = [MINIMAL, EVERYTHING, { ...MINIMAL, oidc: undefined, ownLogin: true }];
    for (const settings of hubs) {
      const { checked, lines } = check(settings, settings.oidc !== undefined);
      assert.deepEqual(lines, []);
      const program =
        "import json, sys; from platform_hub.settings import parse_settings; " +
        "print(len(parse_settings(json.load(sys.stdin)).profiles))";
      const printed = execFileSync("python3", ["-c", program], {
        input: JSON.stringify(checked.hub),
        encoding: "utf8",
        env: {
          ...process.env,
          PYTHONDONTWRITEBYTECODE: "1",
          PYTHONPATH: path.resolve(__dirname, "../../../components/jupyterhub/hub"),
        },
      });
      assert.equal(Number(printed), settings.profiles?.length ?? 0);
    }
  });
});

describe("settings of a hub that could not work", () => {
  /** What is wrong, and what must be said of it. */
  const CASES: [string, Partial<JupyterHubSettings>, RegExp][] = [
    [
      "an issuer that is not https",
      { oidc: { ...oidc, issuer: "http://i" } },
      /oidc\.issuer: not an https address \(found "http:\/\/i"/,
    ],
    [
      "an address with a password",
      { oidc: { ...oidc, tokenUrl: "https://a:b@c/" } },
      /oidc\.tokenUrl: not an https/,
    ],
    ["no login", { oidc: undefined }, /oidc: required, but missing/],
    ["two logins", { ownLogin: true }, /oidc: given, and ownLogin too/],
    [
      "no group",
      { oidc: { ...oidc, allowedGroups: [] } },
      /oidc\.allowedGroups: required, but missing/,
    ],
    ["a group and any user", { oidc: { ...oidc, anyUser: true } }, /oidc\.anyUser: contradicts/],
    [
      "a secret twice",
      { oidc: { ...oidc, existingSecret: { name: "s" } } },
      /clientSecret: given twice/,
    ],
    [
      "a secret's name",
      { oidc: { ...oidc, existingSecret: { name: "S!" } } },
      /oidc\.existingSecret\.name: /,
    ],
    ["an empty client", { oidc: { ...oidc, clientId: " " } }, /oidc\.clientId: empty/],
    [
      "scopes without openid",
      { oidc: { ...oidc, scopes: ["email"] } },
      /oidc\.scopes: without openid/,
    ],
    [
      "another callback path",
      { oidc: { ...oidc, callbackUrl: "https://h/callback" } },
      /oidc\.callbackUrl: not the path/,
    ],
    [
      "a path without its slash",
      { baseUrl: "notebook" },
      /baseUrl: a path without its leading slash .*Write it as \/notebook\./,
    ],
    ["a path that is none", { baseUrl: "/a//b" }, /baseUrl: not a path/],
    ["a host with a scheme", { hostname: "https://hub" }, /hostname: not a host name/],
    [
      "a host outside the domain",
      { expose: { domain: "other.org" } },
      /hostname: not within the domain/,
    ],
    [
      "a port",
      { remote: { port: 0 } },
      /remote\.port: out of range \(found 0; allowed: 1 to 65535/,
    ],
    [
      "a plain URL",
      { remote: { url: "http://h", apiUrl: "ftp://h" } },
      /remote\.url: [^]*remote\.apiUrl: /,
    ],
    [
      "a node port",
      { ssh: { nodePort: 22 } },
      /ssh\.nodePort: out of range \(found 22; allowed: 30000 to 32767/,
    ],
    ["no port without the Service", { ssh: { service: false } }, /ssh\.port: required/],
    ["a prefix", { ssh: { servicePrefix: "SSH" } }, /ssh\.servicePrefix: /],
    [
      "a folder without a node",
      { database: { hostPath: "/d" } },
      /database\.node: required with hostPath/,
    ],
    [
      "a relative folder",
      { database: { hostPath: "d", node: "n" } },
      /database\.hostPath: not an absolute/,
    ],
    [
      "a folder that leads out",
      { database: { hostPath: "/d/..", node: "n" } },
      /database\.hostPath: not an absolute/,
    ],
    [
      "a folder and a class",
      { database: { hostPath: "/d", node: "n", storageClass: "c" } },
      /contradicts storageClass/,
    ],
    [
      "a size",
      { userStorage: { size: "-1" }, database: { size: "big" } },
      /database\.size: [^]*userStorage\.size: /,
    ],
    ["a claim's name", { userStorage: { existingClaim: "A b" } }, /userStorage\.existingClaim: /],
    [
      "a system folder",
      { sharedFolders: [{ claim: "c", mountPath: "/etc/x" }] },
      /sharedFolders\[0\]\.mountPath: a system path/,
    ],
    ["a time without a unit", { idleTimeout: "60" }, /idleTimeout: not a length of time/],
    ["a start without end", { startTimeout: "never" }, /startTimeout: not a length of time/],
    ["a namespace", { namespace: "My_Hub" }, /namespace: not a name/],
    ["a level", { podSecurity: "strict" }, /podSecurity: not a level/],
  ];
  for (const [what, settings, expected] of CASES) {
    it(what, () => assert.match(refused(settings), expected));
  }

  it("a client without its secret", () => {
    assert.match(refused({}, false), /clientSecret: required, but missing/);
    assert.match(
      refused({ oidc: undefined, ownLogin: true }),
      /clientSecret: of no use without oidc/,
    );
  });

  it("a remote profile without the tunnel", () => {
    const { lines } = check({ ...EVERYTHING, ssh: { enabled: false } });
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, /ssh\.enabled: off, but a profile is on a virtual node/);
  });

  it("are all said at once", () => {
    const { lines } = check({ hostname: "x", baseUrl: "y", profiles: [{ name: "" }] }, false);
    assert.equal(lines.length, 5, lines.join("\n"));
  });
});
