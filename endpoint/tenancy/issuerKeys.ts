/** The issuer's public keys: fetched when needed, kept through outages for a while, never asked for in a storm. */
import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type FlattenedJWSInput,
  type JWSHeaderParameters,
  type RemoteJWKSet,
} from "jose";
import { unavailable } from "./faults";

/** How keys are kept. */
export interface IssuerKeysOptions {
  /** Milliseconds after which they are fetched again, in the background. @default 5 minutes */
  refreshAfter?: number;
  /** Milliseconds that they are served while the issuer does not answer. @default 1 hour */
  keepFor?: number;
  /** Milliseconds between fetches for a key that is not known, and after one that failed. @default 30 s and 5 s */
  cooldown?: number;
  failureCooldown?: number;
  /** Milliseconds for one fetch. @default 5 s */
  timeout?: number;
}

/** Finds the key that a token is signed with; for `jwtVerify`. */
export interface IssuerKeys {
  (header?: JWSHeaderParameters, token?: FlattenedJWSInput): ReturnType<RemoteJWKSet>;
}

const MAX_DISCOVERY_BYTES = 256 * 1024;

/** The issuer could not be asked. */
class IssuerSilent extends Error {
  override readonly name = "IssuerSilent";
}

/** What went wrong is the issuer's, not the token's. */
export function isIssuerSilent(error: unknown): boolean {
  return error instanceof IssuerSilent;
}

function isSafe(address: string): boolean {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const loopback = ["localhost", "127.0.0.1", "[::1]"].includes(url?.hostname ?? "");
  return url?.protocol === "https:" || (url?.protocol === "http:" && loopback);
}

/** Reads `jwks_uri` of the issuer's discovery document, which must be the issuer's own. */
async function discover(issuer: string, timeout: number): Promise<URL> {
  const address = `${issuer.replace(/\/+$/, "")}/.well-known/openid-configuration`;
  const answer = await fetch(address, {
    redirect: "error",
    signal: AbortSignal.timeout(timeout),
    headers: { accept: "application/json" },
  });
  const text = await answer.text();
  if (!answer.ok || text.length > MAX_DISCOVERY_BYTES) {
    throw new Error(`the discovery document cannot be had: HTTP ${answer.status}`);
  }
  const document = JSON.parse(text) as { issuer?: unknown; jwks_uri?: unknown } | null;
  const keys = document?.jwks_uri;
  if (document?.issuer !== issuer) {
    throw new Error("the discovery document is of another issuer");
  }
  if (typeof keys !== "string" || !isSafe(keys)) {
    throw new Error("the discovery document names no https address of keys");
  }
  return new URL(keys);
}

/**
 * The keys of an issuer. Nothing is fetched until the first token comes.
 *
 * @param jwksUri where they are. @default what the issuer's discovery document says
 */
export function issuerKeys(
  issuer: string,
  jwksUri: string | undefined,
  options: IssuerKeysOptions = {},
): IssuerKeys {
  const { refreshAfter = 300_000, keepFor = 3_600_000, timeout = 5_000 } = options;
  const { cooldown = 30_000, failureCooldown = 5_000 } = options;
  let found: Promise<RemoteJWKSet> | undefined;
  let failedAt = Number.NEGATIVE_INFINITY;
  let fetchedAt = Number.NEGATIVE_INFINITY;

  /** One question to the issuer; none for a while after one that was in vain. */
  async function ask<T>(question: () => Promise<T>): Promise<T> {
    if (Date.now() < failedAt + failureCooldown) {
      throw new IssuerSilent("the issuer did not answer a moment ago");
    }
    try {
      return await question();
    } catch (error) {
      failedAt = Date.now();
      throw new IssuerSilent("the issuer does not answer", { cause: error });
    }
  }

  async function open(): Promise<RemoteJWKSet> {
    const url =
      jwksUri === undefined ? await ask(() => discover(issuer, timeout)) : new URL(jwksUri);
    return createRemoteJWKSet(url, {
      timeoutDuration: timeout,
      cooldownDuration: cooldown,
      cacheMaxAge: keepFor,
      [customFetch]: async (address, init) =>
        ask(async () => {
          const answer = await fetch(address, init);
          if (answer.status !== 200) {
            throw new Error(`HTTP ${answer.status}`);
          }
          // Read here, so that an answer that is no JSON counts as none.
          const keys: unknown = await answer.json();
          fetchedAt = Date.now();
          return Response.json(keys);
        }),
    });
  }

  function opened(): Promise<RemoteJWKSet> {
    found ??= open().catch((error: unknown) => {
      found = undefined;
      throw error;
    });
    return found;
  }

  return async (header, token) => {
    const keys = await opened();
    if (keys.jwks() !== undefined && Date.now() > fetchedAt + refreshAfter && !keys.reloading) {
      // In the background: while the issuer is away, the keys that are known go on to serve.
      keys.reload().catch(() => undefined);
    }
    try {
      return await keys(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSInvalid) {
        failedAt = Date.now();
        throw new IssuerSilent("the issuer's keys cannot be read", { cause: error });
      }
      throw error;
    }
  };
}

/** The refusal while keys cannot be had. */
export function issuerUnavailable(): ReturnType<typeof unavailable> {
  return unavailable("The login service does not answer, so tokens cannot be checked. Try again.");
}
