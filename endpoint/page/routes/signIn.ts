/** Signing in and out. */
import type { FastifyInstance } from "fastify";
import { HttpFault } from "../../seams";
import type { PageContext } from "../context";
import { newAttempt } from "../signIn";
import { signedIn, signedOut } from "../views/problem";
import { knowPerson, requireToken } from "./guard";

type Query = Record<string, string | string[] | undefined>;

function one(query: Query, name: string): string | undefined {
  const value = query[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A path of ours to go to; anything else leads to the overview. */
export function safePath(to: string | undefined, url: string): string {
  const base = new URL(url);
  if (to === undefined || !to.startsWith("/") || !URL.canParse(to, url)) {
    return "/";
  }
  const { origin, pathname, search } = new URL(to, base);
  // `//` would name a host, if it came to be the beginning of an address.
  return origin === base.origin && !pathname.startsWith("//") ? `${pathname}${search}` : "/";
}

/** What the issuer says when it lets nobody in. */
function refusal(error: string): HttpFault {
  const text =
    error === "access_denied"
      ? "You were not let in. Try again, or ask the operator."
      : `The issuer did not let you in (${error.replace(/[^\w.-]/g, "").slice(0, 60)}). Try again, or tell the operator.`;
  return new HttpFault(403, [{ message: text }]);
}

/** `/login`, `/login/callback`, `/logout` and the pages that go with them. */
export function signInRoutes(app: FastifyInstance, context: PageContext): void {
  const { sessions, signIn, options } = context;
  knowPerson(app, context);
  requireToken(app, context);

  app.get<{ Querystring: Query }>("/login", async (request, reply) => {
    const attempt = newAttempt();
    const returnTo = safePath(one(request.query, "to"), options.page.url);
    const address = await signIn.address(attempt);
    const cookie = await sessions.beginSignIn({ ...attempt, returnTo });
    return reply.header("set-cookie", cookie).redirect(address, 303);
  });

  app.get<{ Querystring: Query }>("/login/callback", async (request, reply) => {
    const { query, headers } = request;
    const state = one(query, "state") ?? "";
    const begun = await sessions.begunSignIn(headers.cookie, state);
    if (begun === undefined) {
      throw new HttpFault(400, [
        {
          message:
            "This sign-in was not begun in this browser, or took too long. Begin again from the overview.",
        },
      ]);
    }
    void reply.header("set-cookie", sessions.endSignIn(state));
    const error = one(query, "error");
    const code = one(query, "code");
    if (error !== undefined || code === undefined) {
      throw refusal(error ?? "no code");
    }
    const { accessToken, name } = await signIn.redeem(code, begun);
    const tenant = await options.authenticator
      .tenantOf(`Bearer ${accessToken}`)
      .catch((fault: unknown) => {
        // Another attempt would bring the same token: it is the settings that do not fit.
        throw fault instanceof HttpFault && fault.status === 401
          ? new HttpFault(403, fault.errors)
          : fault;
      });
    const cookies = await sessions.begin({ tenant, name }, headers.cookie);
    return reply.header("set-cookie", cookies).redirect(begun.returnTo, 303);
  });

  app.post("/logout", async (_request, reply) =>
    reply.header("set-cookie", sessions.end()).redirect("/signed-out", 303),
  );

  app.get("/signed-out", async (request, reply) => {
    request.person = undefined;
    return context.send(request, reply, signedOut(await signIn.endAddress()));
  });

  app.get("/signed-in", (request, reply) =>
    request.person === undefined
      ? reply.redirect("/login?to=%2Fsigned-in", 303)
      : context.send(request, reply, signedIn()),
  );
}
