/** A small HTTPS server on loopback that answers like a Kubernetes API server, from lists written down in a test. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as https from "node:https";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import type { TLSSocket } from "node:tls";
import { newAuthority, type Authority, type KeyPair } from "../../local/cluster/certificates";

/** One request as the server saw it. */
export interface Seen {
  method: string;
  /** Path with query. */
  path: string;
  headers: IncomingHttpHeaders;
  /** Common name of the client's certificate, where it sent one that our authority signed. */
  client?: string;
}

/** What the server says instead of a list. */
export interface Refusal {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
  /** How often it says so before it gives the list. @default for ever */
  times?: number;
}

const TOKEN = "token-of-the-test";

/** Its certificates, port and folder are there once it is started. */
export class FakeApi {
  /** Items by the path of their list, cluster-wide: `/api/v1/nodes`. */
  lists: Record<string, { metadata: { name: string; namespace?: string } }[]> = {};
  /** Single objects by path. */
  objects: Record<string, unknown> = {};
  /** By path, as asked for. */
  refusals: Record<string, Refusal> = {};
  seen: Seen[] = [];
  /** What the server's clock is ahead of ours, in milliseconds. */
  ahead = 0;
  readonly token = TOKEN;

  authority!: Authority;
  client!: KeyPair;
  /** The test's own folder. */
  folder!: string;
  private server!: https.Server;

  async start(): Promise<void> {
    this.authority = await newAuthority("test-ca");
    const certificate = await this.authority.issue({
      commonName: "kube-apiserver",
      server: { names: ["api.test.example"], addresses: ["127.0.0.1"] },
    });
    this.client = await this.authority.issue({ commonName: "tester", client: true });
    this.server = https.createServer(
      {
        cert: certificate.certificate,
        key: certificate.key,
        ca: this.authority.certificate,
        requestCert: true,
        rejectUnauthorized: false,
      },
      (request, response) => this.answer(request, response),
    );
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.folder = fs.mkdtempSync(path.join(os.tmpdir(), "fake-api-"));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    fs.rmSync(this.folder, { recursive: true });
  }

  /** Forgets what a test set up. */
  reset(): void {
    Object.assign(this, { lists: {}, objects: {}, refusals: {}, seen: [], ahead: 0 });
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `https://127.0.0.1:${this.port}`;
  }

  get caData(): string {
    return base64(this.authority.certificate);
  }

  /** Paths that were asked for, in order of the alphabet. */
  get paths(): string[] {
    return this.seen.map(({ path: asked }) => asked).sort();
  }

  /** The one request that there was, which must have been this. */
  only(method: string, asked: string): Seen {
    assert.deepEqual(
      this.seen.map((one) => [one.method, one.path]),
      [[method, asked]],
    );
    return this.seen[0]!;
  }

  /** Content of a kubeconfig for this server; without a user, one with the right token. */
  kubeconfig(user: object = { token: TOKEN }, cluster: object = {}): string {
    return JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "test",
      contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
      clusters: [
        {
          name: "test",
          cluster: { server: this.url, "certificate-authority-data": this.caData, ...cluster },
        },
      ],
      users: [{ name: "test", user }],
    });
  }

  /** Writes a file into the test's folder; returns its path. */
  write(name: string, content: string, mode = 0o600): string {
    const file = path.join(this.folder, name);
    fs.writeFileSync(file, content, { mode });
    return file;
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const socket = request.socket as TLSSocket;
    const asked = request.url ?? "";
    const commonName = socket.authorized ? socket.getPeerCertificate().subject.CN : undefined;
    this.seen.push({
      method: request.method ?? "",
      path: asked,
      headers: request.headers,
      ...(typeof commonName === "string" ? { client: commonName } : {}),
    });
    const give = (status: number, body: unknown, headers: Record<string, string> = {}): void => {
      const date = new Date(Date.now() + this.ahead).toUTCString();
      response.writeHead(status, { "Content-Type": "application/json", Date: date, ...headers });
      response.end(typeof body === "string" ? body : JSON.stringify(body));
    };
    const isKnown = socket.authorized || request.headers.authorization === `Bearer ${this.token}`;
    const refusal = this.refusals[asked];
    if (refusal !== undefined && (refusal.times ?? 1) > 0) {
      if (refusal.times !== undefined) {
        refusal.times -= 1;
      }
      give(refusal.status, refusal.body ?? status(refusal.status, "refused"), refusal.headers);
    } else if (!isKnown) {
      give(401, status(401, "Unauthorized"));
    } else if (asked in this.objects) {
      give(200, this.objects[asked]);
    } else {
      this.list(asked, give);
    }
  }

  private list(asked: string, give: (status: number, body: unknown) => void): void {
    const [, group = "", namespace, resource] =
      /^(.*?)(?:\/namespaces\/([^/]+))?\/([a-z]+)$/.exec(asked) ?? [];
    if (resource === undefined) {
      give(404, status(404, "not found"));
      return;
    }
    const items = this.lists[`${group}/${resource}`] ?? [];
    give(200, {
      kind: "List",
      apiVersion: "v1",
      items: items.filter(
        ({ metadata }) => namespace === undefined || metadata.namespace === namespace,
      ),
    });
  }
}

/** One server for the tests of a `describe`: each finds it empty. */
export function useFakeApi(): FakeApi {
  const api = new FakeApi();
  before(() => api.start());
  after(() => api.stop());
  beforeEach(() => api.reset());
  return api;
}

/** The body with which an API server refuses. */
export function status(code: number, message: string): object {
  return { kind: "Status", apiVersion: "v1", status: "Failure", code, message };
}

export function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
