/** The endpoint on the stand, two tenants with clients of it, and a look behind at the API server. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { EndpointOptions } from "../../components/model/endpointSettings";
import {
  EndpointClient,
  EndpointError,
  type ApiRecord,
  type ApiStatus,
} from "../../endpoint/client/client";
import type { Stand } from "./engine";
import { startTenantEndpoint, record, type TenantEndpoint } from "./tenantEndpoint";

const KINDS: Record<string, string> = {
  ConfigMap: "/api/v1/namespaces/NS/configmaps",
  Deployment: "/apis/apps/v1/namespaces/NS/deployments",
  Ingress: "/apis/networking.k8s.io/v1/namespaces/NS/ingresses",
  PersistentVolumeClaim: "/api/v1/namespaces/NS/persistentvolumeclaims",
  Secret: "/api/v1/namespaces/NS/secrets",
  Service: "/api/v1/namespaces/NS/services",
};

interface Live {
  metadata: { name: string; resourceVersion: string; generation?: number };
}

const PATIENCE_MS = 20_000;

/** A running endpoint with its tenants; gone after `close`. */
export class EndpointScene {
  private constructor(
    readonly endpoint: TenantEndpoint,
    readonly alice: EndpointClient,
    readonly bob: EndpointClient,
  ) {}

  static async open(stand: Stand, over: Partial<EndpointOptions> = {}): Promise<EndpointScene> {
    const endpoint = await startTenantEndpoint(stand, over);
    const client = async (tenant: string): Promise<EndpointClient> => {
      // Its namespace is removed in the end.
      await endpoint.call(tenant, "GET", "/items/deployments");
      const { port } = endpoint.app.server.address() as { port: number };
      return new EndpointClient({
        url: `http://127.0.0.1:${port}`,
        token: () => endpoint.issuer.token({ claims: { sub: tenant } }),
      });
    };
    return new EndpointScene(endpoint, await client("alice"), await client("bob"));
  }

  get domain(): string {
    return this.endpoint.domain;
  }

  close(): Promise<void> {
    return this.endpoint.close();
  }

  /** A record of one small container. */
  record(container: object = {}, document: object = {}): ApiRecord {
    return record(container, document) as ApiRecord;
  }

  /** Names of the objects of a deployment that are not being deleted, as `Kind/name`. */
  async objects(id: string, tenant = "alice"): Promise<string[]> {
    const selector = encodeURIComponent(`science-platform/deployment=${id}`);
    const found = await Promise.all(
      Object.entries(KINDS).map(async ([kind, path]) => {
        const at = path.replace("NS", this.endpoint.namespace(tenant));
        const { body } = await this.endpoint.kubernetes.request(
          "GET",
          `${at}?labelSelector=${selector}`,
        );
        const { items } = body as {
          items: (Live & { metadata: { deletionTimestamp?: string } })[];
        };
        return items
          .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
          .map(({ metadata }) => `${kind}/${metadata.name}`);
      }),
    );
    return found.flat().sort();
  }

  /** Versions of alice's Deployment and its Service: what a change of either changes. */
  async versions(id: string): Promise<{ generation?: number; service: string }> {
    const get = async (kind: string, name: string): Promise<Live> => {
      const path = `${KINDS[kind]!.replace("NS", this.endpoint.namespace("alice"))}/${name}`;
      return (await this.endpoint.kubernetes.request("GET", path)).body as Live;
    };
    const deployment = await get("Deployment", `sd-${id}`);
    const service = await get("Service", `sd-${id}-web`);
    return {
      generation: deployment.metadata.generation,
      service: service.metadata.resourceVersion,
    };
  }

  /** Gives a tenant's namespace a quota. */
  async quota(tenant: string, hard: Record<string, string>): Promise<void> {
    const namespace = this.endpoint.namespace(tenant);
    const path = `/api/v1/namespaces/${namespace}/resourcequotas/test`;
    const { kubernetes } = this.endpoint;
    await kubernetes.apply(path, {
      apiVersion: "v1",
      kind: "ResourceQuota",
      metadata: { name: "test", namespace },
      spec: { hard },
    });
    // The quota holds once the controller has counted.
    await this.eventually(async () => {
      const { body } = await kubernetes.request("GET", path);
      const { status } = body as { status?: { hard?: object } };
      assert.deepEqual(status?.hard, hard);
    });
  }

  /** Waits until alice's deployment is so. */
  async until(id: string, isSo: (status: ApiStatus) => boolean): Promise<ApiStatus> {
    const start = Date.now();
    for (;;) {
      const status = await this.alice.get(id);
      if (isSo(status)) {
        return status;
      }
      assert.ok(Date.now() - start < PATIENCE_MS, `after 20 s: ${JSON.stringify(status)}`);
      await sleep(50);
    }
  }

  /** Waits until all of its pods are ready. */
  async ready(id: string, replicas: number, resourceVersion?: string): Promise<ApiStatus> {
    await this.alice.get(id, resourceVersion);
    return this.until(
      id,
      ({ pods, currentReplicas, volumes }) =>
        currentReplicas === replicas &&
        pods.length === replicas &&
        pods.every(({ containers }) => containers.every(({ ready }) => ready)) &&
        volumes.every(({ phase }) => phase === "Bound"),
    );
  }

  /** Waits until a check passes. */
  async eventually(check: () => Promise<void>): Promise<void> {
    const start = Date.now();
    for (;;) {
      try {
        await check();
        return;
      } catch (error) {
        if (Date.now() - start > PATIENCE_MS) {
          throw error;
        }
        await sleep(50);
      }
    }
  }

  /** The call is refused, in these words. */
  async refused(call: Promise<unknown>, status: number, words: RegExp): Promise<void> {
    const error: unknown = await call.then(
      (answer) => assert.fail(`it was not refused: ${JSON.stringify(answer)}`),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof EndpointError, String(error));
    assert.equal(error.status, status, error.message);
    assert.match(error.message, words);
  }
}
