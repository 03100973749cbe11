/** Values of the command line's options. */
import { InvalidArgumentError } from "commander";
import { parseAllocationTime } from "../../components/model/duration";

/** An allocation as in `allocationTime`, in seconds. @throws InvalidArgumentError for anything else */
export function allocation(text: string): number {
  const seconds = parseAllocationTime(text);
  if (seconds === undefined) {
    throw new InvalidArgumentError("Days, or a number with s, m, h or d, such as 1d, 12h or 90m.");
  }
  return seconds;
}

/** How long to wait, in seconds: a plain number counts minutes here, not days. */
export function timeout(text: string): number {
  const seconds = parseAllocationTime(/^[\d.]+$/.test(text) ? `${text}m` : text);
  if (seconds === undefined) {
    throw new InvalidArgumentError("Minutes, or a number with s, m or h, such as 5m or 90s.");
  }
  return seconds;
}
