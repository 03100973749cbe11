/** Generated requests that nobody should send: wrong bodies, wrong paths, wrong queries, wrong headers. */
import * as fc from "fast-check";
import { badText } from "./serviceDocuments";

/** A request as it goes over the wire. */
export interface BadRequest {
  method: string;
  /** Path and query, as they are sent. */
  path: string;
  headers: Record<string, string>;
  body?: string | Buffer;
}

const DEPLOYMENTS = "/kubernetes/deployments";
const ITEMS = "/items/deployments";

/** Few, so that those of them that happen to exist are met again. */
const ids = fc.constantFrom("a", "b", "c", "d", "Some.thing_else-1");

const JSON_TYPE = { "content-type": "application/json" };

const nasty = fc.oneof(
  fc.constantFrom(
    ...["", "..", ".", "%2e%2e", "%2f", "..%2f..%2fsecrets", "%", "%zz", "%00", "%0d%0aX-A:%201"],
    ...[
      "%ff%fe",
      "%ed%a0%80",
      "a%2520b",
      "*",
      "a".repeat(64),
      "a".repeat(301),
      "sd-a",
      "%F0%9F%92%A9",
    ],
    ...["__proto__", "constructor", "toString", "-", "a.", "A", "null", "undefined", "0", "1e3"],
  ),
  fc.string({ maxLength: 12 }).map((text) => encodeURIComponent(text)),
);

/** Numbers, and what is taken for one. */
const numbers = fc.oneof(
  fc.constantFrom(
    "-1",
    "0",
    "1.5",
    "17",
    "1e3",
    "0x10",
    "010",
    "%201",
    "NaN",
    "Infinity",
    "",
    "1,2",
  ),
  fc.constantFrom("99999999999999999999", "9007199254740993", "-0", "+1", "%00", "true", "[]"),
  nasty,
);

const queries = fc
  .array(
    fc.tuple(
      fc.oneof(
        fc.constantFrom("scale", "keepVolumes", "container", "sinceSeconds", "tailLines"),
        fc.constantFrom("previous", "timestamps", "follow", "resourceVersion", "scale%5B%5D"),
        nasty,
      ),
      numbers,
    ),
    { maxLength: 4 },
  )
  .map((pairs) => pairs.map(([key, value]) => `${key}=${value}`).join("&"));

const routes = fc.oneof(
  ids.map((id) => `${DEPLOYMENTS}/${id}`),
  ids.map((id) => `${DEPLOYMENTS}/${id}/hooks/restart`),
  ids.map((id) => `${DEPLOYMENTS}/${id}/config`),
  ids.map((id) => `${DEPLOYMENTS}/${id}/secret`),
  ids.map((id) => `${ITEMS}/${id}`),
  fc
    .tuple(ids, fc.constantFrom("logs", "events", "pods"), nasty)
    .map(([id, kind, pod]) => `${DEPLOYMENTS}/${id}/${kind}/${pod}`),
  fc.constantFrom(
    DEPLOYMENTS,
    ITEMS,
    "/kubernetes/capacity",
    "/healthz",
    "/readyz",
    "/openapi.json",
  ),
);

const methods = fc.constantFrom("GET", "PUT", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS");

/** Where bodies are read. */
const withBody = fc.oneof(
  ids.map((id) => ({ method: "PUT", path: `${DEPLOYMENTS}/${id}` })),
  ids.map((id) => ({ method: "PUT", path: `${DEPLOYMENTS}/${id}/config` })),
  ids.map((id) => ({ method: "PUT", path: `${DEPLOYMENTS}/${id}/secret` })),
  ids.map((id) => ({ method: "PATCH", path: `${ITEMS}/${id}` })),
  fc.constant({ method: "POST", path: ITEMS }),
);

const anything = fc.oneof(
  fc.jsonValue(),
  fc.anything({ maxDepth: 3, withNullPrototype: false, withBigInt: false }).map((value) => {
    try {
      return JSON.parse(JSON.stringify(value) ?? "null") as unknown;
    } catch {
      return null;
    }
  }),
);

/** A record whose document is broken, or whose other fields are. */
const badRecords = fc
  .record(
    {
      title: fc.oneof(fc.constant("Bad"), fc.string(), anything),
      data: fc.oneof(badText, badText, badText, anything),
      exposed_hostname: fc.oneof(fc.string({ maxLength: 70 }), anything),
      exposed_port: anything,
      exposed_service: anything,
      extra: anything,
    },
    { requiredKeys: ["title", "data"] },
  )
  .map((record) => JSON.stringify(record));

const types = fc.constantFrom(
  ...["application/json", "application/json; charset=utf-16", "text/yaml", "application/yaml"],
  ...[
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded",
  ],
  ...["text/plain", "application/xml", "application/json-patch+json", "a", "/", "*/*", ";", " "],
);

const rawBodies = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.string({ maxLength: 200 }),
  fc.constantFrom(
    "{",
    "[[[[[[[[[[[[[[[[[[[[[[[[1",
    '{"a":1,"a":2}',
    '{"__proto__":{"x":1}}',
    "null",
  ),
  fc.constantFrom('{"title":"a","data":"', "\uFEFF{}", '"\\ud800"', "1e999", "-", "tru", "{}{}"),
  fc.integer({ min: 1000, max: 60_000 }).map((size) => `"${"x".repeat(size)}"`),
);

const headers = fc
  .array(
    fc.tuple(
      fc.constantFrom("authorization", "accept", "accept-encoding", "if-match", "range", "cookie"),
      fc
        .string({ unit: "binary-ascii", maxLength: 60 })
        .map((text) => text.replace(/[^\x20-\x7e]/g, "")),
    ),
    { maxLength: 3 },
  )
  .map((pairs) => Object.fromEntries(pairs));

/** One request. Few of them happen to be good. */
export const badRequest: fc.Arbitrary<BadRequest> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(ids, badRecords).map(([id, body]) => ({
      method: "PUT",
      path: `${DEPLOYMENTS}/${id}`,
      headers: JSON_TYPE,
      body,
    })),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(withBody, anything)
      .map(([at, value]) => ({ ...at, headers: JSON_TYPE, body: JSON.stringify(value) })),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(withBody, types, rawBodies)
      .map(([at, type, body]) => ({ ...at, headers: { "content-type": type }, body })),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(methods, routes, queries)
      .map(([method, path, query]) => ({ method, path: `${path}?${query}`, headers: {} })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(methods, fc.array(nasty, { maxLength: 4 }), fc.constantFrom(DEPLOYMENTS, ITEMS, ""))
      .map(([method, parts, base]) => ({
        method,
        path: [base, ...parts].join("/") || "/",
        headers: {},
      })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom("GET", "DELETE"), routes, headers)
      .map(([method, path, some]) => ({ method, path, headers: some })),
  },
);
