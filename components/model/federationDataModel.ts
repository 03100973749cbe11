/** A pathology's metadata (`CDEsMetadata.json`): its variables, as Exaflow's workers read them. */
import { z } from "zod";
import { joinPath, parseWith, type Problems } from "./problems";

/** Name of the metadata's file in a pathology's folder. */
export const METADATA_FILE = "CDEsMetadata.json";

/** Column, and variable, that says which dataset a row belongs to. */
export const DATASET = "dataset";

/** One variable: what its column may hold. */
export interface DataVariable {
  code: string;
  type: "text" | "int" | "real";
  /** Codes that a categorical variable may have. */
  codes?: ReadonlySet<string>;
  min?: number;
  max?: number;
}

/** A pathology's metadata, sound. */
export interface DataModel {
  code: string;
  version: string;
  /** Several visits of a subject: columns `subjectid` and `visitid`. */
  longitudinal: boolean;
  variables: ReadonlyMap<string, DataVariable>;
}

const variableShape = z.looseObject({
  code: z
    .string()
    .regex(
      /^[\p{L}_][\p{L}\p{N}_]*$/u,
      "must be letters, digits and _, and not begin with a digit: it names a column",
    ),
  label: z.string(),
  sql_type: z.enum(["text", "int", "real"], {
    error: "must be text, int or real, in small letters",
  }),
  isCategorical: z.boolean(),
  enumerations: z.array(z.looseObject({ code: z.string(), label: z.string() })).optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  minValue: z.number().optional(),
  maxValue: z.number().optional(),
});

const groupShape = z.looseObject({
  variables: z.array(variableShape).optional(),
  get groups(): z.ZodOptional<z.ZodArray<typeof groupShape>> {
    return z.array(groupShape).optional();
  },
});

const modelShape = z.looseObject({
  code: z.string().min(1),
  version: z.string().min(1),
  longitudinal: z.boolean().optional(),
  ...groupShape.shape,
});

type VariableShape = z.infer<typeof variableShape>;
type Group = z.infer<typeof groupShape>;

/** Every variable of a group and of those within it, with where it is. */
function variablesOf(group: Group, path = ""): { path: string; variable: VariableShape }[] {
  return [
    ...(group.variables ?? []).map((variable, i) => ({
      path: joinPath(path, ["variables", i]),
      variable,
    })),
    ...(group.groups ?? []).flatMap((inner, i) =>
      variablesOf(inner, joinPath(path, ["groups", i])),
    ),
  ];
}

function toVariable(shape: VariableShape): DataVariable {
  const codes = shape.enumerations?.map(({ code }) => code);
  return {
    code: shape.code,
    type: shape.sql_type,
    codes: shape.isCategorical && codes !== undefined ? new Set(codes) : undefined,
    min: shape.minValue ?? shape.min,
    max: shape.maxValue ?? shape.max,
  };
}

function checkVariable(shape: VariableShape, path: string, problems: Problems): void {
  const { min, max } = toVariable(shape);
  if (shape.isCategorical && shape.enumerations === undefined) {
    problems.add({
      path,
      reason: `${shape.code} is categorical, but has no enumerations`,
      remedy: "List its codes, or set isCategorical to false.",
    });
  }
  if (min !== undefined && max !== undefined && min >= max) {
    problems.add({
      path,
      reason: `${shape.code} has a minimum of ${min}, and a maximum of ${max}`,
    });
  }
}

/** A variable that every row needs: a categorical text with its codes. */
function checkKey(
  code: string,
  found: VariableShape | undefined,
  problems: Problems,
  categorical = true,
): void {
  if (found === undefined) {
    problems.add({ path: "variables", reason: `has no variable ${code}`, remedy: "Add it." });
  } else if (categorical && !(found.isCategorical && found.sql_type === "text")) {
    problems.add({
      path: "variables",
      reason: `${code} is not a categorical text`,
      remedy: "Give it isCategorical true, sql_type text and its enumerations.",
    });
  }
}

function parseJson(text: string, problems: Problems): unknown {
  if (text.includes("\uFFFD")) {
    problems.add({ path: "", reason: "is not UTF-8", remedy: "Save it as UTF-8." });
    return undefined;
  }
  // The worker's reader refuses it, too.
  if (text.startsWith("\uFEFF")) {
    problems.add({
      path: "",
      reason: "begins with a byte order mark",
      remedy: "Save it as UTF-8 without.",
    });
    return undefined;
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const reason = `is not JSON: ${error instanceof Error ? error.message : String(error)}`;
    problems.add({ path: "", reason, remedy: "Correct it." });
    return undefined;
  }
}

/**
 * Reads the text of a metadata file.
 *
 * @param text decoded leniently: what was not UTF-8 is U+FFFD in it, and a byte order mark is left
 * @returns nothing when there was a problem
 */
export function readDataModel(text: string, problems: Problems): DataModel | undefined {
  const before = problems.count;
  const json = parseJson(text, problems);
  const shape = json === undefined ? undefined : parseWith(modelShape, json, problems);
  if (shape === undefined) {
    return undefined;
  }
  const all = variablesOf(shape);
  const byCode = new Map<string, VariableShape>();
  for (const { path, variable } of all) {
    checkVariable(variable, path, problems);
    if (byCode.has(variable.code)) {
      problems.add({
        path,
        reason: `is a second variable ${variable.code}`,
        remedy: "Remove one.",
      });
    }
    byCode.set(variable.code, variable);
  }
  const longitudinal = shape.longitudinal ?? false;
  checkKey(DATASET, byCode.get(DATASET), problems);
  if (longitudinal) {
    checkKey("subjectid", byCode.get("subjectid"), problems, false);
    checkKey("visitid", byCode.get("visitid"), problems);
  }
  if (problems.count > before) {
    return undefined;
  }
  const variables = new Map([...byCode].map(([code, it]) => [code, toVariable(it)]));
  return { code: shape.code, version: shape.version, longitudinal, variables };
}
