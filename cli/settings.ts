/** The project's settings files, `Pulumi.<stack>.yaml`, read without the engine. */
import * as fs from "node:fs";
import * as path from "node:path";
import { CORE_SCHEMA, load } from "js-yaml";
import { nearest, oneOf } from "../components/model/problems";

/** A stack settings file, `Pulumi.<stack>.yaml`. */
export interface StackSettings {
  config?: Record<string, unknown>;
  encryptionsalt?: string;
  secretsprovider?: string;
  encryptedkey?: string;
}

/** Name of a stack's settings file. */
export function settingsName(stack: string): string {
  return `Pulumi.${stack}.yaml`;
}

/** A settings file; nothing where there is none. */
export function readYaml(file: string): StackSettings | undefined {
  return fs.existsSync(file)
    ? (load(fs.readFileSync(file, "utf8"), { schema: CORE_SCHEMA }) ?? {})
    : undefined;
}

/** The settings that the project has for a stack. @throws Error that lists the stacks there are */
export function readSettings(root: string, stack: string): StackSettings {
  const settings = readYaml(path.join(root, settingsName(stack)));
  if (settings !== undefined) {
    return settings;
  }
  const known = fs
    .readdirSync(root)
    .map((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1])
    .filter((name) => name !== undefined);
  const near = nearest(stack, known);
  throw new Error(
    `There is no ${settingsName(stack)}; stacks here: ${oneOf(known)}.` +
      (near === undefined ? "" : ` Did you mean STACK=${near}?`),
  );
}
