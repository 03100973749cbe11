import assert from "node:assert/strict";
import { Problems } from "../../../components/model/problems";
import {
  checkWorkspaces,
  clustersOf,
  workspaceWarnings,
} from "../../../components/model/workspaceChecks";
import type { WorkspaceSite, WorkspaceSpec } from "../../../components/model/workspaceTypes";
import { GENERATED_SITE } from "../../support/workspaceConfigs";

const SPEC: WorkspaceSpec = {
  namespace: "vision",
  name: "a",
  image: "nginx",
  tag: "1.27",
  allocationSeconds: 60,
};

const VOLUME = {
  mountPath: "/data",
  size: "1Gi",
  accessMode: "ReadWriteOnce",
  storage: "standard",
};

const INGRESS = { host: "a.lab.example.org", port: 80, oauthUrl: "oauth.vision" };

const SITES = { local: GENERATED_SITE, "local-2": { ...GENERATED_SITE, cluster: "local-2" } };

/** The problems of workspaces, each of which differs from `SPEC` by its part; files are 0.json, 1.json, … */
function check(
  parts: Partial<WorkspaceSpec>[],
  sites: Record<string, WorkspaceSite> = SITES,
): string[] {
  const entries = parts.map((part, i) => ({
    spec: { ...SPEC, ...part },
    problems: new Problems(`${i}.json`),
  }));
  checkWorkspaces(entries, sites, "local");
  return entries.flatMap(({ problems }) => problems.list());
}

function site(part: Partial<WorkspaceSite>): Record<string, WorkspaceSite> {
  return { local: { ...GENERATED_SITE, ...part } };
}

describe("checkWorkspaces, each on its clusters", () => {
  it("finds nothing wrong with what is right", () => {
    assert.deepEqual(
      check([
        { ingress: INGRESS, volumes: [VOLUME], memoryRequest: "128Gi", cpuRequest: "32" },
        { name: "b", gpuRequest: 4, gpuSelector: { type: "A100" }, memoryRequest: "512Gi" },
        { name: "c", gpuRequest: 2, gpuSelector: { type: "T4" } },
        { clusters: ["local-2"], nodeSelector: "not-declared", memoryRequest: "1Ti" },
      ]),
      [],
    );
  });

  it("names the cluster that was meant", () => {
    assert.deepEqual(check([{ clusters: ["local", "locale-2"] }]), [
      '0.json: clusters[1]: a cluster that the stack does not have (found "locale-2"; allowed: local, local-2). Did you mean local-2?',
    ]);
    assert.equal(check([{ clusters: ["constructor"] }]).length, 1);
    assert.deepEqual(check([{}], {}), [
      '0.json: clusters: a cluster that the stack does not have (found "local"; allowed: nothing is defined). Name one of these.',
    ]);
  });

  it("looks at the largest node", () => {
    assert.deepEqual(check([{ memoryRequest: "513Gi" }]), [
      '0.json: memory_request: larger than any suitable node of cluster local: cpu-1 has 128Gi, cpu-2 has 128Gi, gpu-a100 has 512Gi, gpu-mig has 512Gi (found "513Gi"). Ask for less.',
    ]);
    assert.deepEqual(check([{ cpuLimit: "65" }]), [
      '0.json: cpu_limit: larger than any suitable node of cluster local: cpu-1 has 32, cpu-2 has 32, gpu-a100 has 64, gpu-mig has 64 (found "65"). Ask for less.',
    ]);
  });

  it("looks at the nodes with the GPUs alone, and at the chosen node", () => {
    const nodes = {
      ...GENERATED_SITE.nodes,
      "gpu-a100": { gpus: [{ class: "a100", count: 4 }], memory: "64Gi" },
    };
    const a100 = { gpuRequest: 1, gpuSelector: { type: "A100" } };
    assert.deepEqual(check([{ ...a100, memoryRequest: "65Gi" }], site({ nodes })), [
      '0.json: memory_request: larger than any suitable node of cluster local: gpu-a100 has 64Gi (found "65Gi"). Ask for less.',
    ]);
    assert.deepEqual(check([{ nodeSelector: "cpu-1", memoryRequest: "129Gi" }]), [
      '0.json: memory_request: larger than any suitable node of cluster local: cpu-1 has 128Gi (found "129Gi"). Ask for less.',
    ]);
    assert.deepEqual(check([{ ...a100, nodeSelector: "cpu-1" }]), [
      '0.json: node_selector: a node without the GPUs asked for (found "cpu-1"; allowed: gpu-a100). Choose one of these, or remove node_selector.',
    ]);
    assert.deepEqual(check([{ nodeSelector: "interlink-vk" }]), [
      '0.json: node_selector: a virtual node, which takes no ordinary workspace (found "interlink-vk"; allowed: cpu-1, cpu-2, gpu-a100, gpu-mig). Choose one of these, or remove node_selector.',
    ]);
  });

  it("wants memory and CPU on one node", () => {
    const nodes = { big: { cpu: "4", memory: "512Gi" }, fast: { cpu: "64", memory: "8Gi" } };
    assert.deepEqual(check([{ cpuRequest: "8", memoryRequest: "16Gi" }], site({ nodes })), [
      '0.json: memory_request: no suitable node of cluster local has this and 8 of CPU together: big has 512Gi, fast has 8Gi; big has 4, fast has 64 (found "16Gi"). Ask for less of one.',
    ]);
  });

  it("says nothing of nodes whose size is not declared", () => {
    assert.deepEqual(check([{ memoryRequest: "9Ti" }], site({ nodes: { big: {} } })), []);
    assert.deepEqual(check([{ memoryRequest: "9Ti" }], site({ nodes: {} })), []);
    assert.deepEqual(check([{ memoryRequest: "9Ti" }], site({ nodes: undefined })), []);
  });

  it("lists six nodes at most", () => {
    const nodes = Object.fromEntries(
      Array.from({ length: 9 }, (_, i) => [`n${i}`, { memory: "1Gi" }]),
    );
    assert.match(
      check([{ memoryRequest: "2Gi" }], site({ nodes }))[0]!,
      /n0 has 1Gi, n1 has 1Gi, n2 has 1Gi, n3 has 1Gi, n4 has 1Gi, n5 has 1Gi, 3 more have no more /,
    );
  });

  it("places GPUs, and mounts no claim on a virtual node", () => {
    assert.match(
      check([{ gpuRequest: 1, gpuSelector: { type: "H100" } }])[0]!,
      /^0\.json: gpu_selector: no GPU class matches/,
    );
    assert.match(
      check([{ gpuRequest: 5, gpuSelector: { type: "A100" } }])[0]!,
      /^0\.json: gpu_request: more GPUs than any one node has/,
    );
    const remote = { gpuRequest: 1, gpuSelector: { type: "T4" } };
    assert.deepEqual(check([{ ...remote, volumes: [VOLUME] }]), [
      "0.json: persistent_volume: claims cannot be mounted: on cluster local virtual nodes alone offer remote-t4. Remove the claims, or select another GPU.",
    ]);
    const existingVolumes = [{ claim: "x", mountPath: "/mnt/x" }];
    assert.match(
      check([{ ...remote, existingVolumes }])[0]!,
      /^0\.json: existing_persistent_volume: claims/,
    );
  });

  it("takes a storage of unknown kind as a storage class's name", () => {
    assert.deepEqual(check([{ volumes: [{ ...VOLUME, storage: "STORAGE_CLASS" }] }]), [
      '0.json: persistent_volume[0].pvc_type: not a name that a storage class can have (found "STORAGE_CLASS"; allowed: local-hostpath, exports, a storage class of the cluster). List those of the cluster: kubectl get sc.',
    ]);
    const storage = { STORAGE_CLASS: { storageClass: "fast" } };
    const volumes = [{ ...VOLUME, storage: "STORAGE_CLASS" }];
    assert.deepEqual(check([{ volumes }], site({ storage })), []);
  });

  it("keeps hosts within the domain", () => {
    assert.deepEqual(check([{ ingress: { ...INGRESS, host: "a.example.org" } }]), [
      '0.json: ingress.host: outside the domain of cluster local (found "a.example.org"; allowed: names below lab.example.org). Write it as a.lab.example.org.',
    ]);
    const ingress = { ...INGRESS, host: "a.example.org" };
    assert.deepEqual(check([{ ingress }], site({ ingress: { className: "nginx" } })), []);
  });

  it("wants settings for an ingress", () => {
    assert.deepEqual(check([{ ingress: INGRESS }], site({ ingress: undefined })), [
      "0.json: ingress: cluster local has no settings for ingresses. Set expose in the stack config.",
    ]);
  });

  it("wants authentication in the form that the controller reads, or a waiver", () => {
    const { oauthUrl, ...open } = INGRESS;
    const traefik = site({ ingress: { controller: "traefik" } });
    assert.equal(oauthUrl, "oauth.vision");
    assert.deepEqual(check([{ ingress: open }]), [
      "0.json: ingress: an ingress without authentication. Add oauth_url, or waive it for a.lab.example.org in workspaces.unauthenticatedHosts.",
    ]);
    assert.deepEqual(check([{ ingress: INGRESS }], traefik), [
      "0.json: ingress: an ingress without authentication: the traefik form authenticates by traefik_middleware, not by oauth_url. Add traefik_middleware, or waive it for a.lab.example.org in workspaces.unauthenticatedHosts.",
    ]);
    assert.equal(check([{ ingress: { ...INGRESS, traefikResolver: "le" } }]).length, 1);
    assert.deepEqual(check([{ ingress: { ...open, traefikMiddleware: "vision-auth" } }]), []);
    assert.deepEqual(check([{ ingress: { ...open, host: "open.lab.example.org" } }]), []);
    assert.equal(check([{ ingress: { ...open, host: "b.open.lab.example.org" } }]).length, 1);
  });
});

describe("checkWorkspaces, one against another", () => {
  it("refuses one name twice on a cluster", () => {
    assert.deepEqual(check([{}, {}]), [
      '1.json: chart_name: vision/a (0.json) on cluster local has the name a-mkg in this namespace already (found "a"). Choose another name or namespace.',
    ]);
    assert.match(check([{}, { name: "a-mkg" }])[0]!, /^1\.json: chart_name: vision\/a \(0\.json\)/);
    assert.deepEqual(check([{}, { namespace: "sound" }, { clusters: ["local-2"] }]), []);
    assert.equal(check([{ clusters: ["local-2", "local"] }, {}]).length, 1);
  });

  it("refuses one host twice on a cluster, but for paths within a namespace", () => {
    const other = { name: "b", ingress: INGRESS };
    assert.deepEqual(check([{ ingress: INGRESS }, other]), [
      '1.json: ingress.host: vision/a (0.json) on cluster local has this host already (found "a.lab.example.org"). Choose another host; in one namespace another path will do.',
    ]);
    const path = { ...other, ingress: { ...INGRESS, path: "/b" } };
    assert.deepEqual(check([{ ingress: INGRESS }, path]), []);
    assert.equal(check([{ ingress: INGRESS }, path, { ...path, name: "c" }]).length, 1);
    assert.equal(check([{ ingress: INGRESS }, { ...path, namespace: "sound" }]).length, 1);
    assert.deepEqual(check([{ ingress: INGRESS }, { ...other, clusters: ["local-2"] }]), []);
  });

  it("refuses one node port twice on a cluster", () => {
    const ports = [{ name: "web", port: 80, nodePort: 30_080 }];
    const first = { ports, serviceType: "NodePort" };
    assert.deepEqual(check([first, { ...first, name: "b", namespace: "sound" }]), [
      "1.json: ports.web[1]: vision/a (0.json) on cluster local has this node port already (found 30080). Choose another, or leave it to the cluster.",
    ]);
    assert.deepEqual(check([first, { ...first, clusters: ["local-2"] }]), []);
  });

  it("refuses one volume's name twice, where we make the volume", () => {
    const volumes = [{ ...VOLUME, storage: "exports" }];
    const first = { namespace: "a", name: "b-c", volumes };
    const second = { namespace: "a-b", name: "c", volumes };
    assert.deepEqual(check([first, second]), [
      "1.json: persistent_volume[0]: its volume would be named a-b-c-mkg-claim-0, which a/b-c (0.json) on cluster local has. Choose another chart_name.",
    ]);
    assert.deepEqual(check([first, { ...second, volumes: [VOLUME] }]), []);
  });

  it("shares a claim of another workspace only where it is made for that", () => {
    const user = { name: "b", existingVolumes: [{ claim: "a-mkg-claim-0", mountPath: "/mnt/a" }] };
    const shared = { ...VOLUME, accessMode: "ReadWriteMany" };
    assert.deepEqual(check([user, { volumes: [VOLUME] }]), [
      '0.json: existing_persistent_volume[0].name: another workspace\'s claim, which has access mode ReadWriteOnce (found "a-mkg-claim-0"; allowed: a claim that is ReadWriteMany). Give the claim access mode ReadWriteMany where it is made.',
    ]);
    assert.deepEqual(check([user, { volumes: [shared] }]), []);
    assert.deepEqual(check([user, { volumes: [VOLUME], namespace: "sound" }]), []);
    assert.deepEqual(check([user, { volumes: [VOLUME], clusters: ["local-2"] }]), []);
  });
});

describe("clustersOf", () => {
  it("gives the default cluster where none is named", () => {
    assert.deepEqual(clustersOf(SPEC, "local"), ["local"]);
    assert.deepEqual(clustersOf({ ...SPEC, clusters: [] }, "local"), ["local"]);
    assert.deepEqual(clustersOf({ ...SPEC, clusters: ["b", "a"] }, "local"), ["b", "a"]);
  });
});

describe("workspaceWarnings", () => {
  const warning =
    "tag: nginx:latest changes from day to day: name a version, so that a restart runs the same image";
  it("warns of latest, said or meant", () => {
    assert.deepEqual(workspaceWarnings({ ...SPEC, tag: "latest" }), [warning]);
    assert.deepEqual(workspaceWarnings({ ...SPEC, tag: undefined }), [warning]);
    assert.deepEqual(workspaceWarnings(SPEC), []);
  });
});
