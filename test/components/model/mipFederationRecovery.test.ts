import assert from "node:assert/strict";
import { exaflowGeneration } from "../../../components/model/exaflowGeneration";
import { federationParts } from "../../../components/model/mipFederation";
import { outOfServiceObjects } from "../../../components/model/mipFederationOutOfService";
import { checkFederationSettings } from "../../../components/model/mipFederationRules";
import type { FederationSettings } from "../../../components/model/mipFederationTypes";
import { Problems } from "../../../components/model/problems";
import { blockFault } from "../../../components/model/templateBlocks";

const LAB: FederationSettings = {
  federation: "lab",
  pathologies: ["dementia"],
  roles: { master: ["m"], worker: ["w1", "w2"] },
};
const TODAY = exaflowGeneration("1.0.0", new Problems(""))!;

function problemsOf(recovery: FederationSettings["recovery"], more = {}): readonly string[] {
  const problems = new Problems("f");
  checkFederationSettings({ ...LAB, recovery, ...more }, problems);
  return problems.list();
}

describe("a federation's recovery", () => {
  it("is absent unless asked for", () => {
    assert.ok(!("outOfService" in federationParts(LAB, TODAY)));
  });

  it("knows each node of the federation once, and whether policies close its namespace", () => {
    const recovery = { outOfServiceAfterSeconds: 60 };
    const roles = { master: ["m"], worker: ["m", "w1"] };
    const { outOfService } = federationParts({ ...LAB, roles, recovery }, TODAY);
    assert.deepEqual(outOfService, {
      namespace: "lab",
      nodes: ["m", "w1"],
      recovery,
      isolated: true,
    });
  });

  it("may read and change its nodes, and nothing else", () => {
    const facts = { namespace: "lab", nodes: ["m", "w1"], isolated: true, script: "pass" };
    const objects = outOfServiceObjects({ ...facts, recovery: { outOfServiceAfterSeconds: 60 } });
    assert.deepEqual(
      objects.map(({ kind }) => kind),
      [
        "ServiceAccount",
        "ClusterRole",
        "ClusterRoleBinding",
        "ConfigMap",
        "NetworkPolicy",
        "Deployment",
      ],
    );
    const [, role, binding] = objects as unknown as { rules?: object; subjects?: object }[];
    assert.deepEqual(role!.rules, [
      {
        apiGroups: [""],
        resources: ["nodes"],
        resourceNames: ["m", "w1"],
        verbs: ["get", "patch"],
      },
    ]);
    assert.deepEqual(binding!.subjects, [
      { kind: "ServiceAccount", name: "federation-recovery", namespace: "lab" },
    ]);
  });

  it("needs no way out where nothing closes its namespace, and takes the image that is named", () => {
    const recovery = { outOfServiceAfterSeconds: 60, image: "registry.lab/python:3" };
    const facts = { namespace: "lab", nodes: ["m"], isolated: false, script: "pass", recovery };
    const objects = outOfServiceObjects(facts);
    assert.ok(objects.every(({ kind }) => kind !== "NetworkPolicy"));
    assert.match(JSON.stringify(objects.at(-1)), /"image":"registry\.lab\/python:3"/);
  });

  it("starts its pods anew when the program changes", () => {
    const recovery = { outOfServiceAfterSeconds: 60 };
    const made = (script: string): string =>
      JSON.stringify(
        outOfServiceObjects({
          namespace: "lab",
          nodes: ["m"],
          isolated: false,
          script,
          recovery,
        }).at(-1),
      );
    assert.equal(made("a"), made("a"));
    assert.notEqual(made("a"), made("b"));
  });

  it("refuses times that promise nothing or take a restart for a loss", () => {
    for (const outOfServiceAfterSeconds of [29, 181, 45.5]) {
      assert.deepEqual(problemsOf({ outOfServiceAfterSeconds }), [
        "f: recovery.outOfServiceAfterSeconds: not a time after which nodes can be taken out of service " +
          `(found ${outOfServiceAfterSeconds}; allowed: whole seconds from 30 to 180).`,
      ]);
    }
    for (const outOfServiceAfterSeconds of [30, 180]) {
      assert.deepEqual(problemsOf({ outOfServiceAfterSeconds }), []);
    }
  });

  it("refuses an image that is none, and a federation whose nodes nobody knows", () => {
    const recovery = { outOfServiceAfterSeconds: 60, image: "Not An Image" };
    const [image, nodes, ...more] = problemsOf(recovery, { roles: undefined });
    assert.match(image!, /recovery\.image: not an image/);
    assert.match(nodes!, /recovery: no node of the federation is known/);
    assert.deepEqual(more, []);
  });
});

describe("blocks of a template", () => {
  it("are sound where each has its end", () => {
    const text =
      "{{- if .a }}{{ range .b }}{{ end }}{{ else if .c }}x{{- end }}{{/* end */}}{{ .end }}";
    assert.equal(blockFault(text), undefined);
  });

  it("have one end too many, or lack one", () => {
    assert.equal(blockFault("{{ if .a }}{{ end }}{{- end }}"), "has one end too many");
    assert.equal(blockFault('{{ define "x" }}{{ with .a }}{{ end }}'), "lacks an end");
  });
});
