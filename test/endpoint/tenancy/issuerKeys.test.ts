import assert from "node:assert/strict";
import { createAuthenticator } from "../../../endpoint/tenancy/authenticator";
import { loginTo, refused } from "../../support/logins";
import { useTokenIssuer } from "../../support/tokenIssuer";

describe("the issuer's keys", () => {
  const issuer = useTokenIssuer();
  afterEach(async () => {
    issuer.keysAnswer = undefined;
    issuer.discovery = {};
    await issuer.stop();
    await issuer.start();
  });

  it("may be at a place that is configured", async () => {
    issuer.discovery = { jwks_uri: "http://127.0.0.1:1/none" };
    const configured = createAuthenticator(loginTo(issuer, { jwksUri: issuer.jwksUri }));
    assert.equal((await configured.tenantOf(`Bearer ${await issuer.token()}`)).name, "alice");
  });

  it("are not read where the discovery document is another's, or leads away from https", async () => {
    for (const discovery of [
      { issuer: "https://evil.example.org" },
      { issuer: `${issuer.url}/` },
      { jwks_uri: "http://169.254.169.254/keys" },
      { jwks_uri: "file:///etc/passwd" },
      { jwks_uri: undefined },
    ]) {
      issuer.discovery = discovery;
      const authenticator = createAuthenticator(loginTo(issuer));
      const asked = authenticator.tenantOf(`Bearer ${await issuer.token()}`);
      await refused(asked, 503, /login service does not answer/);
    }
  });

  it("are fetched once for many tokens, and again for a key that is new", async () => {
    const authenticator = createAuthenticator(loginTo(issuer), { cooldown: 0 });
    const before = issuer.asked;
    const old = await issuer.token();
    await Promise.all(Array.from({ length: 50 }, () => authenticator.tenantOf(`Bearer ${old}`)));
    assert.equal(issuer.asked, before + 1);
    await issuer.rotate();
    const tokens = await Promise.all(Array.from({ length: 50 }, () => issuer.token()));
    await Promise.all(tokens.map((token) => authenticator.tenantOf(`Bearer ${token}`)));
    assert.equal(issuer.asked, before + 2, "one fetch for fifty tokens of the new key");
    await authenticator.tenantOf(`Bearer ${old}`);
  });

  it("are not asked for again and again for keys that nobody has", async () => {
    const authenticator = createAuthenticator(loginTo(issuer));
    await authenticator.tenantOf(`Bearer ${await issuer.token()}`);
    const before = issuer.asked;
    for (let index = 0; index < 20; index++) {
      const token = await issuer.token({ header: { kid: `none-${index}` } });
      await refused(authenticator.tenantOf(`Bearer ${token}`), 401, /not valid/);
    }
    assert.equal(issuer.asked, before);
  });

  it("serve through an outage while they are fresh enough, then nothing is let in", async () => {
    const options = { refreshAfter: 0, keepFor: 1_500, failureCooldown: 50, trustFor: 0 };
    const authenticator = createAuthenticator(loginTo(issuer), options);
    const token = `Bearer ${await issuer.token()}`;
    await authenticator.tenantOf(token);
    await issuer.stop();
    assert.equal((await authenticator.tenantOf(token)).name, "alice", "from what is kept");
    await new Promise((resolve) => setTimeout(resolve, 1_600));
    const fault = await refused(authenticator.tenantOf(token), 503, /login service/);
    assert.equal(fault.headers?.["Retry-After"], "5");
    await issuer.start();
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal((await authenticator.tenantOf(token)).name, "alice", "when it is back");
  });

  it("are not needed again for a while by a token that was good, nor any longer than it is valid", async () => {
    const authenticator = createAuthenticator(loginTo(issuer, { clockTolerance: 0 }), {
      keepFor: 0,
      trustFor: 60_000,
    });
    const token = `Bearer ${await issuer.token({ expiresIn: 2 })}`;
    await authenticator.tenantOf(token);
    const before = issuer.asked;
    assert.equal((await authenticator.tenantOf(token)).name, "alice");
    assert.equal(issuer.asked, before);
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    await refused(authenticator.tenantOf(token), 401, /expired/);
  });

  it("that cannot be read are an outage, too", async () => {
    for (const keysAnswer of [
      { status: 500, body: "{}" },
      { status: 302, body: "{}" },
      { status: 200, body: "<html>" },
      { status: 200, body: '{"keys":7}' },
    ]) {
      issuer.keysAnswer = keysAnswer;
      const authenticator = createAuthenticator(loginTo(issuer));
      await refused(authenticator.tenantOf(`Bearer ${await issuer.token()}`), 503, /login service/);
    }
  });

  it("are not asked for in a storm while the issuer is away", async () => {
    issuer.keysAnswer = { status: 500, body: "{}" };
    const authenticator = createAuthenticator(loginTo(issuer));
    const before = issuer.asked;
    for (let index = 0; index < 30; index++) {
      await refused(authenticator.tenantOf(`Bearer ${await issuer.token()}`), 503, /login service/);
    }
    assert.equal(issuer.asked, before + 1);
  });
});
