/** The table of the simulated account: every type of resource that it has. */
import type { Kind } from "../kind";
import { CLUSTERS } from "./clusters";
import { IDENTITY } from "./identity";
import { INSIDE } from "./inside";
import { NETWORK } from "./network";
import { NODE_GROUPS } from "./nodes";
import { SECURITY } from "./security";
import { STORAGE } from "./storage";
import { WAYS } from "./ways";

export const KINDS: Readonly<Record<string, Kind>> = {
  ...NETWORK,
  ...WAYS,
  ...SECURITY,
  ...IDENTITY,
  ...STORAGE,
  ...CLUSTERS,
  ...INSIDE,
  ...NODE_GROUPS,
};
