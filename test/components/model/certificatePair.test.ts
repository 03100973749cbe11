import assert from "node:assert/strict";
import { createPrivateKey } from "node:crypto";
import { checkAuthorityPair } from "../../../components/model/certificatePair";
import { Problems } from "../../../components/model/problems";
import { newAuthority } from "../../../local/cluster/certificates";
import type { Authority, KeyPair } from "../../../local/cluster/certificates";

const DAY = 24 * 3600 * 1000;

describe("the pair of a certificate authority", () => {
  let authority: Authority;
  let other: Authority;
  let leaf: KeyPair;

  before(async () => {
    authority = await newAuthority("lab");
    other = await newAuthority("other");
    leaf = await authority.issue({ commonName: "leaf", client: true });
  });

  function problemsOf(pair: { certificate: string; key: string }, now?: number): readonly string[] {
    const problems = new Problems("");
    checkAuthorityPair(pair, "ca", problems, now);
    return problems.list();
  }

  it("passes, with its chain behind it", () => {
    const { certificate, key } = authority;
    assert.deepEqual(problemsOf({ certificate, key }), []);
    const chain = `${certificate}${other.certificate}`;
    assert.deepEqual(problemsOf({ certificate: chain, key }), []);
  });

  it("must belong together", () => {
    assert.deepEqual(problemsOf({ certificate: authority.certificate, key: other.key }), [
      "ca.key: does not belong to the certificate. Give the key that ca.certificate was made with.",
    ]);
  });

  it("must be an authority's, and valid", () => {
    assert.deepEqual(problemsOf(leaf), [
      'ca.certificate: is not a certificate authority\'s: clients would refuse what it signs (found "CN=leaf"). Give a certificate with the basic constraint CA:TRUE.',
    ]);
    const { certificate, key } = authority;
    assert.deepEqual(problemsOf({ certificate, key }, Date.now() + 364 * DAY), []);
    const [line, ...rest] = problemsOf({ certificate, key }, Date.now() + 366 * DAY);
    assert.match(line ?? "", /^ca\.certificate: has expired \(found ".*"\)\. Renew it\.$/);
    assert.deepEqual(rest, []);
  });

  it("must be PEM, both at once, and neither is quoted", () => {
    const lines = problemsOf({ certificate: "canary-certificate", key: "canary-key" });
    assert.deepEqual(lines, [
      "ca.certificate: is not a certificate in PEM form (allowed: text that begins with -----BEGIN CERTIFICATE-----).",
      "ca.key: is not a private key in PEM form (allowed: a key that begins with -----BEGIN PRIVATE KEY-----).",
    ]);
  });

  it("must have a key without a passphrase", () => {
    const { certificate, key } = authority;
    const locked = createPrivateKey(key)
      .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "canary" })
      .toString();
    assert.match(
      problemsOf({ certificate, key: locked })[0] ?? "",
      /^ca\.key: is protected with a passphrase, which cert-manager cannot be told/,
    );
  });
});
