/** Helm's post-renderer for the charts of the platform and of its engine. */
import * as path from "node:path";

/** What is done to the objects that a chart makes: see the script. */
export const POST_RENDERER = path.join(__dirname, "postRender.sh");
