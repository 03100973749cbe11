/** Blocks of Helm's templates: each `if`, `range`, `with`, `define` and `block` has an `end`. */

const COMMENT = /\{\{-?\s*\/\*[^]*?\*\/\s*-?\}\}/g;
const ACTION = /\{\{-?\s*(if|range|with|define|block|end)\b/g;

/** What Helm's parser would stumble over, as a clause; nothing where blocks and ends match. */
export function blockFault(template: string): string | undefined {
  let open = 0;
  for (const [, word] of template.replace(COMMENT, "").matchAll(ACTION)) {
    open += word === "end" ? -1 : 1;
    if (open < 0) {
      return "has one end too many";
    }
  }
  return open === 0 ? undefined : "lacks an end";
}
