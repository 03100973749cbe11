import assert from "node:assert/strict";
import {
  checkChanges,
  checkScale,
  droppedClaims,
  leavingClaims,
  parseScale,
  wantedReplicas,
  type LiveService,
} from "../../../components/model/serviceChanges";
import type { LiveClaim } from "../../../components/model/serviceLive";
import type { ServiceSpec } from "../../../components/model/serviceTypes";
import { one, SITE, valid } from "../../support/services";

function spec(size: string, type = "ReadWriteOnce", replicas?: number): ServiceSpec {
  return valid({
    ...one({ volumeMounts: [{ name: "data", mountPath: "/data", type }] }),
    volumes: [{ name: "data", size }],
    ...(replicas === undefined ? {} : { replicas }),
  }).spec;
}

function claim(name: string, storage: string, mode = "ReadWriteOnce"): LiveClaim {
  return {
    metadata: { name: `sd-x-${name}`, labels: { "science-platform/volume": name } },
    spec: { accessModes: [mode], resources: { requests: { storage } } },
  };
}

function scaled(replicas: number, last = "1"): LiveService["deployment"] {
  return {
    metadata: { name: "sd-x", annotations: { "science-platform/replicas": last } },
    spec: {
      replicas,
      template: {
        spec: { volumes: [{ name: "data", persistentVolumeClaim: { claimName: "sd-x-data" } }] },
      },
    },
  };
}

describe("a document beside the deployment that is there", () => {
  it("may add volumes, grow them and leave them out", () => {
    assert.deepEqual(checkChanges(spec("2Gi"), {}), []);
    assert.deepEqual(checkChanges(spec("2Gi"), { claims: [claim("data", "1Gi")] }), []);
    assert.deepEqual(checkChanges(spec("512Mi"), { claims: [claim("data", "0.5Gi")] }), []);
    assert.deepEqual(checkChanges(spec("2Gi"), { claims: [claim("other", "9Gi")] }), []);
  });

  it("cannot shrink a volume", () => {
    assert.deepEqual(checkChanges(spec("512Mi"), { claims: [claim("data", "1Gi")] }), [
      {
        path: "volumes[0].size",
        message:
          'less than volume data has, and volumes cannot shrink (found "512Mi"; allowed: 1Gi or more). Keep the size, or make a new volume under another name.',
      },
    ]);
  });

  it("cannot change a volume's type", () => {
    const claims = [claim("data", "1Gi")];
    assert.deepEqual(
      checkChanges(spec("1Gi", "ReadWriteMany"), { claims }).map(({ path }) => path),
      ["volumes[0].type"],
    );
  });

  it("cannot mount a node's only claim while PATCH has set more replicas", () => {
    const live = { deployment: scaled(3), claims: [] };
    const [error] = checkChanges(spec("1Gi"), live);
    assert.equal(error?.path, "volumes[0]");
    assert.match(error.message, /scaled to 3 replicas.*scale to 1 first/);
    assert.deepEqual(checkChanges(spec("1Gi", "ReadWriteMany"), live), []);
    assert.deepEqual(checkChanges(spec("1Gi"), { deployment: scaled(3, "2") }), []);
  });

  it("leaves claims behind, and waits for those that go", () => {
    const leaving = claim("data", "1Gi");
    leaving.metadata.deletionTimestamp = "2026-01-01T00:00:00Z";
    const live = { claims: [leaving, claim("old", "1Gi")] };
    const names = (claims: LiveClaim[]): string[] => claims.map(({ metadata }) => metadata.name);
    assert.deepEqual(names(droppedClaims(spec("1Gi"), live)), ["sd-x-old"]);
    assert.deepEqual(names(leavingClaims(spec("1Gi"), live)), ["sd-x-data"]);
    assert.deepEqual(leavingClaims(spec("1Gi"), { claims: [claim("data", "1Gi")] }), []);
  });

  it("gets the document's replicas when they are new", () => {
    assert.equal(wantedReplicas(spec("1Gi", "ReadWriteMany", 2)), 2);
    assert.equal(wantedReplicas(spec("1Gi", "ReadWriteMany", 2), scaled(5, "2")), 5);
    assert.equal(wantedReplicas(spec("1Gi", "ReadWriteMany", 2), scaled(5, "1")), 2);
  });
});

describe("a scale", () => {
  it("is a whole number from 0 to 16, as a query has it", () => {
    assert.deepEqual(parseScale("0", SITE.limits), { ok: true, value: 0, warnings: [] });
    assert.deepEqual(parseScale("16", SITE.limits), { ok: true, value: 16, warnings: [] });
    const bad = ["17", "-1", "", "1.5", "1e1", "0x1", " 1", "٣", "99999999999999999999", "NaN"];
    for (const text of bad) {
      assert.equal(parseScale(text, SITE.limits).ok, false, text);
    }
  });

  it("above 1 is refused where a node's only claim is mounted", () => {
    const live = { deployment: scaled(1), claims: [claim("data", "1Gi")] };
    assert.deepEqual(checkScale(1, live, SITE.limits), []);
    assert.deepEqual(checkScale(0, live, SITE.limits), []);
    assert.deepEqual(checkScale(2, live, SITE.limits), [
      {
        path: "scale",
        message:
          "volume data is ReadWriteOnce, which several replicas cannot share (found 2; allowed: 0 or 1). Move the data to a volume with type ReadWriteMany.",
      },
    ]);
    const shared = { ...live, claims: [claim("data", "1Gi", "ReadWriteMany")] };
    assert.deepEqual(checkScale(2, shared, SITE.limits), []);
    const unmounted = { ...live, claims: [claim("other", "1Gi")] };
    assert.deepEqual(checkScale(2, unmounted, SITE.limits), []);
  });

  it("is within the operator's limit", () => {
    const limits = { ...SITE.limits, maxReplicas: 2 };
    assert.match(checkScale(3, {}, limits)[0]!.message, /allowed: 0 to 2/);
  });
});
