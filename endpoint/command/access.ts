/** Where the endpoint is, and the token that is shown there. */
import * as fs from "node:fs";
import { PlainError } from "./output";

/** What the options and the environment say. */
export interface Access {
  /** Without a slash at the end. */
  url: string;
  token: string;
}

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** A token on its way can be read where there is no TLS: plain HTTP is for a loopback address alone. */
function checkedUrl(text: string | undefined): string {
  if (text === undefined || text === "") {
    throw new PlainError("Where is the endpoint? Give --url URL, or set SERVICE_URL.");
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const safe =
    url?.protocol === "https:" || (url?.protocol === "http:" && LOOPBACK.has(url.hostname));
  if (url === undefined || !safe) {
    throw new PlainError(
      `${text} is not an https:// address (http:// on a loopback address alone).`,
    );
  }
  return text.replace(/\/+$/, "");
}

function tokenFrom(file: string): string {
  try {
    return fs.readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new PlainError(`The token file cannot be read: ${(error as Error).message}`);
  }
}

/**
 * Reads the address and the token; a token is never an option, since others could see it in the list of processes.
 *
 * @throws PlainError with what to set
 */
export function readAccess(
  options: { url?: string; tokenFile?: string },
  environment: NodeJS.ProcessEnv,
): Access {
  const url = checkedUrl(options.url ?? environment["SERVICE_URL"]);
  const file = options.tokenFile ?? environment["SERVICE_TOKEN_FILE"];
  const token = file === undefined ? environment["SERVICE_TOKEN"]?.trim() : tokenFrom(file);
  if (token === undefined || token === "") {
    throw new PlainError(
      "Who are you? Set SERVICE_TOKEN to a token of your login, or give --token-file FILE.",
    );
  }
  return { url, token };
}
