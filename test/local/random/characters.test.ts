import assert from "node:assert/strict";
import fc from "fast-check";
import {
  CHARACTER_ARGUMENTS,
  characterFailures,
  withDefaults,
} from "../../../local/random/arguments";
import {
  LOWER,
  NUMERIC,
  randomCharacters,
  SPECIAL,
  UPPER,
  type CharacterRequest,
} from "../../../local/random/characters";

const PLAIN: CharacterRequest = {
  length: 16,
  lower: true,
  upper: true,
  numeric: true,
  special: true,
  minLower: 0,
  minUpper: 0,
  minNumeric: 0,
  minSpecial: 0,
};

function count(text: string, characters: string): number {
  return [...text].filter((character) => characters.includes(character)).length;
}

const minimum = fc.integer({ min: 0, max: 6 });

/** Requests that can be met: at least one class is on, and the length covers the minimums. */
const requests: fc.Arbitrary<CharacterRequest> = fc
  .record({
    extra: fc.integer({ min: 1, max: 40 }),
    lower: fc.boolean(),
    upper: fc.boolean(),
    numeric: fc.boolean(),
    special: fc.boolean(),
    minLower: minimum,
    minUpper: minimum,
    minNumeric: minimum,
    minSpecial: minimum,
    // Letters and digits are left out, so that every character belongs to one class.
    overrideSpecial: fc.option(fc.constantFrom("", "-", "_.~", "éü€😀"), { nil: undefined }),
  })
  .filter(({ lower, upper, numeric, special }) => lower || upper || numeric || special)
  .map(({ extra, ...rest }) => ({
    ...rest,
    length: extra + rest.minLower + rest.minUpper + rest.minNumeric + rest.minSpecial,
  }));

describe("random characters", () => {
  it("have the exact length, respect every minimum and hold allowed characters alone", () => {
    fc.assert(
      fc.property(requests, (request) => {
        const result = randomCharacters(request);
        const special = request.overrideSpecial || SPECIAL;
        assert.equal([...result].length, request.length);
        const classes = [
          { of: LOWER, on: request.lower, least: request.minLower },
          { of: UPPER, on: request.upper, least: request.minUpper },
          { of: NUMERIC, on: request.numeric, least: request.minNumeric },
          { of: special, on: request.special, least: request.minSpecial },
        ];
        for (const { of, on, least } of classes) {
          const found = count(result, of);
          // A class that is off appears as often as its minimum asks, as upstream.
          if (on) assert.ok(found >= least, `${found} of ${of} in ${result}, at least ${least}`);
          else assert.equal(found, least);
        }
        assert.equal(count(result, LOWER + UPPER + NUMERIC + special), request.length);
      }),
      { numRuns: 500 },
    );
  });

  it("are made exactly where the check finds no fault", () => {
    const anything = fc.record({
      length: fc.integer({ min: 1, max: 12 }),
      lower: fc.boolean(),
      upper: fc.boolean(),
      numeric: fc.boolean(),
      special: fc.boolean(),
      minLower: fc.integer({ min: 0, max: 4 }),
      minUpper: fc.integer({ min: 0, max: 4 }),
      minNumeric: fc.integer({ min: 0, max: 4 }),
      minSpecial: fc.integer({ min: 0, max: 4 }),
    });
    let refused = 0;
    fc.assert(
      fc.property(anything, (request) => {
        if (characterFailures(request).length > 0) {
          refused++;
          assert.throws(() => randomCharacters(request), RangeError);
        } else {
          assert.equal(randomCharacters(request).length, request.length);
        }
      }),
      { numRuns: 500 },
    );
    assert.ok(refused > 50 && refused < 450, `${refused} of 500 refused`);
  });

  it("draw each allowed character equally often", () => {
    const draws = 78_000;
    const result = randomCharacters({ ...PLAIN, length: draws, numeric: false, special: false });
    const alphabet = [...LOWER, ...UPPER];
    const expected = draws / alphabet.length;
    const chiSquare = alphabet
      .map((character) => (count(result, character) - expected) ** 2 / expected)
      .reduce((sum, term) => sum + term, 0);
    // 51 degrees of freedom: a fair draw exceeds 120 about once in 10 million runs.
    assert.ok(chiSquare < 120, `chi-square ${chiSquare}`);
  });

  it("put the characters of a minimum at every place equally often", () => {
    const length = 8;
    const runs = 16_000;
    const request = {
      ...PLAIN,
      length,
      minNumeric: 1,
      upper: false,
      numeric: false,
      special: false,
    };
    const places = new Array<number>(length).fill(0);
    for (let run = 0; run < runs; run++) places[randomCharacters(request).search(/[0-9]/)]! += 1;
    const expected = runs / length;
    const chiSquare = places.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    // 7 degrees of freedom: a fair shuffle exceeds 45 about once in 7 million runs.
    assert.ok(chiSquare < 45, `places ${places.join(" ")}, chi-square ${chiSquare}`);
  });

  it("differ from one call to the next", () => {
    const results = new Set(Array.from({ length: 100 }, () => randomCharacters(PLAIN)));
    assert.equal(results.size, 100);
  });

  it("use upstream's classes by default", () => {
    assert.equal(SPECIAL, "!@#$%&*()-_=+[]{}<>:?");
    assert.deepEqual(withDefaults({ length: 16 }, CHARACTER_ARGUMENTS), {
      ...PLAIN,
      number: true,
    });
  });

  it("use the default special characters when overrideSpecial is empty", () => {
    const only = { ...PLAIN, lower: false, upper: false, numeric: false, length: 50 };
    assert.equal(count(randomCharacters({ ...only, overrideSpecial: "" }), SPECIAL), 50);
    assert.equal(randomCharacters({ ...only, overrideSpecial: "~" }), "~".repeat(50));
  });

  it("are refused where the request cannot be met", () => {
    const none = { ...PLAIN, lower: false, upper: false, numeric: false, special: false };
    assert.throws(() => randomCharacters(none), RangeError);
    assert.throws(() => randomCharacters({ ...PLAIN, length: 3, minLower: 4 }), RangeError);
  });
});
