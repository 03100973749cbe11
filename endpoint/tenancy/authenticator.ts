/** Who asks: a bearer token is checked in full before anything in it is believed. */
import { errors, jwtVerify, type JWTPayload } from "jose";
import type { EndpointSettings } from "../../components/model/endpointSettings";
import { tenantName, tenantNamespace } from "../../components/model/tenants";
import type { Authenticator, HttpFault, Tenant } from "../seams";
import { refusal } from "./faults";
import {
  isIssuerSilent,
  issuerKeys,
  issuerUnavailable,
  type IssuerKeysOptions,
} from "./issuerKeys";

/** The parts of the settings that tell who a token is from. */
export type LoginSettings = Pick<
  EndpointSettings,
  | "issuer"
  | "audience"
  | "jwksUri"
  | "algorithms"
  | "clockTolerance"
  | "tenantClaim"
  | "tenantPrefix"
  | "groupsClaim"
  | "requiredGroup"
  | "namespacePrefix"
>;

/** A token with groups has a few kilobytes; more is not looked at. */
const LONGEST_TOKEN = 16 * 1024;
const LONGEST_CLAIM = 256;

/** How tokens are checked. */
export interface AuthenticatorOptions extends IssuerKeysOptions {
  /**
   * Milliseconds that a token which was found good is not checked again, its expiry apart: the signature is most of
   * what a read takes. @default 10 s
   */
  trustFor?: number;
}

const MOST_TRUSTED = 5_000;

/** JWTs, and access tokens by RFC 9068; logout tokens and the like are refused. */
const TYPES = new Set([undefined, "jwt", "at+jwt", "application/at+jwt"]);

const BEARER = /^Bearer +([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+) *$/i;

function unauthorized(message: string, error?: string): HttpFault {
  const detail = error === undefined ? "" : ` error="${error}"`;
  return refusal(401, message, { "WWW-Authenticate": `Bearer${detail}` });
}

function invalid(message: string): HttpFault {
  return unauthorized(message, "invalid_token");
}

/** The refusal for what jose found; nothing of the token is repeated. */
function refusalOf(error: unknown): unknown {
  if (isIssuerSilent(error)) {
    return issuerUnavailable();
  }
  if (error instanceof errors.JWTExpired) {
    return invalid("The token has expired. Log in again.");
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    return invalid(`The token is not for this service: its claim ${error.claim} does not fit.`);
  }
  return error instanceof errors.JOSEError ? invalid("The token is not valid.") : error;
}

function textsOf(value: unknown): string[] {
  const all = Array.isArray(value) ? (value as unknown[]) : [value];
  return all.filter(
    (one): one is string =>
      typeof one === "string" && one.trim() !== "" && one.length <= LONGEST_CLAIM,
  );
}

/** The one tenant that a token names. */
function claimedTenant(payload: JWTPayload, settings: LoginSettings): string {
  const { tenantClaim, tenantPrefix } = settings;
  const names = textsOf(payload[tenantClaim])
    .filter((name) => name.startsWith(tenantPrefix) && name.length > tenantPrefix.length)
    .map((name) => name.slice(tenantPrefix.length));
  const [name, ...others] = new Set(names);
  if (name === undefined) {
    throw refusal(
      403,
      `The token names no tenant: its claim ${tenantClaim} has none. Ask the operator to be let in.`,
    );
  }
  if (others.length > 0) {
    throw refusal(
      403,
      `The token names ${others.length + 1} tenants in its claim ${tenantClaim}, where one is meant. ` +
        "Log in with a token for one of them.",
    );
  }
  return name;
}

function tenantFrom(payload: JWTPayload, settings: LoginSettings): Tenant {
  const [subject] = textsOf(payload.sub);
  if (subject === undefined) {
    throw invalid("The token names no subject.");
  }
  const groups = textsOf(payload[settings.groupsClaim]);
  if (settings.requiredGroup !== undefined && !groups.includes(settings.requiredGroup)) {
    throw refusal(
      403,
      `You are not in the group ${settings.requiredGroup}. Ask the operator to be let in.`,
    );
  }
  const name = tenantName(claimedTenant(payload, settings));
  const namespace = tenantNamespace(settings.namespacePrefix, name);
  return { name, namespace, subject, groups };
}

/**
 * Checks tokens: signature by the issuer's keys and the algorithms that are configured, issuer, audience and times.
 * What a token brings along as a key, or names as the place of one, is not looked at.
 */
export function createAuthenticator(
  settings: LoginSettings,
  { trustFor = 10_000, ...options }: AuthenticatorOptions = {},
): Authenticator {
  const { issuer, audience, algorithms, clockTolerance } = settings;
  const keys = issuerKeys(issuer, settings.jwksUri, options);
  const trusted = new Map<string, { tenant: Tenant; until: number }>();

  function trust(token: string, tenant: Tenant, { exp = 0 }: JWTPayload): Tenant {
    if (trusted.size >= MOST_TRUSTED) {
      trusted.clear();
    }
    const until = Math.min(Date.now() + trustFor, (exp + clockTolerance) * 1000);
    trusted.set(token, { tenant, until });
    return tenant;
  }

  async function tenantOf(authorization: string | undefined): Promise<Tenant> {
    if (authorization === undefined || authorization === "") {
      throw unauthorized("A token is required: send it as `Authorization: Bearer <token>`.");
    }
    const token =
      authorization.length <= LONGEST_TOKEN ? BEARER.exec(authorization)?.[1] : undefined;
    if (token === undefined) {
      throw invalid("The token is not valid.");
    }
    const held = trusted.get(token);
    if (held !== undefined && held.until > Date.now()) {
      return held.tenant;
    }
    const verified = await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms,
      clockTolerance,
      requiredClaims: ["exp", "sub"],
    }).catch((error: unknown) => {
      throw refusalOf(error);
    });
    if (!TYPES.has(verified.protectedHeader.typ?.toLowerCase())) {
      throw invalid("The token is not valid.");
    }
    return trust(token, tenantFrom(verified.payload, settings), verified.payload);
  }

  return { tenantOf, close: () => trusted.clear() };
}
