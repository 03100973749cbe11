import assert from "node:assert/strict";
import fc from "fast-check";
import type { Taint } from "../../../components/model/gpuTypes";
import {
  changeTaints,
  isSettled,
  readTaints,
  readWanted,
  taintId,
  wantedAnnotation,
  writeTaints,
} from "../../../components/model/nodeTaints";

const OURS: Taint = { key: "gpu", value: "a100", effect: "NoSchedule" };
const THEIRS: Taint = { key: "repair", effect: "NoExecute" };

describe("changeTaints", () => {
  it("adds ours after the others, and remembers it", () => {
    assert.deepEqual(changeTaints({ taints: [THEIRS], owned: undefined }, [OURS]), {
      taints: [THEIRS, OURS],
      owned: '[{"key":"gpu","value":"a100","effect":"NoSchedule"}]',
    });
  });

  it("changes a value of ours in its place", () => {
    const now = { ...OURS, value: "h200" };
    const node = { taints: [OURS, THEIRS], owned: writeTaints([OURS]) };
    assert.deepEqual(changeTaints(node, [now]).taints, [now, THEIRS]);
  });

  it("takes away what is ours alone", () => {
    const node = { taints: [THEIRS, OURS], owned: writeTaints([OURS]) };
    assert.deepEqual(changeTaints(node, []), { taints: [THEIRS], owned: undefined });
    assert.deepEqual(changeTaints({ taints: [OURS], owned: undefined }, []).taints, [OURS]);
  });

  it("leaves to others what they set before us", () => {
    const node = { taints: [OURS], owned: undefined };
    assert.deepEqual(changeTaints(node, [OURS]), { taints: [OURS], owned: undefined });
    assert.throws(
      () => changeTaints(node, [{ ...OURS, value: "h200" }]),
      /taint gpu:NoSchedule is there already with value "a100", set by someone else; "h200" is wanted/,
    );
  });

  it("keeps others' taints as they are, whatever comes and goes", () => {
    const taint = fc.record({
      key: fc.constantFrom("a", "b", "c", "d"),
      value: fc.constantFrom(undefined, "1"),
      effect: fc.constantFrom("NoSchedule", "NoExecute"),
    });
    const set = fc.uniqueArray(taint, { selector: taintId });
    fc.assert(
      fc.property(set, set, set, (foreign, first, second) => {
        const theirs = new Set(foreign.map(taintId));
        // Someone else's taint with another value is refused: not the matter here.
        const mine = (all: Taint[]): Taint[] => all.filter((one) => !theirs.has(taintId(one)));
        const one = changeTaints({ taints: foreign, owned: undefined }, mine(first));
        const two = changeTaints(one, mine(second));
        assert.deepEqual(
          two.taints.map(taintId).sort(),
          [...foreign, ...mine(second)].map(taintId).sort(),
        );
        assert.deepEqual(changeTaints(two, mine(second)), two);
        assert.ok(isSettled(two, mine(second)));
        assert.deepEqual(changeTaints(two, []), { taints: foreign, owned: undefined });
      }),
      { verbose: true },
    );
  });
});

describe("the annotation of wanted taints", () => {
  const text = writeTaints([OURS]);

  it("is the same for the same taints, in any order and form", () => {
    assert.equal(
      writeTaints([OURS, { ...THEIRS, value: "" }]),
      writeTaints([THEIRS, { effect: OURS.effect, value: OURS.value, key: OURS.key }]),
    );
    assert.deepEqual(readTaints(text), [OURS]);
  });

  it("stays as it is where the node is settled, and differs once where it is not", () => {
    const settled = { taints: [OURS], owned: text };
    const bare = { taints: [], owned: text };
    assert.equal(wantedAnnotation(bare, undefined, [OURS]), text);
    assert.equal(wantedAnnotation(settled, text, [OURS]), text);
    assert.equal(wantedAnnotation(bare, text, [OURS]), `${text} #1`);
    assert.equal(wantedAnnotation(settled, `${text} #1`, [OURS]), `${text} #1`);
    assert.equal(wantedAnnotation(bare, `${text} #9`, [OURS]), `${text} #10`);
    assert.equal(wantedAnnotation(bare, `${text} #9`, [THEIRS]), writeTaints([THEIRS]));
    assert.deepEqual(readWanted(`${text} #10`), [OURS]);
  });

  it("is nothing where someone spoilt it", () => {
    for (const spoilt of [undefined, "", "{", "{}", "null", '["gpu"]', '[{"key":1}]']) {
      assert.deepEqual(readTaints(spoilt), []);
    }
  });
});
