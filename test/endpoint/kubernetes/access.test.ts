/** Where the API server is found, and with what. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import {
  findAccess,
  kubeconfigAccess,
  serviceAccountAccess,
} from "../../../endpoint/kubernetes/access";

describe("access to the API server", () => {
  let folder: string;
  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "endpoint-access-"));
  });
  after(() => fs.rmSync(folder, { recursive: true }));

  function write(name: string, content: string): string {
    const file = path.join(folder, name);
    fs.writeFileSync(file, content);
    return file;
  }

  function kubeconfig(user: object, cluster: object = {}): string {
    return write(
      `kubeconfig-${Math.random()}`,
      JSON.stringify({
        "current-context": "c",
        contexts: [{ name: "c", context: { cluster: "k", user: "u" } }],
        clusters: [{ name: "k", cluster: { server: "https://api.example.org/k8s", ...cluster } }],
        users: [{ name: "u", user }],
      }),
    );
  }

  it("takes a pod's service account, whatever family its address is of", () => {
    write("token", "first\n");
    write("ca.crt", "authority");
    const env = { KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "6443" };
    const access = serviceAccountAccess(env, folder);
    assert.equal(access.server.origin, "https://[fd00::1]:6443");
    assert.equal(access.token(), "first");
    assert.deepEqual(access.tls(), { ca: "authority" });
  });

  it("prefers KUBECONFIG to the service account", () => {
    const KUBECONFIG = kubeconfig({ token: "t" });
    const access = findAccess({ KUBECONFIG, KUBERNETES_SERVICE_HOST: "10.0.0.1" });
    assert.equal(access.server.href, "https://api.example.org/k8s");
    assert.equal(access.token(), "t");
  });

  it("reads a token file, and the certificates that are named by path", () => {
    write("user-token", "from-a-file\n");
    write("authority.pem", "PEM");
    const access = kubeconfigAccess(
      kubeconfig({ tokenFile: "user-token" }, { "certificate-authority": "authority.pem" }),
    );
    assert.equal(access.token(), "from-a-file");
    assert.equal(String(access.tls().ca), "PEM");
  });

  it("refuses credentials that a program makes, and says what to do", () => {
    const exec = { command: "aws", apiVersion: "client.authentication.k8s.io/v1" };
    assert.throws(() => kubeconfigAccess(kubeconfig({ exec })), /does not run.*token or a client/);
  });
});
