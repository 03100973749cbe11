import assert from "node:assert/strict";
import { load } from "js-yaml";
import { accessEntries } from "../../../../components/model/eks/access";
import type { AwsAuth, EksSettings } from "../../../../components/model/eks/settings";
import { eksSettings, faults } from "../../../support/eksSettings";

const ANN = "arn:aws:iam::123456789012:user/ann";
const CI = "arn:aws:iam::123456789012:role/ci/deploy";
const ADMIN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";

const entries = (changes: Partial<EksSettings>) => accessEntries(eksSettings(changes));

/** The ConfigMap of Covalent's README. */
const MAP_USERS = `
- userarn: "arn:aws:iam::123456789012:user/newuser"
  username: newuser
  groups:
  - system:masters
`;
const MAP_ROLES = `
- groups:
  - system:bootstrappers
  - system:nodes
  rolearn: arn:aws:iam::123456789012:role/covalent-eks-cluster-nodegroup-NodeInstanceRole-1VH95YLZKOX47
  username: system:node:{{EC2PrivateDNSName}}
- groups: [team]
  rolearn: arn:aws:iam::123456789012:role/team
  username: team:{{SessionName}}
`;

describe("access entries", () => {
  it("are made of the seed's aws-auth: masters are admins, roles of nodes are left out", () => {
    const awsAuth = { mapUsers: load(MAP_USERS), mapRoles: load(MAP_ROLES) } as AwsAuth;
    assert.deepEqual(faults({ awsAuth }), []);
    assert.deepEqual(entries({ awsAuth }), [
      {
        principalArn: "arn:aws:iam::123456789012:user/newuser",
        groups: [],
        grants: [{ policyArn: ADMIN }],
        userName: undefined,
      },
      {
        principalArn: "arn:aws:iam::123456789012:role/team",
        groups: ["team"],
        grants: [],
        userName: "team:{{SessionName}}",
      },
    ]);
  });

  it("are one for each principal, whatever lists it is in", () => {
    const view = { principalArn: ANN, policy: "AmazonEKSViewPolicy", namespaces: ["ml"] };
    const found = entries({
      admins: [ANN],
      access: [view, { principalArn: CI, groups: ["ci"] }],
      awsAuth: { mapUsers: [{ userarn: ANN, groups: ["system:masters", "ops"] }] },
    });
    assert.deepEqual(
      found.map(({ principalArn, groups, grants }) => [principalArn, groups, grants]),
      [
        [
          ANN,
          ["ops"],
          [
            { policyArn: ADMIN },
            {
              policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy",
              namespaces: ["ml"],
            },
          ],
        ],
        [CI, ["ci"], []],
      ],
    );
  });

  it("have the partition of the region", () => {
    const admins = ["arn:aws-cn:iam::123456789012:role/admin"];
    const [entry] = entries({ region: "cn-north-1", admins });
    assert.equal(
      entry!.grants[0]!.policyArn,
      "arn:aws-cn:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
    );
    assert.match(faults({ admins })[0]!, /admins\[0\]: an ARN of another partition than us-east-1/);
  });
});

describe("access that EKS would refuse", () => {
  for (const arn of [
    "ann",
    "arn:aws:iam::1234:user/ann",
    "arn:aws:iam::123456789012:root",
    "arn:aws:iam::123456789012:group/ops",
    "arn:aws:iam::123456789012:user/",
    "arn:aws:sts::123456789012:assumed-role/Admin/ann",
  ]) {
    it(`is for ${arn}`, () => {
      const [line, ...others] = faults({ admins: [arn] });
      assert.deepEqual(others, []);
      assert.match(line!, /^lab: admins\[0\]: not the ARN of a user or role of IAM \(found /);
    });
  }

  it("says which role a session has", () => {
    assert.match(
      faults({ admins: ["arn:aws:sts::123456789012:assumed-role/Admin/ann"] })[0]!,
      /Name the role of the session: arn:aws:iam::123456789012:role\/Admin\.$/,
    );
  });

  it("names policies, groups and users that there cannot be", () => {
    const of = (access: object) => faults({ access: [{ principalArn: ANN, ...access }] });
    assert.deepEqual(of({}), [
      `lab: access[0]: grants nothing (found "${ANN}"). Give a policy or groups, or remove it.`,
    ]);
    assert.match(
      of({ policy: "ViewPolicy" })[0]!,
      /access\[0\]\.policy: not an access policy of EKS/,
    );
    assert.match(
      of({ groups: ["system:authenticated"] })[0]!,
      /groups: a group that EKS takes from nobody/,
    );
    assert.match(
      of({ groups: ["a"], userName: "system:x" })[0]!,
      /userName: a name that EKS keeps/,
    );
    assert.match(
      of({ groups: ["a"], namespaces: ["b"] })[0]!,
      /namespaces: narrows a policy, but there is none/,
    );
    assert.match(of({ policy: "AmazonEKSViewPolicy", namespaces: [] })[0]!, /namespaces: empty/);
  });

  it("says two things of one principal", () => {
    const one = { principalArn: ANN, policy: "AmazonEKSViewPolicy" };
    assert.match(
      faults({ access: [{ ...one, namespaces: ["a"] }, one] })[0]!,
      /access\[1\]\.namespaces: the same policy as access\[0\] with other namespaces/,
    );
    const named = (userName: string) => ({ principalArn: ANN, groups: ["a"], userName });
    assert.match(
      faults({ access: [named("x"), named("y")] })[0]!,
      /access\[1\]\.userName: another name than access\[0\] gives: x/,
    );
  });

  it("is a kubeconfig's role that is a user", () => {
    assert.match(
      faults({ kubeconfigRoleArn: ANN })[0]!,
      /kubeconfigRoleArn: not the ARN of a role of IAM/,
    );
    assert.deepEqual(faults({ kubeconfigRoleArn: CI }), []);
  });
});
