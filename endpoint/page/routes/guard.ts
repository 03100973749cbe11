/** Who may see a page, and whether a form is one of ours. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { HttpFault } from "../../seams";
import { isLive, sentBy, type PageContext } from "../context";
import { hasToken } from "../session";
import { sendAgain } from "../views/problem";

/** Whether the browser says that the form was sent from another site; one that says nothing has the token to show. */
function isForeign(request: FastifyRequest, url: string): boolean {
  const { origin } = request.headers;
  return origin !== undefined && origin !== new URL(url).origin;
}

function askToSignIn(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (isLive(request)) {
    return reply.code(401).send();
  }
  const to = request.method === "POST" ? "/" : request.url;
  return reply.redirect(`/login?${new URLSearchParams({ to }).toString()}`, 303);
}

/** Finds out who asks from the cookie alone; sets `request.person`. */
export function knowPerson(app: FastifyInstance, { sessions }: PageContext): void {
  app.addHook("onRequest", async (request) => {
    const opened = await sessions.current(request.headers.cookie);
    if (opened?.expired === false) {
      request.person = opened.value;
      // For the log, which tells of pages as it does of the API.
      request.tenant = opened.value.tenant;
    }
    request.wasSignedIn = opened?.expired === true;
  });
}

/** Refuses forms of other sites, and forms without the session's own token. */
export function requireToken(app: FastifyInstance, { options }: PageContext): void {
  app.addHook("onRequest", (request, _reply, done) => {
    const foreign = request.method === "POST" && isForeign(request, options.page.url);
    done(
      foreign
        ? new HttpFault(403, [
            { message: "This form was sent from another site. Nothing was done." },
          ])
        : undefined,
    );
  });
  app.addHook("preHandler", (request, _reply, done) => {
    const { method, person } = request;
    const good =
      method !== "POST" ||
      person === undefined ||
      hasToken(person, sentBy(request).get("csrf") ?? undefined);
    done(
      good
        ? undefined
        : new HttpFault(403, [
            {
              message:
                "This form is older than your session. Nothing was done: open the page again.",
            },
          ]),
    );
  });
}

/**
 * Shows pages to whoever is signed in, and sends others to sign in. Of a stranger's form nothing is read; whoever
 * was signed in a moment ago gets it back, to send it again.
 */
export function requirePerson(app: FastifyInstance, context: PageContext): void {
  const { limits } = context.options;
  knowPerson(app, context);
  requireToken(app, context);
  app.addHook("onRequest", async (request, reply) => {
    if (request.person === undefined) {
      const mayResend = request.method === "POST" && request.wasSignedIn === true;
      return mayResend ? undefined : askToSignIn(request, reply);
    }
    request.leave = limits.entered();
    await limits.taken(request, request.person.tenant);
    return undefined;
  });
  app.addHook("preHandler", async (request, reply) => {
    if (request.person === undefined) {
      return context.send(request, reply, sendAgain(request.url, [...sentBy(request)]), 401);
    }
    return undefined;
  });
  app.addHook("onResponse", (request, _reply, done) => {
    request.leave?.();
    done();
  });
}
