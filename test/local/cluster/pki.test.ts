import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { truncateSync } from "node:fs";
import { createServer, request } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensurePki, pkiFault } from "../../../local/cluster/pki";

const DAY = 24 * 3600 * 1000;

describe("the keys and certificates of a cluster", () => {
  let parent: string;
  let folder: string;
  const read = (file: string): string => readFileSync(join(folder, file), "utf8");
  const certificate = (name: string): X509Certificate => new X509Certificate(read(`${name}.crt`));

  before(async () => {
    parent = mkdtempSync(join(tmpdir(), "stand-pki-"));
    folder = join(parent, "pki");
    assert.equal(await ensurePki(folder), true);
  });

  after(() => rmSync(parent, { recursive: true, force: true }));

  it("are for their owner's eyes alone", () => {
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    for (const file of readdirSync(folder)) {
      assert.equal(statSync(join(folder, file)).mode & 0o777, 0o600, file);
    }
    assert.deepEqual(readdirSync(parent), ["pki"], "nothing half-made is left");
  });

  it("chain to their own authority and to no other", () => {
    const issued = {
      ca: ["apiserver", "components", "kubelet-client", "admin", "scheduler", "kwok"],
      "etcd-ca": ["etcd", "etcd-client"],
      "front-proxy-ca": ["front-proxy-client"],
    };
    for (const [authority, names] of Object.entries(issued)) {
      const root = certificate(authority);
      assert.equal(root.ca, true);
      assert.equal(root.verify(root.publicKey), true);
      for (const name of names) {
        const leaf = certificate(name);
        assert.equal(leaf.ca, false);
        assert.notEqual(leaf.subject, leaf.issuer, "a leaf that looks self-signed is refused");
        for (const other of Object.keys(issued)) {
          const key = certificate(other).publicKey;
          assert.equal(leaf.verify(key), other === authority, `${name} by ${other}`);
        }
      }
    }
  });

  it("name users, groups and servers as Kubernetes expects them", () => {
    assert.equal(certificate("admin").subject, "CN=kubernetes-admin\nO=system:masters");
    assert.equal(certificate("scheduler").subject, "CN=system:kube-scheduler");
    assert.equal(certificate("controller-manager").subject, "CN=system:kube-controller-manager");
    assert.equal(certificate("kwok").subject, "CN=science-platform:kwok");
    const server = certificate("apiserver");
    for (const address of ["127.0.0.1", "198.18.0.1"]) {
      assert.equal(server.checkIP(address), address);
    }
    for (const host of ["localhost", "kubernetes", "kubernetes.default.svc"]) {
      assert.equal(server.checkHost(host), host);
    }
    assert.equal(server.checkHost("example.org"), undefined);
    assert.equal(certificate("admin").subjectAltName, undefined);
  });

  it("work in a TLS connection that verifies both ends", async () => {
    const server = createServer(
      {
        cert: read("apiserver.crt"),
        key: read("apiserver.key"),
        ca: read("ca.crt"),
        requestCert: true,
        rejectUnauthorized: true,
      },
      (_message, response) => response.end("ok"),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const ask = (client: string): Promise<number | string> =>
      new Promise((resolve) => {
        const options = {
          port,
          host: "127.0.0.1",
          agent: false as const,
          ca: read("ca.crt"),
          cert: read(`${client}.crt`),
          key: read(`${client}.key`),
        };
        request(options, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        })
          .on("error", (error) => resolve(error.message))
          .end();
      });
    try {
      assert.equal(await ask("admin"), 200);
      assert.notEqual(await ask("etcd-client"), 200, "a client of another authority is refused");
    } finally {
      server.close();
    }
  });

  it("are kept while they are sound", async () => {
    const before = read("ca.crt");
    assert.equal(pkiFault(folder), undefined);
    assert.equal(await ensurePki(folder), false);
    assert.equal(read("ca.crt"), before);
  });

  it("are no longer sound a month before they end", () => {
    assert.equal(pkiFault(folder, Date.now() + 330 * DAY), undefined);
    assert.match(pkiFault(folder, Date.now() + 340 * DAY) ?? "", /^ca\.crt is not valid/);
    assert.match(pkiFault(folder, Date.now() - DAY) ?? "", /^ca\.crt is not valid/);
  });

  const damages: [string, () => void, RegExp][] = [
    ["a file is missing", () => rmSync(join(folder, "kwok.key")), /^kwok\.key is missing$/],
    [
      "a key belongs to another certificate",
      () => copyFileSync(join(folder, "kwok.key"), join(folder, "admin.key")),
      /^admin\.key does not belong to admin\.crt$/,
    ],
    [
      "a certificate comes from another authority",
      () => {
        copyFileSync(join(folder, "etcd-client.crt"), join(folder, "scheduler.crt"));
        copyFileSync(join(folder, "etcd-client.key"), join(folder, "scheduler.key"));
      },
      /^scheduler\.crt was issued by another authority$/,
    ],
    [
      "a certificate is for somebody else",
      () => {
        copyFileSync(join(folder, "kwok.crt"), join(folder, "admin.crt"));
        copyFileSync(join(folder, "kwok.key"), join(folder, "admin.key"));
      },
      /^admin\.crt is for another subject$/,
    ],
    ["a file is half-written", () => truncateSync(join(folder, "apiserver.crt"), 200), /./],
  ];
  for (const [what, damage, fault] of damages) {
    it(`are made anew, all of them, when ${what}`, async () => {
      const before = read("ca.crt");
      damage();
      assert.match(pkiFault(folder) ?? "", fault);
      assert.equal(await ensurePki(folder), true);
      assert.equal(pkiFault(folder), undefined);
      assert.notEqual(read("ca.crt"), before);
    });
  }
});
