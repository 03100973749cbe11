/** Files that the config names. */
import * as fs from "node:fs";
import * as path from "node:path";
import type { Problems } from "../../components/model/problems";

/**
 * The text of a file, or nothing where none is named; a problem where it cannot be read.
 *
 * @param key where the config names it
 * @param root the project's folder
 */
export function readText(
  file: string | undefined,
  key: string,
  root: string,
  problems: Problems,
  remedy = "Give a path relative to the project.",
): string | undefined {
  if (file === undefined) {
    return undefined;
  }
  try {
    return fs.readFileSync(path.resolve(root, file), "utf8");
  } catch (error) {
    problems.add({
      path: key,
      reason: `cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}`,
      value: file,
      remedy,
    });
    return undefined;
  }
}
