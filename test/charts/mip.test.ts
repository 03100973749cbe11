/** Our values with the platform's charts: the stand-ins always, the real ones where CHARTS_DIR has them. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as path from "node:path";
import { loadAll } from "js-yaml";
import { chartSource } from "../../components/charts/chart";
import { checkMipChart } from "../../components/mip/mipChart";
import { mipSecretData } from "../../components/model/mipCredentials";
import { MIP_GENERATIONS, MipNotebookKind } from "../../components/model/mipGenerations";
import type { MipSettings } from "../../components/model/mipTypes";
import { mipValues } from "../../components/model/mipValues";
import { Problems } from "../../components/model/problems";
import { helmOrSkip } from "../support/helm";
import { COMMON, MINIMAL, OLDER, STAND_INS } from "../support/mip";
import { skip } from "../support/reporter";

const POST_RENDERER = path.resolve(__dirname, "../../components/mip/postRender.sh");

interface Variable {
  name: string;
  value?: string;
  valueFrom?: { secretKeyRef?: { name: string; key: string } };
}

interface Rendered {
  kind: string;
  metadata: { name: string; namespace?: string; annotations?: Record<string, string> };
  data?: Record<string, string>;
  spec: {
    type?: string;
    strategy?: { type: string };
    selector?: { matchLabels?: Record<string, string> };
    ports?: { port: number }[];
    hostPath?: { path: string };
    storageClassName?: string | null;
    template: {
      spec: {
        nodeSelector?: Record<string, string>;
        tolerations: object[];
        containers: {
          name: string;
          image: string;
          env?: Variable[];
          volumeMounts?: { name: string; mountPath: string }[];
          lifecycle?: { postStart: { exec: { command: string[] } } };
        }[];
      };
    };
  };
}

for (const which of ["stand-in", "real"]) {
  for (const generation of MIP_GENERATIONS) {
    const { version, backend, ui } = generation;
    describe(`the ${which} chart of the platform, ${version}, with our values`, () => {
      let render: (settings: MipSettings) => Rendered[];

      before(async function () {
        const mirror = which === "real" ? process.env["CHARTS_DIR"] : STAND_INS;
        if (mirror === undefined || mirror === "") {
          skip(this, "no CHARTS_DIR with the real charts: `make charts`");
        }
        const charts = { mirror, versions: { mip: version } };
        const problems = new Problems("CHARTS_DIR");
        checkMipChart(generation, charts, problems);
        const [unusable] = problems.list();
        if (unusable !== undefined) {
          skip(this, unusable);
        }
        const helm = await helmOrSkip(this);
        const { chart } = chartSource("mip", charts);
        render = (settings) => {
          const text = execFileSync(
            helm,
            [
              ...["template", "platform", chart, "--namespace", settings.namespace ?? "mip"],
              ...["--kube-version", "1.36.1", "--post-renderer", POST_RENDERER, "--values", "-"],
            ],
            { input: JSON.stringify(mipValues(settings, generation)), encoding: "utf8" },
          );
          return (loadAll(text) as (Rendered | null)[]).filter((it) => it !== null);
        };
      });

      const settings: MipSettings = {
        ...COMMON,
        ...(generation.hasNetwork ? OLDER : {}),
        ...(generation.notebook === MipNotebookKind.None ? {} : { notebook: {} }),
      };
      const find = (all: Rendered[], kind: string, name: string): Rendered => {
        const found = all.find((it) => it.kind === kind && it.metadata.name === name);
        assert.ok(found, `${kind} ${name}`);
        return found;
      };
      const variables = (it: Rendered): Variable[] =>
        it.spec.template.spec.containers.flatMap(({ env }) => env ?? []);

      it("has the objects that Secrets, exposure and restart rely on", () => {
        const all = render(settings);
        assert.equal(find(all, "Deployment", backend).spec.strategy!.type, "Recreate");
        find(all, "Deployment", ui);
        assert.equal(find(all, "Service", ui).spec.ports![0]!.port, 80);
        const ports = find(all, "Service", `${backend}-service`).spec.ports!;
        assert.deepEqual(ports.map(({ port }) => port).sort(), [5432, 8080]);
        for (const it of all) {
          assert.equal(it.metadata.namespace, "dementia", `${it.kind} ${it.metadata.name}`);
        }
        const kinds = new Set(all.map(({ kind }) => kind));
        for (const kind of ["Ingress", "StorageClass", "PersistentVolume", "Secret"]) {
          assert.equal(kinds.has(kind), false, kind);
        }
      });

      it("reads exactly the keys that we write into Secrets", () => {
        const read = new Map<string, Set<string>>();
        for (const it of render(settings).filter(({ kind }) => kind === "Deployment")) {
          for (const { valueFrom } of variables(it)) {
            const { name, key } = valueFrom?.secretKeyRef ?? {};
            if (name !== undefined && key !== undefined) {
              read.set(name, (read.get(name) ?? new Set()).add(key));
            }
          }
        }
        const roles = { user: "u", password: "p", adminUser: "a", adminPassword: "q" };
        const own = generation.notebook === MipNotebookKind.Within;
        assert.deepEqual(
          new Map([...read].map(([name, keys]) => [name, [...keys].sort()])),
          new Map([
            ["mip-secret", Object.keys(mipSecretData(generation, roles)).sort()],
            ["keycloak-credentials", ["client-id", "client-secret"]],
            ...(own ? ([["jupyterhub-crypt", ["crypt-key"]]] as [string, string[]][]) : []),
          ]),
        );
      });

      it("makes or alters the role whenever the database starts, and keeps its claims", () => {
        const all = render(settings);
        const database = find(all, "Deployment", backend).spec.template.spec.containers.find(
          ({ name }) => name === `${backend}-db`,
        )!;
        const { command } = database.lifecycle!.postStart.exec;
        const [script] = Object.keys(find(all, "ConfigMap", `${backend}-db-init`).data!);
        assert.ok(command.join(" ").endsWith(script!), command.join(" "));
        if (which === "real") {
          const [text] = Object.values(find(all, "ConfigMap", `${backend}-db-init`).data!);
          assert.match(text!, /ALTER ROLE %I WITH SUPERUSER LOGIN PASSWORD/);
        }
        const claims = all.filter(({ kind }) => kind === "PersistentVolumeClaim");
        assert.ok(claims.length >= 3);
        for (const { metadata, spec } of claims) {
          assert.equal(metadata.annotations!["helm.sh/resource-policy"], "keep", metadata.name);
          assert.equal(spec.storageClassName, "fast", metadata.name);
        }
      });

      it("shows our settings to backend and user interface", () => {
        const all = render(settings);
        const text = JSON.stringify(all);
        for (const shown of [
          "http://engine.example.org:5000",
          "https://iam.example.org/auth/",
          "mip.lab.example.org",
          "registry.example.org:5000/ui:1",
          `backend@sha256:${"a".repeat(64)}`,
          "registry.example.org/postgres:18.4",
        ]) {
          assert.ok(text.includes(shown), shown);
        }
        if (generation.hasNetwork) {
          assert.ok(text.includes("http://catalogue.example.org"));
        }
        const named = Object.fromEntries(
          variables(find(all, "Deployment", ui)).map(({ name, value }) => [name, value]),
        );
        const server = {
          [MipNotebookKind.None]: undefined,
          [MipNotebookKind.Beside]: "proxy-public:80",
          [MipNotebookKind.Within]: "jupyterhub:80",
        }[generation.notebook];
        assert.equal(named["JUPYTER_SERVER"], server);
      });

      it("leaves lost nodes after a minute, and on microk8s runs on the master", () => {
        const all = render(MINIMAL);
        const { tolerations, nodeSelector } = find(all, "Deployment", backend).spec.template.spec;
        assert.equal(tolerations.length, 2);
        assert.deepEqual(nodeSelector, { master: "true" });
        const volumes = all.filter(({ kind }) => kind === "PersistentVolume");
        assert.deepEqual(
          volumes.map(({ metadata, spec }) => [metadata.name, spec.hostPath!.path]),
          generation.foldersOnMaster
            ? [
                [`mip-${backend}-db-vol0`, "/opt/mip-deployment/mip/database"],
                [`mip-${backend}-storage-vol0`, "/opt/mip-deployment/mip/config"],
                [`mip-${backend}-logs-vol0`, "/opt/mip-deployment/mip/logs"],
              ]
            : [],
        );
        assert.equal(Reflect.has(find(all, "Service", ui).spec, "nodePort"), false);
      });

      it("takes the cluster's default class where none is named", () => {
        const managed = render({ ...MINIMAL, managedCluster: true });
        const claims = managed.filter(({ kind }) => kind === "PersistentVolumeClaim");
        assert.ok(claims.length >= 3);
        for (const { metadata, spec } of claims) {
          assert.equal(spec.storageClassName ?? "", "", metadata.name);
          assert.notEqual(spec.storageClassName, "", `${metadata.name}: that is no class at all`);
        }
      });
    });
  }
}
