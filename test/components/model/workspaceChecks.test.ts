import assert from "node:assert/strict";
import { clustersOf, workspaceWarnings } from "../../../components/model/workspaceChecks";
import { check, INGRESS, SPEC, VOLUME } from "../../support/workspaceCheck";

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
