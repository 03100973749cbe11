/** The page on loopback over a service in memory, and a browser's cookies without a browser. */
import Fastify, { type FastifyInstance } from "fastify";
import type { AddressInfo } from "node:net";
import { endpointSettingsSchema } from "../../components/model/endpointSettings";
import { pagePlugin, type PageSettings } from "../../endpoint/page/plugin";
import { Sessions } from "../../endpoint/page/session";
import { HttpFault, type ApiResult, type Tenant } from "../../endpoint/seams";
import { createRateLimits } from "../../endpoint/tenancy";
import { ada, FakeService } from "./fakeService";

const A100 = {
  resource: "nvidia.com/gpu",
  product: "NVIDIA-A100-SXM4-40GB",
  type: "A100",
  vram: "40G",
};
const SLICE = {
  resource: "nvidia.com/mig-1g.10gb",
  product: "NVIDIA-A100-SXM4-40GB-MIG-1g.10gb",
  type: "A100 slice",
  vram: "10G",
  mig: "1g.10gb",
};

/** Settings as an operator would write them. */
export function endpointSettings(changes: Record<string, unknown> = {}) {
  return endpointSettingsSchema.parse({
    issuer: "https://login.example.org",
    audience: "endpoint",
    exposure: { domain: "apps.lab.example.org" },
    gpus: { a100: A100, slice: SLICE },
    ...changes,
  });
}

/** A quota of which something is used. */
const QUOTA = {
  items: [
    {
      status: {
        hard: {
          "requests.nvidia.com/gpu": "2",
          "requests.cpu": "32",
          "requests.memory": "128Gi",
          "services.nodeports": "0",
        },
        used: {
          "requests.nvidia.com/gpu": "1",
          "requests.cpu": "4500m",
          "requests.memory": "24Gi",
          "services.nodeports": "0",
        },
      },
    },
  ],
};

/** What a test changes of a page. */
export interface PageServerOptions {
  /** @default a free one */
  port?: number;
  settings?: Record<string, unknown>;
  page?: Partial<PageSettings>;
  /** Who a token is from. @default whoever it names */
  tenantOf?: (authorization: string | undefined) => Promise<Tenant>;
  quota?: ApiResult;
}

/** A running page. */
export interface PageServer {
  app: FastifyInstance;
  service: FakeService;
  /** As people type it, without a slash at the end. */
  url: string;
  page: PageSettings;
  sessions: Sessions;
  /** Cookies of a session, as a browser sends them, and its token for forms. */
  signedIn(tenant?: Tenant): Promise<{ cookie: string; csrf: string }>;
  close(): Promise<void>;
}

/** `name=value` of each `Set-Cookie` line that sets something. */
export function cookiesOf(lines: string | string[] | undefined): string {
  return [lines ?? []]
    .flat()
    .map((line) => line.split(";")[0]!)
    .filter((pair) => !pair.endsWith("="))
    .join("; ");
}

/** Starts a page on a free port of loopback. */
export async function startPage(options: PageServerOptions = {}): Promise<PageServer> {
  const app = Fastify({ exposeHeadRoutes: false, routerOptions: { maxParamLength: 300 } });
  const service = new FakeService();
  const settings = endpointSettings(options.settings);
  const limits = await createRateLimits(app, settings.rateLimit);
  // The port is part of the page's own address, so the socket comes first and the page is added to it afterwards.
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const page: PageSettings = {
    url,
    issuer: settings.issuer,
    clientId: "page",
    scope: "openid profile email",
    algorithms: settings.algorithms,
    cookieSecrets: ["a secret of the tests, 32 bytes or more"],
    ...options.page,
  };
  const kubernetes = {
    request: () => Promise.resolve(options.quota ?? { status: 200, body: QUOTA }),
  };
  const refuse = () => Promise.reject(new HttpFault(401, [{ message: "The token is not valid." }]));
  const authenticator = { tenantOf: options.tenantOf ?? refuse };
  await app.register(pagePlugin({ settings, page, service, authenticator, kubernetes, limits }));
  await app.listen({ host: "127.0.0.1", port });
  const sessions = new Sessions(page);
  return {
    app,
    service,
    url,
    page,
    sessions,
    async signedIn(tenant = ada) {
      const cookie = cookiesOf(await sessions.begin({ tenant, name: "Ada Lovelace" }, undefined));
      const opened = await sessions.current(cookie);
      return { cookie, csrf: opened!.value.csrf };
    },
    close: async () => {
      await app.close();
    },
  };
}

/** A port of loopback that nothing listens on. */
export async function freePort(): Promise<number> {
  const probe = Fastify();
  await probe.listen({ host: "127.0.0.1", port: 0 });
  const { port } = probe.server.address() as AddressInfo;
  await probe.close();
  return port;
}
