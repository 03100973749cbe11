/** Regions that the simulated account has, each with its zones. */
const ZONES: Readonly<Record<string, string>> = {
  "us-east-1": "abcdef",
  "us-east-2": "abc",
  "us-west-1": "ac",
  "us-west-2": "abcd",
  "eu-west-1": "abc",
  "eu-west-3": "abc",
  "eu-central-1": "abc",
  "eu-north-1": "abc",
  "ap-northeast-1": "acd",
};

/** Names of the zones of a region. @throws Error for a region that there is not */
export function zonesOf(region: string): string[] {
  const letters = ZONES[region];
  if (letters === undefined) {
    throw new Error(
      `invalid AWS Region: ${region}; the simulated account has ${Object.keys(ZONES).join(", ")}`,
    );
  }
  return [...letters].map((letter) => region + letter);
}
