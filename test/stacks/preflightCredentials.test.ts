import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { openReader } from "../../stacks/preflight/clusterReader";
import { NODES, readFailure, readNames } from "../support/preflightReads";
import { status, useFakeApi } from "../support/fakeApi";

/** What a kubeconfig may hold is tested with components/cluster; here only what a reader makes of it. */
describe("credentials of a clusterReader", () => {
  const api = useFakeApi();
  beforeEach(() => {
    api.lists = { [NODES]: [{ metadata: { name: "cpu-1" } }] };
  });

  it("sends a token, over a connection that the kubeconfig's authority vouches for", async () => {
    assert.deepEqual(await readNames(api.kubeconfig()), ["cpu-1"]);
    const { authorization, accept } = api.only("GET", NODES).headers;
    assert.deepEqual([authorization, accept], [`Bearer ${api.token}`, "application/json"]);
  });

  it("shows a client certificate given as files beside the kubeconfig", async () => {
    api.write("client.crt", api.client.certificate);
    api.write("client.key", api.client.key);
    api.write("ca.crt", api.authority.certificate);
    const user = { "client-certificate": "client.crt", "client-key": "client.key" };
    const config = JSON.parse(api.kubeconfig(user)) as {
      clusters: { cluster: Record<string, string> }[];
    };
    delete config.clusters[0]!.cluster["certificate-authority-data"];
    config.clusters[0]!.cluster["certificate-authority"] = "ca.crt";
    const file = api.write("kubeconfig", JSON.stringify(config));
    const reader = openReader({ cluster: "lab", path: file });
    await reader.read(NODES);
    reader.close();
    assert.equal(api.seen[0]?.client, "tester");
  });

  it("says that the credentials are not accepted, without showing them", async () => {
    const error = await readFailure(api.kubeconfig({ token: "wrong-token" }));
    assert.equal(error.kind, "unauthorised");
    assert.equal(
      error.message,
      `cluster lab at ${api.url} does not accept the kubeconfig's credentials. They may have expired: log in again, or write the kubeconfig anew.`,
    );
  });

  it("counts anonymous access as credentials that are not accepted", async () => {
    const message = 'nodes is forbidden: User "system:anonymous" cannot list';
    api.refusals = { [NODES]: { status: 403, body: status(403, message) } };
    assert.equal((await readFailure(api.kubeconfig())).kind, "unauthorised");
  });

  it("runs a credential program once for several reads", async () => {
    const counted = path.join(api.folder, "counted");
    const apiVersion = "client.authentication.k8s.io/v1";
    const printed = JSON.stringify({ apiVersion, status: { token: api.token } });
    const script = `#!/bin/sh\necho run >> '${counted}'\nprintf '%s' '${printed}'\n`;
    const command = api.write("counting", script, 0o700);
    const contents = api.kubeconfig({ exec: { apiVersion, command } });
    const reader = openReader({ cluster: "lab", contents });
    await Promise.all([reader.read(NODES), reader.read(NODES), reader.read(NODES)]);
    reader.close();
    assert.equal(fs.readFileSync(counted, "utf8"), "run\n");
  });

  it("names a command that is not on PATH, with the kubeconfig's hint", async () => {
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
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
});
