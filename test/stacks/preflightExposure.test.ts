import assert from "node:assert/strict";
import { INGRESSES, job, JOBS, SERVICES } from "../support/preflightObjects";
import { CLEAN, run, workspace } from "../support/preflightRun";
import { useFakeApi } from "../support/fakeApi";

describe("preflight of what workspaces share", () => {
  const api = useFakeApi();

  describe("namespaces and Secrets", () => {
    it("refuses a namespace that is being deleted", async () => {
      const metadata = { name: "team", deletionTimestamp: "2026-03-01T10:00:00Z" };
      api.lists = { "/api/v1/namespaces": [{ metadata }] };
      assert.deepEqual((await run(api, [workspace("a")])).workspaces, {
        a: [
          'a.json: namespace: is being deleted on cluster lab, and takes nothing new (found "team"). ' +
            "Wait until it is gone and run again, or choose another.",
        ],
      });
    });

    it("asks for a user's Secret that neither exists nor is made by the stack", async () => {
      api.lists = { "/api/v1/secrets": [{ metadata: { namespace: "team", name: "user-1" } }] };
      const userSecrets = ["user-1", "user-2", "made", "absent"];
      const found = await run(api, [workspace("a", { userSecrets })], {
        workspaces: { userSecrets: { team: { made: { user: "x" } } } },
      });
      const where =
        "namespace team on cluster lab has no such Secret, and workspaces.userSecrets does not make it";
      assert.deepEqual(found.workspaces, {
        a: [
          `a.json: user_secret[1]: ${where} (found "user-2"). Did you mean user-1?`,
          `a.json: user_secret[3]: ${where} (found "absent"). Create it, or give its content in workspaces.userSecrets.`,
        ],
      });
    });

    it("only notes Secrets that the user may not list", async () => {
      api.refusals = { "/api/v1/namespaces/team/secrets": { status: 403 } };
      assert.deepEqual(await run(api, [workspace("a", { userSecrets: ["absent"] })]), {
        ...CLEAN,
        notes: [
          "cluster lab: the kubeconfig's user may not list secrets; not checked: whether the Secrets of user_secret exist",
        ],
      });
    });
  });

  describe("ports and hosts", () => {
    const HOST = "a.lab.example.org";

    function service(namespace: string, name: string, spec: object): never {
      return { metadata: { namespace, name }, spec } as never;
    }

    function ingress(namespace: string, name: string, labels = {}): never {
      return { metadata: { namespace, name, labels }, spec: { rules: [{ host: HOST }] } } as never;
    }

    const withPort = workspace("a", {
      serviceType: "NodePort",
      ports: [
        { name: "free", port: 22 },
        { name: "web-ui", port: 80, nodePort: 30080 },
      ],
    });
    const withHost = workspace("a", { ingress: { host: HOST, port: 80 } });

    it("refuses a NodePort that another Service has", async () => {
      api.lists = { [SERVICES]: [service("x", "y", { ports: [{ nodePort: 30080 }] })] };
      assert.deepEqual((await run(api, [withPort])).workspaces, {
        a: [
          "a.json: ports.web-ui[1]: Service x/y on cluster lab has this NodePort (found 30080). " +
            "Choose a free one from 30000 to 32767, or leave it out to get one.",
        ],
      });
    });

    it("refuses the port of another Service's health check", async () => {
      api.lists = { [SERVICES]: [service("x", "y", { healthCheckNodePort: 30080 })] };
      assert.match((await run(api, [withPort])).workspaces["a"]?.[0] ?? "", /Service x\/y/);
    });

    it("takes its own NodePort, and one that is taken for UDP only", async () => {
      api.lists = {
        [SERVICES]: [
          service("team", "a-mkg", { ports: [{ nodePort: 30080, protocol: "TCP" }] }),
          service("x", "dns", { ports: [{ nodePort: 30080, protocol: "UDP" }] }),
        ],
      };
      assert.deepEqual(await run(api, [withPort]), CLEAN);
    });

    for (const [namespace, name] of [
      ["other", "a-mkg"],
      ["team", "by-hand"],
    ] as const) {
      it(`refuses a host that Ingress ${namespace}/${name} answers for`, async () => {
        api.lists = { [INGRESSES]: [ingress(namespace, name)] };
        assert.deepEqual((await run(api, [withHost])).workspaces, {
          a: [
            `a.json: ingress.host: Ingress ${namespace}/${name} on cluster lab answers for this host (found "${HOST}"). ` +
              "Choose another host, or remove that Ingress first.",
          ],
        });
      });
    }

    it("takes its own host, one proven by cert-manager, and one from a workspace about to go", async () => {
      api.lists = {
        [INGRESSES]: [
          ingress("team", "a-mkg"),
          ingress("team", "cm-acme-1", { "acme.cert-manager.io/http01-solver": "true" }),
          ingress("team", "old-mkg"),
        ],
        [JOBS]: [job("old-mkg")],
      };
      assert.deepEqual(await run(api, [withHost]), CLEAN);
    });
  });
});
