import assert from "node:assert/strict";
import * as fc from "fast-check";
import { z } from "zod";
import { readCookie, writeCookie } from "../../endpoint/page/cookies";
import { safePath } from "../../endpoint/page/routes/signIn";
import { Seal } from "../../endpoint/page/seal";
import { hasToken, Sessions } from "../../endpoint/page/session";
import { ada } from "../support/fakeService";
import { cookiesOf } from "../support/pageServer";

const SECRET = "one secret of the tests, 32 bytes or more";
const OTHER = "another secret of the tests, 32 bytes too";

describe("cookies of the page", () => {
  const scope = { secure: true };

  it("come back as they were, in several pieces where one would be too large", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 14_000 }), (length) => {
        const value = "x".repeat(length);
        const lines = writeCookie("session", value, 60, scope);
        assert.ok(lines.every((line) => line.length <= 4096));
        assert.equal(readCookie(cookiesOf(lines), "session", scope), value);
      }),
    );
  });

  it("clear the pieces of a larger value that was there before", () => {
    const lines = writeCookie("session", "short", 60, scope);
    assert.equal(lines.length, 4);
    assert.deepEqual(
      lines.slice(1).map((line) => /Max-Age=(\d+)/.exec(line)?.[1]),
      ["0", "0", "0"],
    );
  });

  it("are for this host alone, out of reach of scripts and of other sites' forms", () => {
    assert.equal(
      writeCookie("session", "v", 60, scope)[0],
      "__Host-session=v; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure",
    );
  });
});

const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Another character: its first bit differs, since the last bits of the last character stand for nothing. */
function changedCharacter(character: string): string {
  return character === "." ? "A" : BASE64URL[BASE64URL.indexOf(character) ^ 32]!;
}

describe("sealed values", () => {
  const schema = z.object({ text: z.string() });

  it("open with any of the secrets, and with no other", async () => {
    const sealed = await new Seal("session", schema, [OTHER]).close({ text: "a" }, 60);
    const both = new Seal("session", schema, [SECRET, OTHER]);
    assert.deepEqual(await both.open(sealed), { value: { text: "a" }, expired: false });
    assert.equal(await new Seal("session", schema, [SECRET]).open(sealed), undefined);
  });

  it("do not open for another purpose, after a change of any character, or in another form", async () => {
    const seal = new Seal("session", schema, [SECRET]);
    const sealed = await seal.close({ text: "secret words" }, 60);
    assert.equal(await new Seal("flash", schema, [SECRET]).open(sealed), undefined);
    assert.equal(
      await new Seal("session", z.object({ n: z.number() }), [SECRET]).open(sealed),
      undefined,
    );
    for (let at = 0; at < sealed.length; at++) {
      const changed = sealed.slice(0, at) + changedCharacter(sealed[at]!) + sealed.slice(at + 1);
      assert.equal(await seal.open(changed), undefined, `changed at ${at}`);
    }
    assert.doesNotMatch(Buffer.from(sealed, "base64url").toString("latin1"), /secret words/);
  });

  it("say that their time is over", async () => {
    const seal = new Seal("session", schema, [SECRET]);
    assert.equal((await seal.open(await seal.close({ text: "a" }, -1)))?.expired, true);
  });

  it("need secrets of 32 bytes", () => {
    assert.throws(() => new Seal("session", schema, ["short"]), /32 bytes or more/);
    assert.throws(() => new Seal("session", schema, []), /at least one/);
  });
});

describe("sessions", () => {
  const settings = {
    url: "https://services.example.org",
    issuer: "https://login.example.org",
    clientId: "page",
    scope: "openid",
    algorithms: ["RS256"],
    cookieSecrets: [SECRET],
  };
  const sessions = new Sessions(settings);
  const begun = async (subject: string, cookies?: string) =>
    cookiesOf(await sessions.begin({ tenant: { ...ada, subject }, name: subject }, cookies));
  const tokenIn = async (cookies: string) => (await sessions.current(cookies))!.value.csrf;

  it("hand the token of forms on to the same person, and to nobody else", async () => {
    const first = await begun("ada");
    assert.equal(await tokenIn(await begun("ada", first)), await tokenIn(first));
    assert.notEqual(await tokenIn(await begun("eve", first)), await tokenIn(first));
  });

  it("hold many groups", async () => {
    const groups = Array.from({ length: 150 }, (_, index) => `group-of-some-length-${index}`);
    const lines = await sessions.begin({ tenant: { ...ada, groups }, name: "Ada" }, undefined);
    assert.deepEqual((await sessions.current(cookiesOf(lines)))?.value.tenant.groups, groups);
  });

  it("take their own token alone", async () => {
    const { value } = (await sessions.current(await begun("ada")))!;
    assert.equal(hasToken(value, value.csrf), true);
    assert.equal(hasToken(value, undefined), false);
    assert.equal(hasToken(value, ""), false);
    assert.equal(hasToken(value, `${value.csrf.slice(0, -1)}~`), false);
  });

  it("leave a message that fits a cookie, however much there is to say", async () => {
    const more = Array.from({ length: 100 }, () => "w".repeat(100));
    const line = await sessions.leaveMessage("Deployed.", more);
    assert.ok(line.length <= 4096);
    const message = await sessions.message(cookiesOf(line));
    assert.equal(message?.text, "Deployed.");
    assert.ok(message.more.length >= 10);
  });
});

describe("where a sign-in leads back to", () => {
  const url = "https://services.example.org";

  it("is a page of ours", () => {
    assert.equal(safePath("/deployments/a?x=1", url), "/deployments/a?x=1");
    for (const foreign of [
      undefined,
      "",
      "//evil.example",
      "/\\evil.example",
      "/\\/evil.example",
      "https://evil.example/",
      "javascript:alert(1)",
      "/\t/evil.example",
      "/.//evil.example",
      "evil",
    ]) {
      assert.equal(safePath(foreign, url), "/", String(foreign));
    }
  });
});
