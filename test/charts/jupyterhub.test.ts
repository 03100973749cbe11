/** Our values with the chart: the stand-in always, the real one where CHARTS_DIR has it. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { loadAll } from "js-yaml";
import { chartSource } from "../../components/charts/chart";
import { jupyterHubValues } from "../../components/model/jupyterHubValues";
import type { JupyterHubSettings } from "../../components/model/jupyterHubTypes";
import { stand } from "../support/engine";
import { checkedOf, EVERYTHING, MINIMAL } from "../support/jupyterHub";
import { skip } from "../support/reporter";

interface Rendered {
  kind: string;
  metadata: { name: string; annotations?: Record<string, string> | null };
  rules?: { resources: string[]; verbs: string[] }[];
  stringData?: Record<string, string>;
  data?: Record<string, string>;
  spec: {
    template: {
      metadata: { labels: Record<string, string> };
      spec: {
        initContainers: { name: string; image: string }[];
        containers: { name: string; env?: { name: string; valueFrom?: object }[] }[];
        volumes: { name: string; secret?: { secretName: string } }[];
      };
    };
    ingress: { ports?: object[]; from?: object[] }[];
    egress: { to?: object[] }[];
    storageClassName?: string;
  };
}

const PYTHON = { "science_platform.py": "import platform_hub\n", "platform_hub/a.py": "b = 1\n" };

/** The stand's own, or one on PATH. */
function findHelm(): string | undefined {
  const folders = [...(stand()?.path ?? []), ...(process.env["PATH"] ?? "").split(path.delimiter)];
  const cache = process.env["XDG_CACHE_HOME"] ?? path.join(os.homedir(), ".cache");
  const ours = path.join(cache, "science-platform");
  const built = fs.existsSync(ours) ? fs.readdirSync(ours).map((it) => path.join(ours, it)) : [];
  return [...folders, ...built]
    .map((folder) => path.join(folder, "helm"))
    .find((file) => fs.existsSync(file));
}

function render(helm: string, mirror: string, settings: JupyterHubSettings): Rendered[] {
  const values = jupyterHubValues(settings, checkedOf(settings), { python: PYTHON });
  const text = execFileSync(
    helm,
    [
      ...["template", "jupyterhub", chartSource("jupyterhub", { mirror }).chart],
      ...["--namespace", "notebooks", "--kube-version", "1.36.1", "--values", "-"],
    ],
    { input: JSON.stringify(values), encoding: "utf8", stdio: ["pipe", "pipe", "pipe"] },
  );
  return (loadAll(text) as (Rendered | null)[]).filter((it) => it !== null);
}

const MIRRORS = { "stand-in": path.resolve(__dirname, "../../local/charts"), real: undefined };

for (const [which, folder] of Object.entries(MIRRORS)) {
  describe(`the ${which} chart of JupyterHub with our values`, () => {
    let all: Rendered[] = [];
    let minimal: Rendered[] = [];
    const get = (kind: string, name: string): Rendered => {
      const found = all.find((it) => it.kind === kind && it.metadata.name === name);
      assert.ok(found, `${kind} ${name}`);
      return found;
    };

    before(function () {
      const mirror = folder ?? process.env["CHARTS_DIR"];
      if (mirror === undefined) {
        skip(this, "no folder of real charts: CHARTS_DIR");
      }
      const helm = findHelm() ?? skip(this, "no helm");
      all = render(helm, mirror, EVERYTHING);
      minimal = render(helm, mirror, MINIMAL);
    });

    it("has the objects that hub and exposure rely on", () => {
      for (const [kind, name] of [
        ["Deployment", "hub"],
        ["Deployment", "proxy"],
        ["Service", "hub"],
        ["Service", "proxy-public"],
        ["Service", "proxy-api"],
        ["ServiceAccount", "hub"],
        ["ConfigMap", "hub"],
        ["DaemonSet", "continuous-image-puller"],
        ["DaemonSet", "hook-image-puller"],
        ["Job", "hook-image-awaiter"],
      ] as const) {
        get(kind, name);
      }
      const kinds = new Set(all.map(({ kind }) => kind));
      assert.equal(kinds.has("Ingress"), false);
      assert.equal(
        kinds.has("StatefulSet"),
        false,
        "the chart's placeholders and scheduler are off",
      );
    });

    it("mounts our files and reads our Secret", () => {
      const { stringData, data } = get("Secret", "hub");
      const keys = [...Object.keys(stringData ?? {}), ...Object.keys(data ?? {})];
      for (const key of ["hub.json", "science_platform.py", "platform_hub.a.py"]) {
        assert.ok(keys.includes(key), key);
      }
      const { containers, volumes } = get("Deployment", "hub").spec.template.spec;
      assert.deepEqual(
        containers.map(({ name }) => name),
        ["hub", "redis", "ssh-forwarder", "ssh-listener"],
      );
      assert.ok(volumes.some(({ secret }) => secret?.secretName === "jupyterhub-credentials"));
      assert.deepEqual(
        containers[0]!.env!.find(({ name }) => name === "OIDC_CLIENT_SECRET"),
        {
          name: "OIDC_CLIENT_SECRET",
          valueFrom: { secretKeyRef: { name: "jupyterhub-credentials", key: "client-secret" } },
        },
      );
    });

    it("gives the hub's pods the labels that the tunnel's Service selects", () => {
      const { labels } = get("Deployment", "hub").spec.template.metadata;
      assert.equal(labels["app.kubernetes.io/name"], "jupyterhub");
      assert.equal(labels["app.kubernetes.io/instance"], "jupyterhub");
      assert.equal(labels["app.kubernetes.io/component"], "hub");
      // What the python selects by, for the Service of a user's server.
      assert.deepEqual(
        [labels["app"], labels["release"], labels["component"]],
        ["jupyterhub", "jupyterhub", "hub"],
      );
    });

    it("lets the tunnel in, and nothing of it without one", () => {
      const ports = (it: Rendered): string => JSON.stringify(it.spec.ingress);
      assert.match(ports(get("NetworkPolicy", "hub")), /8022/);
      const without = minimal.find(
        ({ kind, metadata }) => kind === "NetworkPolicy" && metadata.name === "hub",
      );
      assert.doesNotMatch(ports(without!), /8022/);
      const egress = JSON.stringify(get("NetworkPolicy", "proxy").spec.egress);
      assert.match(egress, /"app.kubernetes.io\/component":"hub"/);
      get("NetworkPolicy", "singleuser");
    });

    it("lets the hub make the Services of users' servers", () => {
      const { rules } = get("Role", "hub");
      const services = rules!.find(({ resources }) => resources.includes("services"));
      for (const verb of ["create", "delete", "get"]) {
        assert.ok(services!.verbs.includes(verb), verb);
      }
    });

    it("keeps the database's claim", () => {
      const claim = get("PersistentVolumeClaim", "hub-db-dir");
      assert.equal(claim.metadata.annotations?.["helm.sh/resource-policy"], "keep");
      assert.equal(claim.spec.storageClassName, "");
    });

    it("pulls both ssh images and the profiles' before the hub starts", () => {
      const { initContainers } = get("DaemonSet", "hook-image-puller").spec.template.spec;
      const images = initContainers.map(({ image }) => image);
      for (const image of [
        "quay.io/jupyter/base-notebook:2026-01-05",
        "quay.io/jupyter/pytorch-notebook:cuda12-2026-01-05",
        "ghcr.io/comp-dev-cms-ita/ssh-forwarder:v0.0.3",
        "ghcr.io/comp-dev-cms-ita/ssh-listener:v0.0.3",
      ]) {
        assert.ok(images.includes(image), image);
      }
    });
  });
}
