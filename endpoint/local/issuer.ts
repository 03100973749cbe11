/** An OIDC issuer on loopback for trying things out: whoever says a name is let in. Never for a real cluster. */
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from "jose";

/** What the issuer is started with. */
export interface LocalIssuerOptions {
  /** 0 for any. */
  port: number;
  /** Of the access tokens; an absolute URI. */
  audience: string;
  /** Client of the page, a public one. */
  clientId: string;
  /** Where it may send people back to. */
  redirectUris: string[];
}

/** A running issuer. */
export interface LocalIssuer {
  url: string;
  /** An access token, as people get one by logging in. */
  token(subject: string): Promise<string>;
  close(): Promise<void>;
}

const ALGORITHM = "RS256";
const KEY_ID = "local";
const HOURS = 12;

/** The issuer's warnings that it is set up for development: that is what it is for. */
async function withoutWarnings<T>(make: () => Promise<T>): Promise<T> {
  const { info, warn } = console;
  Object.assign(console, { info: () => undefined, warn: () => undefined });
  try {
    return await make();
  } finally {
    Object.assign(console, { info, warn });
  }
}

async function listening(server: http.Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
  return (server.address() as AddressInfo).port;
}

function accountOf(subject: string): {
  accountId: string;
  claims(): { sub: string; name: string };
} {
  return { accountId: subject, claims: () => ({ sub: subject, name: subject }) };
}

/** Starts the issuer, with a key of its own that lasts as long as it does. */
export async function startIssuer(options: LocalIssuerOptions): Promise<LocalIssuer> {
  const { audience, clientId, redirectUris } = options;
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const key = { ...(await exportJWK(privateKey)), kid: KEY_ID, alg: ALGORITHM, use: "sig" };
  // The address is part of what the issuer is, so the port comes first.
  let handle: http.RequestListener = (_request, response) => response.writeHead(503).end();
  const server = http.createServer((request, response) => handle(request, response));
  const url = `http://127.0.0.1:${await listening(server, options.port)}`;

  const provider = await withoutWarnings(async () => {
    const { Provider } = await import("oidc-provider");
    const made: InstanceType<typeof Provider> = new Provider(url, {
      jwks: { keys: [key] },
      clients: [
        {
          client_id: clientId,
          token_endpoint_auth_method: "none",
          redirect_uris: redirectUris,
          grant_types: ["authorization_code"],
          response_types: ["code"],
        },
      ],
      cookies: { keys: [KEY_ID] },
      claims: { openid: ["sub"], profile: ["name"], email: [] },
      findAccount: (_context, subject) => accountOf(subject),
      ttl: {
        AccessToken: HOURS * 3600,
        IdToken: 3600,
        Session: HOURS * 3600,
        Grant: HOURS * 3600,
        Interaction: 3600,
      },
      features: {
        resourceIndicators: {
          enabled: true,
          defaultResource: () => audience,
          useGrantedResource: () => true,
          getResourceServerInfo: () => ({
            scope: "",
            audience,
            accessTokenTTL: HOURS * 3600,
            accessTokenFormat: "jwt",
            jwt: { sign: { alg: ALGORITHM } },
          }),
        },
      },
      // Nobody has to agree to what is asked for: the grant is made at once.
      loadExistingGrant: async ({ oidc }) => {
        const grant = new made.Grant({
          clientId: oidc.client!.clientId,
          accountId: oidc.session!.accountId,
        });
        grant.addOIDCScope("openid profile email");
        grant.addResourceScope(audience, "");
        await grant.save();
        return grant;
      },
    });
    return made;
  });
  const answer = provider.callback();
  handle = (request, response) => {
    // Its pages would have fonts from elsewhere: nothing here dials out, nor does a browser because of it.
    response.setHeader("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'");
    void answer(request, response);
  };

  return {
    url,
    token: (subject) => signed(privateKey, url, audience, clientId, subject),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function signed(
  key: CryptoKey,
  issuer: string,
  audience: string,
  clientId: string,
  subject: string,
): Promise<string> {
  return new SignJWT({ client_id: clientId })
    .setProtectedHeader({ alg: ALGORITHM, kid: KEY_ID, typ: "at+jwt" })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime(`${HOURS}h`)
    .sign(key);
}
