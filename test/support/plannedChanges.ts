/** What a preview would change, by the arguments that differ: independent of what providers say of it. */
import { isDeepStrictEqual } from "node:util";
import type { EngineEvent, Stack } from "@pulumi/pulumi/automation";
import { splitUrn } from "../../cli/report";

/** One step of a preview. */
export interface PlannedChange {
  name: string;
  /** Pulumi's type. */
  type: string;
  /** The engine's word: `create`, `update`, `replace`, `delete`. */
  op: string;
  /** Names of the arguments that differ; for an update alone. */
  changed: string[];
}

type Step = NonNullable<EngineEvent["resourcePreEvent"]>["metadata"];

function changedNames({ old, new: next }: Step): string[] {
  const [before, after] = [old?.inputs ?? {}, next?.inputs ?? {}] as Record<string, unknown>[];
  const names = new Set([...Object.keys(before!), ...Object.keys(after!)]);
  return [...names]
    .filter((name) => !name.startsWith("__") && !isDeepStrictEqual(before![name], after![name]))
    .sort();
}

/** The steps that are more than looking, in the order of their names. */
const LOOKS = ["same", "read", "refresh"];

/** Previews, and lists what would change. */
export async function plannedChanges(stack: Stack): Promise<PlannedChange[]> {
  const planned: PlannedChange[] = [];
  await stack.preview({
    onEvent: ({ resourcePreEvent: event }) => {
      if (event !== undefined && !LOOKS.includes(event.metadata.op)) {
        const { metadata: step } = event;
        const { type, name } = splitUrn(step.urn);
        const changed = step.op === "update" ? changedNames(step) : [];
        planned.push({ name, type, op: step.op, changed });
      }
    },
  });
  return planned.sort((a, b) => a.name.localeCompare(b.name));
}

/** One line a change: `update lab-cluster: version`. */
export function lineOf({ op, name, changed }: PlannedChange): string {
  return changed.length === 0 ? `${op} ${name}` : `${op} ${name}: ${changed.join(", ")}`;
}
