/**
 * Checks the records of one CSV of a pathology, one after the other. No message shows a value of the data but the
 * codes of datasets: the rest may be of patients.
 */
import type { CsvRecord } from "./federationDataCsv";
import { DATASET, type DataModel, type DataVariable } from "./federationDataModel";
import { nearest, oneOf, type Problems } from "./problems";

/** Column that the metadata need not have. */
const SUBJECT = "subjectcode";

/** What a file holds. */
export interface DataFile {
  rows: number;
  columns: number;
  /** Rows by dataset. */
  datasets: ReadonlyMap<string, number>;
}

/** How a pathology's CSVs are read. */
export interface DataFileRules {
  /** The pathology's metadata; nothing where it is not sound: columns and values are not compared then. */
  model?: DataModel;
}

/** A kind of fault: told once, at its first line, with how often it is there. */
interface Fault {
  line: number;
  count: number;
  reason: string;
  remedy?: string;
}

/** What is wrong with a value, in general terms. */
function valueFault(text: string, variable: DataVariable): string | undefined {
  if (variable.codes !== undefined) {
    return variable.codes.has(text) ? undefined : "is none of the variable's codes";
  }
  if (variable.type === "text") {
    return undefined;
  }
  const number = Number(text);
  if (text.trim() === "" || !Number.isFinite(number) || /[xob]/i.test(text)) {
    return "is not a number";
  }
  if (variable.type === "int" && !Number.isInteger(number)) {
    return "is not a whole number";
  }
  if (variable.min !== undefined && number < variable.min) {
    return `is less than ${variable.min}`;
  }
  return variable.max !== undefined && number > variable.max
    ? `is more than ${variable.max}`
    : undefined;
}

function furtherRows(count: number): string {
  if (count === 0) {
    return "";
  }
  return count === 1 ? "; so has 1 further row" : `; so have ${count} further rows`;
}

/** The check of one file; its memory does not grow with the file. Give it every record, then take the summary. */
export class DataFileCheck {
  private header: string[] | undefined;
  private variables: (DataVariable | undefined)[] = [];
  private rows = 0;
  private datasetColumn = -1;
  private readonly datasets = new Map<string, number>();
  private readonly faults = new Map<string, Fault>();

  constructor(
    private readonly rules: DataFileRules,
    private readonly problems: Problems,
  ) {}

  /** Takes the next record; the first is the header. */
  take({ line, fields, fault }: CsvRecord): void {
    if (fault !== undefined) {
      this.fault(fault, line, fault, "Correct the quotes.");
      return;
    }
    if (fields.some((field) => field.includes("\uFFFD"))) {
      this.fault("utf8", line, "is not UTF-8", "Save the file as UTF-8.");
    }
    if (this.header === undefined) {
      this.takeHeader(fields, line);
      return;
    }
    this.rows++;
    if (fields.length !== this.header.length) {
      const reason = `has ${fields.length} fields, and the header ${this.header.length}`;
      this.fault("width", line, reason, "Give every row as many fields as the header has.");
      return;
    }
    this.takeRow(fields, line);
  }

  /** Adds the problems found, and tells what the file holds. */
  end(): DataFile {
    if (this.header === undefined) {
      this.problems.add({
        path: "",
        reason: "is empty",
        remedy: "Remove it, or give it a header.",
      });
    } else if (this.rows === 0) {
      this.problems.add({ path: "", reason: "has no rows below its header", remedy: "Remove it." });
    }
    for (const { line, count, reason, remedy } of this.faults.values()) {
      this.problems.add({
        path: `line ${line}`,
        reason: `${reason}${furtherRows(count - 1)}`,
        ...(remedy === undefined ? {} : { remedy }),
      });
    }
    return { rows: this.rows, columns: this.header?.length ?? 0, datasets: this.datasets };
  }

  private fault(kind: string, line: number, reason: string, remedy?: string): void {
    const known = this.faults.get(kind);
    if (known === undefined) {
      this.faults.set(kind, { line, count: 1, reason, remedy });
    } else {
      known.count++;
    }
  }

  private takeHeader(header: string[], line: number): void {
    this.header = header;
    const names = new Map<string, string>();
    for (const name of header) {
      const same = names.get(name.toLowerCase());
      if (name.trim() === "") {
        this.fault("unnamed", line, "has a column without a name", "Name every column.");
      } else if (same !== undefined) {
        const reason =
          same === name
            ? `has column ${name} twice`
            : `has columns ${same} and ${name}, which are one to the database`;
        this.fault(reason, line, reason, "Remove one, or rename it.");
      }
      names.set(name.toLowerCase(), name);
    }
    this.datasetColumn = header.indexOf(DATASET);
    this.checkKeys(header, line);
    this.variables = header.map((name) => this.variableOf(name, line));
  }

  /** The columns that every file of the pathology needs. */
  private checkKeys(header: string[], line: number): void {
    const keys = this.rules.model?.longitudinal ? ["subjectid", "visitid"] : [SUBJECT];
    for (const key of [DATASET, ...keys].filter((it) => !header.includes(it))) {
      const near = nearest(key, header);
      const remedy =
        near === undefined ? "The first line must name the columns." : `It has ${near}.`;
      this.fault(`key ${key}`, line, `has no column ${key}`, remedy);
    }
  }

  private variableOf(name: string, line: number): DataVariable | undefined {
    const { model } = this.rules;
    const variable = model?.variables.get(name);
    if (model !== undefined && variable === undefined && name !== SUBJECT && name.trim() !== "") {
      const near = nearest(name, model.variables.keys());
      const remedy =
        near === undefined ? "Describe it there, or remove it." : `Did you mean ${near}?`;
      this.fault(`unknown ${name}`, line, `has column ${name}, which the metadata has not`, remedy);
    }
    return variable;
  }

  private takeRow(fields: string[], line: number): void {
    fields.forEach((text, i) => {
      const variable = this.variables[i];
      if (i === this.datasetColumn) {
        this.takeDataset(text, line, variable);
      } else if (variable !== undefined && text !== "") {
        const found = valueFault(text, variable);
        if (found !== undefined) {
          const reason = `has a value in column ${variable.code} that ${found}`;
          this.fault(`${i} ${found}`, line, reason, "Correct the value, or the metadata.");
        }
      }
    });
  }

  private takeDataset(given: string, line: number, variable: DataVariable | undefined): void {
    const code = given.trim();
    if (code === "") {
      this.fault("no dataset", line, "names no dataset", "Fill the column dataset in every row.");
      return;
    }
    if (variable?.codes !== undefined && !variable.codes.has(code)) {
      this.fault(
        "unknown dataset",
        line,
        `names a dataset that the metadata has not: ${code}`,
        `There is ${oneOf(variable.codes)}. Add it to the enumerations of dataset, or correct it.`,
      );
    } else {
      this.datasets.set(code, (this.datasets.get(code) ?? 0) + 1);
    }
  }
}
