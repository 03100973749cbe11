import assert from "node:assert/strict";
import { useFakeApi } from "../support/fakeApi";
import {
  claim,
  CLAIMS,
  CLASSES,
  DEPLOYMENTS,
  job,
  JOBS,
  storageClass,
  volume,
} from "../support/preflightObjects";
import { CLEAN, run, unsound, workspace } from "../support/preflightRun";

const OURS = { "science-platform/workspace": "a" };
const MOUNTS = { "claim-0": "a-mkg-claim-0", "claim-1": "a-mkg-claim-1" };
const URN =
  "urn:pulumi:dev::science-platform::science-platform:index:Workspace$kubernetes:core/v1:PersistentVolume";
const CLAIM_URN = `${URN}Claim::lab.team.a-claim-1`;
const VOLUME_URN = `${URN}::lab.team.a-volume-1`;

describe("preflight of removed claims", () => {
  const api = useFakeApi();
  beforeEach(() => {
    api.lists = {
      [CLASSES]: [storageClass("fast")],
      [JOBS]: [job("a-mkg", { mounts: MOUNTS })],
      [CLAIMS]: [
        claim("a-mkg-claim-0", { labels: OURS }),
        claim("a-mkg-claim-1", { labels: OURS }),
      ],
    };
  });
  afterEach(() => {
    delete process.env["ALLOW_REPLACE"];
  });

  const one = workspace("a", { volumes: [volume()] });
  const line = (giveUp: string): string =>
    "a.json: persistent_volume: claim team/a-mkg-claim-1 on cluster lab belongs to this workspace, and no entry asks for it any more. " +
    `Put the entry back. To give the claim up, which leaves it on the cluster with its data: ${giveUp}.`;

  it("names the claim, and how a stack with a layer gives it up", async () => {
    assert.deepEqual(await run(api, [one]), {
      ...CLEAN,
      workspaces: { a: [line(`\`ALLOW_REPLACE='${CLAIM_URN}' make up STACK=dev\``)] },
    });
  });

  it("names every claim of a workspace without any entry, which may be a Deployment", async () => {
    const deployed = job("a-mkg", { mounts: MOUNTS });
    api.lists[JOBS] = [];
    api.lists[DEPLOYMENTS] = [deployed];
    const lines = (await run(api, [workspace("a", { deployment: true })])).workspaces["a"] ?? [];
    assert.deepEqual(
      lines.map((text) => /claim (\S+) on/.exec(text)?.[1]),
      ["team/a-mkg-claim-0", "team/a-mkg-claim-1"],
    );
  });

  it("names the volume too where that was made for the claim", async () => {
    const made = { labels: OURS, volumeName: "team-a-mkg-claim-1", storageClassName: "" };
    api.lists[CLAIMS] = [claim("a-mkg-claim-0", { labels: OURS }), claim("a-mkg-claim-1", made)];
    assert.deepEqual((await run(api, [one])).workspaces["a"], [
      line(`\`ALLOW_REPLACE='${CLAIM_URN} ${VOLUME_URN}' make up STACK=dev\``),
    ]);
  });

  it("names the command line's own way where that holds the workspace", async () => {
    const stack = "ws-lab-team-a";
    const annotations = { "science-platform/stack": stack };
    api.lists[JOBS] = [job("a-mkg", { mounts: MOUNTS, annotations })];
    assert.deepEqual((await run(api, [one], {}, { stack })).workspaces["a"], [
      line(
        "`npm run workspace -- destroy --config-file a.json`, then `npm run workspace -- up --config-file a.json`",
      ),
    ]);
  });

  it("refuses it as an existing claim, too: it would still be given up", async () => {
    const existingVolumes = [{ claim: "a-mkg-claim-1", mountPath: "/b" }];
    const found = await run(api, [workspace("a", { volumes: [volume()], existingVolumes })]);
    assert.equal(found.workspaces["a"]?.length, 1);
  });

  it("says nothing of one that was named to be given up", async () => {
    process.env["ALLOW_REPLACE"] = `urn:other ${CLAIM_URN}`;
    assert.deepEqual(await run(api, [one]), CLEAN);
    process.env["ALLOW_REPLACE"] = "urn:other";
    assert.equal((await run(api, [one])).workspaces["a"]?.length, 1);
  });

  it("says nothing of claims that are asked for, or that an earlier workspace left behind", async () => {
    const both = workspace("a", { volumes: [volume(), volume({ mountPath: "/b" })] });
    assert.deepEqual(await run(api, [both]), CLEAN);
    api.lists[JOBS] = [job("a-mkg", { mounts: { "claim-0": "a-mkg-claim-0" } })];
    assert.deepEqual(await run(api, [one]), CLEAN);
    api.lists[JOBS] = [];
    assert.deepEqual(await run(api, [one]), CLEAN);
  });

  it("says nothing of claims of others", async () => {
    api.lists[CLAIMS] = [
      claim("a-mkg-claim-0", { labels: OURS }),
      claim("a-mkg-claim-1", { labels: { "science-platform/workspace": "b" } }),
    ];
    assert.deepEqual(await run(api, [one]), CLEAN);
    const mounts = { "claim-0": "a-mkg-claim-0", "existing-0": "a-mkg-claim-1" };
    api.lists[CLAIMS].push(claim("a-mkg-claim-1", { labels: OURS }));
    api.lists[JOBS] = [job("a-mkg", { mounts })];
    assert.deepEqual(await run(api, [one]), CLEAN);
  });

  it("says nothing while persistent_volume itself is wrong", async () => {
    assert.deepEqual(await run(api, [unsound("a", ["persistent_volume[1].size"])]), CLEAN);
  });
});
