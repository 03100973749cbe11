import assert from "node:assert/strict";
import { checkedHub } from "../../../components/model/jupyterHubSettings";
import { jupyterHubValues } from "../../../components/model/jupyterHubValues";
import { mergeValues } from "../../../components/model/mergeValues";
import { notebookHub } from "../../../components/model/mipNotebook";
import type { MipSettings } from "../../../components/model/mipTypes";
import { Problems } from "../../../components/model/problems";
import { COMMON, generationOf, MINIMAL } from "../../support/mip";

const BESIDE = generationOf("6f8b2c7");
const FRAMED = { "Content-Security-Policy": "frame-ancestors 'self'" };

function hubOf(settings: MipSettings): NonNullable<ReturnType<typeof notebookHub>> {
  const hub = notebookHub(settings, BESIDE);
  assert.ok(hub);
  return hub;
}

describe("the hub for the platform's notebooks", () => {
  it("is in the platform's namespace, below its address, and logs in at its Keycloak", () => {
    const { values, ...settings } = hubOf({
      ...COMMON,
      notebook: { image: "lab/jupyter:2", size: "5Gi", allowedGroups: ["ml"], releaseName: "nb" },
    });
    assert.deepEqual(settings, {
      namespace: "dementia",
      releaseName: "nb",
      hostname: "mip.lab.example.org",
      baseUrl: "/notebook",
      exposed: false,
      expose: COMMON.expose,
      oidc: {
        issuer: "https://iam.example.org/auth/realms/lab",
        clientId: "mip",
        allowedGroups: ["ml"],
        authState: true,
      },
      image: "lab/jupyter:2",
      database: { storageClass: "fast" },
      userStorage: { storageClass: "fast", size: "5Gi" },
      podSecurity: "baseline",
    });
    assert.deepEqual(Object.keys(values), ["hub", "singleuser"]);
  });

  it("hands the user's token over, and lets the server reach the backend and be framed", () => {
    const notebook = { cpuGuarantee: "250m", cpuLimit: "2", memoryLimit: "4G" };
    assert.deepEqual(hubOf({ ...COMMON, notebook }).values, {
      hub: {
        config: {
          Authenticator: { auto_login: true },
          JupyterHub: { tornado_settings: { slow_spawn_timeout: 0, headers: FRAMED } },
        },
      },
      singleuser: {
        defaultUrl: "/lab",
        cpu: { guarantee: 0.25, limit: 2 },
        memory: { limit: 4e9 },
        extraEnv: {
          PLATFORM_BACKEND_URL: "http://platform-backend-service:8080/services",
          PORTAL_TOKEN: "$(ACCESS_TOKEN)",
        },
        extraFiles: {
          "framed.json": {
            mountPath: "/etc/jupyter/jupyter_server_config.json",
            data: { ServerApp: { tornado_settings: { headers: FRAMED } } },
          },
        },
        networkPolicy: {
          egress: [
            {
              to: [{ podSelector: { matchLabels: { app: "platform-backend" } } }],
              ports: [{ protocol: "TCP", port: 8080 }],
            },
          ],
        },
      },
    });
  });

  it("on microk8s has its storage and ingress class, and lets the engine mount folders", () => {
    const hub = hubOf({ ...MINIMAL, notebook: {} });
    assert.equal(hub.podSecurity, "privileged");
    assert.deepEqual(hub.database, { storageClass: "microk8s-hostpath" });
    assert.deepEqual(hub.userStorage, { storageClass: "microk8s-hostpath", size: "10Gi" });
    assert.deepEqual(hub.expose, { className: "public", controller: "nginx" });
    assert.equal(hub.oidc!.anyUser, true);
    assert.equal("allowedGroups" in hub.oidc!, false);
  });

  it("reads an existing Secret of the client", () => {
    const keycloak = { ...MINIMAL.keycloak, existingSecret: true };
    assert.deepEqual(hubOf({ ...MINIMAL, keycloak, notebook: {} }).oidc!.existingSecret, {
      name: "keycloak-credentials",
      key: "client-secret",
    });
  });

  it("passes the hub's own rules, and its login survives our values", () => {
    const hub = hubOf({ ...COMMON, notebook: {} });
    const problems = new Problems("hub");
    const checked = checkedHub(hub, true, problems);
    assert.deepEqual(problems.list(), []);
    const values = mergeValues(jupyterHubValues(hub, checked, { python: {} }), hub.values) as {
      hub: { baseUrl: string; config: Record<string, object> };
      singleuser: { networkPolicy: object };
    };
    assert.equal(values.hub.baseUrl, "/notebook/");
    assert.equal(checked.hub.oidc!.auth_state, true);
    assert.equal(
      checked.hub.oidc!.callback_url,
      "https://mip.lab.example.org/notebook/hub/oauth_callback",
    );
    assert.deepEqual(values.hub.config["JupyterHub"], {
      authenticator_class: "generic-oauth",
      tornado_settings: { slow_spawn_timeout: 0, headers: FRAMED },
    });
    assert.equal(Reflect.get(values.singleuser.networkPolicy, "enabled"), true);
  });

  it("is none without notebooks, and where the chart brings one", () => {
    assert.equal(notebookHub(COMMON, BESIDE), undefined);
    assert.equal(notebookHub({ ...COMMON, notebook: {} }, generationOf("9.2.0")), undefined);
    assert.equal(notebookHub({ ...COMMON, notebook: {} }, generationOf("9.0.2")), undefined);
  });
});
