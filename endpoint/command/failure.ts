/** What a failed command tells, without a stack trace. */
import { EndpointError } from "../client/client";
import { PlainError, printable } from "./output";

/** What to do about a refusal, where its own words do not say. */
const REMEDIES: Record<number, string> = {
  401: "Get a new token, and set SERVICE_TOKEN or SERVICE_TOKEN_FILE to it.",
  503: "Try again in a moment.",
};

/** The lines for standard error. */
export function failureText(error: unknown): string {
  if (error instanceof PlainError) {
    return error.message;
  }
  if (error instanceof EndpointError) {
    const lines = error.errors.map(({ path, message }) =>
      printable(path === undefined || path === "" ? message : `${path}: ${message}`),
    );
    const remedy = REMEDIES[error.status];
    return [...lines, ...(remedy === undefined ? [] : [remedy])].join("\n");
  }
  const { message, cause } = error as Error & { cause?: { code?: string } };
  return message === "fetch failed" || cause?.code !== undefined
    ? `The endpoint does not answer (${cause?.code ?? "no reason given"}). Is --url right?`
    : message;
}
