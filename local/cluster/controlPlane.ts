/** The command lines of etcd and the API server, and how each one tells that it is ready. */
import { readFileSync } from "node:fs";
import { connect } from "node:tls";
import type { ProcessSpec } from "../processes/processes";
import { ADVERTISED_ADDRESS, SERVICE_RANGE } from "./addresses";
import { ORDER, flags, pki } from "./components";
import type { ClusterContext } from "./components";

export function etcd(context: ClusterContext): ProcessSpec {
  const { ports, paths } = context;
  const client = `https://127.0.0.1:${ports.etcd}`;
  const peer = `https://127.0.0.1:${ports.etcdPeer}`;
  const [certificate, key, root] = ["etcd.crt", "etcd.key", "etcd-ca.crt"].map((file) =>
    pki(context, file),
  ) as [string, string, string];
  return {
    name: `${context.name}-etcd`,
    command: context.tools.etcd,
    arguments: flags({
      name: "stand",
      "data-dir": paths.etcd,
      "listen-client-urls": client,
      "advertise-client-urls": client,
      "listen-peer-urls": peer,
      "initial-advertise-peer-urls": peer,
      "initial-cluster": `stand=${peer}`,
      // What a power failure would lose here is simulated anyway.
      "unsafe-no-fsync": true,
      "quota-backend-bytes": 4 * 1024 ** 3,
      "cert-file": certificate,
      "key-file": key,
      "client-cert-auth": true,
      "trusted-ca-file": root,
      "peer-cert-file": certificate,
      "peer-key-file": key,
      "peer-client-cert-auth": true,
      "peer-trusted-ca-file": root,
      "log-level": "warn",
    }),
    inputs: [certificate, key, root],
    order: ORDER.etcd,
    // After a power failure its files may be damaged.
    remedy: `try: make down cluster. If that fails too, begin with an empty cluster: rm -r ${paths.etcd} && make cluster`,
    // That it lives and lets its client in; whether it works shows in the API server's readiness.
    ready: () => etcdAnswers(context),
  };
}

function etcdAnswers(context: ClusterContext): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({
      host: "127.0.0.1",
      port: context.ports.etcd,
      ca: readFileSync(pki(context, "etcd-ca.crt")),
      cert: readFileSync(pki(context, "etcd-client.crt")),
      key: readFileSync(pki(context, "etcd-client.key")),
    });
    const answer = (ready: boolean): void => {
      socket.destroy();
      resolve(ready);
    };
    socket.once("secureConnect", () => answer(true));
    socket.once("error", () => answer(false));
  });
}

export function apiserver(context: ClusterContext): ProcessSpec {
  const { ports, paths, files } = context;
  const input = {
    "etcd-cafile": pki(context, "etcd-ca.crt"),
    "etcd-certfile": pki(context, "etcd-client.crt"),
    "etcd-keyfile": pki(context, "etcd-client.key"),
    "client-ca-file": pki(context, "ca.crt"),
    "tls-cert-file": pki(context, "apiserver.crt"),
    "tls-private-key-file": pki(context, "apiserver.key"),
    "kubelet-certificate-authority": pki(context, "ca.crt"),
    "kubelet-client-certificate": pki(context, "kubelet-client.crt"),
    "kubelet-client-key": pki(context, "kubelet-client.key"),
    "service-account-key-file": pki(context, "service-account.pub"),
    "service-account-signing-key-file": pki(context, "service-account.key"),
    "requestheader-client-ca-file": pki(context, "front-proxy-ca.crt"),
    "proxy-client-cert-file": pki(context, "front-proxy-client.crt"),
    "proxy-client-key-file": pki(context, "front-proxy-client.key"),
    "audit-policy-file": files.audit,
    "egress-selector-config-file": files.egress,
  };
  return {
    name: `${context.name}-kube-apiserver`,
    command: context.tools["kube-apiserver"],
    arguments: flags({
      ...input,
      "etcd-servers": `https://127.0.0.1:${ports.etcd}`,
      "bind-address": "127.0.0.1",
      "secure-port": ports.apiserver,
      "cert-dir": paths.config,
      "advertise-address": ADVERTISED_ADDRESS,
      "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
      "service-cluster-ip-range": SERVICE_RANGE,
      "authorization-mode": "Node,RBAC",
      "enable-admission-plugins": "NodeRestriction",
      "requestheader-allowed-names": "front-proxy-client",
      "requestheader-username-headers": "X-Remote-User",
      "requestheader-group-headers": "X-Remote-Group",
      "requestheader-extra-headers-prefix": "X-Remote-Extra-",
      "anonymous-auth": false,
      "allow-privileged": true,
      "kubelet-preferred-address-types": "InternalIP",
      "audit-log-path": paths.auditLog,
      "audit-log-mode": "batch",
      "audit-log-maxsize": 50,
      "audit-log-maxbackup": 2,
      "max-requests-inflight": 1000,
      "max-mutating-requests-inflight": 1000,
      profiling: false,
    }),
    inputs: Object.values(input),
    order: ORDER.apiserver,
    ready: () =>
      context.api.call<string>("GET", "/readyz", { timeout: 2000 }).then(
        () => true,
        () => false,
      ),
  };
}
