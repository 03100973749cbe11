/** Records that are kept in the LLP's collection: fetched from one fixed address, and given to their owner alone. */
import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { Agent, request, type Dispatcher } from "undici";
import type { EndpointSettings } from "../../components/model/endpointSettings";
import type { RecordSource } from "../seams";
import { guardedLookup, mayFetchFrom } from "./addresses";
import { refusal, unavailable } from "./faults";

type SourceSettings = NonNullable<EndpointSettings["recordSource"]>;

/** How records are fetched. */
export interface RecordSourceOptions {
  /** How names are resolved. @default the system's way */
  lookup?: Parameters<typeof guardedLookup>[1];
  /** Milliseconds for the whole answer. @default 5 s */
  timeout?: number;
}

const LARGEST_ANSWER = 1024 * 1024;

/** The fields of a record; what else the collection has stays there. */
const FIELDS = ["title", "data", "exposed_service", "exposed_port", "exposed_hostname"];

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

async function textOf(body: Dispatcher.ResponseData["body"]): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_ANSWER) {
      throw refusal(502, "The record's source gives more than a record can be.");
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** The record in an answer: bare, or below `data` as the collection wraps it. */
function recordIn(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const record = isObject(value) && isObject(value["data"]) ? value["data"] : value;
  if (!isObject(record)) {
    throw refusal(502, "The record's source gives no record.");
  }
  return record;
}

/** A source with the connections that it keeps open. */
export interface OpenRecordSource extends RecordSource {
  close(): Promise<void>;
}

/**
 * Fetches records. The address is the operator's, an id is one segment of its path, redirections are not followed,
 * and addresses within the cluster are refused after the name is resolved. No tenant's token is sent.
 *
 * @throws Error when the address itself is one that may not be fetched from
 */
export function createRecordSource(
  settings: SourceSettings,
  options: RecordSourceOptions = {},
): OpenRecordSource {
  const { url, tokenFile, ownerField, allowPrivateNetworks } = settings;
  const { lookup, timeout = 5_000 } = options;
  const host = new URL(url).hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0 && !mayFetchFrom(host, allowPrivateNetworks)) {
    throw new Error(
      `recordSource.url: ${host} is a private address. Set allowPrivateNetworks if it is meant.`,
    );
  }
  const dispatcher = new Agent({
    connect: { lookup: guardedLookup(allowPrivateNetworks, lookup), timeout },
  });

  async function fetched(id: string): Promise<{ status: number; text: string }> {
    const token = tokenFile === undefined ? undefined : (await readFile(tokenFile, "utf8")).trim();
    const { statusCode, body } = await request(`${url}/${encodeURIComponent(id)}`, {
      dispatcher,
      signal: AbortSignal.timeout(timeout),
      headers: {
        accept: "application/json",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
    });
    if (statusCode !== 200) {
      await body.dump();
      return { status: statusCode, text: "" };
    }
    return { status: statusCode, text: await textOf(body) };
  }

  return {
    close: () => dispatcher.close(),

    async recordOf(tenant, id) {
      if (id === "." || id === "..") {
        throw refusal(404, "There is no such record.");
      }
      const { status, text } = await fetched(id).catch((error: unknown) => {
        if (error instanceof Error && error.name === "HttpFault") {
          throw error;
        }
        throw unavailable("The record's source does not answer. Try again.");
      });
      // The collection says 403 for what is not there, as for what may not be seen.
      if (status === 404 || status === 403) {
        throw refusal(404, "There is no such record.");
      }
      if (status !== 200) {
        throw status >= 500
          ? unavailable("The record's source does not answer. Try again.")
          : refusal(502, `The record's source refuses (${status}). Tell the operator.`);
      }
      const record = recordIn(text);
      // Numbers in the collection are text in paths.
      const { id: own } = record;
      const sameId = own === undefined || (typeof own === "number" ? `${own}` : own) === id;
      if (record[ownerField] !== tenant.subject || !sameId) {
        throw refusal(404, "There is no such record.");
      }
      return Object.fromEntries(
        FIELDS.flatMap((key) => {
          const value = record[key];
          return value === undefined || value === null ? [] : [[key, value]];
        }),
      );
    },
  };
}
