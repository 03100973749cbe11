/** HTML as template literals: every value is escaped, so that nothing a tenant wrote can become markup. */

/** Markup that is safe to send. Made by `html` alone. */
export class Html {
  constructor(private readonly markup: string) {}

  toString(): string {
    return this.markup;
  }
}

/** What a template takes: nothing is written for `undefined` and `false`, and lists one after the other. */
export type Content = Html | string | number | false | undefined | readonly Content[];

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Control characters have no place in HTML; browsers would warn, and some hide them. */
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

function escape(text: string): string {
  return text.replace(CONTROL, "\u{fffd}").replace(/[&<>"']/g, (sign) => ENTITIES[sign]!);
}

function written(content: Content): string {
  if (content instanceof Html) {
    return content.toString();
  }
  if (content === undefined || content === false) {
    return "";
  }
  return typeof content === "object" ? content.map(written).join("") : escape(String(content));
}

/** ``html`<p title="${text}">${text}</p>` ``: attributes have to stand in double quotes. */
export function html(parts: TemplateStringsArray, ...contents: Content[]): Html {
  return new Html(
    parts.map((part, index) => (index === 0 ? part : written(contents[index - 1]) + part)).join(""),
  );
}
