import assert from "node:assert/strict";
import { faults } from "../../../support/eksSettings";

const open = (publicCidrs: string[], openToTheInternet?: boolean) =>
  faults({ endpoint: { publicCidrs, openToTheInternet } });

describe("a cluster's settings", () => {
  it("pass when nothing is wrong", () => {
    assert.deepEqual(faults({}), []);
    assert.deepEqual(open([]), []);
  });

  it("refuse an endpoint that is open to the internet, unless waived", () => {
    assert.deepEqual(open(["0.0.0.0/0"]), [
      "lab: endpoint.publicCidrs[0]: lets the whole internet, or most of it, try to log in at the API server " +
        '(found "0.0.0.0/0"). Name your own networks; or waive it with openToTheInternet: true beside the list.',
    ]);
    for (const text of ["0.0.0.0/1", "128.0.0.0/1", "::/0"]) {
      assert.match(open([text])[0]!, /the whole internet, or most of it/);
    }
    assert.deepEqual(open(["0.0.0.0/0"], true), []);
  });

  it("refuse networks that the endpoint never sees, or takes not", () => {
    assert.match(open(["10.1.0.0/16"])[0]!, /publicCidrs\[0\]: a private network/);
    assert.match(open(["203.0.113.5"])[0]!, /publicCidrs\[0\]: not an IPv4 network/);
    const many = Array.from({ length: 41 }, (_, index) => `203.0.113.${index}/32`);
    assert.match(open(many)[0]!, /publicCidrs: 41 networks/);
  });

  it("refuse regions that there are not", () => {
    assert.match(
      faults({ region: "us-east-9" })[0]!,
      /^lab: region: not a region of AWS that has EKS/,
    );
    assert.match(faults({ region: "us-east-1a" })[0]!, /Did you mean us-east-1\?$/);
  });

  it("refuse versions, names and accounts that AWS would", () => {
    for (const version of ["1.35.1", "v1.35", "1.30", "latest"]) {
      assert.match(faults({ version })[0]!, /^lab: version: /);
    }
    assert.match(faults({ account: "1234" })[0]!, /account: not the number of an AWS account/);
    assert.match(faults({ clusterName: "-x" })[0]!, /clusterName: not a name that EKS takes/);
    assert.match(faults({}, undefined, "Lab")[0]!, /not a name that the roles/);
    assert.match(faults({ logRetentionDays: 42 })[0]!, /logRetentionDays: .*allowed: 1, 3, 5/);
    assert.match(faults({ tags: { "aws:x": "y" } })[0]!, /tags\["aws:x"\]: not a key of a tag/);
  });

  it("refuse choices and add-ons that there are not", () => {
    assert.match(faults({ network: { nat: "one" as never } })[0]!, /network\.nat: unknown/);
    assert.match(
      faults({ workloadIdentity: "irs" as never })[0]!,
      /workloadIdentity: .*Did you mean irsa\?/,
    );
    assert.match(
      faults({ addOns: { "vpc-cn": {} } })[0]!,
      /addOns\.vpc-cn: .*Did you mean vpc-cni\?/,
    );
    assert.match(
      faults({ addOns: { coredns: { configuration: "[]" } } })[0]!,
      /addOns\.coredns\.configuration: not a JSON object/,
    );
  });

  for (const name of [
    "Data",
    "ab",
    "a..b",
    "192.168.0.1",
    "xn--a",
    "data-s3alias",
    "a_b",
    "-ab",
    "a".repeat(64),
  ]) {
    it(`refuse the bucket ${name}`, () => {
      assert.match(faults({ bucket: { name } })[0]!, /^lab: bucket\.name: /);
    });
  }

  it("refuse buckets and repositories with other faults", () => {
    assert.match(
      faults({ bucket: { name: "data", prefix: "d" } })[0]!,
      /bucket: has both name and prefix/,
    );
    assert.match(
      faults({ bucket: { prefix: "d".repeat(37) } })[0]!,
      /bucket\.prefix: not the beginning/,
    );
    assert.match(
      faults({ registry: { name: "Tasks" } })[0]!,
      /registry\.name: not a name that ECR takes/,
    );
    assert.match(
      faults({ bucket: { serviceAccounts: [{ namespace: "a b", name: "c" }] } })[0]!,
      /bucket\.serviceAccounts\[0\]\.namespace: not a namespace/,
    );
    assert.deepEqual(
      faults({ bucket: { name: "lab.data" }, registry: { name: "lab/tasks_1" } }),
      [],
    );
  });

  it("are told all at once", () => {
    const lines = faults({
      region: "mars-1",
      version: "2",
      endpoint: { publicCidrs: ["0.0.0.0/0"] },
      admins: ["ann"],
      nodeGroups: { a: { instanceTypes: ["x"], minSize: 5, maxSize: 1 } },
      bucket: { name: "A" },
    });
    const paths = lines.map((line) => line.split(": ")[1]);
    assert.deepEqual(paths, [
      "region",
      "version",
      "endpoint.publicCidrs[0]",
      "admins[0]",
      "nodeGroups.a.minSize",
      "nodeGroups.a.instanceTypes[0]",
      "bucket.name",
    ]);
  });
});
