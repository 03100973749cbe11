/** Random profiles: what is accepted can run on a node that offers it, and what is refused cannot. */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { JupyterHubProfile } from "../../../components/model/jupyterHubTypes";
import { parseQuantity } from "../../../components/model/quantity";
import { check, GPUS, MINIMAL, NODES } from "../../support/jupyterHub";

const UNITS: Record<string, [node: string, units: number]> = {
  a100: ["gpu-1", 4],
  "a100-1g": ["mig-1", 7],
  t4: ["vk", 2],
};

/** One in six. */
const rarely = (text: fc.Arbitrary<string>): fc.Arbitrary<string | undefined> =>
  fc.oneof({ arbitrary: text, weight: 1 }, { arbitrary: fc.constant(undefined), weight: 5 });

/** More often what is right than what is not. */
const often = Object.keys(UNITS);
const gpu = fc.record(
  {
    class: fc.constantFrom(...often, ...often, "h100"),
    count: fc.constantFrom(1, 1, 1, 2, 2, 2, 3, 8),
  },
  { requiredKeys: ["class"] },
);
const profile: fc.Arbitrary<JupyterHubProfile> = fc.record(
  {
    name: fc.constantFrom("One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"),
    gpu,
    cpuLimit: fc.constantFrom("500m", "2", "4", "8", "48", "100"),
    cpuGuarantee: fc.constantFrom("250m", "2"),
    memoryLimit: fc.constantFrom("1Gi", "4Gi", "16Gi", "64Gi", "200Gi", "2Ti"),
    maxLifetime: fc.constantFrom("30m", "4h", "8h", "2d", "90s", "1d", "45m", "soon"),
    node: rarely(fc.constantFrom(...Object.keys(NODES), "nowhere")),
    groups: fc.constantFrom(["ml"], ["ml", "staff"]),
  },
  { requiredKeys: ["name"] },
);

/** The nodes that the profile could be on, by rules of this test's own. */
function nodesFor({ gpu: wanted, node }: JupyterHubProfile): string[] {
  if (wanted === undefined) {
    const ordinary = Object.keys(NODES).filter((name) => !NODES[name]!.virtual);
    return node === undefined ? ordinary : [node].filter((name) => name in NODES);
  }
  const [offering, units] = UNITS[wanted.class ?? ""] ?? ["", 0];
  const here = node === undefined || node === offering;
  return here && (wanted.count ?? 1) <= units ? [offering] : [];
}

function canRun(wanted: JupyterHubProfile): boolean {
  const asked = { cpu: wanted.cpuGuarantee ?? wanted.cpuLimit, memory: wanted.memoryLimit };
  const places = nodesFor(wanted);
  const fits = places.some((name) =>
    (["cpu", "memory"] as const).every(
      (resource) =>
        (parseQuantity(asked[resource] ?? "0") ?? 0) <=
        (parseQuantity(NODES[name]?.[resource] ?? "") ?? Infinity),
    ),
  );
  return fits && wanted.maxLifetime !== "soon";
}

const promisesMore = ({ cpuGuarantee, cpuLimit }: JupyterHubProfile): boolean =>
  parseQuantity(cpuGuarantee ?? "0")! > (parseQuantity(cpuLimit ?? "") ?? Infinity);

describe("random profiles", () => {
  it("are accepted exactly where a node can run them", () => {
    let accepted = 0;
    let refused = 0;
    fc.assert(
      fc.property(profile, (wanted) => {
        const settings = { ...MINIMAL, gpus: GPUS, nodes: NODES, profiles: [wanted] };
        const { lines, checked } = check(settings);
        const right = canRun(wanted) && !promisesMore(wanted);
        assert.equal(lines.length === 0, right, `${JSON.stringify(wanted)}: ${lines.join("\n")}`);
        accepted += right ? 1 : 0;
        refused += right ? 0 : 1;
        for (const made of checked.hub.profiles) {
          const remote = nodesFor(wanted).every((name) => NODES[name]!.virtual);
          assert.equal(made.remote, remote);
          assert.equal(made.storage, !remote);
          assert.deepEqual(made.groups, wanted.groups);
          assert.equal(made.extra_resource_limits === undefined, wanted.gpu === undefined);
          assert.deepEqual(made.extra_resource_limits, made.extra_resource_guarantees);
          const tolerates = JSON.stringify(made.tolerations ?? []).includes(
            "virtual-node.interlink",
          );
          assert.equal(tolerates, remote);
          assert.equal(checked.hub.remote !== null, remote);
        }
      }),
    );
    assert.ok(
      accepted >= 0.4 * (accepted + refused) && refused > 0,
      `${accepted} accepted, ${refused} refused`,
    );
  });

  it("are refused when two have one slug, whatever else they are", () => {
    fc.assert(
      fc.property(fc.array(profile, { minLength: 1, maxLength: 6 }), (profiles) => {
        const { lines } = check({ ...MINIMAL, gpus: GPUS, nodes: NODES, profiles });
        const names = profiles.map(({ name }) => name.toLowerCase());
        const twice = names.length - new Set(names).size;
        const said = lines.filter((line) => line.includes("could not be told apart")).length;
        assert.equal(said, twice);
      }),
    );
  });
});
