/** What a failed command tells: the problem in its own words, and the next command to try. */
import { ProblemsError } from "../../components/model/problems";
import { PlainError } from "../output";

/** Error codes of a cluster that cannot be reached. */
const UNREACHABLE =
  /ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|connection refused/;

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The API server's own sentence, out of the client's dump of the whole answer. */
function refusedBy(error: unknown): string | undefined {
  const { code, body } = error as { code?: unknown; body?: unknown };
  if (typeof code !== "number" || body === undefined) {
    return undefined;
  }
  try {
    const status = (typeof body === "string" ? JSON.parse(body) : body) as { message?: unknown };
    return typeof status.message === "string" ? status.message : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The lines for standard error, without a stack trace.
 *
 * @param again the command that failed, for the case that it may be tried again
 */
export function failureText(error: unknown, again: string): string {
  if (error instanceof ProblemsError) {
    return error.lines.join("\n");
  }
  const message = messageOf(error);
  if (error instanceof PlainError) {
    return message;
  }
  const refused = refusedBy(error);
  if (refused !== undefined) {
    return `The cluster refused: ${refused}\nWhen that is mended: ${again}`;
  }
  if (/currently locked/.test(message)) {
    return "Another run holds this stack, or one was interrupted. If none is running, unlock it with `up --recover` on the same file.";
  }
  if (/spawn pulumi|pulumi ENOENT|Failed to find.*pulumi/i.test(message)) {
    return "The engine, pulumi, is not on PATH. Install it, or let this set it up: make cluster";
  }
  if (/incorrect passphrase/.test(message)) {
    return "The passphrase is not the one that this stack was made with. Set PULUMI_CONFIG_PASSPHRASE.";
  }
  // Whatever the engine knows is on the terminal already; its dump would repeat it.
  const shown = /^code: /.test(message) ? "The engine stopped; what it said is above." : message;
  const next = UNREACHABLE.test(message)
    ? "The cluster does not answer. For the embedded one: make cluster"
    : `When that is mended: ${again}`;
  return `${shown}\n${next}`;
}
