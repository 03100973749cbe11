import assert from "node:assert/strict";
import { checkMounts, plainPath } from "../../../components/model/mountPaths";
import { Problems } from "../../../components/model/problems";

/** What is wrong with mounting there, without what is allowed. */
function reasons(...mounts: [mountPath: string, file?: boolean][]): string[] {
  const problems = new Problems("");
  checkMounts(
    mounts.map(([mountPath, file = false], i) => ({ path: String(i), mountPath, file })),
    problems,
  );
  return problems.list().map((line) => line.replace(/ \(.*$/, ""));
}

describe("checkMounts", () => {
  for (const path of [
    "/home",
    "/home/jovyan",
    "/data/",
    "/mnt",
    "/opt/conda",
    "/workspace",
    "/root",
    "/tmp",
    "/srv",
    "/var/lib/mysql",
    "/var/www",
    "/usr/share/nginx/html",
    "/usr/src/app",
    "/libraries",
    "/etcetera",
    "/devices",
    "/a..b",
  ]) {
    it(`lets a volume be at ${path}`, () => {
      assert.deepEqual(reasons([path]), []);
    });
  }

  for (const path of [
    "/bin",
    "/boot/x",
    "/dev/null",
    "/etc",
    "/etc/nginx/conf.d",
    "/lib64",
    "/proc",
    "/run/secrets",
    "/sbin",
    "/sys/fs",
    "/usr",
    "/usr/",
    "/usr/bin",
    "/usr/share",
    "/usr/local/bin",
    "/var/run/secrets/kubernetes.io",
  ]) {
    it(`lets nothing be at ${path}`, () => {
      assert.match(reasons([path])[0]!, /^0: a system path: it would hide the image's own \//);
      assert.equal(reasons([path.replace(/\/$/, ""), true]).length, 1);
    });
  }

  it("keeps what the image has in its root and in /var", () => {
    for (const path of ["/", "/var", "/var/lib/"]) {
      assert.deepEqual(reasons([path]), [
        "0: a system path: it would hide what the image has there",
      ]);
    }
  });

  it("keeps shared memory", () => {
    assert.deepEqual(reasons(["/dev/shm"]), [
      "0: reserved: every workspace has its shared memory there",
    ]);
  });

  it("takes absolute, plain paths alone", () => {
    assert.deepEqual(reasons(["data"]), ["0: not an absolute path"]);
    assert.deepEqual(reasons(["/data/../etc"]), ["0: a path that leads through ., .. or //"]);
    assert.deepEqual(reasons(["//etc"]), ["0: a path that leads through ., .. or //"]);
    assert.deepEqual(reasons(["/a:b"]), ["0: a path with a colon or a control character"]);
    assert.deepEqual(reasons(["/a\nb"]), ["0: a path with a colon or a control character"]);
    assert.deepEqual(reasons([`/${"a".repeat(1024)}`]), ["0: a path that is too long"]);
    assert.deepEqual(reasons([`/${"a".repeat(1023)}`]), []);
  });

  it("puts no file in a folder's place", () => {
    assert.deepEqual(reasons(["/opt", true]), [
      "0: a folder of the image, where a file is mounted",
    ]);
    assert.deepEqual(reasons(["/opt/a/", true]), ["0: a folder, where a file is mounted"]);
    assert.deepEqual(reasons(["/opt/a", true]), []);
    assert.deepEqual(reasons(["/config.json", true]), []);
  });

  it("mounts once in each place", () => {
    assert.deepEqual(reasons(["/mnt/a"], ["/mnt/b"], ["/mnt/a/"]), [
      "2: mounted twice: 0 is mounted there",
    ]);
    assert.deepEqual(reasons(["/mnt/a"], ["/mnt/a/b"], ["/mnt/a/c", true]), []);
  });

  it("mounts nothing below a file", () => {
    assert.deepEqual(reasons(["/mnt/a/b"], ["/mnt/a", true]), [
      "0: below /mnt/a, where 1 mounts a file",
    ]);
  });
});

describe("plainPath", () => {
  it("has no slash at its end, but for the root", () => {
    assert.equal(plainPath("/data//"), "/data");
    assert.equal(plainPath("/"), "/");
  });
});
