import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import * as path from "node:path";
import { Release } from "@pulumi/kubernetes/helm/v3";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { GatewayRoutes } from "../../components/addons/gatewayRoutes";
import type { ApiClient } from "../../components/cluster/apiClient";
import { KubeconfigCluster } from "../../components/cluster/kubeconfigCluster";
import type { ExposeSettings } from "../../components/model/exposureObjects";
import { AuthProxy } from "../../components/workspaces/authProxy";
import { Workspace } from "../../components/workspaces/workspace";
import { WorkspaceNamespace } from "../../components/workspaces/workspaceNamespace";
import {
  changesIn,
  ENGINE_TIMEOUT_MS,
  setProgram,
  standClient,
  standOrSkip,
  withStack,
  type Stand,
} from "../support/engine";
import { hasObject, live, removeNamespace } from "../support/liveObjects";

const CRDS = path.resolve(__dirname, "../../local/charts/gateway-api");
const API = "/apis/gateway.networking.k8s.io/v1";
const LOGIN = {
  issuer: "https://keycloak.example.org/realms/lab",
  clientId: "workspaces",
  anyUser: true,
};

describe("the Gateway API on the stand", function () {
  this.timeout(ENGINE_TIMEOUT_MS);
  let stand: Stand;
  let api: ApiClient;
  let namespace: string;

  before(async function () {
    stand = standOrSkip(this);
    api = await standClient(stand);
    if (await hasObject(api, API)) {
      // Left by a run that was broken off, or somebody's own: this test would take them away.
      throw new Error(`${API} is there already: helm uninstall the chart gateway-api first.`);
    }
    namespace = `gateway-${randomBytes(4).toString("hex")}`;
  });

  after(async () => {
    if (api !== undefined) {
      await removeNamespace(api, namespace);
      api.close();
    }
  });

  /** The CRDs, and what `make` makes after them. */
  function program(make: (opts: object) => void): PulumiFn {
    return () => {
      const cluster = new KubeconfigCluster("lab", { path: stand.clusters["local"]!.kubeconfig });
      const crds = new Release(
        "crds",
        { name: `crds-${namespace}`, namespace: "kube-system", chart: CRDS },
        { provider: cluster.provider },
      );
      make({ provider: cluster.provider, dependsOn: [crds] });
      return Promise.resolve();
    };
  }

  it("exposes a workspace by a route to its own proxy, with the login at the namespace's", async () => {
    const gateway = { name: "lab", namespace };
    const expose: ExposeSettings = {
      kind: "gateway",
      gateway,
      domain: "lab.example.org",
      logins: { [namespace]: LOGIN },
    };
    const site = { cluster: "lab", ingress: expose };
    const whole = program((opts) => {
      new GatewayRoutes(
        "gateway",
        { gateway, className: "envoy", hostNames: ["*.lab.example.org"], issuer: "lab-ca" },
        opts,
      );
      const made = new WorkspaceNamespace("ns", { namespace }, opts);
      const after = { ...opts, dependsOn: [made] };
      const host = `oauth.${namespace}.lab.example.org`;
      const settings = { ...LOGIN, namespace, host, clientSecret: "canary", ingress: expose };
      const auth = new AuthProxy("auth", settings, after);
      new Workspace(
        "ws",
        {
          namespace,
          name: "notebook",
          image: "jupyter/scipy-notebook",
          allocationSeconds: 3600,
          ports: [{ name: "jupyter", port: 8888 }],
          ingress: {
            host: `notebook.${namespace}.lab.example.org`,
            port: 8888,
            oauthUrl: `oauth.${namespace}`,
          },
          site,
        },
        { ...after, dependsOn: [made, auth] },
      );
    });
    const routes = `${API}/namespaces/${namespace}/httproutes`;
    const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`;
    await withStack(whole, async (stack) => {
      await stack.up();
      const route = (await live(api, `${routes}/notebook-mkg`)) as {
        spec: { rules: { backendRefs: { name: string }[] }[] };
      };
      assert.equal(route.spec.rules[0]!.backendRefs[0]!.name, "notebook-mkg-auth");
      await live(api, `${routes}/oauth2-proxy`);
      await live(api, `${routes}/lab-https`);
      await live(api, `${API}/namespaces/${namespace}/gateways/lab`);
      const proxy = (await live(api, `${deployments}/notebook-mkg-auth`)) as {
        spec: { template: { spec: { containers: { args: string[] }[] } } };
      };
      const { args } = proxy.spec.template.spec.containers[0]!;
      assert.ok(args.includes("--upstream=http://notebook-mkg:8888"));
      const ingresses = (await live(
        api,
        `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`,
      )) as { items: unknown[] };
      assert.deepEqual(ingresses.items, []);
      assert.deepEqual(changesIn((await stack.up()).summary), {});

      // Another stack's view of the same Gateway, and of one that is not there.
      const referring = (name: string): PulumiFn =>
        program((opts) => {
          new GatewayRoutes("other", { gateway: { name, namespace }, existing: true }, opts);
        });
      setProgram(stack, referring("absent"));
      await assert.rejects(stack.preview(), /absent' does not exist/);
      setProgram(stack, whole);
    });
    assert.ok(!(await hasObject(api, API)), "CRDs are still there");
    assert.ok(!(await hasObject(api, `${deployments}/notebook-mkg-auth`)));
  });
});
