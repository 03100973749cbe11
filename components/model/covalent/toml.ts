/** TOML for Covalent's config: tables of plain values, in the forms that its reader (`toml` 0.10) also writes. */

/** What a key can have. */
export type TomlValue = string | number | readonly string[];

/** A table's keys, in the order in which they are written. */
export type TomlTable = Readonly<Record<string, TomlValue>>;

/** Basic strings escape as JSON's do, and one character more. */
function text(value: string): string {
  return JSON.stringify(value).replaceAll("\u007f", "\\u007f");
}

function written(value: TomlValue): string {
  if (typeof value === "string") {
    return text(value);
  }
  return typeof value === "number" ? String(value) : `[${value.map(text).join(", ")}]`;
}

/** Keys with their values, line by line. Keys must be bare ones. */
export function tomlKeys(table: TomlTable): string {
  return Object.entries(table)
    .map(([key, value]) => `${key} = ${written(value)}`)
    .join("\n");
}

/** A table, such as `[executors.k8s]`, of a bare name. */
export function tomlTable(name: string, table: TomlTable): string {
  return `[${name}]\n${tomlKeys(table)}`;
}

/** One element of an array of tables. */
export function tomlElement(name: string, table: TomlTable): string {
  return `[[${name}]]\n${tomlKeys(table)}`;
}
