import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { generateKeyPair, type JWTPayload } from "jose";
import { HttpFault, type Tenant } from "../../endpoint/seams";
import { ada } from "../support/fakeService";
import { cookiesOf, freePort, startPage, type PageServer } from "../support/pageServer";
import { StubIssuer } from "../support/stubIssuer";

describe("signing in to the page", () => {
  const issuer = new StubIssuer();
  let server: PageServer;
  let judged: (string | undefined)[];
  let tenantOf: () => Promise<Tenant>;

  before(async () => {
    await issuer.start();
    server = await startPage({
      settings: { issuer: issuer.url },
      page: { clientSecret: "client: secret", parameters: { audience: "endpoint" } },
      tenantOf: (authorization) => {
        judged.push(authorization);
        return tenantOf();
      },
    });
  });
  after(async () => {
    await server.close();
    await issuer.close();
  });
  beforeEach(() => {
    issuer.reset();
    judged = [];
    tenantOf = () => Promise.resolve(ada);
  });

  /** Begins to sign in, as a browser does. */
  async function begin(to = "/deployments/demo?x=1") {
    const { statusCode, headers } = await server.app.inject({
      url: `/login?${new URLSearchParams({ to }).toString()}`,
    });
    assert.equal(statusCode, 303);
    const cookie = cookiesOf(headers["set-cookie"]);
    return { address: String(headers.location), cookie, lines: [headers["set-cookie"]].flat() };
  }

  const callback = (query: Record<string, string>, cookie: string) =>
    server.app.inject({
      url: `/login/callback?${new URLSearchParams(query).toString()}`,
      headers: { cookie },
    });

  /** The whole way. */
  async function signIn(claims: JWTPayload = {}) {
    issuer.claims = claims;
    const { address, cookie } = await begin();
    return callback(issuer.authorize(address), cookie);
  }

  async function signedIn(cookie: string): Promise<boolean> {
    return (await server.sessions.current(cookie))?.expired === false;
  }

  it("asks the issuer with a state, a nonce and PKCE", async () => {
    const { address, lines } = await begin();
    const { origin, pathname, searchParams } = new URL(address);
    assert.equal(origin + pathname, `${issuer.url}/authorize`);
    assert.equal(searchParams.get("response_type"), "code");
    assert.equal(searchParams.get("client_id"), "page");
    assert.equal(searchParams.get("redirect_uri"), `${server.url}/login/callback`);
    assert.equal(searchParams.get("scope"), "openid profile email");
    assert.equal(searchParams.get("audience"), "endpoint");
    assert.equal(searchParams.get("code_challenge_method"), "S256");
    for (const name of ["state", "nonce", "code_challenge"]) {
      assert.match(searchParams.get(name)!, /^[\w-]{43}$/, name);
    }
    assert.match(String(lines[0]), /HttpOnly; SameSite=Lax$/);
  });

  it("lets in whom the endpoint lets in, and leads back to the page that was wanted", async () => {
    const { statusCode, headers } = await signIn();
    assert.equal(statusCode, 303);
    assert.equal(headers.location, "/deployments/demo?x=1");
    const cookies = cookiesOf(headers["set-cookie"]);
    const opened = await server.sessions.current(cookies);
    assert.deepEqual(opened?.value.tenant, ada);
    assert.equal(opened?.value.name, "Ada");
    assert.deepEqual(judged, ["Bearer access-token-of-ada"]);
    const [{ authorization, form } = { form: new URLSearchParams() }] = issuer.requests;
    assert.equal(
      Buffer.from(authorization!.slice("Basic ".length), "base64").toString(),
      "page:client%3A+secret",
    );
    assert.equal(form.get("client_secret"), null);
    assert.equal(createHash("sha256").update(form.get("code_verifier")!).digest().length, 32);
    assert.doesNotMatch(JSON.stringify(headers), /access-token-of-ada/);
  });

  it("takes an answer once, in the browser that asked", async () => {
    const { address, cookie } = await begin();
    const other = await begin();
    const answer = issuer.authorize(address);
    for (const cookies of ["", other.cookie]) {
      const { statusCode, body } = await callback(answer, cookies);
      assert.equal(statusCode, 400);
      assert.match(body, /not begun in this browser/);
    }
    assert.equal(
      (await callback({ ...answer, state: `${answer.state}x` }, cookie)).statusCode,
      400,
    );
    const good = await callback(answer, cookie);
    assert.equal(good.statusCode, 303);
    // The issuer takes a code once; a second try begins no session.
    const second = await callback(answer, cookie);
    assert.equal(second.statusCode, 403);
    assert.equal(await signedIn(cookiesOf(second.headers["set-cookie"])), false);
  });

  it("lets nobody in by a token that is not what it must be", async () => {
    const now = Math.floor(Date.now() / 1000);
    const spoiled: Record<string, JWTPayload> = {
      "another attempt's": { nonce: "another" },
      "another client's": { aud: "other" },
      "of another issuer": { iss: "https://evil.example" },
      expired: { iat: now - 600, exp: now - 300 },
      "for another party": { aud: ["page", "other"], azp: "other" },
    };
    for (const [what, claims] of Object.entries(spoiled)) {
      const { statusCode, headers } = await signIn(claims);
      assert.equal(statusCode, 403, what);
      assert.equal(await signedIn(cookiesOf(headers["set-cookie"])), false, what);
    }
    issuer.key = (await generateKeyPair("RS256")).privateKey;
    assert.equal((await signIn()).statusCode, 403, "signed by a stranger");
    assert.deepEqual(judged, []);
  });

  it("says so where the endpoint does not let a person in", async () => {
    tenantOf = () =>
      Promise.reject(new HttpFault(403, [{ message: "You are not in the group lab." }]));
    const { statusCode, body, headers } = await signIn();
    assert.equal(statusCode, 403);
    assert.match(body, /You are not in the group lab\./);
    assert.equal(await signedIn(cookiesOf(headers["set-cookie"])), false);
    tenantOf = () =>
      Promise.reject(new HttpFault(401, [{ message: "Its claim aud does not fit." }]));
    assert.equal((await signIn()).statusCode, 403);
  });

  it("tells what the issuer refused, without believing its words to be HTML", async () => {
    const { cookie, address } = await begin();
    const { state } = issuer.authorize(address);
    const denied = await callback({ state, error: "access_denied" }, cookie);
    assert.equal(denied.statusCode, 403);
    assert.match(denied.body, /You were not let in/);
    const strange = await callback({ state, error: "<script>x</script>" }, cookie);
    assert.doesNotMatch(strange.body, /<script>/);
  });

  it("says that it is not possible just now while the issuer is away", async () => {
    issuer.refusal = 502;
    assert.equal((await signIn()).statusCode, 503);
    const lost = await startPage({ settings: { issuer: `http://127.0.0.1:${await freePort()}` } });
    try {
      const { statusCode, headers, body } = await lost.app.inject({ url: "/login" });
      assert.equal(statusCode, 503);
      assert.equal(headers["retry-after"], "10");
      assert.match(body, /the issuer does not answer/);
    } finally {
      await lost.close();
    }
  });

  it("believes no issuer that calls itself by another name", async () => {
    const other = await startPage({
      settings: { issuer: issuer.url.replace("127.0.0.1", "localhost") },
    });
    try {
      const { statusCode, body } = await other.app.inject({ url: "/login" });
      assert.equal(statusCode, 503);
      assert.match(body, /calls itself by another name/);
    } finally {
      await other.close();
    }
  });

  it("signs out here, and shows the way to sign out there", async () => {
    const { cookie, csrf } = await server.signedIn();
    const out = await server.app.inject({
      method: "POST",
      url: "/logout",
      headers: { cookie, "content-type": "application/x-www-form-urlencoded" },
      payload: new URLSearchParams({ csrf }).toString(),
    });
    assert.equal(out.headers.location, "/signed-out");
    assert.match(String([out.headers["set-cookie"]].flat()[0]), /^session=; Path=\/; Max-Age=0/);
    const page = await server.app.inject({ url: "/signed-out", headers: { cookie } });
    assert.match(page.body, new RegExp(`${issuer.url}/end\\?client_id=page`));
    assert.doesNotMatch(page.body, /Ada Lovelace/);
    const forged = await server.app.inject({
      method: "POST",
      url: "/logout",
      headers: { cookie, origin: "https://evil.example" },
    });
    assert.equal(forged.statusCode, 403);
  });
});
