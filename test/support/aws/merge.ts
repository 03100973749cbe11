/** What was asked for, over what AWS fills in, at every depth. */
import type { Properties } from "../../../local/random/wire";

function isRecord(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function merged(filled: Properties, asked: Properties): Properties {
  const both = Object.entries(asked).map(([name, value]) => {
    const below = filled[name];
    return [name, isRecord(value) && isRecord(below) ? merged(below, value) : value];
  });
  return { ...filled, ...(Object.fromEntries(both) as Properties) };
}
