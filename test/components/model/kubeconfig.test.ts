import assert from "node:assert/strict";
import {
  mergeKubeconfigs,
  parseKubeconfig,
  type Kubeconfig,
} from "../../../components/model/kubeconfig";
import { Problems } from "../../../components/model/problems";
import { access, MINIKUBE, single } from "../../support/kubeconfigs";

function parse(text: string): { config: Kubeconfig | undefined; problems: readonly string[] } {
  const problems = new Problems("kc");
  return { config: parseKubeconfig(text, problems, ""), problems: problems.list() };
}

describe("parseKubeconfig", () => {
  it("says where text is broken, and shows nothing of it", () => {
    const { problems } = parse("users:\n- name: a\n  user: {token: very-secret, [}\n");
    assert.equal(problems.length, 1);
    assert.match(problems[0]!, /^kc: not YAML or JSON at line 3, column \d+\.$/);
  });

  it("refuses what is no kubeconfig", () => {
    assert.match(parse("").problems[0]!, /^kc: empty\. Give the content of a kubeconfig/);
    assert.match(parse("[]").problems[0]!, /^kc: not a kubeconfig\. Give/);
    assert.match(parse("/home/me/.kube/config").problems[0]!, /^kc: not a kubeconfig\. Give/);
    assert.deepEqual(parse("clusters: {}\nusers: [{ user: { token: x } }]").problems, [
      "kc: not a kubeconfig: clusters and users must be a list of entries with names.",
    ]);
  });
});

describe("mergeKubeconfigs", () => {
  it("takes the first entry of a name and the first current context", () => {
    const one = parse(single({ token: "1" })).config!;
    const two = parse(MINIKUBE).config!;
    const three = { ...parse(single({ token: "3" })).config!, currentContext: "c" };
    const merged = mergeKubeconfigs([one, two, three]);
    assert.equal(merged.currentContext, "minikube");
    assert.deepEqual(
      merged.users.find(({ name }) => name === "u"),
      { name: "u", fields: { token: "1" } },
    );
    assert.deepEqual(merged.contexts.map(({ name }) => name).sort(), ["c", "lab", "minikube"]);
  });
});

describe("accessOf", () => {
  it("takes the current context, with paths from the kubeconfig's folder", () => {
    const { access: found, problems } = access(MINIKUBE);
    assert.deepEqual(problems, []);
    assert.deepEqual(found, {
      context: "minikube",
      clusterName: "minikube",
      server: "https://192.0.2.10:8443",
      namespace: "team",
      cluster: {
        "certificate-authority": "/home/u/.minikube/ca.crt",
        server: "https://192.0.2.10:8443",
      },
      user: { "client-certificate": "/home/u/.kube/client.crt", "client-key": "/keys/client.key" },
      files: [
        { key: "certificate-authority", file: "/home/u/.minikube/ca.crt" },
        { key: "client-certificate", file: "/home/u/.kube/client.crt" },
        { key: "client-key", file: "/keys/client.key" },
      ],
      warnings: [],
    });
  });

  it("takes the context named, and no file that content in place overrides", () => {
    const { access: found } = access(MINIKUBE, "lab");
    assert.equal(found?.server, "https://far.example.org/k8s/clusters/c-1");
    assert.deepEqual(found?.files, []);
    assert.ok(!("namespace" in found));
  });

  it("takes the only context where none is current", () => {
    assert.equal(access(single({ token: "x" })).access?.context, "c");
  });

  it("lists the contexts where the one named is not there, or none is", () => {
    assert.deepEqual(access(MINIKUBE, "minicube").problems, [
      'kc: a context that the kubeconfig does not have (found "minicube"; allowed: minikube, lab). Did you mean minikube?',
    ]);
    assert.deepEqual(access(MINIKUBE.replace("current-context: minikube", "")).problems, [
      "kc: no context is named, and the kubeconfig has no current one (allowed: minikube, lab). Name one of these as context.",
    ]);
  });

  it("refuses a context whose cluster or user is not there", () => {
    const broken = MINIKUBE.replace("user: minikube, namespace", "user: gone, namespace");
    assert.deepEqual(access(broken).problems, [
      'kc: context minikube names a user that the kubeconfig does not have (found "gone"; allowed: minikube, token). Write the kubeconfig anew, or choose another context.',
    ]);
  });

  it("refuses a cluster without a usable server", () => {
    for (const [server, reason] of [
      [undefined, "the cluster has no server"],
      ["far.example.org:6443", "the cluster's server is not an http or https URL"],
      ["https://", "the cluster's server is not an http or https URL"],
    ]) {
      const { problems } = access(single({}, { server }));
      assert.deepEqual(problems, [
        `kc: ${reason}. Correct the cluster's server in the kubeconfig.`,
      ]);
    }
  });

  it("names the credential program, and refuses an API version that is gone", () => {
    const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "aws" };
    assert.equal(access(single({ exec })).access?.execCommand, "aws");
    const beside = { ...exec, command: "./bin/login" };
    assert.equal(access(single({ exec: beside })).access?.execCommand, "/home/u/.kube/bin/login");
    const old = { ...exec, apiVersion: "client.authentication.k8s.io/v1alpha1" };
    assert.deepEqual(access(single({ exec: old })).problems, [
      "kc: the user's exec entry has apiVersion client.authentication.k8s.io/v1alpha1, which Kubernetes removed in 1.24 (allowed: client.authentication.k8s.io/v1, client.authentication.k8s.io/v1beta1). Update the program that wrote the kubeconfig (for EKS the aws command line), and write it anew.",
    ]);
    assert.deepEqual(access(single({ exec: { apiVersion: exec.apiVersion } })).problems, [
      "kc: the user's exec entry has no command.",
    ]);
  });

  it("refuses auth providers that clients no longer have, and lets others be", () => {
    assert.deepEqual(access(single({ "auth-provider": { name: "gcp" } })).problems, [
      "kc: the user's auth-provider gcp was removed from Kubernetes clients in 1.26. Install gke-gcloud-auth-plugin, and write the kubeconfig anew with its exec entry.",
    ]);
    assert.deepEqual(access(single({ "auth-provider": { name: "oidc" } })).problems, []);
  });

  it("warns of connections that others can read", () => {
    const cluster = { server: "http://x.example.org", "insecure-skip-tls-verify": true };
    const { access: found, problems } = access(single({}, cluster));
    assert.deepEqual(problems, []);
    assert.equal(found?.warnings.length, 2);
    assert.match(found.warnings[0]!, /^cluster k: insecure-skip-tls-verify lets anyone/);
    assert.match(found.warnings[1]!, /^cluster k: the server is reached over http/);
  });
});
