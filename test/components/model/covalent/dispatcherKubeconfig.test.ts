import assert from "node:assert/strict";
import { load } from "js-yaml";
import {
  adminAccess,
  dispatcherKubeconfig,
} from "../../../../components/model/covalent/dispatcherKubeconfig";
import { ADMIN_KUBECONFIG, ARN } from "../../../support/covalent";
import { single } from "../../../support/kubeconfigs";

describe("the dispatcher's kubeconfig", () => {
  it("has the administrator's server and context, and the service account's token alone", () => {
    const text = dispatcherKubeconfig(adminAccess(ADMIN_KUBECONFIG, {}), "canary-token", {});
    assert.deepEqual(load(text), {
      apiVersion: "v1",
      kind: "Config",
      "current-context": ARN,
      contexts: [
        { name: ARN, context: { cluster: ARN, user: `${ARN}-user`, namespace: "covalent" } },
      ],
      clusters: [
        {
          name: ARN,
          cluster: { server: "https://eks.example.org", "certificate-authority-data": "Q0E=" },
        },
      ],
      users: [{ name: `${ARN}-user`, user: { token: "canary-token" } }],
    });
    assert.ok(!text.includes("canary-admin"));
  });

  it("has the context that is asked for, in the tasks' namespace", () => {
    const settings = { context: "minikube", namespace: "tasks" };
    const text = dispatcherKubeconfig(adminAccess(ADMIN_KUBECONFIG, settings), "t", settings);
    assert.match(text, /namespace: tasks/);
    assert.match(text, /certificate-authority: \/home\/u\/ca.crt/);
    assert.doesNotMatch(text, /arn:aws/);
  });

  it("is refused for a context that there is not, with the nearest", () => {
    assert.throws(
      () => adminAccess(ADMIN_KUBECONFIG, { context: ARN.replace("eks-cluster", "eks-custer") }),
      (error: Error) =>
        error.message.startsWith(
          "Covalent: context: a context that the kubeconfig does not have",
        ) && error.message.endsWith(`Did you mean ${ARN}?`),
    );
  });

  it("is refused with an authority whose path is relative, and without a word of the user's files", () => {
    const cluster = { server: "https://x.example.org", "certificate-authority": "ca.crt" };
    assert.throws(
      () => adminAccess(single({ "client-key": "k", "client-certificate": "c" }, cluster), {}),
      (error: Error) =>
        /certificate-authority is a relative path/.test(error.message) &&
        !/client/.test(error.message),
    );
    assert.throws(() => adminAccess("[1]", {}), /Covalent: kubeconfig: not a kubeconfig/);
  });
});
