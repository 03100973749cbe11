import assert from "node:assert/strict";
import * as fc from "fast-check";
import { parseJson } from "../../../components/model/json";
import { Problems } from "../../../components/model/problems";
import { checkWorkspaces } from "../../../components/model/workspaceChecks";
import { parseWorkspace } from "../../../components/model/workspaceSpec";
import type { WorkspaceSpec } from "../../../components/model/workspaceTypes";
import { GENERATED_SITE, workspaceConfig } from "../../support/workspaceConfigs";
import { REFUSALS } from "../../support/workspaceRefusals";

const PATTERNS = new Map<string, RegExp>(
  REFUSALS.map(({ refusal, pattern }) => [refusal, pattern]),
);

/** Spec and problems of a config on the site that the generator knows. */
function checked(config: unknown): { spec?: WorkspaceSpec; lines: readonly string[] } {
  const problems = new Problems("w.json");
  const spec = parseWorkspace(config, problems);
  if (spec !== undefined) {
    checkWorkspaces([{ spec, problems }], { local: GENERATED_SITE }, "local");
  }
  return { spec, lines: problems.list() };
}

describe("generated workspaces", () => {
  it("are taken when valid, and refused for what is wrong with them", () => {
    fc.assert(
      fc.property(workspaceConfig(), ({ config, expected }) => {
        const { lines } = checked(config);
        if (expected === "valid") {
          assert.deepEqual(lines, []);
        } else {
          assert.ok(
            lines.some((line) => PATTERNS.get(expected)!.test(line)),
            `no ${expected} in:\n${lines.join("\n")}`,
          );
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("cover every class of refusal, and are valid in two of five at least", () => {
    const seen = fc.sample(workspaceConfig(), 5000).map(({ expected }) => expected);
    const missed = REFUSALS.filter(({ refusal }) => !seen.includes(refusal));
    assert.deepEqual(
      missed.map(({ refusal }) => refusal),
      [],
    );
    assert.ok(seen.filter((it) => it === "valid").length >= 2000);
  });

  it("spoil with each wrong value of each class", () => {
    const base = {
      namespace: "vision",
      chart_name: "base",
      docker_image: "nginx:1.27",
      allocationTime: "2",
    };
    assert.deepEqual(checked(base).lines, []);
    for (const { refusal, values, pattern, spoil } of REFUSALS) {
      for (const value of values) {
        const { lines } = checked(spoil(base, value));
        const shown = `${refusal} with ${JSON.stringify(value)}:\n${lines.join("\n")}`;
        assert.ok(
          lines.some((line) => pattern.test(line)),
          shown,
        );
      }
    }
  });

  it("come through JSON text unchanged", () => {
    fc.assert(
      fc.property(workspaceConfig(), ({ config }) => {
        const text = JSON.stringify(config, null, 2);
        const problems = new Problems("w.json");
        const value = parseJson(text, problems);
        if (text.includes("__proto__")) {
          assert.match(problems.list()[0]!, /the key __proto__ is not allowed/);
        } else {
          assert.deepEqual(value, JSON.parse(text));
        }
      }),
    );
  });
});

describe("any JSON", () => {
  it("gives a spec or problems, never both and never a throw", () => {
    const any = fc.oneof(
      fc.jsonValue(),
      fc.dictionary(
        fc.constantFrom(
          "namespace",
          "chart_name",
          "ports",
          "ingress",
          "mount_files",
          "deployment",
          "persistent_volume",
          "user_secret",
        ),
        fc.jsonValue(),
      ),
    );
    fc.assert(
      fc.property(any, (value) => {
        const problems = new Problems("w.json");
        const spec = parseWorkspace(value, problems);
        assert.equal(spec === undefined, problems.count > 0);
      }),
      { numRuns: 2000 },
    );
  });

  it("of one key in a valid config gives a spec or problems", () => {
    const keys = [
      "namespace",
      "tag",
      "memory_request",
      "cpu_limit",
      "allocationTime",
      "deployment",
      "ports",
      "mount_files",
      "env_variables",
      "command",
      "gpu_selector",
      "readOnly",
    ];
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.jsonValue(), (key, value) => {
        const { spec, lines } = checked({
          namespace: "vision",
          chart_name: "base",
          docker_image: "nginx",
          allocationTime: 1,
          [key]: value,
        });
        assert.ok(spec !== undefined || lines.length > 0);
      }),
      { numRuns: 2000 },
    );
  });
});
