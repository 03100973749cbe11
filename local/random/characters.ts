/**
 * Random strings of character classes, as the real `random` provider makes them for RandomPassword and
 * RandomString. Every choice comes from `node:crypto` without bias.
 */
import { randomInt } from "node:crypto";

export const LOWER = "abcdefghijklmnopqrstuvwxyz";
export const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
export const NUMERIC = "0123456789";
/** The special characters that are used unless `overrideSpecial` names others. */
export const SPECIAL = "!@#$%&*()-_=+[]{}<>:?";

/** What a random string is made of, with every default filled in. */
export interface CharacterRequest {
  /** Characters (code points) in the result, at least 1 and at least the sum of the minimums. */
  length: number;
  /** Whether lower case letters fill the places that no minimum claims. The same holds for the next three. */
  lower: boolean;
  upper: boolean;
  numeric: boolean;
  special: boolean;
  /** Fewest lower case letters; as upstream, it holds for a class that is switched off too. */
  minLower: number;
  minUpper: number;
  minNumeric: number;
  minSpecial: number;
  /** Special characters instead of {@link SPECIAL}; empty means the default. A repeated one is likelier. */
  overrideSpecial?: string;
}

/** The special characters that a request draws from. */
function specialCharacters(request: Pick<CharacterRequest, "overrideSpecial">): string[] {
  return [...(request.overrideSpecial || SPECIAL)];
}

function draw(from: readonly string[], count: number): string[] {
  return Array.from({ length: count }, () => from[randomInt(from.length)]!);
}

/** Fisher-Yates: each order is equally likely. */
function shuffle(characters: string[]): string[] {
  for (let last = characters.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [characters[last], characters[other]] = [characters[other]!, characters[last]!];
  }
  return characters;
}

/**
 * A new random string. The minimums are drawn class by class, the rest from all the classes that are on,
 * and the whole is shuffled.
 *
 * @throws RangeError when the request cannot be met; the provider's check refuses such a request before.
 */
export function randomCharacters(request: CharacterRequest): string {
  const classes = [
    { characters: [...LOWER], on: request.lower, minimum: request.minLower },
    { characters: [...UPPER], on: request.upper, minimum: request.minUpper },
    { characters: [...NUMERIC], on: request.numeric, minimum: request.minNumeric },
    { characters: specialCharacters(request), on: request.special, minimum: request.minSpecial },
  ];
  const allowed = classes.flatMap(({ characters, on }) => (on ? characters : []));
  const claimed = classes.flatMap(({ characters, minimum }) => draw(characters, minimum));
  if (allowed.length === 0) throw new RangeError("no character class is switched on");
  if (claimed.length > request.length) {
    throw new RangeError("length is less than the sum of the minimums");
  }
  return shuffle([...claimed, ...draw(allowed, request.length - claimed.length)]).join("");
}
