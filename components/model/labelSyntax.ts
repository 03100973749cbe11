/** Keys and values of labels, annotations and taints as Kubernetes allows them. */
import { isDnsSubdomain } from "./names";

const NAME = /^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;

/** What the rule for keys is, for messages. */
export const LABEL_KEY_RULE =
  "letters, digits, -, _ and ., 63 characters at most, beginning and ending with a letter or digit, with an optional domain and / before it";

/** What the rule for values is, for messages. */
export const LABEL_VALUE_RULE =
  "letters, digits, -, _ and ., 63 characters at most, beginning and ending with a letter or digit, or nothing";

/** Whether `text` is the part of a key after its `/`. */
export function isLabelName(text: string): boolean {
  return NAME.test(text);
}

/** Whether `text` is a key: `accelerator`, `example.org/rack`. */
export function isLabelKey(text: string): boolean {
  const [first, second, ...rest] = text.split("/");
  return second === undefined
    ? isLabelName(text)
    : rest.length === 0 && isDnsSubdomain(first ?? "") && isLabelName(second);
}

/** Whether `text` is a value; empty is one. */
export function isLabelValue(text: string): boolean {
  return text === "" || NAME.test(text);
}

/** The domain of a key: `example.org` of `example.org/rack`, nothing of `rack`. */
export function domainOf(key: string): string {
  return key.includes("/") ? key.slice(0, key.indexOf("/")) : "";
}
