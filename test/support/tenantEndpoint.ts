/** The whole endpoint in this process, on the stand's API server, with real tokens and tenants of the test's own. */
import { randomBytes } from "node:crypto";
import type { FastifyInstance } from "fastify";
import type { EndpointOptions } from "../../components/model/endpointSettings";
import { kubeconfigAccess } from "../../endpoint/kubernetes/access";
import { HttpPool } from "../../endpoint/kubernetes/httpPool";
import { start } from "../../endpoint/start";
import type { Stand } from "./engine";
import { GPUS, NODES, settings } from "./endpointSettings";
import { TokenIssuer } from "./tokenIssuer";

/** What came back. */
export interface Answer {
  status: number;
  body: unknown;
  headers: Record<string, unknown>;
}

/** A running endpoint; its tenants' namespaces are gone after `close`. */
export interface TenantEndpoint {
  app: FastifyInstance;
  issuer: TokenIssuer;
  kubernetes: HttpPool;
  /** Domain of the tenants' hosts, of this run alone. */
  domain: string;
  /** Namespace of a tenant. */
  namespace(tenant: string): string;
  /** A call with a token of the tenant. */
  call(tenant: string, method: string, url: string, body?: unknown): Promise<Answer>;
  close(): Promise<void>;
}

type Method = "GET" | "PUT" | "POST" | "PATCH" | "DELETE";

/** Starts one. Host names are claimed in the namespace `default`. */
export async function startTenantEndpoint(
  stand: Stand,
  over: Partial<EndpointOptions> = {},
): Promise<TenantEndpoint> {
  const id = randomBytes(3).toString("hex");
  const issuer = new TokenIssuer();
  await issuer.start();
  const domain = `${id}.example.net`;
  const prefix = `t${id}-`;
  const read = settings({
    listen: { host: "127.0.0.1", port: 0 },
    issuer: issuer.url,
    audience: issuer.audience,
    namespace: "default",
    namespacePrefix: prefix,
    exposure: { domain },
    gpus: GPUS,
    nodes: NODES,
    rateLimit: { reads: 100_000, writes: 100_000, refused: 100_000 },
    drainSeconds: 0,
    ...over,
  });
  const { kubeconfig } = stand.clusters["local"]!;
  const running = await start(read, { KUBECONFIG: kubeconfig, LOG_LEVEL: "silent" });
  const kubernetes = new HttpPool(kubeconfigAccess(kubeconfig));
  const { app } = running;
  while ((await app.inject("/readyz")).statusCode !== 200) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const tenants = new Set<string>();
  const namespace = (tenant: string): string => `${prefix}${tenant}`;

  return {
    app,
    issuer,
    kubernetes,
    domain,
    namespace,
    async call(tenant, method, url, body) {
      tenants.add(tenant);
      const token = await issuer.token({ claims: { sub: tenant } });
      const answer = await app.inject({
        method: method as Method,
        url,
        headers: { authorization: `Bearer ${token}` },
        ...(body === undefined ? {} : { payload: body as object }),
      });
      const isJson = String(answer.headers["content-type"]).includes("json");
      return {
        status: answer.statusCode,
        body: isJson && answer.body !== "" ? answer.json<unknown>() : answer.body,
        headers: answer.headers,
      };
    },
    async close() {
      await running.stop();
      for (const tenant of tenants) {
        await kubernetes.request("DELETE", `/api/v1/namespaces/${namespace(tenant)}`);
      }
      await kubernetes.close();
      await issuer.stop();
    },
  };
}

/** A record of one container, with these keys of the container over the least, and these of the document. */
export function record(container: object = {}, document: object = {}, over: object = {}): object {
  const data = JSON.stringify({
    containers: [
      {
        name: "web",
        image: "nginx:1.27",
        cpu: 0.1,
        memory: 0.0625,
        ports: [{ name: "http", port: 8080 }],
        ...container,
      },
    ],
    ...document,
  });
  return { title: "A service", data, ...over };
}
