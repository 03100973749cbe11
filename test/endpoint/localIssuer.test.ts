/** The issuer that `make endpoint` starts: logging in there as a browser does. */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { decodeJwt } from "jose";
import { startIssuer, type LocalIssuer } from "../../endpoint/local/issuer";
import { createAuthenticator } from "../../endpoint/tenancy";
import { settings } from "../support/endpointSettings";

const AUDIENCE = "urn:science-platform:endpoint";
const CALLBACK = "http://127.0.0.1:9/login/callback";

/** A browser as far as cookies and forms go. */
class Browser {
  private readonly cookies = new Map<string, string>();

  async go(url: string, form?: Record<string, string>): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(url, {
      redirect: "manual",
      headers: { cookie },
      ...(form === undefined ? {} : { method: "POST", body: new URLSearchParams(form) }),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [name = "", value = ""] = line.split(";")[0]!.split("=");
      this.cookies.set(name, value);
    }
    return answer;
  }

  /** Follows redirections until there is a page, or the way leads to `until`. */
  async follow(url: string, until: string, form?: Record<string, string>): Promise<string> {
    let answer = await this.go(url, form);
    let at = url;
    for (let step = 0; step < 10; step++) {
      const location = answer.headers.get("location");
      if (location === null) {
        return at;
      }
      at = new URL(location, at).href;
      if (at.startsWith(until)) {
        return at;
      }
      answer = await this.go(at);
    }
    return assert.fail(`too many redirections, the last to ${at}`);
  }
}

describe("the local issuer", () => {
  let issuer: LocalIssuer;
  before(async () => {
    issuer = await startIssuer({
      port: 0,
      audience: AUDIENCE,
      clientId: "page",
      redirectUris: [CALLBACK],
    });
  });
  after(() => issuer.close());

  async function nameIn(token: string): Promise<string> {
    const read = settings({ issuer: issuer.url, audience: AUDIENCE });
    return (await createAuthenticator(read).tenantOf(`Bearer ${token}`)).name;
  }

  it("gives tokens that the endpoint takes", async () => {
    assert.equal(await nameIn(await issuer.token("alice")), "alice");
  });

  it("lets anybody log in by any name, without further questions", async () => {
    const verifier = randomBytes(32).toString("base64url");
    const query = new URLSearchParams({
      client_id: "page",
      response_type: "code",
      redirect_uri: CALLBACK,
      scope: "openid profile email",
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
      state: "s",
      nonce: "n",
    });
    const browser = new Browser();
    const form = await browser.follow(`${issuer.url}/auth?${query.toString()}`, CALLBACK);
    assert.match(form, /\/interaction\//);
    const policy = (await browser.go(form)).headers.get("content-security-policy");
    assert.equal(policy, "default-src 'none'; style-src 'unsafe-inline'");
    const back = await browser.follow(form, CALLBACK, {
      prompt: "login",
      login: "bob",
      password: "anything",
    });
    assert.ok(back.startsWith(CALLBACK), back);
    const code = new URL(back).searchParams.get("code") ?? "";
    const answer = await fetch(`${issuer.url}/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "authorization_code",
        client_id: "page",
        code,
        redirect_uri: CALLBACK,
        code_verifier: verifier,
      }),
    });
    const tokens = (await answer.json()) as { access_token: string; id_token: string };
    assert.equal(answer.status, 200, JSON.stringify(tokens));
    assert.equal(await nameIn(tokens.access_token), "bob");
    const { aud, sub, nonce } = decodeJwt(tokens.id_token);
    assert.deepEqual({ aud, sub, nonce }, { aud: "page", sub: "bob", nonce: "n" });
  });
});
