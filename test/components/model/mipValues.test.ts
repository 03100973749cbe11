import assert from "node:assert/strict";
import type { MipSettings } from "../../../components/model/mipTypes";
import { mipValues } from "../../../components/model/mipValues";
import { COMMON, generationOf, MINIMAL, OLDER, problemsOf } from "../../support/mip";

function valuesOf(settings: MipSettings, version: string): Record<string, unknown> {
  assert.deepEqual(problemsOf(settings, version), []);
  return mipValues(settings, generationOf(version));
}

const DIGEST = "a".repeat(64);

/** What `COMMON` and `OLDER` are in the three generations that have a network section. */
function older(parts: { ui: string; backend: string; database: string }): object {
  return {
    cluster: {
      namespace: "dementia",
      managed: true,
      storageClasses: { local: "fast", managed: "fast" },
    },
    network: {
      link: "proxied",
      externalProtocol: "https",
      publicProtocol: "https",
      publicHost: "mip.lab.example.org",
    },
    mip: { displayName: "Lab" },
    datacatalog: { protocol: "http", host: "catalogue.example.org" },
    engines: { exaflow: { url: "http://engine.example.org:5000", image: { tag: "1.2.3" } } },
    [parts.ui]: {
      image: { repository: "registry.example.org:5000/ui", tag: "1" },
      config: { datacatalog: { protocol: "http", host: "catalogue.example.org" } },
      ingress: { enabled: false, redirectRootTo: "" },
      service: { nodePort: 0 },
    },
    [parts.backend]: {
      image: { repository: "backend@sha256", tag: DIGEST },
      config: { logLevel: "DEBUG", logLevelFramework: "WARN", algorithmUpdateInterval: 30 },
      persistence: {
        data: { size: "200Mi", localPath: "/opt/mip-deployment/dementia/config" },
        logs: { size: "2Gi", localPath: "/opt/mip-deployment/dementia/logs" },
      },
    },
    [parts.database]: {
      image: { repository: "registry.example.org/postgres", tag: "18.4" },
      persistence: { size: "5Gi", localPath: "/opt/mip-deployment/dementia/database" },
    },
    keycloak: {
      enabled: true,
      host: "iam.example.org",
      protocol: "https",
      realm: "lab",
      clientId: "mip",
    },
  };
}

const SEED = { ui: "frontend", backend: "portalbackend", database: "portalbackendDatabase" };
const PLATFORM = {
  ui: "platform-ui",
  backend: "platform-backend",
  database: "platformBackendDatabase",
};

describe("values of the platform's chart", () => {
  it("of the seed's generation, 9c325ef, are exact", () => {
    assert.deepEqual(valuesOf({ ...COMMON, ...OLDER }, "9c325ef"), older(SEED));
  });

  it("of 9.0.2 are exact", () => {
    assert.deepEqual(valuesOf({ ...COMMON, ...OLDER }, "9.0.2"), older(PLATFORM));
  });

  it("of 6f8b2c7 have the keys for notebooks besides, on and off", () => {
    const settings = { ...COMMON, ...OLDER };
    assert.deepEqual(valuesOf(settings, "6f8b2c7"), {
      ...older(PLATFORM),
      notebook: { enabled: false },
    });
    assert.deepEqual(valuesOf({ ...settings, notebook: {} }, "6f8b2c7"), {
      ...older(PLATFORM),
      notebook: {
        enabled: true,
        server: {
          host: "proxy-public",
          port: 80,
          context: "notebook",
          landingPath: "/hub/spawn",
        },
      },
    });
  });

  it("of 9.2.0 are exact, with the hub that it brings", () => {
    const settings: MipSettings = {
      ...COMMON,
      guide: { covariate: "Gender" },
      notebook: {
        image: "lab/jupyter:2",
        size: "5Gi",
        cpuGuarantee: "250m",
        cpuLimit: "2",
        memoryLimit: "8G",
      },
    };
    assert.deepEqual(valuesOf(settings, "9.2.0"), {
      cluster: { managed: true, storageClasses: { local: "fast", managed: "fast" } },
      global: { publicHost: "mip.lab.example.org" },
      engines: { exaflow: { url: "http://engine.example.org:5000" } },
      "platform-ui": {
        image: { repository: "registry.example.org:5000/ui", tag: "1" },
        ingress: { enabled: false },
        notebook: { enabled: true },
        guide: { covariate: "Gender" },
      },
      "platform-backend": {
        image: { repository: "backend@sha256", tag: DIGEST },
        config: { logLevel: "DEBUG", logLevelFramework: "WARN", algorithmUpdateInterval: 30 },
        persistence: { data: { size: "200Mi" }, logs: { size: "2Gi" } },
      },
      platformBackendDatabase: {
        image: { repository: "registry.example.org/postgres", tag: "18.4" },
        persistence: { size: "5Gi" },
      },
      keycloak: { enabled: true, host: "iam.example.org", protocol: "https", realm: "lab" },
      jupyterhub: {
        singleuser: {
          image: { repository: "lab/jupyter", tag: "2" },
          storageCapacity: "5Gi",
          resources: {
            requests: { cpu: "250m" },
            limits: { cpu: "2", memory: "8G" },
          },
        },
      },
    });
  });

  it("turn off the hub that 9.2.0 brings by default", () => {
    const values = valuesOf(MINIMAL, "9.2.0");
    assert.deepEqual(Reflect.get(values, "platform-ui"), {
      ingress: { enabled: false },
      notebook: { enabled: false },
    });
    assert.equal("jupyterhub" in values, false);
  });

  it("of the least platform are those of microk8s, with folders of its own namespace", () => {
    assert.deepEqual(valuesOf(MINIMAL, "9.0.2"), {
      cluster: {
        namespace: "mip",
        managed: false,
        storageClasses: { local: "microk8s-hostpath", managed: "microk8s-hostpath" },
      },
      network: {
        link: "proxied",
        externalProtocol: "https",
        publicProtocol: "https",
        publicHost: "mip.lab.example.org",
      },
      engines: { exaflow: { url: "http://exaflow-controller-service:5000" } },
      "platform-ui": {
        ingress: { enabled: false, redirectRootTo: "" },
        service: { nodePort: 0 },
      },
      "platform-backend": {
        config: { logLevel: "INFO", logLevelFramework: "INFO", algorithmUpdateInterval: 60 },
        persistence: {
          data: { size: "100Mi", localPath: "/opt/mip-deployment/mip/config" },
          logs: { size: "1Gi", localPath: "/opt/mip-deployment/mip/logs" },
        },
      },
      platformBackendDatabase: {
        persistence: { size: "1Gi", localPath: "/opt/mip-deployment/mip/database" },
      },
      keycloak: {
        enabled: true,
        host: "iam.example.org",
        protocol: "https",
        realm: "lab",
        clientId: "mip",
      },
    });
  });

  it("name the folder that is given, and the cluster's default class on a managed one", () => {
    const unmanaged = valuesOf({ ...MINIMAL, storage: { folder: "/srv/mip/" } }, "9c325ef");
    assert.deepEqual(Reflect.get(unmanaged, "portalbackendDatabase"), {
      persistence: { size: "1Gi", localPath: "/srv/mip/database" },
    });
    const { cluster } = valuesOf({ ...MINIMAL, managedCluster: true }, "9.2.0");
    assert.deepEqual(cluster, { managed: true, storageClasses: { local: "", managed: "" } });
  });
});
