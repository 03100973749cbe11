/** Signing in at the issuer: OpenID Connect's code flow with PKCE. */
import { createHash, randomBytes } from "node:crypto";
import { jwtVerify, type JWTPayload } from "jose";
import { z } from "zod";
import { HttpFault } from "../seams";
import { isIssuerSilent, issuerKeys, type IssuerKeys } from "../tenancy/issuerKeys";
import type { PageSettings } from "./pageOptions";

/** How long the issuer may take to answer, in milliseconds. */
const PATIENCE = 5000;

/** How long the issuer's own description is relied on, in milliseconds. */
const DESCRIPTION_AGE = 60 * 60 * 1000;

/** Clocks may differ by this much, in seconds. */
const CLOCK_TOLERANCE = 30;

const descriptionSchema = z.object({
  issuer: z.string(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  end_session_endpoint: z.url().optional(),
  token_endpoint_auth_methods_supported: z.array(z.string()).optional(),
});

type Description = z.output<typeof descriptionSchema>;

const tokensSchema = z.object({ id_token: z.string(), access_token: z.string() });

/** What has to be the same when the browser comes back. */
export interface Attempt {
  state: string;
  nonce: string;
  /** PKCE: the secret whose digest the issuer was told. */
  verifier: string;
}

/** A person who signed in. */
export interface SignedIn {
  /** For `Authenticator`: what the API would take from this person. */
  accessToken: string;
  /** `sub` of the verified ID token. */
  subject: string;
  /** How the page addresses the person. */
  name: string;
}

const random = (): string => randomBytes(32).toString("base64url");

/** A new attempt, with unguessable values. */
export function newAttempt(): Attempt {
  return { state: random(), nonce: random(), verifier: random() };
}

function unavailable(what: string): HttpFault {
  return new HttpFault(503, [{ message: `Signing in is not possible just now: ${what}.` }], {
    "retry-after": "10",
  });
}

function refused(what: string): HttpFault {
  return new HttpFault(403, [{ message: `You could not be signed in: ${what}.` }]);
}

/** Form encoding, as RFC 6749 wants it of the two halves of a client's password. */
const formEncoded = (text: string): string => new URLSearchParams({ "": text }).toString().slice(1);

function nameOf(claims: JWTPayload): string {
  const names = ["name", "preferred_username", "email"].map((claim) => claims[claim]);
  return (
    names.find((name): name is string => typeof name === "string" && name !== "") ?? claims.sub!
  );
}

/** The issuer, as the page's client knows it. */
export class SignIn {
  private known?: { description: Promise<Description>; at: number };
  private readonly keys: IssuerKeys;

  constructor(private readonly settings: PageSettings) {
    this.keys = issuerKeys(settings.issuer, settings.jwksUri);
  }

  /** Where the browser is sent to sign in. @throws HttpFault 503 */
  async address({ state, nonce, verifier }: Attempt): Promise<string> {
    const { settings } = this;
    const url = new URL((await this.description()).authorization_endpoint);
    const parameters = {
      ...settings.parameters,
      response_type: "code",
      client_id: settings.clientId,
      redirect_uri: this.redirectUri(),
      scope: settings.scope,
      state,
      nonce,
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
    };
    Object.entries(parameters).forEach(([name, value]) => url.searchParams.set(name, value));
    return url.href;
  }

  /** Where the browser may end its session at the issuer, where the issuer has that. */
  async endAddress(): Promise<string | undefined> {
    const end = await this.description().then(
      (description) => description.end_session_endpoint,
      () => undefined,
    );
    if (end === undefined) {
      return undefined;
    }
    const url = new URL(end);
    url.searchParams.set("client_id", this.settings.clientId);
    return url.href;
  }

  /**
   * Redeems the code that the browser brought back.
   *
   * @throws HttpFault 403 when the issuer or its token is not what it must be, 503 without an answer
   */
  async redeem(code: string, attempt: Attempt): Promise<SignedIn> {
    const description = await this.description();
    const answer = await this.post(description, {
      grant_type: "authorization_code",
      code,
      redirect_uri: this.redirectUri(),
      code_verifier: attempt.verifier,
    });
    const tokens = tokensSchema.safeParse(answer);
    if (!tokens.success) {
      throw refused("the issuer's answer has no ID token and access token");
    }
    const { settings } = this;
    const { payload } = await jwtVerify(tokens.data.id_token, this.keys, {
      issuer: description.issuer,
      audience: settings.clientId,
      algorithms: [...settings.algorithms],
      clockTolerance: CLOCK_TOLERANCE,
      requiredClaims: ["sub", "exp", "iat", "nonce"],
    }).catch((error: unknown) => {
      throw isIssuerSilent(error)
        ? unavailable("the issuer's keys cannot be had")
        : refused("its ID token is not valid");
    });
    if (payload["nonce"] !== attempt.nonce) {
      throw refused("its ID token belongs to another attempt");
    }
    if (payload["azp"] !== undefined && payload["azp"] !== settings.clientId) {
      throw refused("its ID token is another client's");
    }
    return {
      accessToken: tokens.data.access_token,
      subject: payload.sub!,
      name: nameOf(payload),
    };
  }

  private redirectUri(): string {
    return new URL("/login/callback", this.settings.url).href;
  }

  private async post(description: Description, form: Record<string, string>): Promise<unknown> {
    const { clientId, clientSecret } = this.settings;
    const methods = description.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
    const body = new URLSearchParams({ ...form, client_id: clientId });
    const headers = new Headers({ accept: "application/json" });
    if (clientSecret !== undefined && methods.includes("client_secret_basic")) {
      const password = `${formEncoded(clientId)}:${formEncoded(clientSecret)}`;
      headers.set("authorization", `Basic ${Buffer.from(password).toString("base64")}`);
    } else if (clientSecret !== undefined) {
      body.set("client_secret", clientSecret);
    }
    const response = await ask(description.token_endpoint, { method: "POST", headers, body });
    if (response.status >= 500) {
      throw unavailable(`the issuer answered ${response.status}`);
    }
    if (!response.ok) {
      throw refused(
        "the issuer did not take the code, which is good for a short time and for once",
      );
    }
    return response.json().catch(() => undefined);
  }

  /** The issuer's description of itself; a failure is not kept. */
  private description(): Promise<Description> {
    if (this.known === undefined || Date.now() - this.known.at > DESCRIPTION_AGE) {
      const description = this.describe();
      const known = { description, at: Date.now() };
      this.known = known;
      description.catch(() => {
        if (this.known === known) {
          this.known = undefined;
        }
      });
    }
    return this.known.description;
  }

  private async describe(): Promise<Description> {
    const { issuer } = this.settings;
    const response = await ask(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`, {});
    const parsed = descriptionSchema.safeParse(
      response.ok ? await response.json().catch(() => undefined) : undefined,
    );
    if (!parsed.success) {
      throw unavailable("the issuer does not describe itself");
    }
    if (parsed.data.issuer !== issuer) {
      throw unavailable("the issuer calls itself by another name than the settings do");
    }
    return parsed.data;
  }
}

/** Asks the issuer; a redirect would lead who knows where. */
async function ask(url: string, options: RequestInit): Promise<Response> {
  try {
    return await fetch(url, {
      ...options,
      redirect: "error",
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch {
    throw unavailable("the issuer does not answer");
  }
}
