/** Values that a browser keeps for us and can neither read nor change. */
import { createHash, hkdfSync } from "node:crypto";
import { CompactEncrypt, compactDecrypt } from "jose";
import { z } from "zod";

/** What a sealed value is for: one that was made for another purpose is not opened. */
export type Purpose = "session" | "login" | "flash";

/** The shortest secret, in bytes: as long as the key that is derived from it. */
export const SHORTEST_SECRET = 32;

/** A value that was opened. */
export interface Opened<T> {
  value: T;
  /** Whether the time that it was sealed for is over. */
  expired: boolean;
}

interface Key {
  id: string;
  bytes: Uint8Array;
}

function keyOf(secret: string, purpose: Purpose): Key {
  const bytes = new Uint8Array(hkdfSync("sha256", secret, "", `science-platform ${purpose}`, 32));
  // Names the key, and tells nothing about it.
  return { id: createHash("sha256").update(bytes).digest("base64url").slice(0, 8), bytes };
}

/** Seals values with the first secret and opens what any of them sealed, so that secrets can be changed. */
export class Seal<T extends z.ZodType> {
  private readonly keys: Key[];
  private readonly content: z.ZodObject<{ value: T; until: z.ZodNumber }>;

  /**
   * @param secrets the newest first, at least 32 bytes each; the same on all replicas
   * @throws RangeError when there is no secret, or a short one
   */
  constructor(purpose: Purpose, schema: T, secrets: readonly string[]) {
    if (secrets.length === 0 || secrets.some((s) => Buffer.byteLength(s) < SHORTEST_SECRET)) {
      throw new RangeError(
        `session secrets: at least one is needed, each of ${SHORTEST_SECRET} bytes or more; make one with: openssl rand -base64 48`,
      );
    }
    this.keys = secrets.map((secret) => keyOf(secret, purpose));
    this.content = z.object({ value: schema, until: z.number() });
  }

  /** @param seconds how long it is good for */
  close(value: z.output<T>, seconds: number): Promise<string> {
    const key = this.keys[0]!;
    const content = JSON.stringify({ value, until: Date.now() + seconds * 1000 });
    return new CompactEncrypt(new TextEncoder().encode(content))
      .setProtectedHeader({ alg: "dir", enc: "A256GCM", kid: key.id })
      .encrypt(key.bytes);
  }

  /** The value; nothing for what is not ours, was changed, or has another form than today's. */
  async open(sealed: string | undefined): Promise<Opened<z.output<T>> | undefined> {
    if (sealed === undefined) {
      return undefined;
    }
    try {
      const { plaintext } = await compactDecrypt(sealed, ({ kid }) => this.keyNamed(kid), {
        keyManagementAlgorithms: ["dir"],
        contentEncryptionAlgorithms: ["A256GCM"],
      });
      const content: unknown = JSON.parse(new TextDecoder().decode(plaintext));
      const { value, until } = this.content.parse(content) as { value: z.output<T>; until: number };
      return { value, expired: until <= Date.now() };
    } catch {
      return undefined;
    }
  }

  private keyNamed(id: string | undefined): Uint8Array {
    const key = this.keys.find((one) => one.id === id);
    if (key === undefined) {
      throw new Error("sealed with a secret that is not ours");
    }
    return key.bytes;
  }
}
