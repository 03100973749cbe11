/** The page's own session: a sealed cookie, so that any replica knows who asks and none has to remember. */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { Tenant } from "../seams";
import { readCookie, writeCookie, writeSmallCookie, type CookieScope } from "./cookies";
import type { PageSettings } from "./pageOptions";
import { Seal, type Opened } from "./seal";

const sessionSchema = z.object({
  tenant: z.object({
    name: z.string(),
    namespace: z.string(),
    subject: z.string(),
    groups: z.array(z.string()),
  }),
  /** How the page addresses the person. */
  name: z.string(),
  /** Has to be in every form that changes something. */
  csrf: z.string(),
});

/** Who is signed in. */
export interface Session {
  tenant: Tenant;
  name: string;
  csrf: string;
}

const attemptSchema = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  /** Path of the page that was asked for. */
  returnTo: z.string(),
});

/** A sign-in that was begun. */
export type BegunSignIn = z.output<typeof attemptSchema>;

const messageSchema = z.object({
  text: z.string(),
  /** Further lines, such as warnings. */
  more: z.array(z.string()),
});

/** What is said once, on the next page. */
export type Message = z.output<typeof messageSchema>;

/** How long a sign-in may take, in seconds. */
const SIGN_IN_TIME = 600;

/** How long a message waits for its page, in seconds. */
const MESSAGE_TIME = 60;

/**
 * The session cookie outlives the session by this, in seconds: a form that was open meanwhile can then be sent
 * again by the same person.
 */
const AFTERLIFE = 24 * 3600;

/** The most text that a message carries, in characters: it travels in a cookie. */
const LONGEST_MESSAGE = 1500;

/** One cookie for each attempt: people open several pages at once. */
const attemptName = (state: string): string => `sign-in-${state.slice(0, 12)}`;

/** Reads and writes the page's cookies. */
export class Sessions {
  private readonly sessions;
  private readonly attempts;
  private readonly messages;
  private readonly scope: CookieScope;
  private readonly seconds: number;

  constructor(settings: PageSettings) {
    const { cookieSecrets, sessionMinutes = 60, url } = settings;
    this.sessions = new Seal("session", sessionSchema, cookieSecrets);
    this.attempts = new Seal("login", attemptSchema, cookieSecrets);
    this.messages = new Seal("flash", messageSchema, cookieSecrets);
    this.scope = { secure: url.startsWith("https:") };
    this.seconds = sessionMinutes * 60;
  }

  /** Who is signed in, or was until a while ago; nothing when nobody is known. */
  current(cookies: string | undefined): Promise<Opened<Session> | undefined> {
    return this.sessions.open(readCookie(cookies, "session", this.scope));
  }

  /**
   * `Set-Cookie` lines of a new session. The same person's earlier one hands its CSRF token on, so that forms
   * that are open stay good; anybody else's does not.
   */
  async begin(
    person: { tenant: Tenant; name: string },
    cookies: string | undefined,
  ): Promise<string[]> {
    const earlier = await this.current(cookies);
    const same = earlier?.value.tenant.subject === person.tenant.subject;
    const csrf = same ? earlier.value.csrf : randomBytes(24).toString("base64url");
    const groups = [...person.tenant.groups];
    const session = { ...person, tenant: { ...person.tenant, groups }, csrf };
    const sealed = await this.sessions.close(session, this.seconds);
    return writeCookie("session", sealed, this.seconds + AFTERLIFE, this.scope);
  }

  end(): string[] {
    return writeCookie("session", "", 0, this.scope);
  }

  async beginSignIn(begun: BegunSignIn): Promise<string> {
    const sealed = await this.attempts.close(begun, SIGN_IN_TIME);
    return writeSmallCookie(attemptName(begun.state), sealed, SIGN_IN_TIME, this.scope);
  }

  /** The sign-in that this browser began with this state; nothing when it did not, or too long ago. */
  async begunSignIn(cookies: string | undefined, state: string): Promise<BegunSignIn | undefined> {
    const opened = await this.attempts.open(readCookie(cookies, attemptName(state), this.scope));
    return opened === undefined || opened.expired || opened.value.state !== state
      ? undefined
      : opened.value;
  }

  endSignIn(state: string): string {
    return writeSmallCookie(attemptName(state), "", 0, this.scope);
  }

  async leaveMessage(text: string, more: readonly string[] = []): Promise<string> {
    let room = LONGEST_MESSAGE - text.length;
    const fitting = more.filter((line) => (room -= line.length) > 0);
    const sealed = await this.messages.close({ text, more: fitting }, MESSAGE_TIME);
    return writeSmallCookie("message", sealed, MESSAGE_TIME, this.scope);
  }

  async message(cookies: string | undefined): Promise<Message | undefined> {
    const opened = await this.messages.open(readCookie(cookies, "message", this.scope));
    return opened?.expired === false ? opened.value : undefined;
  }

  takeMessage(): string {
    return writeSmallCookie("message", "", 0, this.scope);
  }
}

/** Whether a form carries the session's own token. */
export function hasToken(session: Session, token: string | undefined): boolean {
  const [given, own] = [Buffer.from(token ?? ""), Buffer.from(session.csrf)];
  return given.length === own.length && timingSafeEqual(given, own);
}
