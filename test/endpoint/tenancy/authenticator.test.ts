import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import {
  exportJWK,
  exportSPKI,
  generateKeyPair,
  importJWK,
  UnsecuredJWT,
  type JWTPayload,
} from "jose";
import type { Tenant } from "../../../endpoint/seams";
import { createAuthenticator, type LoginSettings } from "../../../endpoint/tenancy/authenticator";
import type { IssuerKeysOptions } from "../../../endpoint/tenancy/issuerKeys";
import { loginTo, refused } from "../../support/logins";
import { useTokenIssuer } from "../../support/tokenIssuer";

describe("Authenticator", () => {
  const issuer = useTokenIssuer();

  function tenantOf(
    token: string,
    over: Partial<LoginSettings> = {},
    options: IssuerKeysOptions = {},
  ): Promise<Tenant> {
    return createAuthenticator(loginTo(issuer, over), options).tenantOf(`Bearer ${token}`);
  }

  it("makes a tenant of a good token", async () => {
    const token = await issuer.token({ claims: { groups: ["lab", "ml"] } });
    assert.deepEqual(await tenantOf(token), {
      name: "alice",
      namespace: "user-alice",
      subject: "alice",
      groups: ["lab", "ml"],
    });
  });

  it("takes access tokens by their type, and the scheme in any case", async () => {
    const authenticator = createAuthenticator(loginTo(issuer));
    for (const typ of ["JWT", "at+jwt", "application/at+jwt"]) {
      const token = await issuer.token({ header: { typ } });
      assert.equal((await authenticator.tenantOf(`bearer ${token}`)).name, "alice", typ);
    }
    await refused(
      tenantOf(await issuer.token({ header: { typ: "logout+jwt" } })),
      401,
      /not valid/,
    );
  });

  it("asks for a token where there is none", async () => {
    const authenticator = createAuthenticator(loginTo(issuer));
    for (const header of [undefined, ""]) {
      const fault = await refused(authenticator.tenantOf(header), 401, /A token is required/);
      assert.deepEqual(fault.headers, { "WWW-Authenticate": "Bearer" });
    }
  });

  it("refuses what is no bearer token, without asking the issuer", async () => {
    const asked = issuer.asked;
    const authenticator = createAuthenticator(loginTo(issuer));
    const long = "a".repeat(70_000);
    for (const header of [
      "Basic YWxpY2U6eA==",
      "Bearer",
      "Bearer a.b",
      "Bearer a.b.c d",
      "Bearer a.b.c.d.e",
      "Bearer ../../x.y.z",
      `Bearer ${long}.${long}.${long}`,
    ]) {
      const fault = await refused(authenticator.tenantOf(header), 401, /not valid/);
      assert.deepEqual(fault.headers, { "WWW-Authenticate": 'Bearer error="invalid_token"' });
    }
    assert.equal(issuer.asked, asked);
  });

  it("refuses tokens that are not for it, of another issuer, too old or too new", async () => {
    const bad: [JWTPayload, RegExp][] = [
      [{ aud: "another" }, /claim aud/],
      [{ aud: undefined }, /claim aud/],
      [{ iss: "https://evil.example.org" }, /claim iss/],
      [{ iss: `${issuer.url}/` }, /claim iss/],
      [{ exp: undefined }, /claim exp/],
      [{ exp: Math.floor(Date.now() / 1000) - 6 }, /expired/],
      [{ nbf: Math.floor(Date.now() / 1000) + 60 }, /claim nbf/],
      [{ sub: undefined }, /claim sub/],
      [{ sub: "" }, /no subject/],
      [{ sub: 7 as unknown as string }, /./],
    ];
    for (const [claims, words] of bad) {
      await refused(tenantOf(await issuer.token({ claims })), 401, words);
    }
  });

  it("bears clocks that differ by as much as is configured", async () => {
    const token = await issuer.token({ expiresIn: -10 });
    await refused(tenantOf(token), 401, /expired/);
    assert.equal((await tenantOf(token, { clockTolerance: 30 })).name, "alice");
  });

  it("refuses a token without signature, and one that is signed with the public key as a password", async () => {
    const none = new UnsecuredJWT({ sub: "alice", aud: issuer.audience })
      .setIssuer(issuer.url)
      .setExpirationTime("5m")
      .encode();
    await refused(tenantOf(none), 401, /not valid/);
    await refused(tenantOf(`${none}AAAA`), 401, /not valid/);

    const [, payload = ""] = (await issuer.token()).split(".");
    const publicKey = await importJWK(issuer.jwks.keys[0]!, "RS256", { extractable: true });
    const pem = await exportSPKI(publicKey as Parameters<typeof exportSPKI>[0]);
    const header = Buffer.from(JSON.stringify({ alg: "HS256", kid: "key-1" })).toString(
      "base64url",
    );
    const mac = createHmac("sha256", pem).update(`${header}.${payload}`).digest("base64url");
    await refused(tenantOf(`${header}.${payload}.${mac}`), 401, /not valid/);
  });

  it("refuses an algorithm that is not configured", async () => {
    await refused(tenantOf(await issuer.token(), { algorithms: ["ES256"] }), 401, /not valid/);
  });

  it("never takes a key from the token, nor its place", async () => {
    const { privateKey, publicKey } = await generateKeyPair("RS256", { extractable: true });
    const jwk = await exportJWK(publicKey);
    for (const header of [
      { jwk },
      { jwk, kid: undefined },
      { jku: "http://127.0.0.1:1/keys" },
      { x5u: "http://127.0.0.1:1/cert" },
      { kid: "../../../../dev/null" },
      { kid: "http://127.0.0.1:1/keys" },
    ]) {
      const token = await issuer.token({ key: privateKey, header });
      await refused(tenantOf(token), 401, /not valid/);
    }
  });

  it("refuses a token that was changed", async () => {
    const [header = "", payload = "", signature = ""] = (await issuer.token()).split(".");
    const other = JSON.parse(Buffer.from(payload, "base64url").toString()) as object;
    const changed = Buffer.from(JSON.stringify({ ...other, sub: "root" })).toString("base64url");
    await refused(tenantOf(`${header}.${changed}.${signature}`), 401, /not valid/);
  });

  it("makes a name of every subject, and no two alike", async () => {
    const subjects = [
      "auth0|42",
      "Alice",
      "alice",
      "al ice",
      "a".repeat(200),
      "alice@example.org",
      "ü",
    ];
    const names = await Promise.all(
      subjects.map(async (sub) => (await tenantOf(await issuer.token({ claims: { sub } }))).name),
    );
    assert.equal(new Set(names).size, subjects.length, names.join(" "));
    names.forEach((name) => assert.match(name, /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/));
  });

  it("can take the tenant from a group, which must be one", async () => {
    const over = { tenantClaim: "groups", tenantPrefix: "tenant:" };
    const of = async (groups: unknown): Promise<Tenant> =>
      tenantOf(await issuer.token({ claims: { groups } }), over);
    assert.deepEqual(await of(["lab", "tenant:physics"]), {
      name: "physics",
      namespace: "user-physics",
      subject: "alice",
      groups: ["lab", "tenant:physics"],
    });
    assert.equal((await of(["tenant:physics", "tenant:physics"])).name, "physics");
    await refused(of(["lab"]), 403, /names no tenant/);
    await refused(of(["tenant:"]), 403, /names no tenant/);
    await refused(of(undefined), 403, /names no tenant/);
    await refused(of({ a: "tenant:physics" }), 403, /names no tenant/);
    await refused(of(["tenant:physics", "tenant:biology"]), 403, /names 2 tenants/);
  });

  it("lets in the group that is required", async () => {
    const over = { requiredGroup: "lab" };
    const token = await issuer.token({ claims: { groups: ["lab"] } });
    assert.equal((await tenantOf(token, over)).name, "alice");
    await refused(tenantOf(await issuer.token(), over), 403, /not in the group lab/);
  });
});
