/** What can be wrong with a workspace's JSON: how to bring it about, and how its message reads. */
import { ENVIRONMENT_REFUSALS } from "./refusals/environment";
import { EXPOSURE_REFUSALS } from "./refusals/exposure";
import { MOUNTS_REFUSALS } from "./refusals/mounts";
import { RESOURCES_REFUSALS } from "./refusals/resources";
import { WORKLOAD_REFUSALS } from "./refusals/workload";

export type { Json } from "./refusals/spoil";

/** Every class of refusal. */
export const REFUSALS = [
  ...WORKLOAD_REFUSALS,
  ...RESOURCES_REFUSALS,
  ...EXPOSURE_REFUSALS,
  ...MOUNTS_REFUSALS,
  ...ENVIRONMENT_REFUSALS,
] as const;

/** What a config can be refused for. */
export type RefusalClass = (typeof REFUSALS)[number]["refusal"];
