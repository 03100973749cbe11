/** A real OpenID Connect provider on loopback, whose users the test names. */
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import Provider from "oidc-provider";

/** The provider, and who is in which group; a change counts from the next look at a user. */
export interface IdentityProvider {
  issuer: string;
  groups: Record<string, string[]>;
  close(): Promise<void>;
}

/** Seconds that anything of a login lasts: longer than a test. */
const LIFE = 3600;

const PAGE = '<form method="post"><input name="login"><button>Log in</button></form>';

/** Shows the form of a login, and takes its answer as the user's consent, too. */
async function interact(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { params } = await provider.interactionDetails(request, response);
  if (request.method !== "POST") {
    response.setHeader("Content-Type", "text/html").end(PAGE);
    return;
  }
  const accountId = new URLSearchParams(await text(request)).get("login") ?? "";
  const grant = new provider.Grant({ accountId, clientId: params["client_id"] as string });
  grant.addOIDCScope(params["scope"] as string);
  await provider.interactionFinished(request, response, {
    login: { accountId },
    consent: { grantId: await grant.save() },
  });
}

/**
 * Starts a provider with one client.
 *
 * @param groups the groups of each user; anyone else cannot log in
 */
export async function startIdentityProvider(
  port: number,
  client: { id: string; secret: string; callbackUrl: string },
  groups: Record<string, string[]>,
): Promise<IdentityProvider> {
  const issuer = `http://127.0.0.1:${port}`;
  const { privateKey: signingKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        redirect_uris: [client.callbackUrl],
        grant_types: ["authorization_code", "refresh_token"],
        token_endpoint_auth_method: "client_secret_post",
      },
    ],
    claims: { openid: ["sub"], profile: ["preferred_username"], groups: ["groups"] },
    cookies: { keys: [client.secret] },
    ttl: {
      AccessToken: LIFE,
      AuthorizationCode: 60,
      Grant: LIFE,
      IdToken: LIFE,
      Interaction: 600,
      Session: LIFE,
    },
    jwks: { keys: [{ ...signingKey.export({ format: "jwk" }), use: "sig", alg: "RS256" }] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    findAccount: (_context, id) =>
      groups[id] === undefined
        ? undefined
        : {
            accountId: id,
            claims: () => ({ sub: id, preferred_username: id, groups: groups[id] }),
          },
  });
  const answer = provider.callback();
  const server = createServer((request, response) => {
    const done = request.url?.startsWith("/interaction/")
      ? interact(provider, request, response)
      : answer(request, response);
    done.catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await once(server.listen(port, "127.0.0.1"), "listening");
  return {
    issuer,
    groups,
    async close() {
      server.closeAllConnections();
      await once(server.close(), "close");
    },
  };
}
