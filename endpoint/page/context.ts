/** What the page's routes share: who is there, and how a view becomes an answer. */
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Tenant } from "../seams";
import { readAssets, type Assets } from "./assets";
import type { PageOptions } from "./pageOptions";
import { Sessions, type Session } from "./session";
import { SignIn } from "./signIn";
import { page, type Frame, type View } from "./views/frame";

declare module "fastify" {
  interface FastifyRequest {
    /** Who is signed in, on pages. */
    person?: Session;
    /** Whether that was so until a while ago. */
    wasSignedIn?: boolean;
  }
}

/** What the service answers with after a change. */
interface Version {
  resourceVersion: string;
}

/** One page application. */
export class PageContext {
  readonly sessions: Sessions;
  readonly signIn: SignIn;
  readonly assets: Assets = readAssets();

  constructor(readonly options: PageOptions) {
    this.sessions = new Sessions(options.page);
    this.signIn = new SignIn(options.page);
  }

  /** What a page is drawn in for whoever asks. */
  frame(request: FastifyRequest): Frame {
    return { assets: this.assets, session: request.person };
  }

  /** Answers with a page, and with the message that waited for it. */
  async send(
    request: FastifyRequest,
    reply: FastifyReply,
    view: View,
    status = 200,
  ): Promise<FastifyReply> {
    const waits = !isLive(request) && status === 200;
    const message = waits ? await this.sessions.message(request.headers.cookie) : undefined;
    if (message !== undefined) {
      void reply.header("set-cookie", this.sessions.takeMessage());
    }
    return reply
      .code(status)
      .type("text/html; charset=utf-8")
      .send(page({ ...this.frame(request), message }, view).toString());
  }

  /** Goes on to another page after something was done, which that page says. */
  async goOn(
    reply: FastifyReply,
    path: string,
    text: string,
    more: readonly string[] = [],
  ): Promise<FastifyReply> {
    const message = await this.sessions.leaveMessage(text, more);
    return reply.header("set-cookie", message).redirect(path, 303);
  }

  /** Waits until the next page will show what was done; that it may be late is no failure. */
  async seen(tenant: Tenant, id: string, { resourceVersion }: Version): Promise<void> {
    await this.options.service.get(tenant, id, resourceVersion).catch(() => undefined);
  }
}

/** Whether the page's script asks, for parts that follow what happens. */
export function isLive(request: FastifyRequest): boolean {
  return request.headers["x-live"] === "1";
}

/** The tenant of whoever is signed in. */
export function tenantOn(request: FastifyRequest): Tenant {
  if (request.person === undefined) {
    throw new Error("this page is not behind requirePerson");
  }
  return request.person.tenant;
}

/** What a form sent. */
export function sentBy(request: FastifyRequest): URLSearchParams {
  return request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
}
