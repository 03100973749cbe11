import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import {
  kubeconfigFiles,
  readKubeconfigFile,
  readKubeconfigText,
} from "../../../components/cluster/kubeconfigFile";

const CONFIG = {
  "current-context": "a",
  contexts: [{ name: "a", context: { cluster: "a", user: "a" } }],
  clusters: [
    { name: "a", cluster: { server: "https://a.example.org", "certificate-authority": "ca" } },
  ],
  users: [{ name: "a", user: { tokenFile: "token" } }],
};

describe("reading kubeconfigs", () => {
  let folder: string;

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "science-platform-kubeconfig-"));
  });

  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  function write(name: string, content: object | string): string {
    const file = path.join(folder, name);
    fs.writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
    return file;
  }

  it("looks where kubectl looks", () => {
    const home = path.join(os.homedir(), ".kube", "config");
    assert.deepEqual(kubeconfigFiles(undefined, {}), [home]);
    assert.deepEqual(kubeconfigFiles(undefined, { KUBECONFIG: "" }), [home]);
    const there = write("there", "");
    const absent = path.join(folder, "absent");
    assert.deepEqual(kubeconfigFiles(undefined, { KUBECONFIG: `:${absent}:${there}` }), [there]);
    assert.deepEqual(kubeconfigFiles(undefined, { KUBECONFIG: absent }), [absent]);
    assert.deepEqual(kubeconfigFiles("~/x", { KUBECONFIG: there }), [path.join(os.homedir(), "x")]);
  });

  it("takes paths in a file from the file's folder, and copies certificates but no token when asked", () => {
    const file = write("config", CONFIG);
    write("ca", "CA");
    write("token", "very-secret");
    assert.deepEqual(readKubeconfigFile("lab", file).cluster, {
      server: "https://a.example.org",
      "certificate-authority": path.join(folder, "ca"),
    });
    const embedded = readKubeconfigFile("lab", file, { embedCertificates: true });
    assert.deepEqual(embedded.cluster, {
      server: "https://a.example.org",
      "certificate-authority-data": "Q0E=",
    });
    assert.deepEqual(embedded.user, { tokenFile: path.join(folder, "token") });
  });

  it("says which file is absent, of which cluster", () => {
    const absent = path.join(folder, "absent");
    assert.throws(() => readKubeconfigFile("lab", absent), {
      name: "ProblemsError",
      message: `cluster lab: ${absent}: the kubeconfig cannot be read (ENOENT). Check the path; a cluster that is not there yet gets its kubeconfig when it is made.`,
    });
    const file = write("config", CONFIG);
    assert.throws(() => readKubeconfigFile("lab", file, { embedCertificates: true }), {
      message: `cluster lab: ${file}: certificate-authority ${path.join(folder, "ca")} cannot be read (ENOENT). Check the path; a cluster that is not there yet gets its kubeconfig when it is made.`,
    });
  });

  it("does not guess the folder of a kubeconfig that came as text", () => {
    assert.throws(() => readKubeconfigText("lab", JSON.stringify(CONFIG)), {
      message:
        /^2 problems:\n {2}cluster lab: kubeconfig: certificate-authority is a relative path.*\n {2}cluster lab: kubeconfig: tokenFile is a relative path/,
    });
  });

  it("lists the contexts of all files where the one named is in none", () => {
    const file = write("config", CONFIG);
    assert.throws(() => readKubeconfigFile("lab", file, { context: "b" }), {
      message: `cluster lab: ${file}: a context that the kubeconfig does not have (found "b"; allowed: a). Did you mean a?`,
    });
  });
});
