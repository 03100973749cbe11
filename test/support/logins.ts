/** Tokens of an issuer that are checked, and refused. */
import assert from "node:assert/strict";
import { HttpFault } from "../../endpoint/seams";
import type { LoginSettings } from "../../endpoint/tenancy/authenticator";
import { settings } from "./endpointSettings";
import type { TokenIssuer } from "./tokenIssuer";

/** The settings of an endpoint that takes this issuer's tokens. */
export function loginTo(issuer: TokenIssuer, over: Partial<LoginSettings> = {}): LoginSettings {
  return { ...settings(), issuer: issuer.url, audience: issuer.audience, ...over };
}

/** The promise fails with this status, in these words. */
export async function refused(
  promise: Promise<unknown>,
  status: number,
  words: RegExp,
): Promise<HttpFault> {
  const fault: unknown = await promise.catch((error: unknown) => error);
  assert.ok(fault instanceof HttpFault, String(fault));
  assert.equal(fault.status, status, fault.message);
  assert.match(fault.message, words);
  return fault;
}
