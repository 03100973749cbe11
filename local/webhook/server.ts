/**
 * Program: stands for cert-manager's webhook, cainjector and controller in one cluster, where all of its pods
 * are simulated. While no chart of cert-manager is installed, it only waits for one.
 *
 * Arguments: its kubeconfig, the file of the egress socket's routes, the port to listen on.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { ApiClient, ApiError } from "../cluster/api";
import type { ApiObject } from "../cluster/api";
import { follow } from "../cluster/follow";
import { readCredentials } from "../cluster/kubeconfig";
import {
  asksForAuthority,
  CONFIGURATION_KINDS,
  CONFIGURATION_LABELS,
  CONFIGURATION_PATH,
  hostOf,
  servicesOf,
  withAuthority,
} from "./configurations";
import type { ServiceReference, WebhookConfiguration } from "./configurations";
import { Controller } from "./controller";
import { latenessOf, remaining } from "./lateness";
import type { Lateness } from "./lateness";
import { listen } from "./listener";
import { setRoutes } from "./routes";

interface Service extends ApiObject {
  metadata: ApiObject["metadata"] & { creationTimestamp: string };
  spec: { clusterIP?: string };
}

/** A Service that we stand behind. */
interface Stood {
  lateness: Lateness;
  /** `<address>:<port>`; nothing until there is a way to it. */
  address?: string;
}

const HTTPS = 443;
/** Pause before something is looked for again, in milliseconds. */
const PAUSE = 200;

function say(line: string): void {
  console.log(`${line.startsWith("watching") ? "" : `${new Date().toISOString()} `}${line}`);
}

function isStatus(error: unknown, ...statuses: number[]): boolean {
  return error instanceof ApiError && statuses.includes(error.status);
}

class StandIn {
  /** Services by host name. */
  private readonly stood = new Map<string, Stood>();
  /** The hosts that a configuration has called, by the configuration's path. */
  private readonly hosts = new Map<string, string[]>();
  private authority: Promise<string> | undefined;
  private readonly controller: Controller;

  constructor(
    private readonly api: ApiClient,
    private readonly routesFile: string,
    private readonly port: number,
  ) {
    this.controller = new Controller(api, say);
  }

  /** The authority's certificate, from when it is first needed on. */
  private listening(): Promise<string> {
    this.authority ??= listen({
      port: this.port,
      late: (host) => this.stood.get(host)?.lateness.answer,
      say,
    }).then(({ authority }) => authority);
    return this.authority;
  }

  private writeRoutes(): void {
    const wanted = [...this.stood.values()].flatMap(({ address }) => address ?? []);
    setRoutes(this.routesFile, `127.0.0.1:${this.port}`, wanted);
  }

  /** Forgets the Services that no configuration has called any more. */
  private prune(): void {
    const called = new Set([...this.hosts.values()].flat());
    for (const host of this.stood.keys()) {
      if (!called.has(host)) {
        this.stood.delete(host);
        say(`left ${host}`);
      }
    }
    this.writeRoutes();
    this.controller.work(called.size > 0);
  }

  /**
   * The Service, as soon as it is there and its lateness is over, which may be changed in the meantime.
   * Nothing once the configuration is gone.
   */
  private async service(
    path: string,
    reference: ServiceReference,
    late: (lateness: Lateness) => number,
  ): Promise<Service | undefined> {
    while (this.hosts.has(path)) {
      const found = await this.api.find<Service>(
        `/api/v1/namespaces/${reference.namespace}/services/${reference.name}`,
      );
      if (found?.spec.clusterIP !== undefined) {
        const lateness = latenessOf(found);
        const left = remaining(late(lateness), found.metadata.creationTimestamp);
        this.stood.set(hostOf(reference), { ...this.stood.get(hostOf(reference)), lateness });
        if (left === 0) {
          return found;
        }
      }
      await sleep(PAUSE);
    }
    return undefined;
  }

  /** Opens the way to a Service, and returns when its authority may be known. */
  private async standBehind(path: string, reference: ServiceReference): Promise<void> {
    const listening = this.listening();
    const open = async (): Promise<void> => {
      const service = await this.service(path, reference, ({ route }) => route);
      await listening;
      const stood = this.stood.get(hostOf(reference));
      if (service !== undefined && stood !== undefined) {
        stood.address = `${service.spec.clusterIP}:${reference.port ?? HTTPS}`;
        this.writeRoutes();
      }
    };
    await Promise.all([open(), this.service(path, reference, ({ caBundle }) => caBundle)]);
  }

  /** Writes the authority into the configuration as it is by now. */
  private async inject(path: string): Promise<void> {
    const authority = await this.listening();
    while (this.hosts.has(path)) {
      const live = await this.api.find<WebhookConfiguration>(path);
      const wanted = live === undefined ? undefined : withAuthority(live, authority);
      if (wanted === undefined) {
        return;
      }
      try {
        await this.api.call("PUT", path, { body: wanted });
        say(`injected ${path}`);
        return;
      } catch (error) {
        if (!isStatus(error, 404, 409)) {
          throw error;
        }
      }
    }
  }

  private async onConfiguration(path: string, found: WebhookConfiguration): Promise<void> {
    if (!asksForAuthority(found)) {
      return;
    }
    const services = servicesOf(found);
    this.hosts.set(path, services.map(hostOf));
    this.prune();
    try {
      await Promise.all(services.map((service) => this.standBehind(path, service)));
      await this.inject(path);
    } catch (error) {
      say(`failed ${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  async run(): Promise<void> {
    this.writeRoutes(); // Those of a former run lead nowhere.
    await Promise.all(
      CONFIGURATION_KINDS.map((kind) => {
        const folder = `${CONFIGURATION_PATH}/${kind}`;
        const pathOf = ({ metadata }: ApiObject): string => `${folder}/${metadata.name}`;
        const query = `labelSelector=${encodeURIComponent(CONFIGURATION_LABELS)}`;
        return follow<WebhookConfiguration>(this.api, folder, query, {
          say,
          listed: (all) => {
            const there = new Set(all.map(pathOf));
            for (const path of this.hosts.keys()) {
              if (path.startsWith(`${folder}/`) && !there.has(path)) {
                this.hosts.delete(path);
              }
            }
            this.prune();
          },
          changed: (found) => {
            // Not awaited: it may be late for as long as a test likes.
            void this.onConfiguration(pathOf(found), found);
            return Promise.resolve();
          },
          gone: (found) => {
            this.hosts.delete(pathOf(found));
            this.prune();
          },
        });
      }),
    );
  }
}

const [kubeconfig, routesFile, port] = process.argv.slice(2);
if (kubeconfig === undefined || routesFile === undefined || port === undefined) {
  throw new Error("usage: server.ts <kubeconfig> <routes file> <port>");
}
void new StandIn(new ApiClient(readCredentials(kubeconfig)), routesFile, Number(port)).run();
