import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { JupyterHub } from "../../../components/jupyterhub/jupyterHub";
import type { JupyterHubArgs } from "../../../components/jupyterhub/jupyterHub";
import { EVERYTHING, MINIMAL } from "../../support/jupyterHub";
import {
  created,
  find,
  inPreview,
  isSecret,
  isUnknown,
  plain,
  recorded,
  reset,
  valueOf,
} from "../../support/mocks";

const CHARTS = { mirror: path.resolve(__dirname, "../../../local/charts") };
const PYTHON = path.resolve(__dirname, "../../../components/jupyterhub/hub");
const ARGS: JupyterHubArgs = { ...EVERYTHING, clientSecret: "canary-1", charts: CHARTS };
const KEY = "p".repeat(64);

interface ReleaseValues {
  hub: {
    annotations?: Record<string, unknown>;
    extraEnv: object;
    extraFiles: Record<string, { stringData: string }>;
    resources: object;
  };
  singleuser: object;
}

function make(args: JupyterHubArgs): Promise<JupyterHub> {
  return created((opts) => new JupyterHub("h", args, opts));
}

function names(): string[] {
  return recorded()
    .map(({ name }) => name)
    .sort();
}

function releaseValues(): ReleaseValues {
  return find("h-release").inputs["values"] as ReleaseValues;
}

describe("JupyterHub", () => {
  beforeEach(reset);

  it("makes its namespace, credentials and volume before the release, and exposes it beside", async () => {
    await make(ARGS);
    const before = ["h-namespace", "h-credentials", "h-database"];
    assert.deepEqual(
      names(),
      [
        "h",
        ...before,
        "h-cookie-secret",
        "h-crypt-key",
        "h-hub",
        "h-ingress",
        "h-proxy",
        "h-release",
        "h-service",
      ].sort(),
    );
    for (const name of before) {
      assert.ok(find("h-release").dependsOn.includes(find(name).urn), name);
    }
    for (const name of ["h-ingress", "h-service"]) {
      assert.ok(find(name).dependsOn.includes(find("h-namespace").urn), name);
      assert.ok(!find(name).dependsOn.includes(find("h-release").urn), name);
    }
    for (const child of recorded().filter(({ name }) => name !== "h")) {
      assert.equal(child.parent, find("h").urn, child.name);
    }
  });

  it("installs the chart by its pin, under an explicit name", async () => {
    await make({ ...ARGS, timeoutSeconds: 90 });
    assert.deepEqual(
      { ...find("h-release").inputs, values: undefined },
      {
        values: undefined,
        chart: path.join(CHARTS.mirror, "jupyterhub"),
        name: "jupyterhub",
        namespace: "notebooks",
        timeout: 90,
        skipAwait: true,
        compat: "true",
      },
    );
  });

  it("shares its namespace, and lets in what its pods are", async () => {
    await make(ARGS);
    assert.deepEqual(find("h-namespace").inputs["metadata"], {
      name: "notebooks",
      labels: {
        "pod-security.kubernetes.io/enforce": "baseline",
        "pod-security.kubernetes.io/warn": "baseline",
      },
    });
    assert.equal(find("h-namespace").type, "kubernetes:core/v1:NamespacePatch");
  });

  it("generates its keys in hexadecimal, and keeps every secret in one Secret", async () => {
    await make(ARGS);
    for (const name of ["h-cookie-secret", "h-crypt-key"]) {
      assert.deepEqual(find(name).inputs, {
        length: 64,
        upper: false,
        lower: false,
        special: true,
        overrideSpecial: "abcdef",
      });
      assert.ok(find(name).additionalSecretOutputs.includes("result"));
    }
    const { inputs } = find("h-credentials");
    assert.ok(isSecret(inputs["stringData"]));
    assert.deepEqual(plain(inputs["stringData"]), {
      "hub.config.JupyterHub.cookie_secret": KEY,
      "hub.config.CryptKeeper.keys": KEY,
      "client-secret": "canary-1",
    });
    const others = JSON.stringify(recorded().filter(({ name }) => name !== "h-credentials"));
    assert.equal(others.includes("canary-1"), false);
    assert.equal(others.includes(KEY), false);
  });

  it("names the key of an existing Secret, and then makes none for the client", async () => {
    const existingSecret = { name: "login", key: "secret" };
    await make({ ...MINIMAL, oidc: { ...MINIMAL.oidc!, existingSecret }, charts: CHARTS });
    assert.deepEqual(Object.keys(plain(find("h-credentials").inputs["stringData"]) as object), [
      "hub.config.CryptKeeper.keys",
      "hub.config.JupyterHub.cookie_secret",
    ]);
    assert.deepEqual(releaseValues().hub.extraEnv, {
      OIDC_CLIENT_SECRET: { valueFrom: { secretKeyRef: existingSecret } },
    });
    assert.equal(releaseValues().hub.annotations, undefined);
    assert.deepEqual(
      names().filter((name) => /database|service/.test(name)),
      [],
    );
  });

  it("restarts the hub with the client's secret, by a digest that is keyed and no secret", async () => {
    await make(ARGS);
    assert.deepEqual(releaseValues().hub.annotations, {
      "science-platform/credentials-digest": createHmac("sha256", KEY)
        .update("canary-1")
        .digest("hex"),
    });
  });

  it("ships the hub's python, every file as it is", async () => {
    await make(ARGS);
    const { extraFiles } = releaseValues().hub;
    const files = fs
      .readdirSync(PYTHON, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".py"));
    assert.ok(files.length > 1);
    for (const file of files) {
      const key = file.replaceAll(path.sep, ".");
      assert.equal(
        extraFiles[key]?.stringData,
        fs.readFileSync(path.join(PYTHON, file), "utf8"),
        file,
      );
    }
    assert.equal(Object.keys(extraFiles).length, files.length + 1);
  });

  it("keeps the volume of the database, and nothing else", async () => {
    await make(ARGS);
    const kept = recorded().filter(({ protect, retainOnDelete }) => protect || retainOnDelete);
    assert.deepEqual(
      kept.map(({ name, protect, retainOnDelete }) => [name, protect, retainOnDelete]),
      [["h-database", true, true]],
    );
  });

  it("merges further values over its own", async () => {
    const values = { hub: { resources: { limits: { memory: "2Gi" } } }, debug: { enabled: true } };
    await make({ ...ARGS, values });
    assert.deepEqual(releaseValues().hub.resources, {
      requests: { cpu: "100m", memory: "256Mi" },
      limits: { memory: "2Gi" },
    });
    assert.deepEqual(Reflect.get(releaseValues(), "debug"), { enabled: true });
    assert.ok(releaseValues().hub.extraFiles["hub.json"]);
  });

  it("waits for hub and proxy alone", async () => {
    await make(ARGS);
    for (const name of ["h-ingress", "h-service"]) {
      const { annotations } = find(name).inputs["metadata"] as { annotations: object };
      assert.equal(Reflect.get(annotations, "pulumi.com/skipAwait"), "true", name);
    }
  });

  it("tells where it is", async () => {
    const hub = await make(ARGS);
    assert.deepEqual(
      await Promise.all(
        [hub.url, hub.namespace, hub.apiUrl, hub.proxyService, hub.sshPort].map((output) =>
          valueOf<unknown>(output as pulumi.Output<unknown>),
        ),
      ),
      [
        "https://hub.lab.example.org/notebook/",
        "notebooks",
        "https://hub.lab.example.org/notebook/hub/api",
        "proxy-public",
        31_022,
      ],
    );
    reset();
    const { sshPort } = await make({ ...MINIMAL, clientSecret: "s", charts: CHARTS });
    assert.equal(await valueOf(sshPort), 0);
  });

  it("can be previewed while its keys are not known", async () => {
    await inPreview(() => make(ARGS));
    assert.ok(isUnknown(find("h-credentials").inputs["stringData"]));
    const { hub } = releaseValues();
    assert.ok(isUnknown(hub.annotations!["science-platform/credentials-digest"]));
    assert.equal(JSON.stringify(hub.extraFiles).includes("__pulumiUnknown"), false);
  });

  it("refuses bad settings before anything is registered, all at once", async () => {
    const bad = { ...MINIMAL, baseUrl: "x", ssh: { enabled: true, nodePort: 80 } };
    await assert.rejects(make(bad), (error: Error) => {
      assert.match(error.message, /^3 problems:/);
      assert.match(error.message, /baseUrl: [^]*clientSecret: [^]*ssh\.nodePort: /);
      return true;
    });
    await assert.rejects(make({ ...ARGS, expose: { kind: "door" } }), /expose\.kind/);
    assert.deepEqual(recorded(), []);
  });
});
