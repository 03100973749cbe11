/** The page for people, as a Fastify plugin: server-rendered HTML over the same service as the API's routes. */
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import { asFault } from "../http/faults";
import { HttpFault } from "../seams";
import { PageContext } from "./context";
import type { PageOptions } from "./pageOptions";
import { changeRoutes } from "./routes/change";
import { createRoutes } from "./routes/create";
import { lookRoutes } from "./routes/look";
import { podPages } from "./routes/pods";
import { requirePerson } from "./routes/guard";
import { signInRoutes } from "./routes/signIn";
import { problem } from "./views/problem";

export { readPageSettings, type PageOptions, type PageSettings } from "./pageOptions";

/** Nothing but our own files, no framing, no inline code or style, forms to ourselves alone. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS: Record<string, string> = {
  "content-security-policy": POLICY,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  // Not `no-referrer`: browsers would then send forms with the origin `null`.
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
};

/** As many bytes as a document has at most, in form encoding, and the other fields. */
const formLimit = (documentBytes: number): number => 3 * documentBytes + 16_384;

/** Browsers keep these for good: the name changes with the content. */
function serveAssets(app: FastifyInstance, { assets }: PageContext): void {
  for (const { path, type, content } of Object.values(assets)) {
    app.get(path, (_request, reply) =>
      reply.type(type).header("cache-control", "public, max-age=31536000, immutable").send(content),
    );
  }
}

/** Answers what was refused with a page. */
function showErrors(app: FastifyInstance, context: PageContext): void {
  app.setErrorHandler(async (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const fault = asFault(error);
    if (fault === undefined) {
      const { name, code } = error as Partial<NodeJS.ErrnoException>;
      request.log.error({ error: { name, code } }, "an error of the page");
    }
    const { status, errors, headers } =
      fault ??
      new HttpFault(500, [
        { message: `Something is wrong here. Tell the operator, with request ${request.id}.` },
      ]);
    return context.send(request, reply.headers(headers ?? {}), problem(status, errors), status);
  });
}

/**
 * The page: `/`, `/new`, `/deployments/…`, `/login`, `/logout`, `/signed-in` and `/assets/…`. Register it once,
 * without a prefix, outside the scope of the API's routes: it has its own way to tell who asks.
 */
export function pagePlugin(options: PageOptions): FastifyPluginAsync {
  return async (app) => {
    const context = new PageContext(options);
    app.decorateRequest("person", undefined);
    app.decorateRequest("wasSignedIn", undefined);
    app.removeAllContentTypeParsers();
    app.addContentTypeParser(
      "application/x-www-form-urlencoded",
      { parseAs: "string", bodyLimit: formLimit(options.settings.limits.maxDocumentBytes) },
      (_request, text, done) => done(null, new URLSearchParams(text.toString())),
    );
    app.addHook("onRoute", (route) => {
      route.schema = { ...route.schema, hide: true };
    });
    app.addHook("onRequest", (_request, reply, done) => {
      void reply.headers(HEADERS).header("cache-control", "no-store");
      done();
    });
    showErrors(app, context);
    serveAssets(app, context);
    await app.register((scope, _options, done) => {
      signInRoutes(scope, context);
      done();
    });
    await app.register((scope, _options, done) => {
      requirePerson(scope, context);
      lookRoutes(scope, context);
      changeRoutes(scope, context);
      createRoutes(scope, context);
      podPages(scope, context);
      done();
    });
  };
}
