import assert from "node:assert/strict";
import * as net from "node:net";
import * as path from "node:path";
import { ProblemsError } from "../../components/model/problems";
import { newAuthority } from "../../local/cluster/certificates";
import { openReader, readClusterUid } from "../../stacks/preflight/clusterReader";
import { NODES, readFailure, readNames } from "../support/preflightReads";
import { base64, useFakeApi } from "../support/fakeApi";

describe("clusterReader", () => {
  const api = useFakeApi();
  beforeEach(() => {
    api.lists = { [NODES]: [{ metadata: { name: "cpu-1" } }] };
  });

  describe("the server's certificate", () => {
    it("is refused when another authority signed it, before anything is sent", async () => {
      const other = await newAuthority("other");
      const cluster = { "certificate-authority-data": base64(other.certificate) };
      const error = await readFailure(api.kubeconfig(undefined, cluster));
      assert.equal(error.kind, "tls");
      assert.match(
        error.message,
        /^cluster lab at https:\/\/127\.0\.0\.1:\d+: its certificate is not signed/,
      );
      assert.equal(api.seen.length, 0);
    });

    it("is refused when it is for another host", async () => {
      const error = await readFailure(
        api.kubeconfig(undefined, { "tls-server-name": "elsewhere.test.example" }),
      );
      assert.equal(error.kind, "tls");
      assert.match(error.message, /its certificate is for another host/);
      assert.equal(api.seen.length, 0);
    });

    it("may be for the name that tls-server-name gives", async () => {
      const cluster = { "tls-server-name": "api.test.example" };
      assert.deepEqual(await readNames(api.kubeconfig(undefined, cluster)), ["cpu-1"]);
    });

    it("is not looked at under insecure-skip-tls-verify, which is warned of", async () => {
      const other = await newAuthority("other");
      const cluster = {
        "certificate-authority-data": base64(other.certificate),
        "insecure-skip-tls-verify": true,
      };
      const contents = api.kubeconfig(undefined, cluster);
      const reader = openReader({ cluster: "lab", contents });
      await reader.read(NODES);
      assert.equal(reader.warnings().length, 1);
      assert.match(reader.warnings()[0]!, /insecure-skip-tls-verify/);
      reader.close();
    });
  });

  describe("answers", () => {
    it("gives nothing for an object that does not exist", async () => {
      const reader = openReader({ cluster: "lab", contents: api.kubeconfig() });
      assert.equal(await reader.read("/api/v1/nodes/Absent"), undefined);
      reader.close();
    });

    it("keeps the path that the server stands behind", async () => {
      const server = `${api.url}/k8s/clusters/c-1/`;
      await readNames(api.kubeconfig(undefined, { server }));
      assert.deepEqual(api.paths, ["/k8s/clusters/c-1/api/v1/nodes"]);
    });

    it("uses one connection for reads after one another", async () => {
      const reader = openReader({ cluster: "lab", contents: api.kubeconfig() });
      let sockets = 0;
      const count = (): number => sockets++;
      api["server"].on("secureConnection", count);
      for (let i = 0; i < 5; i++) {
        await reader.read(NODES);
      }
      api["server"].off("secureConnection", count);
      reader.close();
      assert.equal(sockets, 1);
      assert.equal(api.seen.length, 5);
    });

    it("asks a busy server again", async () => {
      api.refusals = { [NODES]: { status: 429, times: 2, headers: { "Retry-After": "0" } } };
      assert.deepEqual(await readNames(api.kubeconfig()), ["cpu-1"]);
      assert.equal(api.seen.length, 3);
    });

    it("gives up on a server that stays busy", async () => {
      api.refusals = { [NODES]: { status: 429, headers: { "Retry-After": "0" } } };
      const error = await readFailure(api.kubeconfig());
      assert.match(error.message, /answers 429 to \/api\/v1\/nodes: refused/);
      assert.equal(api.seen.length, 4);
    });

    it("says what the user may not read", async () => {
      api.refusals = { [NODES]: { status: 403 } };
      const error = await readFailure(api.kubeconfig());
      assert.equal(error.kind, "forbidden");
      assert.match(error.message, /does not let the kubeconfig's user read \/api\/v1\/nodes\./);
    });

    for (const code of [200, 404, 502]) {
      it(`recognises that a page with status ${code} is not from a cluster`, async () => {
        api.refusals = { [NODES]: { status: code, body: "<html>hello</html>" } };
        const error = await readFailure(api.kubeconfig());
        assert.match(error.message, /does not answer like a Kubernetes API server/);
      });
    }

    it("says that nobody listens", async () => {
      const listener = net.createServer().listen(0, "127.0.0.1");
      await new Promise((resolve) => listener.once("listening", resolve));
      const { port } = listener.address() as net.AddressInfo;
      await new Promise((resolve) => listener.close(resolve));
      const error = await readFailure(
        api.kubeconfig(undefined, { server: `https://127.0.0.1:${port}` }),
      );
      assert.equal(error.kind, "unreachable");
      assert.match(
        error.message,
        /^cluster lab cannot be reached at https:\/\/127\.0\.0\.1:\d+: the connection is refused\. Start the cluster/,
      );
    });

    it("tells the time by the server's clock", async () => {
      api.ahead = 3_600_000;
      const reader = openReader({ cluster: "lab", contents: api.kubeconfig() });
      assert.ok(Math.abs(reader.now().getTime() - Date.now()) < 100);
      await reader.read(NODES);
      assert.ok(Math.abs(reader.now().getTime() - Date.now() - 3_600_000) < 2000);
      reader.close();
    });

    it("reads the uid of kube-system, as metadata alone", async () => {
      api.objects = { "/api/v1/namespaces/kube-system": { metadata: { uid: "u-1" } } };
      const reader = openReader({ cluster: "lab", contents: api.kubeconfig() });
      assert.equal(await readClusterUid(reader), "u-1");
      assert.match(api.seen[0]!.headers.accept!, /as=PartialObjectMetadata;/);
      reader.close();
    });

    it("refuses a cluster without kube-system", async () => {
      api.refusals = { "/api/v1/namespaces/kube-system": { status: 404 } };
      const reader = openReader({ cluster: "lab", contents: api.kubeconfig() });
      await assert.rejects(readClusterUid(reader), /cluster lab has no namespace kube-system/);
      reader.close();
    });

    it("does not go through a proxy, and says so", async () => {
      const error = await readFailure(
        api.kubeconfig(undefined, { "proxy-url": "http://127.0.0.1:1" }),
      );
      assert.equal(error.kind, "unsupported");
      assert.match(error.message, /proxy-url/);
    });

    it("names a kubeconfig that does not exist", async () => {
      const file = path.join(api.folder, "nowhere");
      const reader = openReader({ cluster: "lab", path: file });
      await assert.rejects(reader.read(NODES), (error: Error) => {
        assert.ok(error instanceof ProblemsError);
        assert.match(error.message, /^cluster lab: .*nowhere: the kubeconfig cannot be read/);
        return true;
      });
    });
  });
});
