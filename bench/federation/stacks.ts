/** The stacks with federations that are measured, all on the stand's second cluster. */
import { readSettings, type StackSettings } from "../../cli/settings";
import { federationStack, managedFederation } from "../../test/support/federationStack";
import { ROOT, type Sections } from "../../test/support/platformStack";

/** How many federations one `up` makes for the comparison with one. */
const MANY = 10;

/** Local workers of each federation. */
const LOCAL_WORKERS = 3;

/** The sample stack: three machines with data, a JupyterHub, and the platform in front. */
function sample(): StackSettings {
  const { config = {} } = readSettings(ROOT, "federation");
  const sections = Object.entries(config).map(([key, value]) => [
    key.replace("science-platform:", ""),
    value,
  ]);
  return federationStack(Object.fromEntries(sections) as Sections);
}

function several(count: number): StackSettings {
  const names = Array.from({ length: count }, (_, index) => `bench-${index}`);
  return federationStack({
    federations: Object.fromEntries(
      names.map((name) => [name, managedFederation(name, LOCAL_WORKERS)]),
    ),
  });
}

/** The settings of each stack, by its name. */
export const STACKS: Record<string, () => StackSettings> = {
  sample,
  one: () => several(1),
  many: () => several(MANY),
};

/** What the row says of it. */
export const MANY_TEXT = `${MANY} federations in one up`;
