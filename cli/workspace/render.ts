/** `render`: the objects as YAML, from file and config alone. */
import { dump } from "js-yaml";
import { workspaceObjects } from "../../components/model/workspaceObjects";
import type { Request } from "./request";

/**
 * YAML documents, one per object; with several clusters each document names its own in a comment.
 *
 * @throws ProblemsError when the workspace cannot stand on a cluster
 */
export function renderYaml({ entry, placements }: Pick<Request, "entry" | "placements">): string {
  const documents = placements.flatMap(({ cluster, site }) =>
    workspaceObjects(entry.spec, site, entry.files).map((object) => {
      const yaml = dump(object, { noRefs: true, lineWidth: -1 });
      return placements.length > 1 ? `# cluster: ${cluster}\n${yaml}` : yaml;
    }),
  );
  return documents.join("---\n");
}
