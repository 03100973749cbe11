/** The templates of a chart that is at hand, unpacked or packed, as text. */
import * as fs from "node:fs";
import * as path from "node:path";
import { gunzipSync } from "node:zlib";

/** A tar archive is made of blocks; each file has one before it with its name, its size and its kind. */
const BLOCK = 512;
const NAME = { start: 0, end: 100 };
const SIZE = { start: 124, end: 136 };

/** `<chart>/templates/<file>`: of the chart itself, not of one within it. */
const PACKED = /^[^/]+\/templates\/(.+)$/;

function field(block: Buffer, { start, end }: typeof NAME): string {
  return block.toString("utf8", start, end).split("\0")[0]!.trim();
}

function packed(file: string): Record<string, string> {
  const archive = gunzipSync(fs.readFileSync(file));
  const found: Record<string, string> = {};
  for (let at = 0; at + BLOCK <= archive.length;) {
    const header = archive.subarray(at, at + BLOCK);
    const size = Number.parseInt(field(header, SIZE) || "0", 8);
    const name = PACKED.exec(field(header, NAME))?.[1];
    at += BLOCK;
    if (name !== undefined) {
      found[name] = archive.toString("utf8", at, at + size);
    }
    at += Math.ceil(size / BLOCK) * BLOCK;
  }
  return found;
}

function unpacked(folder: string): Record<string, string> {
  const names = fs.existsSync(folder)
    ? fs.readdirSync(folder, { recursive: true, encoding: "utf8" })
    : [];
  const files = names.filter((name) => fs.statSync(path.join(folder, name)).isFile());
  return Object.fromEntries(
    files.map((name) => [name, fs.readFileSync(path.join(folder, name), "utf8")]),
  );
}

/**
 * The templates by their paths below `templates`.
 *
 * @param chart folder or `.tgz` on this machine
 * @throws Error when it is neither
 */
export function chartTemplates(chart: string): Record<string, string> {
  return fs.statSync(chart).isDirectory() ? unpacked(path.join(chart, "templates")) : packed(chart);
}
