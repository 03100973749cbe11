import assert from "node:assert/strict";
import type { WorkspaceSite } from "../../../components/model/workspaceTypes";
import { check, INGRESS, VOLUME } from "../../support/workspaceCheck";
import { GENERATED_SITE } from "../../support/workspaceConfigs";

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
    assert.deepEqual(check([{ ingress: open }], traefik), [
      "0.json: ingress: an ingress without authentication. Add traefik_middleware, or waive it for a.lab.example.org in workspaces.unauthenticatedHosts.",
    ]);
    assert.deepEqual(check([{ ingress: { ...open, traefikMiddleware: "vision-auth" } }]), []);
    assert.deepEqual(check([{ ingress: { ...open, host: "open.lab.example.org" } }]), []);
    assert.equal(check([{ ingress: { ...open, host: "b.open.lab.example.org" } }]).length, 1);
  });
});
