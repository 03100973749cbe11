import assert from "node:assert/strict";
import { changeValues } from "../../../components/model/jupyterHubChangeValues";
import { Problems } from "../../../components/model/problems";

function read(variables: Record<string, string>): { made: object; lines: readonly string[] } {
  const problems = new Problems("");
  const made = changeValues(variables, problems);
  return { made, lines: problems.list() };
}

describe("the seed's change-values", () => {
  it("become settings, word by word", () => {
    const { made, lines } = read({
      HOSTNAME: "jhub.example.org",
      IAM_SERVER: "https://iam.example.org",
      CLIENT_ID: "id",
      CLIENT_SECRET: "canary",
      CALLBACK_URL: "https://jhub.example.org:443/hub/oauth_callback",
      JHUB_HOST: "ssh.example.org",
      JHUB_PORT: "443",
      JHUB_API_URL: "https://jhub.example.org/hub/api",
      JHUB_URL: "https://jhub.example.org:443",
      NAMESPACE: "helm-jhub-namespace",
      RELEASE: "helm-jhub-release",
      OAUTH_GROUPS: "users admins",
    });
    assert.deepEqual(lines, []);
    assert.deepEqual(made, {
      settings: {
        hostname: "jhub.example.org",
        namespace: "helm-jhub-namespace",
        releaseName: "helm-jhub-release",
        oidc: {
          issuer: "https://iam.example.org",
          clientId: "id",
          callbackUrl: "https://jhub.example.org:443/hub/oauth_callback",
          allowedGroups: ["users", "admins"],
        },
        remote: {
          host: "ssh.example.org",
          port: 443,
          url: "https://jhub.example.org:443",
          apiUrl: "https://jhub.example.org/hub/api",
        },
      },
      clientSecret: "canary",
    });
  });

  it("are as good as absent where they are empty", () => {
    assert.deepEqual(read({ HOSTNAME: "h.example.org", CLIENT_ID: "", JHUB_PORT: " " }), {
      made: { settings: { hostname: "h.example.org" } },
      lines: [],
    });
  });

  it("are refused where they are unknown, gone or half a login", () => {
    assert.deepEqual(
      read({ HOSTNAM: "h", COOKIE_SECRET: "canary", CLIENT_ID: "c", JHUB_PORT: "https" }).lines.map(
        (line) => line.replace(/allowed: HOSTNAME.*GROUPS/, "…"),
      ),
      [
        "HOSTNAM: unknown variable (…). Did you mean HOSTNAME?",
        "COOKIE_SECRET: of no use here. Remove it: a key is generated.",
        'JHUB_PORT: not a port (found "https"; allowed: a number, such as 443).',
        "IAM_SERVER: required, but missing. Add it.",
      ],
    );
    assert.match(read({ constructor: "x" }).lines[0]!, /constructor: unknown variable/);
  });
});
