/** An issuer on loopback whose every answer a test can spoil. */
import { createHash } from "node:crypto";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from "jose";

/** What the token endpoint was sent. */
export interface TokenRequest {
  authorization?: string;
  form: URLSearchParams;
}

export class StubIssuer {
  url = "";
  /** Changes of the ID token's claims. */
  claims: JWTPayload = {};
  /** Key that it signs with; another one than it publishes where a test says so. */
  key!: CryptoKey;
  own!: CryptoKey;
  /** What the token endpoint answers in place of tokens. */
  refusal?: number;
  silent = false;
  readonly requests: TokenRequest[] = [];
  /** By code: what the authorization request said. */
  readonly codes = new Map<string, { nonce: string; challenge: string }>();
  private server!: http.Server;
  private published: object[] = [];

  async start(): Promise<void> {
    const { privateKey, publicKey } = await generateKeyPair("RS256", { extractable: true });
    this.own = privateKey;
    this.key = privateKey;
    this.published = [{ ...(await exportJWK(publicKey)), kid: "one", alg: "RS256", use: "sig" }];
    this.server = http.createServer((request, response) => void this.answer(request, response));
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  reset(): void {
    this.claims = {};
    this.key = this.own;
    this.refusal = undefined;
    this.silent = false;
    this.requests.length = 0;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  /** Lets whoever comes with this address in, and gives the code. */
  authorize(address: string): { code: string; state: string } {
    const { searchParams } = new URL(address);
    const code = `code-${this.codes.size}`;
    this.codes.set(code, {
      nonce: searchParams.get("nonce")!,
      challenge: searchParams.get("code_challenge")!,
    });
    return { code, state: searchParams.get("state")! };
  }

  private async answer(
    request: http.IncomingMessage,
    response: http.ServerResponse,
  ): Promise<void> {
    if (this.silent) {
      request.socket.destroy();
      return;
    }
    const send = (status: number, body: object): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    switch (request.url) {
      case "/.well-known/openid-configuration":
        return send(200, {
          issuer: this.url,
          authorization_endpoint: `${this.url}/authorize`,
          token_endpoint: `${this.url}/token`,
          jwks_uri: `${this.url}/keys`,
          end_session_endpoint: `${this.url}/end`,
        });
      case "/keys":
        return send(200, { keys: this.published });
      case "/token":
        return send(...(await this.tokens(request)));
      default:
        return send(404, {});
    }
  }

  private async tokens(request: http.IncomingMessage): Promise<[number, object]> {
    const pieces: Buffer[] = [];
    for await (const piece of request) {
      pieces.push(piece as Buffer);
    }
    const form = new URLSearchParams(Buffer.concat(pieces).toString());
    this.requests.push({ authorization: request.headers.authorization, form });
    if (this.refusal !== undefined) {
      return [this.refusal, { error: "invalid_grant" }];
    }
    const begun = this.codes.get(form.get("code") ?? "");
    const digest = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    if (begun?.challenge !== digest) {
      return [400, { error: "invalid_grant" }];
    }
    this.codes.delete(form.get("code")!);
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: this.url,
      aud: "page",
      sub: "ada",
      name: "Ada",
      nonce: begun.nonce,
      iat: now,
      exp: now + 60,
    };
    const id_token = await new SignJWT({ ...claims, ...this.claims })
      .setProtectedHeader({ alg: "RS256", kid: "one" })
      .sign(this.key);
    return [200, { id_token, access_token: "access-token-of-ada", token_type: "Bearer" }];
  }
}
