/** Kubeconfigs to test with. */
import {
  accessOf,
  parseKubeconfig,
  resolvePaths,
  type ClusterAccess,
} from "../../components/model/kubeconfig";
import { Problems } from "../../components/model/problems";

/** As minikube writes it, with a second context. */
export const MINIKUBE = `
apiVersion: v1
kind: Config
current-context: minikube
clusters:
- name: minikube
  cluster:
    certificate-authority: ../.minikube/ca.crt
    server: https://192.0.2.10:8443
- name: far
  cluster:
    certificate-authority-data: Q0E=
    certificate-authority: shadowed.crt
    server: https://far.example.org/k8s/clusters/c-1
contexts:
- name: minikube
  context: { cluster: minikube, user: minikube, namespace: team }
- name: lab
  context: { cluster: far, user: token }
users:
- name: minikube
  user:
    client-certificate: client.crt
    client-key: /keys/client.key
- name: token
  user: { token: very-secret }
`;

/** The access to a context of a kubeconfig that lies in `/home/u/.kube`. */
export function access(
  text: string,
  context?: string,
): { access: ClusterAccess | undefined; problems: readonly string[] } {
  const problems = new Problems("kc");
  const config = parseKubeconfig(text, problems, "");
  const found = config && accessOf(resolvePaths(config, "/home/u/.kube"), context, problems, "");
  return { access: found, problems: problems.list() };
}

/** A kubeconfig with one context, its user and cluster given. */
export function single(
  user: object,
  cluster: object = { server: "https://x.example.org" },
): string {
  return JSON.stringify({
    contexts: [{ name: "c", context: { cluster: "k", user: "u" } }],
    clusters: [{ name: "k", cluster }],
    users: [{ name: "u", user }],
  });
}
