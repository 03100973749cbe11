/** Refusals in the words that people read. */
import { HttpFault } from "../seams";

/** A refusal with one message. */
export function refusal(
  status: number,
  message: string,
  headers?: Record<string, string>,
  path?: string,
): HttpFault {
  return new HttpFault(status, [path === undefined ? { message } : { path, message }], headers);
}

/** 503, and when to ask again. */
export function unavailable(message: string, retryAfterSeconds = 5): HttpFault {
  return refusal(503, message, { "Retry-After": String(retryAfterSeconds) });
}
