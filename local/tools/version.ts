/** Versions as programs print them. */

export interface Version {
  major: number;
  minor: number;
  patch: number;
}

/** The first `major.minor[.patch]` in a text, or undefined. A pre-release suffix is ignored. */
export function parseVersion(text: string): Version | undefined {
  const match = /(?:^|[^\d.])(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  if (match === null) return undefined;
  return { major: Number(match[1]), minor: Number(match[2]), patch: Number(match[3] ?? 0) };
}

/** `1.36.1` */
export function formatVersion({ major, minor, patch }: Version): string {
  return `${major}.${minor}.${patch}`;
}
