import { EndpointProcess } from "./test/support/endpointTrustProcess";
import { namespaceFor } from "./bench/endpoint/contestants";
import { load } from "./bench/endpoint/load";
import { objectsOf } from "./bench/endpoint/objects";
import { stand } from "./test/support/engine";
import { Pool } from "undici";
import { kubeconfigAccess } from "./endpoint/kubernetes/access";
import { FaultProxy, kubeconfigFor } from "./test/support/faultProxy";
import * as fs from "node:fs";
async function main() {
  const kubeconfig = stand()!.clusters["local"]!.kubeconfig;
  const endpoint = await EndpointProcess.open(kubeconfig);
  const ns = endpoint.namespace("reader");
  const space = await namespaceFor(endpoint.kubernetes, ns);
  try {
    console.log("empty", await endpoint.start());
    await endpoint.end("SIGKILL");
    const t0 = performance.now();
    await load(32, 1000, async (_, i) => {
      const object = objectsOf(ns, `d${i}`).find(({ kind }) => kind === "Deployment")!;
      await endpoint.kubernetes.request("POST", `/apis/apps/v1/namespaces/${ns}/deployments`, { body: object });
    });
    console.log("seeded", performance.now() - t0);
    const access = kubeconfigAccess(kubeconfig);
    const pool = new Pool(access.server.origin, { connections: 4, connect: access.tls() });
    const time = async (path: string) => {
      const b = performance.now();
      const a = await pool.request({ method: "GET", path, headers: { accept: "application/json" } });
      const t = await a.body.text();
      console.log(path, a.statusCode, t.length, (performance.now() - b).toFixed(0), "ms", (JSON.parse(t) as any).metadata?.remainingItemCount);
      return t;
    };
    const sel = "labelSelector=app.kubernetes.io%2Fmanaged-by%3Dscience-platform-endpoint";
    for (let i = 0; i < 2; i++) {
      await time(`/apis/apps/v1/deployments?limit=500&${sel}`);
      await time(`/apis/apps/v1/deployments?limit=500&resourceVersion=0&${sel}`);
      await time(`/apis/apps/v1/deployments?${sel}`);
      await time(`/api/v1/pods?limit=500&${sel}`);
      await time(`/api/v1/persistentvolumeclaims?limit=500&${sel}`);
    }
    const proxy = await FaultProxy.open(kubeconfig, (m, p) => { console.log("  ", performance.now().toFixed(0), m, p.slice(0, 100)); return undefined; });
    fs.writeFileSync("/tmp/trust-exp-kubeconfig", kubeconfigFor(proxy.url));
    for (let i = 0; i < 3; i++) { console.log("at", performance.now().toFixed(0)); console.log("start", await endpoint.start()); await endpoint.end("SIGKILL"); }
    console.log("at", performance.now().toFixed(0));
    console.log("proxied", await endpoint.start("/tmp/trust-exp-kubeconfig"));
    console.log("at", performance.now().toFixed(0));
    await endpoint.end("SIGKILL");
    await proxy.close(); await pool.destroy();
  } finally { await space.remove(); await endpoint.close(); }
}
void main();
