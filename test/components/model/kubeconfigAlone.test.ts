import assert from "node:assert/strict";
import { load } from "js-yaml";
import {
  accessOf,
  embedFiles,
  kubeconfigOf,
  parseKubeconfig,
  refuseRelativePaths,
} from "../../../components/model/kubeconfig";
import { Problems } from "../../../components/model/problems";
import { access, MINIKUBE, single } from "../../support/kubeconfigs";

describe("kubeconfigOf", () => {
  it("has this context alone, and nothing of the others", () => {
    const text = kubeconfigOf(access(MINIKUBE).access!);
    assert.deepEqual(load(text), {
      apiVersion: "v1",
      kind: "Config",
      "current-context": "minikube",
      contexts: [
        {
          name: "minikube",
          context: { cluster: "minikube", user: "minikube-user", namespace: "team" },
        },
      ],
      clusters: [
        {
          name: "minikube",
          cluster: {
            "certificate-authority": "/home/u/.minikube/ca.crt",
            server: "https://192.0.2.10:8443",
          },
        },
      ],
      users: [
        {
          name: "minikube-user",
          user: {
            "client-certificate": "/home/u/.kube/client.crt",
            "client-key": "/keys/client.key",
          },
        },
      ],
    });
  });

  it("can be read again, to the same text", () => {
    for (const context of ["minikube", "lab"]) {
      const text = kubeconfigOf(access(MINIKUBE, context).access!);
      assert.equal(kubeconfigOf(access(text).access!), text);
    }
  });
});

describe("embedFiles", () => {
  const found = access(MINIKUBE).access!;

  it("puts contents in place of paths, in base64", () => {
    const contents = new Map([
      ["/home/u/.minikube/ca.crt", Buffer.from("CA")],
      ["/home/u/.kube/client.crt", Buffer.from("CERT")],
    ]);
    const embedded = embedFiles(found, contents);
    assert.deepEqual(embedded.cluster, {
      server: "https://192.0.2.10:8443",
      "certificate-authority-data": "Q0E=",
    });
    assert.deepEqual(embedded.user, {
      "client-key": "/keys/client.key",
      "client-certificate-data": "Q0VSVA==",
    });
    assert.deepEqual(embedded.files, [{ key: "client-key", file: "/keys/client.key" }]);
  });

  it("puts a token in place as it is", () => {
    const { access: byFile } = access(single({ tokenFile: "t" }));
    const contents = new Map([["/home/u/.kube/t", Buffer.from("abc\n")]]);
    assert.deepEqual(embedFiles(byFile!, contents).user, { token: "abc" });
  });
});

describe("refuseRelativePaths", () => {
  it("names each path that nobody knows the folder of", () => {
    const problems = new Problems("kc");
    const config = parseKubeconfig(MINIKUBE, problems, "")!;
    refuseRelativePaths(accessOf(config, undefined, problems, "")!, problems, "");
    assert.deepEqual(
      problems.list().map((line) => line.split(".")[0]),
      [
        'kc: certificate-authority is a relative path, and the kubeconfig was not read from a file (found "',
        'kc: client-certificate is a relative path, and the kubeconfig was not read from a file (found "client',
      ],
    );
  });
});
