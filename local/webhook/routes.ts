/** The ways to the webhook through the egress socket, in the file that others may write ways to, too. */
import { readJsonObject, writeWhole } from "../processes/files";

/**
 * Makes the addresses that lead to `target` those wanted; all other ways stay as they are.
 *
 * @param target `127.0.0.1:<port>` that no one else listens on
 * @param wanted `<address>:<port>` each
 */
export function setRoutes(file: string, target: string, wanted: Iterable<string>): void {
  const others = Object.entries(readJsonObject(file) ?? {}).filter(([, to]) => to !== target);
  const ours = [...wanted].map((address) => [address, target] as const);
  if (ours.length === 0 && others.length === 0 && readJsonObject(file) === undefined) {
    return;
  }
  const routes = Object.fromEntries([...others, ...ours]);
  writeWhole(file, `${JSON.stringify(routes, undefined, 2)}\n`);
}
