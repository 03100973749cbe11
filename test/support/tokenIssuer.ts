/** A small issuer of tokens on loopback, whose keys can be changed, taken away and spoilt. */
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import {
  exportJWK,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JWK,
  type JWTPayload,
} from "jose";

/** What a token says beside the usual. A claim that is undefined is left out. */
export interface TokenParts {
  claims?: JWTPayload;
  header?: Record<string, unknown>;
  /** @default the newest key */
  key?: CryptoKey;
  /** Seconds from now. @default 300 */
  expiresIn?: number;
}

const ALGORITHM = "RS256";

/** Its keys and its address are there once it is started. */
export class TokenIssuer {
  readonly audience = "services";
  /** What the discovery document says, over the usual. */
  discovery: Record<string, unknown> = {};
  /** What the address of the keys answers, in place of them. */
  keysAnswer?: { status: number; body: string };
  /** How often the keys were asked for. */
  asked = 0;
  private readonly keys: { kid: string; privateKey: CryptoKey; jwk: JWK }[] = [];
  private server?: http.Server;
  private port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get jwksUri(): string {
    return `${this.url}/keys`;
  }

  /** The public keys, the newest last. */
  get jwks(): { keys: JWK[] } {
    return { keys: this.keys.map(({ jwk }) => jwk) };
  }

  async start(): Promise<void> {
    if (this.keys.length === 0) {
      await this.rotate();
    }
    this.server = http.createServer((request, response) => this.answer(request, response));
    await new Promise<void>((resolve) => this.server!.listen(this.port, "127.0.0.1", resolve));
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** Its address stays what it was, for the next start. */
  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve) ?? resolve(undefined));
  }

  /** A new key, which signs from now on; the others stay known. */
  async rotate(): Promise<void> {
    const { privateKey, publicKey } = await generateKeyPair(ALGORITHM, { extractable: true });
    const kid = `key-${this.keys.length + 1}`;
    const jwk = { ...(await exportJWK(publicKey)), kid, alg: ALGORITHM, use: "sig" };
    this.keys.push({ kid, privateKey, jwk });
  }

  /** The oldest key is known no more. */
  retire(): void {
    this.keys.shift();
  }

  /** A good token of `alice`, but for what is said. */
  token({ claims = {}, header = {}, key, expiresIn = 300 }: TokenParts = {}): Promise<string> {
    const { kid, privateKey } = this.keys.at(-1)!;
    const now = Math.floor(Date.now() / 1000);
    const all = {
      iss: this.url,
      aud: this.audience,
      sub: "alice",
      iat: now,
      exp: now + expiresIn,
      ...claims,
    };
    const given = Object.fromEntries(
      Object.entries(all).filter(([, value]) => value !== undefined),
    );
    return new SignJWT(given)
      .setProtectedHeader({ alg: ALGORITHM, kid, ...header })
      .sign(key ?? privateKey);
  }

  private answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    const give = (status: number, body: string): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(body);
    };
    if (request.url === "/.well-known/openid-configuration") {
      give(200, JSON.stringify({ issuer: this.url, jwks_uri: this.jwksUri, ...this.discovery }));
    } else if (request.url === "/keys") {
      this.asked += 1;
      const { status, body } = this.keysAnswer ?? { status: 200, body: JSON.stringify(this.jwks) };
      give(status, body);
    } else {
      give(404, "{}");
    }
  }
}

/** One issuer for the tests of a `describe`. */
export function useTokenIssuer(): TokenIssuer {
  const issuer = new TokenIssuer();
  before(() => issuer.start());
  after(() => issuer.stop());
  return issuer;
}
