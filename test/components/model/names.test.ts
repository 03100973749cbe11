import assert from "node:assert/strict";
import {
  asDnsLabel,
  checkChartName,
  isDnsLabel,
  isDnsSubdomain,
  isHostName,
  workspaceNames,
} from "../../../components/model/names";
import { Problems } from "../../../components/model/problems";

function chartNameProblems(name: string): readonly string[] {
  const problems = new Problems("w.json");
  checkChartName(name, problems);
  return problems.list();
}

describe("names", () => {
  it("tells labels", () => {
    for (const text of ["a", "0", "a-b", "a".repeat(63)]) {
      assert.equal(isDnsLabel(text), true, text);
    }
    for (const text of ["", "-a", "a-", "A", "a.b", "a_b", "a\n", "a".repeat(64)]) {
      assert.equal(isDnsLabel(text), false, text);
    }
  });

  it("tells names with dots", () => {
    assert.equal(isDnsSubdomain("a.b-c.d"), true);
    assert.equal(isDnsSubdomain("a".repeat(253)), true);
    for (const text of ["", ".a", "a.", "a..b", "a.-b", "A.b", "a".repeat(254)]) {
      assert.equal(isDnsSubdomain(text), false, text);
    }
  });

  it("tells host names", () => {
    assert.equal(isHostName("notebook.lab.example.org"), true);
    for (const text of [
      "lab",
      "*.lab.org",
      "10.0.0.1",
      "lab.org:80",
      "https://lab.org",
      "lab.org/",
      `${"a".repeat(64)}.org`,
    ]) {
      assert.equal(isHostName(text), false, text);
    }
  });

  it("makes a label of what is almost one", () => {
    assert.equal(asDnsLabel("Helm_Chart_name"), "helm-chart-name");
    assert.equal(asDnsLabel(" - "), "");
    assert.equal(asDnsLabel(`${"a".repeat(62)} b`), "a".repeat(62));
  });
});

describe("workspaceNames", () => {
  it("names objects as upstream does", () => {
    const names = workspaceNames({ namespace: "vision", name: "jupyterlab-1-v1" });
    assert.equal(names.full, "jupyterlab-1-v1-mkg");
    assert.equal(names.service, "jupyterlab-1-v1-mkg");
    assert.equal(names.ingress, "jupyterlab-1-v1-mkg");
    assert.equal(names.files, "jupyterlab-1-v1-mkg-files");
    assert.equal(names.tlsSecret, "jupyterlab-1-v1-mkg-ingress-tls");
    assert.equal(names.claim(1), "jupyterlab-1-v1-mkg-claim-1");
    assert.equal(names.volume(0), "vision-jupyterlab-1-v1-mkg-claim-0");
  });

  it("adds nothing where mkg is in the name", () => {
    assert.equal(workspaceNames({ namespace: "vision", name: "my-mkg-db" }).full, "my-mkg-db");
  });
});

describe("checkChartName", () => {
  it("takes names up to the length that the Service's name leaves", () => {
    assert.deepEqual(chartNameProblems("n".repeat(59)), []);
    assert.deepEqual(chartNameProblems("mkg".repeat(21)), []);
  });

  it("says the composed name that is too long", () => {
    const name = "n".repeat(60);
    assert.deepEqual(chartNameProblems(name), [
      `w.json: chart_name: too long: the workspace's Service would be named ${name}-mkg, of 64 characters (found "${name}"; allowed: 59 characters at most). Choose a shorter name.`,
    ]);
  });

  it("suggests a name", () => {
    assert.match(chartNameProblems("Helm_Chart_name")[0]!, /Write it as helm-chart-name\.$/);
    assert.match(chartNameProblems("1-a")[0]!, /Write it as a\.$/);
    assert.match(chartNameProblems("42")[0]!, /Choose another name\.$/);
  });
});
