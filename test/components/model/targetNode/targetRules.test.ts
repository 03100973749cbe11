import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import {
  BROKEN_CIPHERS,
  STRONG_CIPHERS,
  TLS13_CIPHERS,
  WEAK_CIPHERS,
} from "../../../../components/model/targetNode/ciphers";
import { cookieKeyBytes } from "../../../../components/model/targetNode/proxyRules";
import type {
  TargetProxySettings,
  TargetSettings,
} from "../../../../components/model/targetNode/targetTypes";
import { skip } from "../../../support/reporter";
import { makePair, problemsOf, SECRETS, settings, SETTINGS } from "./settings";

const proxy = (changes: Partial<TargetProxySettings>): TargetSettings =>
  settings({ proxy: { ...SETTINGS.proxy, ...changes } });

const SHA = "a".repeat(64);

describe("a target node's rules", () => {
  it("accept the least that is needed, and the weak ciphers that are named", () => {
    assert.deepEqual(problemsOf(SETTINGS), []);
    assert.deepEqual(problemsOf(proxy({ cipherSuites: [...WEAK_CIPHERS, ...TLS13_CIPHERS] })), []);
    assert.deepEqual(problemsOf(proxy({ groups: undefined, audiences: ["users"] })), []);
    assert.deepEqual(problemsOf(proxy({ groups: undefined, anyUser: true })), []);
    assert.deepEqual(problemsOf(settings({ address: "2001:db8::7" })), []);
    const slurm = {
      oauth2Proxy: { sha256: SHA },
      interlink: { sha256: SHA },
      plugin: { sha256: SHA },
    };
    assert.deepEqual(problemsOf(settings({ plugin: { kind: "slurm" }, binaries: slurm })), []);
  });

  it("want a checksum for every program that is downloaded", () => {
    const found = problemsOf(settings({ plugin: { kind: "slurm" }, binaries: undefined }));
    assert.deepEqual(
      found.map((line) => /binaries\.\w+\.sha256: required, but missing/.exec(line)?.[0]),
      ["oauth2Proxy", "interlink", "plugin"].map(
        (key) => `binaries.${key}.sha256: required, but missing`,
      ),
    );
  });

  it("tell everything at once", () => {
    const found = problemsOf(
      { ...proxy({ issuer: "http://x", groups: [] }), user: "root" },
      { clientSecret: "", cookieSecret: "short" },
    );
    assert.deepEqual(
      found.map((line) => line.split(": ")[1]),
      ["user", "proxy.issuer", "proxy.groups", "clientSecret", "cookieSecret"],
    );
  });

  it("accept no cipher suite that this machine's Go does not know", function () {
    this.timeout(120_000);
    if (spawnSync("go", ["version"]).status !== 0) {
      skip(this, "go is not on PATH");
    }
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "science-platform-go-"));
    try {
      const list = (call: string): string => `for _, c := range ${call} { fmt.Println(c.Name) }`;
      const body = [list("tls.CipherSuites()"), list("tls.InsecureCipherSuites()")].join("\n");
      const source = `package main\nimport ("crypto/tls"; "fmt")\nfunc main() {\n${body}\n}\n`;
      fs.writeFileSync(path.join(folder, "main.go"), source);
      const out = execFileSync("go", ["run", "main.go"], { cwd: folder, encoding: "utf8" });
      const known = out.trim().split("\n");
      const ours = [...STRONG_CIPHERS, ...TLS13_CIPHERS, ...WEAK_CIPHERS, ...BROKEN_CIPHERS];
      assert.deepEqual(
        ours.filter((name) => !known.includes(name)),
        [],
      );
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});

describe("a target node's secrets", () => {
  for (const [secret, bytes] of [
    ["x".repeat(16), 16],
    ["x".repeat(32), 24],
    ["-".repeat(43), 32],
    ["!".repeat(24), 24],
    ["é".repeat(16), 32],
    ["x".repeat(20), 20],
    ["2ISpxtx19fm7kJlhbgC4qnkuTlkGrshY82L3nfCSKy4=", 32],
    ["cookie_secret", 13],
  ] as const) {
    it(`make a key of ${bytes} bytes of ${secret}`, () => {
      assert.equal(cookieKeyBytes(secret), bytes);
    });
  }

  it("are refused with a wrong length, and never quoted", () => {
    assert.deepEqual(problemsOf(SETTINGS, { ...SECRETS, cookieSecret: "canary" }), [
      "t: cookieSecret: has 6 bytes (allowed: 16, 24, 32 bytes, plain or in base64url). Leave it out to have one made.",
    ]);
    const standard = Buffer.alloc(32, 0xfb).toString("base64");
    assert.match(
      problemsOf(SETTINGS, { ...SECRETS, cookieSecret: standard })[0]!,
      /base64url: - for \+/,
    );
    assert.match(
      problemsOf(SETTINGS, { ...SECRETS, clientSecret: "" })[0]!,
      /clientSecret: required/,
    );
    assert.match(
      problemsOf(SETTINGS, { ...SECRETS, clientSecret: "a\nb" })[0]!,
      /clientSecret: has a line/,
    );
  });
});

describe("a target node's certificate", () => {
  const given = (certificate: string, key: string, address = "gpu.example.org", now?: number) =>
    problemsOf({ ...SETTINGS, address, certificate }, { ...SECRETS, certificateKey: key }, now);
  const rsa = makePair();

  it("is accepted with its key, by name and by IP address", () => {
    assert.deepEqual(given(rsa.certificate, rsa.key), []);
    const ip = makePair("IP:192.0.2.7", "ec");
    assert.deepEqual(given(ip.certificate, ip.key, "192.0.2.7"), []);
  });

  it("is refused with another's key", () => {
    assert.deepEqual(given(rsa.certificate, makePair().key), [
      "t: certificateKey: does not belong to the certificate. Give the key that the certificate was made with.",
    ]);
  });

  it("is refused for another address, or at another time", () => {
    assert.match(
      given(rsa.certificate, rsa.key, "other.example.org")[0]!,
      /certificate: is not for other\.example\.org.*DNS:gpu\.example\.org/,
    );
    assert.match(
      given(rsa.certificate, rsa.key, undefined, Date.now() + 3 * 86_400_000)[0]!,
      /certificate: has expired/,
    );
    assert.match(
      given(rsa.certificate, rsa.key, undefined, 0)[0]!,
      /certificate: is not valid yet/,
    );
  });

  it("is refused where it, or the key, is none", () => {
    assert.match(given("x", rsa.key)[0]!, /certificate: is not a certificate in PEM form/);
    assert.match(
      given(rsa.certificate, "canary")[0]!,
      /certificateKey: is not a private key in PEM form/,
    );
    assert.equal(given(rsa.certificate, "canary").join().includes("canary"), false);
  });

  it("is refused where none of the suites fits its key", () => {
    const ec = makePair(undefined, "ec");
    const target = {
      ...proxy({ cipherSuites: ["TLS_RSA_WITH_AES_128_GCM_SHA256"] }),
      certificate: ec.certificate,
    };
    assert.match(
      problemsOf(target, { ...SECRETS, certificateKey: ec.key })[0]!,
      /none fits the certificate's EC key/,
    );
  });
});
