import assert from "node:assert/strict";
import {
  checkLoaded,
  loadTable,
  withoutData,
  type LoadedPathology,
} from "../../../components/model/federationData";
import { CsvReader } from "../../../components/model/federationDataCsv";
import { DataFileCheck, type DataFile } from "../../../components/model/federationDataFile";
import { readDataModel, type DataModel } from "../../../components/model/federationDataModel";
import { Problems } from "../../../components/model/problems";

const AGE = { code: "age", label: "Age", sql_type: "int", isCategorical: false };
const DATASET = {
  code: "dataset",
  label: "Dataset",
  sql_type: "text",
  isCategorical: true,
  enumerations: [
    { code: "adni", label: "ADNI" },
    { code: "edsd", label: "EDSD" },
  ],
};
const METADATA = {
  code: "dementia",
  version: "0.1",
  label: "Dementia",
  variables: [DATASET],
  groups: [
    {
      name: "demographics",
      variables: [{ ...AGE, minValue: 0, maxValue: 130 }],
      groups: [
        {
          name: "scores",
          variables: [{ code: "mmse", label: "MMSE", sql_type: "real", isCategorical: false }],
        },
      ],
    },
  ],
};

function model(metadata: object, problems = new Problems("m")): DataModel | undefined {
  return readDataModel(JSON.stringify(metadata), problems);
}

function check(text: string, metadata?: object): { file: DataFile; problems: readonly string[] } {
  const problems = new Problems("a.csv");
  const rules = { model: metadata === undefined ? undefined : model(metadata) };
  const file = new DataFileCheck(rules, problems);
  const reader = new CsvReader((record) => file.take(record));
  reader.push(text);
  reader.end();
  return { file: file.end(), problems: problems.list() };
}

describe("readDataModel", () => {
  it("finds the variables of all groups", () => {
    const found = model(METADATA)!;
    assert.equal(found.code, "dementia");
    assert.equal(found.longitudinal, false);
    assert.deepEqual([...found.variables.keys()], ["dataset", "age", "mmse"]);
    assert.deepEqual(found.variables.get("age"), {
      code: "age",
      type: "int",
      codes: undefined,
      min: 0,
      max: 130,
    });
  });

  const refused: [string, object, RegExp[]][] = [
    ["what is missing", { variables: [] }, [/code: required/, /version: required/]],
    ["a model without datasets", { ...METADATA, variables: [] }, [/has no variable dataset/]],
    [
      "a dataset that is no categorical text",
      { ...METADATA, variables: [{ ...DATASET, isCategorical: false }] },
      [/dataset is not a categorical text/],
    ],
    [
      "types in capitals, and names that are no column's",
      { ...METADATA, variables: [DATASET, { ...AGE, code: "2nd", sql_type: "INT" }] },
      [
        /variables\[1\]\.code: must be letters/,
        /variables\[1\]\.sql_type: must be text, int or real/,
      ],
    ],
    [
      "a variable twice, and one without its codes or with wrong bounds",
      {
        ...METADATA,
        variables: [DATASET, { ...AGE, isCategorical: true }, { ...AGE, min: 3, max: 3 }],
      },
      [
        /age is categorical, but has no enumerations/,
        /age has a minimum of 3, and a maximum of 3/,
        /variables\[2\]: is a second variable age/,
        /groups\[0\]\.variables\[0\]: is a second variable age/,
      ],
    ],
    [
      "a longitudinal model without subject and visit",
      { ...METADATA, longitudinal: true },
      [/has no variable subjectid/, /has no variable visitid/],
    ],
  ];
  for (const [what, metadata, expected] of refused) {
    it(`refuses ${what}`, () => {
      const problems = new Problems("m");
      assert.equal(model(metadata, problems), undefined);
      assert.equal(problems.list().length, expected.length, problems.list().join("\n"));
      expected.forEach((pattern, i) => assert.match(problems.list()[i]!, pattern));
    });
  }

  it("refuses what is no JSON, no UTF-8, or begins with a mark", () => {
    const told = ["{", "\uFFFD{}", "\uFEFF{}"].map((text) => {
      const problems = new Problems("m");
      assert.equal(readDataModel(text, problems), undefined);
      return problems.list()[0]!;
    });
    assert.match(told[0]!, /^m: is not JSON: /);
    assert.match(told[1]!, /^m: is not UTF-8/);
    assert.match(told[2]!, /byte order mark/);
  });
});

describe("DataFileCheck", () => {
  it("counts the rows of each dataset", () => {
    const { file, problems } = check(
      "subjectcode,dataset,age,mmse\n1,adni,70,28.5\n2,edsd,,\n3,adni,71,1e1\n",
      METADATA,
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(
      [...file.datasets],
      [
        ["adni", 2],
        ["edsd", 1],
      ],
    );
    assert.equal(file.rows, 3);
  });

  it("names columns that are missing, unknown, twice or without a name", () => {
    const { problems } = check("subjectcode,datasets,Age,age,age,\n1,adni,1,2,3,4\n", METADATA);
    assert.deepEqual(
      problems.map((line) => line.replace(/^a\.csv: line 1: /, "")),
      [
        "has columns Age and age, which are one to the database. Remove one, or rename it.",
        "has column age twice. Remove one, or rename it.",
        "has a column without a name. Name every column.",
        "has no column dataset. It has datasets.",
        "has column datasets, which the metadata has not. Did you mean dataset?",
        "has column Age, which the metadata has not. Did you mean age?",
      ],
    );
  });

  it("tells each kind of fault once, with its first line and how often it is there", () => {
    const rows = ["1,adni", "1,adni,x", "2,adni,1.5", "3,adni,y", "4,adni,200", "5,,3", "6,adni"];
    const { problems, file } = check(
      `subjectcode,dataset,age\n${rows.join("\n")}\n7,unknown-place,3\n`,
      METADATA,
    );
    assert.deepEqual(
      problems.map((line) => line.replace("a.csv: ", "")),
      [
        "line 2: has 2 fields, and the header 3; so has 1 further row. Give every row as many fields as the header has.",
        "line 3: has a value in column age that is not a number; so has 1 further row. Correct the value, or the metadata.",
        "line 4: has a value in column age that is not a whole number. Correct the value, or the metadata.",
        "line 6: has a value in column age that is more than 130. Correct the value, or the metadata.",
        "line 7: names no dataset. Fill the column dataset in every row.",
        "line 9: names a dataset that the metadata has not: unknown-place. There is adni, edsd. Add it to the enumerations of dataset, or correct it.",
      ],
    );
    assert.equal(file.rows, 8);
  });

  it("shows no value of the data", () => {
    const { problems } = check("subjectcode,dataset,age\nJane Doe,adni,canary\n", METADATA);
    assert.equal(problems.length, 1);
    assert.equal(problems.join().includes("canary"), false);
  });

  it("finds text that is not UTF-8, and files without rows", () => {
    const { problems } = check("subjectcode,dataset\n\uFFFD,adni\n");
    assert.deepEqual(problems, ["a.csv: line 2: is not UTF-8. Save the file as UTF-8."]);
    assert.match(check("").problems[0]!, /is empty/);
    assert.match(check("subjectcode,dataset\n").problems[0]!, /has no rows/);
  });

  it("wants subject and visit in place of the subject's code where there are visits", () => {
    const code = (name: string) => ({ ...DATASET, code: name });
    const variables = [DATASET, code("visitid"), { ...AGE, code: "subjectid", sql_type: "text" }];
    const longitudinal = { ...METADATA, longitudinal: true, variables };
    assert.deepEqual(check("dataset,subjectid,visitid\nadni,1,adni\n", longitudinal).problems, []);
    assert.match(check("dataset,visitid\nadni,adni\n", longitudinal).problems[0]!, /subjectid/);
  });
});

describe("checkLoaded", () => {
  function loaded(worker: string | undefined, pathology: string, digest = "1"): LoadedPathology {
    const file = { rows: 2, columns: 2, datasets: new Map([["adni", 2]]) };
    const path = [worker, pathology, "a.csv"].filter(Boolean).join("/");
    return {
      worker,
      pathology,
      model: model(METADATA)!,
      digest,
      files: [{ path, name: "a.csv", file }],
    };
  }
  function problemsOf(...all: LoadedPathology[]): readonly string[] {
    const problems = new Problems("");
    checkLoaded(all, problems);
    return problems.list();
  }
  const other = (one: LoadedPathology): LoadedPathology => ({
    ...one,
    files: [
      { ...one.files[0]!, file: { ...one.files[0]!.file, datasets: new Map([["edsd", 1]]) } },
    ],
  });

  it("lets workers share a model, each with its own datasets", () => {
    assert.deepEqual(problemsOf(loaded("w1", "dementia"), other(loaded("w2", "dementia"))), []);
  });

  it("refuses a dataset on two workers, or in two files of one", () => {
    assert.deepEqual(problemsOf(loaded("w1", "dementia"), loaded("w2", "dementia")), [
      "w2/dementia/a.csv: has dataset adni, as w1/dementia/a.csv has: the controller then offers it on neither worker. Keep a dataset in one file of one worker.",
    ]);
    const one = loaded(undefined, "dementia");
    const twice = { ...one, files: [...one.files, { ...one.files[0]!, path: "dementia/b.csv" }] };
    assert.match(problemsOf(twice)[0]!, /^dementia\/b\.csv: .*the worker would load nothing/);
  });

  it("refuses other metadata of one name, and one name for two pathologies", () => {
    assert.match(
      problemsOf(loaded("w1", "dementia"), other(loaded("w2", "dementia", "2")))[0]!,
      /^w2\/dementia: has other metadata for dementia:0\.1 than w1\/dementia/,
    );
    assert.match(
      problemsOf(loaded("w1", "dementia"), other(loaded("w1", "tbi")))[0]!,
      /^tbi: has the data model dementia:0\.1 of dementia on w1/,
    );
  });

  it("lists what each worker loads, and what nobody has", () => {
    const all = [loaded("w1", "dementia")];
    assert.deepEqual(loadTable(all)[1], ["w1", "dementia", "dementia:0.1", "a.csv", "adni", "2"]);
    const expected = { federation: "f", pathologies: ["dementia", "tbi"], workers: ["w1", "w2"] };
    assert.deepEqual(withoutData(all, expected), [
      "w1 has no data of tbi.",
      "w2 has no data of dementia, tbi.",
    ]);
  });
});
