/** What the API server says, in words for a tenant: never its own internals. */
import { isFields } from "../../components/model/kubeconfigText";
import { HttpFault, type ApiResult, type Fault } from "../seams";
import type { Outcome } from "./retry";

/** The message of a Status that the API server refused with. */
export function messageOf(body: unknown): string {
  const message = isFields(body) ? body["message"] : undefined;
  return typeof message === "string" && message !== "" ? message : "The cluster refused it.";
}

/** The API server cannot be reached or is out of order; what it said is kept for the log alone. */
export function noAnswer({ status, code, result, retryAfter }: Outcome<ApiResult>): HttpFault {
  const fault = new HttpFault(
    503,
    [{ message: "The cluster gives no answer now. Send the request again in a moment." }],
    { "retry-after": String(Math.max(1, Math.ceil(retryAfter ?? 1))) },
  );
  const said = result === undefined ? "" : `: ${messageOf(result.body)}`;
  fault.cause = new Error(`the API server: ${status ?? code ?? "no answer"}${said}`);
  return fault;
}

/** Refusals that say what a tenant can do something about. */
const PLAIN: readonly (readonly [RegExp, string])[] = [
  [
    /exceeded quota/,
    "This is more than your quota leaves: remove or stop something, or ask for more.",
  ],
  [
    /(maximum|minimum) .* usage per (Container|Pod)/,
    "A container asks for more or less than is allowed here.",
  ],
  [
    /violates PodSecurity/,
    "The cluster does not run such a container: it would break its security rules.",
  ],
  [/being (deleted|terminated)/, "It is being deleted: send the request again in a moment."],
];

/** The API server's words for what an account may not do: the endpoint's, since tenants have none there. */
const FORBIDDEN_TO_US = /: User "[^"]*" cannot /;

/** What the cluster said, less its own names for things. */
function detail(message: string): string {
  const quota = /requested: (.*), used: (.*), limited: (.*)$/.exec(message);
  return quota === null
    ? message.replace(/^[\w.-]+ "[^"]*" (is forbidden|is invalid): /, "")
    : `requested ${quota[1]}, used ${quota[2]} of ${quota[3]}`;
}

/** Statuses of the API server that mean the same to our client; all others are 422. */
const PASSED_ON = new Set([403, 404, 409, 413, 422, 429]);

/**
 * The refusal of one object.
 *
 * @param what the object as the tenant knows it, such as `volume mydata`
 */
export function refusal(what: string, { status, body }: ApiResult): HttpFault {
  const message = messageOf(body);
  if (status === 401 || FORBIDDEN_TO_US.test(message)) {
    const fault = new HttpFault(503, [
      { message: "The endpoint may not do this in the cluster. Tell the operator." },
    ]);
    fault.cause = new Error(`the API server: ${message}`);
    return fault;
  }
  const plain = PLAIN.find(([pattern]) => pattern.test(message))?.[1];
  const errors: Fault[] = [
    {
      path: what,
      message: [plain, detail(message)].filter((part) => part !== undefined).join(" "),
    },
  ];
  const code = PASSED_ON.has(status) ? status : 422;
  return new HttpFault(code, errors, code === 409 ? { "retry-after": "1" } : undefined);
}

/** Several refusals as one, with the gravest status. */
export function together(faults: readonly HttpFault[]): HttpFault {
  const [first] = [...faults].sort((a, b) => b.status - a.status);
  return new HttpFault(
    first!.status,
    faults.flatMap(({ errors }) => errors),
    first!.headers,
  );
}

/** The answer's body, where it is good. */
export function accepted(what: string, result: ApiResult): Record<string, unknown> {
  if (result.status >= 300 || !isFields(result.body)) {
    throw refusal(what, result);
  }
  return result.body;
}
