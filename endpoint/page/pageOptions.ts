/** What the page is started with. */
import * as fs from "node:fs";
import type { EndpointSettings } from "../../components/model/endpointSettings";
import type { Authenticator, Kubernetes } from "../seams";
import type { Service } from "../service";
import type { RateLimits } from "../tenancy";
import { SHORTEST_SECRET } from "./seal";

/** How people sign in, and how long they stay so. */
export interface PageSettings {
  /** Where people find the page: `https://services.lab.example.org`, without a slash at the end. */
  url: string;
  /** The issuer: exactly the `iss` of its tokens. */
  issuer: string;
  /** Where the issuer has its keys. @default what its discovery document says */
  jwksUri?: string;
  clientId: string;
  /** Secret. Absent for a public client; PKCE is used in both cases. */
  clientSecret?: string;
  scope: string;
  /** Signature algorithms of ID tokens. */
  algorithms: readonly string[];
  /** Secret. What cookies are sealed with, the newest first; the same on all replicas. */
  cookieSecrets: readonly string[];
  /** How long a session lasts, in minutes; after that the issuer is asked again. @default 60 */
  sessionMinutes?: number;
  /** Further parameters of the sign-in, such as `resource` where the issuer wants one. @default none */
  parameters?: Readonly<Record<string, string>>;
}

/** What the page works with. */
export interface PageOptions {
  /** The endpoint's settings. */
  settings: EndpointSettings;
  page: PageSettings;
  service: Service;
  /** Judges the token of whoever signs in as it does that of a call of the API. */
  authenticator: Pick<Authenticator, "tenantOf">;
  /** For the tenant's quota alone; everything else goes through the service. */
  kubernetes: Pick<Kubernetes, "request">;
  /** People count as callers of the API do. */
  limits: RateLimits;
}

/**
 * Secrets of a file: one a line, the newest first, so that an old one can be phased out. A file of random bytes
 * is one secret, even where a byte of it happens to end a line.
 */
function secretsOf(content: Buffer): string[] {
  const text = content.toString("latin1");
  const lines = text.split(/\r?\n/).filter((line) => line !== "");
  return lines.every((line) => line.length >= SHORTEST_SECRET) ? lines : [text];
}

/**
 * What the settings say of the page, with the secrets that their files hold.
 *
 * @returns nothing where there is to be no page
 * @throws Error when a file cannot be read, or its secret is too short
 */
export function readPageSettings(settings: EndpointSettings): PageSettings | undefined {
  const { page, issuer, jwksUri, algorithms } = settings;
  if (page === undefined) {
    return undefined;
  }
  const cookieSecrets = secretsOf(fs.readFileSync(page.cookieKeyFile));
  if (cookieSecrets.length === 0 || cookieSecrets[0]!.length < SHORTEST_SECRET) {
    throw new Error(
      `page.cookieKeyFile: too short (allowed: ${SHORTEST_SECRET} bytes or more). Make one with: openssl rand -base64 48`,
    );
  }
  return {
    url: page.url,
    issuer,
    jwksUri,
    clientId: page.clientId,
    ...(page.clientSecretFile === undefined
      ? {}
      : { clientSecret: fs.readFileSync(page.clientSecretFile, "utf8").trim() }),
    scope: page.scope,
    algorithms,
    cookieSecrets,
  };
}
