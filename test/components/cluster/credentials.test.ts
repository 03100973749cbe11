import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { ClusterAccessError } from "../../../components/cluster/accessError";
import { connect } from "../../../components/cluster/apiClient";
import { ProblemsError } from "../../../components/model/problems";
import { accessFailureOf, failureOf } from "../../support/accessFailure";
import { NODES } from "../../support/preflightReads";
import { base64, useFakeApi } from "../../support/fakeApi";

/** Names of the nodes, asked for with this kubeconfig. */
async function readNames(contents: string): Promise<string[]> {
  const client = await connect("lab", contents);
  try {
    const { status, body } = await client.request("GET", NODES);
    assert.equal(status, 200);
    const { items } = body as { items: { metadata: { name: string } }[] };
    return items.map(({ metadata }) => metadata.name);
  } finally {
    client.close();
  }
}

/** Why they cannot be asked for with this kubeconfig. */
function failure(contents: string): Promise<Error> {
  return failureOf(readNames(contents));
}

/** The same where the kubeconfig itself has nothing wrong. */
function readFailure(contents: string): Promise<ClusterAccessError> {
  return accessFailureOf(readNames(contents));
}

describe("credentials of a kubeconfig", () => {
  const api = useFakeApi();
  beforeEach(() => {
    api.lists = { [NODES]: [{ metadata: { name: "cpu-1" } }] };
  });

  /** A program that prints `printed`, and is found on PATH as `name`. */
  function program(name: string, script: string): string {
    return api.write(name, `#!/bin/sh\n${script}\n`, 0o700);
  }

  describe("credentials", () => {
    it("sends a token, over a connection that the kubeconfig's authority vouches for", async () => {
      assert.deepEqual(await readNames(api.kubeconfig()), ["cpu-1"]);
      const { authorization, accept } = api.only("GET", NODES).headers;
      assert.deepEqual([authorization, accept], [`Bearer ${api.token}`, "application/json"]);
    });

    it("reads a token from its file", async () => {
      const tokenFile = api.write("token", `${api.token}\n`);
      assert.deepEqual(await readNames(api.kubeconfig({ tokenFile })), ["cpu-1"]);
    });

    it("says which token file is missing", async () => {
      const tokenFile = path.join(api.folder, "absent");
      const error = await readFailure(api.kubeconfig({ tokenFile }));
      assert.equal(error.kind, "kubeconfig");
      assert.equal(
        error.message,
        `cluster lab: the kubeconfig's tokenFile ${tokenFile} cannot be read (ENOENT). Check the path, and who may read it.`,
      );
    });

    it("shows a client certificate given as data", async () => {
      const user = {
        "client-certificate-data": base64(api.client.certificate),
        "client-key-data": base64(api.client.key),
      };
      assert.deepEqual(await readNames(api.kubeconfig(user)), ["cpu-1"]);
      assert.equal(api.seen[0]?.client, "tester");
      assert.equal(api.seen[0]?.headers.authorization, undefined);
    });

    it("acts as another user where the kubeconfig says so", async () => {
      await readNames(api.kubeconfig({ token: api.token, as: "ann", "as-groups": ["a", "b"] }));
      assert.equal(api.seen[0]?.headers["impersonate-user"], "ann");
      assert.equal(api.seen[0]?.headers["impersonate-group"], "a, b");
    });

    it("says that a certificate is no certificate", async () => {
      const user = { "client-certificate-data": base64("no"), "client-key-data": base64("no") };
      const error = await readFailure(api.kubeconfig(user));
      assert.equal(error.kind, "kubeconfig");
      assert.match(
        error.message,
        /^cluster lab: the kubeconfig's certificates and key cannot be used \(ERR_OSSL/,
      );
    });

    it("refuses a user name and password", async () => {
      const error = await readFailure(api.kubeconfig({ username: "u", password: "secret-word" }));
      assert.equal(error.kind, "kubeconfig");
      assert.equal(
        error.message,
        "cluster lab: the kubeconfig has a user name and password, which Kubernetes no longer takes since 1.19. " +
          "Write the kubeconfig anew, with a client certificate, a token or an exec entry.",
      );
      assert.equal(api.seen.length, 0);
    });
  });

  describe("exec", () => {
    const V1 = "client.authentication.k8s.io/v1";
    const BETA = "client.authentication.k8s.io/v1beta1";

    function printing(apiVersion: string, given: object): string {
      return `printf '%s' '${JSON.stringify({ kind: "ExecCredential", apiVersion, status: given })}'`;
    }

    for (const apiVersion of [V1, BETA]) {
      it(`takes a token of ${apiVersion}`, async () => {
        const command = program("get-token", printing(apiVersion, { token: api.token }));
        assert.deepEqual(await readNames(api.kubeconfig({ exec: { apiVersion, command } })), [
          "cpu-1",
        ]);
      });
    }

    it("takes a client certificate", async () => {
      const given = {
        clientCertificateData: api.client.certificate,
        clientKeyData: api.client.key,
      };
      const printed = JSON.stringify({ kind: "ExecCredential", apiVersion: V1, status: given });
      const file = api.write("credential.json", printed);
      const command = program("get-cert", `cat '${file}'`);
      await readNames(api.kubeconfig({ exec: { apiVersion: V1, command } }));
      assert.equal(api.seen[0]?.client, "tester");
    });

    it("hands over arguments, variables and what it may know of the run", async () => {
      const noted = path.join(api.folder, "noted");
      const command = program(
        "noting",
        `printf '%s|%s|%s|%s' "$1" "$2" "$LAB" "$KUBERNETES_EXEC_INFO" > '${noted}'\n${printing(V1, { token: api.token })}`,
      );
      const exec = {
        apiVersion: V1,
        command,
        args: ["get token", "x"],
        env: [{ name: "LAB", value: "one" }],
        provideClusterInfo: true,
      };
      await readNames(api.kubeconfig({ exec }));
      const [first, second, lab, info] = fs.readFileSync(noted, "utf8").split("|");
      assert.deepEqual([first, second, lab], ["get token", "x", "one"]);
      assert.deepEqual(JSON.parse(info!), {
        kind: "ExecCredential",
        apiVersion: V1,
        spec: {
          interactive: false,
          cluster: { server: api.url, "certificate-authority-data": api.caData },
        },
      });
    });

    it("is not run where the kubeconfig has a token itself", async () => {
      const exec = { apiVersion: V1, command: "no-such-login-tool" };
      assert.deepEqual(await readNames(api.kubeconfig({ token: api.token, exec })), ["cpu-1"]);
    });

    it("names a command that is not on PATH, with the kubeconfig's hint", async () => {
      const exec = {
        apiVersion: V1,
        command: "no-such-login-tool",
        installHint: "Get it\nat home.",
      };
      const error = await readFailure(api.kubeconfig({ exec }));
      assert.equal(error.kind, "kubeconfig");
      assert.equal(
        error.message,
        "cluster lab: the kubeconfig gets its credentials from no-such-login-tool, which is not on PATH. " +
          "Install no-such-login-tool, or put it on PATH. The kubeconfig says: Get it at home.",
      );
    });

    it("refuses an API version that is gone", async () => {
      const apiVersion = "client.authentication.k8s.io/v1alpha1";
      const error = await failure(api.kubeconfig({ exec: { apiVersion, command: "aws" } }));
      assert.ok(error instanceof ProblemsError);
      assert.match(error.message, /v1alpha1, which Kubernetes removed in 1\.24/);
    });

    it("refuses an entry without an API version", async () => {
      const error = await readFailure(api.kubeconfig({ exec: { command: "aws" } }));
      assert.equal(
        error.message,
        `cluster lab: the kubeconfig's exec entry has apiVersion undefined, which is not ${V1} or ${BETA}. ` +
          "Update aws, and write the kubeconfig anew with it.",
      );
    });

    it("shows what a failing command said, but never what it printed", async () => {
      const command = program("failing", "echo a-secret; echo 'session expired' >&2; exit 3");
      const error = await readFailure(api.kubeconfig({ exec: { apiVersion: V1, command } }));
      assert.equal(
        error.message,
        `cluster lab: ${command}, which the kubeconfig gets its credentials from, ended with 3: session expired. ` +
          "Run it by hand to see why; often a login has expired.",
      );
    });

    it("refuses credentials of another version than asked for", async () => {
      const command = program("old", printing(BETA, { token: "a-secret" }));
      const error = await readFailure(api.kubeconfig({ exec: { apiVersion: V1, command } }));
      assert.match(
        error.message,
        /printed no credentials of client\.authentication\.k8s\.io\/v1\./,
      );
      assert.doesNotMatch(error.message, /a-secret/);
    });
  });
});
