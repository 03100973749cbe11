/** Which resources the person who runs this named as free to be replaced or given up. */

/** The engine's names in `$ALLOW_REPLACE`, parted by spaces or commas. */
export function allowedUrns(): string[] {
  return (process.env["ALLOW_REPLACE"] ?? "").split(/[\s,]+/).filter((urn) => urn !== "");
}
