/** Reading JSON bodies: strictly, within bounds, and nothing where there is none. */
import type { FastifyInstance } from "fastify";
import { HttpFault } from "../seams";

/** A record is an object with texts in it; a secret has one level more. */
const DEEPEST = 20;

/** Whether brackets are nested deeper than any body of ours is: parsers and printers would recurse as deep. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (inString) {
      if (char === 0x5c) {
        i++;
      } else if (char === 0x22) {
        inString = false;
      }
    } else if (char === 0x22) {
      inString = true;
    } else if (char === 0x7b || char === 0x5b) {
      if (++depth > DEEPEST) {
        return true;
      }
    } else if (char === 0x7d || char === 0x5d) {
      depth--;
    }
  }
  return false;
}

/** Takes JSON alone. A body of no bytes is none: PUT then applies the record that is kept. */
export function takeJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, text, done) => {
    const body = text.toString();
    if (body === "") {
      done(null, undefined);
    } else if (isTooDeep(body)) {
      done(new HttpFault(400, [{ message: `The body is nested deeper than ${DEEPEST} levels.` }]));
    } else {
      void parse(request, body, done);
    }
  });
}
