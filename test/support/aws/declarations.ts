/**
 * What a resource of AWS may and must be given, read from the type declarations of `@pulumi/aws`: the
 * program is compiled against the same files, so the simulated account and the compiler cannot disagree.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import type { CheckFailure } from "@pulumi/pulumi/provider";
import { UNKNOWN, type Properties } from "../../../local/random/wire";

const PACKAGE = path.dirname(require.resolve("@pulumi/aws/package.json"));

/** One field of an interface of the declarations. */
export interface Field {
  required: boolean;
  /** Name of the interface that its value, or each of its elements, has: `eks.ClusterVpcConfig`. */
  nested?: string;
  list: boolean;
  /** Whether a text will do in place of an object. */
  text: boolean;
}

export type Fields = ReadonlyMap<string, Field>;

/** The fields of an interface whose body starts after `start`, indented by `indent`. */
function fieldsAfter(text: string, start: number, indent: string): Fields {
  const end = text.indexOf(`\n${indent}}`, start);
  const line = new RegExp(`^${indent}    (\\w+)(\\??): (.+)$`, "gm");
  const fields = new Map<string, Field>();
  for (const [, name, optional, type] of text.slice(start, end + 1).matchAll(line)) {
    fields.set(name!, {
      required: optional === "",
      nested: /inputs\.([\w.]+)/.exec(type!)?.[1],
      list: type!.includes("[]"),
      text: /\bstring\b/.test(type!),
    });
  }
  return fields;
}

const known = new Map<string, Fields | undefined>();

function remembered(key: string, read: () => Fields | undefined): Fields | undefined {
  if (!known.has(key)) {
    known.set(key, read());
  }
  return known.get(key);
}

/** `aws:eks/nodeGroup:NodeGroup` -> the file and the class; nothing for another form of token. */
function place(token: string): { file: string; name: string } | undefined {
  const [, folder, file, name] = /^aws:(\w+)\/(\w+):(\w+)$/.exec(token) ?? [];
  return folder === undefined
    ? undefined
    : {
        file: path.join(PACKAGE, ...(folder === "index" ? [] : [folder]), `${file}.d.ts`),
        name: name!,
      };
}

/** The arguments of a resource; nothing when `@pulumi/aws` has no such resource. */
export function argumentsOf(token: string): Fields | undefined {
  return remembered(token, () => {
    const { file, name } = place(token) ?? {};
    if (file === undefined || !fs.existsSync(file)) {
      return undefined;
    }
    const text = fs.readFileSync(file, "utf8");
    const start = text.indexOf(`export interface ${name}Args {`);
    return start < 0 ? undefined : fieldsAfter(text, start, "");
  });
}

let inputTypes: string | undefined;

/** The fields of an interface such as `eks.ClusterVpcConfig`. */
export function nestedFields(name: string): Fields | undefined {
  return remembered(name, () => {
    inputTypes ??= fs.readFileSync(path.join(PACKAGE, "types/input.d.ts"), "utf8");
    const [type, namespace] = name.split(".").reverse();
    const start =
      namespace === undefined ? 0 : inputTypes.indexOf(`\nexport declare namespace ${namespace} {`);
    const indent = namespace === undefined ? "" : "    ";
    const head = namespace === undefined ? "export interface" : "    interface";
    const at = inputTypes.indexOf(`\n${head} ${type} {`, start);
    return at < 0 ? undefined : fieldsAfter(inputTypes, at, indent);
  });
}

function isRecord(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function failuresIn(given: Properties, fields: Fields, at: string): CheckFailure[] {
  const foreign = Object.keys(given)
    .filter((name) => !name.startsWith("__") && !fields.has(name))
    .map((name) => ({
      property: at + name,
      reason: `is not an argument here; there are ${[...fields.keys()].join(", ")}`,
    }));
  const own = [...fields].flatMap(([name, field]): CheckFailure[] => {
    const value = given[name];
    if (value === undefined || value === null) {
      return field.required ? [{ property: at + name, reason: "is required" }] : [];
    }
    return value === UNKNOWN ? [] : nestedFailures(value, field, at + name);
  });
  return [...foreign, ...own];
}

function nestedFailures(value: unknown, field: Field, at: string): CheckFailure[] {
  if (field.list && !Array.isArray(value)) {
    return [{ property: at, reason: "must be a list" }];
  }
  const fields = field.nested === undefined ? undefined : nestedFields(field.nested);
  if (fields === undefined) {
    return [];
  }
  const elements = Array.isArray(value) ? value : [value];
  return elements.flatMap((element, index) => {
    const path = Array.isArray(value) ? `${at}[${index}]` : at;
    if (element === UNKNOWN) {
      return [];
    }
    // A policy may be given as its text.
    if (typeof element === "string" && field.text) {
      return [];
    }
    return isRecord(element)
      ? failuresIn(element, fields, `${path}.`)
      : [{ property: path, reason: "must be an object" }];
  });
}

/**
 * What the declarations refuse in these arguments: unknown names and missing values, at every depth.
 *
 * @throws Error when `@pulumi/aws` has no resource of this type
 */
export function declarationFailures(token: string, given: Properties): CheckFailure[] {
  const fields = argumentsOf(token);
  if (fields === undefined) {
    throw new Error(`@pulumi/aws declares no resource ${token}`);
  }
  return failuresIn(given, fields, "");
}
