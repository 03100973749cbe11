/** The sections of the stack config: their shape, in the words that `docs/config.md` prints. */
import { z } from "zod";
import { addonsSchema, exposeSchema } from "./sections/addons";
import { chartsSchema } from "./sections/charts";
import { clustersSchema } from "./sections/clusters";
import { covalentSchema } from "./sections/covalent";
import { endpointSchema } from "./sections/endpoint";
import { federationsSchema } from "./sections/federations";
import { interlinkSchema } from "./sections/interlink";
import { jupyterhubSchema } from "./sections/jupyterhub";
import { gpusSchema, nodeRulesSchema, nodesSchema } from "./sections/nodes";
import { workspacesSchema } from "./sections/workspaces";

export type { ClusterConfig } from "./sections/clusters";

/** All sections; each is one key of the stack config, `science-platform:<section>`. */
export const sections = {
  layers: z
    .array(z.enum(["cluster", "platform", "federation", "workspaces"]))
    .min(1)
    .describe(
      "What this stack runs: `cluster` (clusters on EKS, labels of nodes), `platform` (add-ons, interLink, hub, Covalent, endpoint), `federation` (MIP), `workspaces`.",
    ),
  clusters: clustersSchema,
  defaultCluster: z
    .string()
    .min(1)
    .optional()
    .describe("Cluster that is meant where none is named. Default: the only one."),
  gpus: gpusSchema.optional(),
  nodes: nodesSchema.optional(),
  nodeRules: nodeRulesSchema.optional(),
  charts: chartsSchema.optional(),
  addons: addonsSchema.optional(),
  expose: exposeSchema.optional(),
  interlink: interlinkSchema.optional(),
  jupyterhub: jupyterhubSchema.optional(),
  covalent: covalentSchema.optional(),
  endpoint: endpointSchema.optional(),
  federations: federationsSchema.optional(),
  workspaces: workspacesSchema.optional(),
};

/** The whole config of a stack. */
export const stackSchema = z.strictObject(sections);

/** A stack's config after validation. */
export type StackConfig = z.infer<typeof stackSchema>;
