/** Errors as every answer has them: `{ errors: [{ path, message }] }`, in plain words and without our own insides. */
import type { Socket } from "node:net";
import type {
  FastifyError,
  FastifyReply,
  FastifyRequest,
  FastifySchemaValidationError,
} from "fastify";
import { HttpFault, type Fault } from "../seams";

/** What Fastify refuses by itself, in our words. */
const REFUSALS: Record<string, readonly [number, string]> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [413, "The body is too large."],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    415,
    "Send JSON, with the header Content-Type: application/json.",
  ],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, "The body is not as long as Content-Length says."],
  FST_ERR_CTP_INVALID_JSON_BODY: [400, "The body is not JSON."],
  FST_ERR_BAD_URL: [400, "The path is not a valid one."],
  FST_ERR_HANDLER_TIMEOUT: [503, "This took too long. Send the request again in a moment."],
};

/** What is told of a schema's error where it is asked to be verbose. */
interface VerboseError extends FastifySchemaValidationError {
  parentSchema?: { description?: string };
}

/** One finding of the schema check: `scale` with `must be <= 16.` */
function finding(error: VerboseError, part: string | undefined): Fault {
  const { instancePath, params, message = "is wrong", keyword, parentSchema } = error;
  const place = instancePath.slice(1).replace(/\//g, ".");
  if (keyword === "pattern" && parentSchema?.description !== undefined) {
    return { path: place, message: `not what it must be. ${parentSchema.description}` };
  }
  if (keyword === "additionalProperties") {
    const name = String(params["additionalProperty"]);
    return {
      path: [place, name].filter((one) => one !== "").join("."),
      message: "is not known here. Remove it.",
    };
  }
  if (keyword === "required") {
    const name = String(params["missingProperty"]);
    return {
      path: [place, name].filter((one) => one !== "").join("."),
      message: "is required. Add it.",
    };
  }
  const allowed = keyword === "enum" ? `: ${String(params["allowedValues"])}` : "";
  return { path: place === "" ? (part ?? "") : place, message: `${message}${allowed}.` };
}

/** A refusal as it is answered; nothing for what is an error of ours. */
export function asFault(error: unknown): HttpFault | undefined {
  if (error instanceof HttpFault) {
    return error;
  }
  const { validation, validationContext, code, statusCode } = error as Partial<FastifyError>;
  if (validation !== undefined) {
    return new HttpFault(
      400,
      validation.map((one) => finding(one, validationContext)),
    );
  }
  const known = REFUSALS[code ?? ""];
  if (known !== undefined) {
    return new HttpFault(known[0], [{ message: known[1] }]);
  }
  return statusCode !== undefined && statusCode >= 400 && statusCode < 500
    ? new HttpFault(statusCode, [{ message: "The request is not a valid one." }])
    : undefined;
}

/** Where an error of ours came from: the frames alone, since messages may quote what tenants sent. */
function frames(error: unknown): string | undefined {
  const stack = error instanceof Error ? error.stack : undefined;
  return stack
    ?.split("\n")
    .filter((line) => /^\s+at /.test(line))
    .join("\n");
}

/** Answers an error, and logs what the operator must know of. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const fault = asFault(error);
  if (fault === undefined) {
    const { name, code } = error as Partial<NodeJS.ErrnoException>;
    request.log.error({ error: { name, code, at: frames(error) } }, "an error of the endpoint");
    void reply.code(500).send({
      errors: [
        { message: `Something is wrong here. Tell the operator, with request ${request.id}.` },
      ],
    });
    return;
  }
  if (fault.status >= 500) {
    const { cause } = fault;
    request.log.warn({ cause: cause instanceof Error ? cause.message : undefined }, "no answer");
  }
  void reply
    .headers(fault.headers ?? {})
    .code(fault.status)
    .send({ errors: fault.errors });
}

/** Answers a path that there is not. */
export function answerNotFound(_request: FastifyRequest, reply: FastifyReply): void {
  void reply.code(404).send({ errors: [{ message: "There is nothing at this path." }] });
}

/** What Node refuses before there is a request, by the error's code. */
const BROKEN: Record<string, readonly [string, string]> = {
  HPE_HEADER_OVERFLOW: ["431 Request Header Fields Too Large", "The headers are too large."],
  ERR_HTTP_REQUEST_TIMEOUT: ["408 Request Timeout", "The request took too long to arrive."],
};

/** Answers what is not HTTP, or not all of a request. */
export function answerBroken(error: NodeJS.ErrnoException, socket: Socket): void {
  const [status, message] = BROKEN[error.code ?? ""] ?? ["400 Bad Request", "This is not HTTP."];
  if (socket.writable && error.code !== "ECONNRESET") {
    const body = JSON.stringify({ errors: [{ message }] });
    socket.write(
      `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    );
  }
  socket.destroy(error);
}
