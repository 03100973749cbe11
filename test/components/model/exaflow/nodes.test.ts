import assert from "node:assert/strict";
import { checkedExaflow } from "../../../../components/model/exaflowChecks";
import type { ExaflowSettings } from "../../../../components/model/exaflowTypes";
import { Problems } from "../../../../components/model/problems";
import { MANAGED, MINIMAL, NODES, TODAYS_VERSION, UNMANAGED } from "../../../support/exaflow";

interface Checked {
  lines: readonly string[];
  warnings: string[];
}

function check(settings: ExaflowSettings): Checked {
  const problems = new Problems("");
  const checked = checkedExaflow(settings, TODAYS_VERSION, {}, problems);
  return { lines: problems.list(), warnings: checked?.warnings ?? [] };
}

/** One problem and no more. */
function only(settings: ExaflowSettings): string {
  const { lines } = check(settings);
  assert.equal(lines.length, 1, lines.join("\n"));
  return lines[0]!;
}

/** The nodes but those. */
function without(...names: string[]): typeof NODES {
  return Object.fromEntries(Object.entries(NODES).filter(([name]) => !names.includes(name)));
}

describe("the nodes of an engine", () => {
  const small = { cpu: "2", memory: "4G", disk: "20G" };

  it("are not looked at where none are declared", () => {
    assert.deepEqual(check({ ...MINIMAL, localWorkers: 100 }).lines, []);
  });

  it("must be as many workers as there are, on unmanaged clusters", () => {
    const nodes = without("mip-6");
    assert.deepEqual(check({ ...MINIMAL, nodes, localWorkers: 3 }).lines, []);
    assert.equal(
      only({ ...MINIMAL, nodes, localWorkers: 4 }),
      "nodes: too few nodes with the role worker: 3 of 4 (each local worker takes a node of its own) " +
        '(found "mip-3, mip-4, mip-5"). Give the role to 1 more.',
    );
    assert.deepEqual(check({ ...MANAGED, nodes, smpc: {}, localWorkers: 4 }).lines, []);
  });

  it("must have a master, with the aggregation server on managed clusters, too", () => {
    const nodes = { a: { roles: ["worker"] }, b: { roles: ["worker"] } };
    assert.equal(
      only({ ...MINIMAL, nodes }),
      "nodes: too few nodes with the role master: 0 of 1 (controller and global worker must be on a node with it) " +
        '(found "none"). Give the role to 1 more.',
    );
    const managed = { ...MINIMAL, nodes, managedCluster: true, storage: { storageClass: "nfs" } };
    assert.match(only(managed), /role master: 0 of 1 \(the aggregation server must be on a node/);
    assert.deepEqual(check({ ...managed, aggregationServer: { enabled: false } }).lines, []);
  });

  it("must be three players for secure computation, wherever", () => {
    const nodes = without("mip-3", "mip-4");
    for (const settings of [UNMANAGED, MANAGED]) {
      const { lines } = check({ ...settings, nodes });
      assert.ok(
        lines.includes(
          "nodes: too few nodes with the role smpc_player: 2 of 3 (each player of SMPC takes a node of its own) " +
            '(found "mip-5, mip-6"). Give the role to 1 more.',
        ),
        lines.join("\n"),
      );
    }
  });

  it("of a virtual kubelet do not count, nor a label with another value", () => {
    const nodes = {
      ...NODES,
      "mip-3": { roles: ["worker"], virtual: true },
      "mip-4": { labels: { worker: "false" } },
    };
    assert.match(only({ ...MINIMAL, nodes, localWorkers: 3 }), /role worker: 2 of 3/);
  });

  it("that are too small are a warning, or an error where that is wanted", () => {
    const nodes = {
      ...NODES,
      "mip-1": { roles: ["master"], ...small },
      "mip-3": { roles: ["worker"], ...small },
    };
    const settings = { ...MINIMAL, nodes, localWorkers: 2 };
    assert.deepEqual(check(settings), {
      lines: [],
      warnings: [
        "nodes.mip-1.disk: less than a master node needs (20G; 60G or more)",
        "nodes.mip-1.memory: less than a master node needs (4G; 16G or more)",
        "nodes.mip-1.cpu: less than a master node needs (2; 4 or more)",
        "nodes.mip-3.disk: less than a worker node needs (20G; 40G or more)",
        "nodes.mip-3.memory: less than a worker node needs (4G; 8G or more)",
      ],
    });
    const { lines, warnings } = check({ ...settings, requireCapacity: true });
    assert.equal(lines.length, 5);
    assert.equal(
      lines[0],
      'nodes.mip-1.disk: less than a master node needs (found "20G"; allowed: 60G or more). ' +
        "Enlarge it, or drop requireCapacity.",
    );
    assert.deepEqual(warnings, []);
  });

  it("with exactly what is needed are enough", () => {
    const nodes = {
      a: { roles: ["master"], cpu: "4", memory: "16G", disk: "60G" },
      b: { roles: ["master", "worker"], cpu: "4", memory: "16Gi", disk: "64Gi" },
      c: { roles: ["worker"], cpu: "2000m", memory: "8G", disk: "40G" },
    };
    assert.deepEqual(check({ ...MINIMAL, nodes, requireCapacity: true }), {
      lines: [],
      warnings: [],
    });
  });

  it("without a spare for a role are a warning", () => {
    const nodes = { a: { roles: ["master", "worker"] } };
    assert.deepEqual(check({ ...MINIMAL, nodes }).warnings, [
      "only a can carry the role master: when it is lost, what runs on it returns only with it",
      "only a can carry the role worker: when it is lost, what runs on it returns only with it",
    ]);
    const two = { a: { roles: ["master", "worker"] }, b: { roles: ["master", "worker"] } };
    assert.deepEqual(check({ ...MINIMAL, nodes: two, localWorkers: 2 }).warnings, [
      "only a, b can carry the role worker, and all 2 are needed: when one is lost, what runs on it returns only with it",
    ]);
  });
});
