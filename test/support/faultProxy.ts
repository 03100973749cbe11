/** Stands between the endpoint and the API server, and now and then does what networks and busy servers do. */
import * as http from "node:http";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import { kubeconfigAccess, type ApiAccess } from "../../endpoint/kubernetes/access";

/** What can go wrong with one request. */
export const FAULTS = ["409", "429", "500", "503", "dropped", "reset", "slow"] as const;
export type FaultKind = (typeof FAULTS)[number];

/** Longer than a good answer takes, shorter than anyone gives up. */
const SLOW_MS = 500;

/** Conflicts are said to those alone who change something. */
function fits(kind: FaultKind, method: string | undefined): boolean {
  return kind !== "409" || method !== "GET";
}

/** Plain HTTP on loopback in front; the kubeconfig's credentials behind. */
export class FaultProxy {
  /** How many requests met each fault. */
  readonly met: Record<string, number> = {};
  requests = 0;
  /** Watches that are open, as both ends. */
  private readonly watches = new Map<http.IncomingMessage, http.ServerResponse>();
  private isHeld = false;
  private readonly server: http.Server;
  private readonly agent: https.Agent;

  private constructor(
    private readonly access: ApiAccess,
    /** Which fault a request meets; nothing for a good one. */
    private readonly choose: (method: string, path: string) => FaultKind | undefined,
  ) {
    this.agent = new https.Agent({ keepAlive: true, ...access.tls() });
    this.server = http.createServer((request, response) => this.pass(request, response));
  }

  static async open(
    kubeconfig: string,
    choose: (method: string, path: string) => FaultKind | undefined,
  ): Promise<FaultProxy> {
    const proxy = new FaultProxy(kubeconfigAccess(kubeconfig), choose);
    await new Promise<void>((resolve) => proxy.server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** From now on watches stay open and say nothing; or they say what they held back, and go on. */
  hold(isHeld: boolean): void {
    this.isHeld = isHeld;
    this.watches.forEach((response, answer) =>
      isHeld ? answer.unpipe(response) : answer.pipe(response),
    );
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    this.agent.destroy();
  }

  private pass(request: http.IncomingMessage, response: http.ServerResponse): void {
    const { method = "", url = "" } = request;
    const isWatch = url.includes("watch=1");
    const kind = isWatch ? undefined : this.choose(method, url);
    const fault = kind !== undefined && fits(kind, method) ? kind : undefined;
    this.requests += isWatch ? 0 : 1;
    if (fault !== undefined) {
      this.met[fault] = (this.met[fault] ?? 0) + 1;
    }
    if (fault === "reset") {
      request.socket.destroy();
    } else if (fault !== undefined && /^\d+$/.test(fault)) {
      request.resume();
      response.writeHead(Number(fault), {
        "content-type": "application/json",
        ...(fault === "429" ? { "retry-after": "1" } : {}),
      });
      response.end(JSON.stringify({ kind: "Status", message: `a fault: ${fault}` }));
    } else {
      setTimeout(() => this.forward(request, response, fault), fault === "slow" ? SLOW_MS : 0);
    }
  }

  private forward(
    request: http.IncomingMessage,
    response: http.ServerResponse,
    fault: FaultKind | undefined,
  ): void {
    const { method, url, headers } = request;
    const forwarded = https.request(
      new URL(url ?? "/", this.access.server),
      { method, agent: this.agent, headers: { ...headers, host: this.access.server.host } },
      (answer) => {
        if (fault === "dropped") {
          // It was carried out, and nobody hears of it.
          answer.resume();
          answer.on("end", () => request.socket.destroy());
          return;
        }
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        if (url?.includes("watch=1")) {
          this.watches.set(answer, response);
          // A watch without news is one that stands, too.
          response.flushHeaders();
          response.on("close", () => this.watches.delete(answer));
          if (this.isHeld) {
            return;
          }
        }
        answer.pipe(response);
      },
    );
    forwarded.on("error", () => request.socket.destroy());
    response.on("close", () => forwarded.destroy());
    request.pipe(forwarded);
  }
}

/** A kubeconfig without credentials, for a proxy that has them. */
export function kubeconfigFor(url: string): string {
  return JSON.stringify({
    "current-context": "faults",
    contexts: [{ name: "faults", context: { cluster: "faults", user: "faults" } }],
    clusters: [{ name: "faults", cluster: { server: url } }],
    users: [{ name: "faults", user: {} }],
  });
}
