/** The style sheet, the script and the icon: read once, and named by their content so that browsers may keep them. */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

/** A file as it is served. */
export interface Asset {
  /** Its path on the server, with a digest of its content. */
  path: string;
  type: string;
  content: Buffer;
}

const TYPES: Record<string, string> = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

function asset(name: string): Asset {
  const content = fs.readFileSync(path.join(__dirname, "assets", name));
  const [stem, ending] = name.split(".") as [string, string];
  const digest = createHash("sha256").update(content).digest("hex").slice(0, 12);
  return { path: `/assets/${stem}-${digest}.${ending}`, type: TYPES[ending]!, content };
}

/** What every page refers to. */
export type Assets = Record<"style" | "script" | "icon", Asset>;

/** Reads them from the folder beside this file. @throws Error when one is missing */
export function readAssets(): Assets {
  return { style: asset("page.css"), script: asset("page.js"), icon: asset("icon.svg") };
}
