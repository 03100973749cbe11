/** What the subcommands do. */
import { createInterface } from "node:readline/promises";
import { pipeline } from "node:stream/promises";
import { Readable, Transform } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import type { ApiLogOptions, EndpointClient } from "../client/client";
import type { ServiceStatus } from "../service";
import { follow, isSettled } from "./follow";
import { note, PlainError, printable, say } from "./output";
import { readRecord, type RecordOptions } from "./record";
import { formatDeployment, formatList } from "./statusText";

/** Whether and how long a change is followed. */
export interface WaitOptions {
  wait: boolean;
  /** In seconds. */
  timeout: number;
}

/** Options of `logs`. */
export interface LogsOptions {
  container?: string;
  since?: number;
  tail?: number;
  previous?: boolean;
  timestamps?: boolean;
  follow?: boolean;
}

/** Follows a change until it is there. @throws PlainError with the reason when it does not get there */
async function followed(
  remote: EndpointClient,
  id: string,
  version: string | undefined,
  { wait, timeout }: WaitOptions,
): Promise<void> {
  if (!wait) {
    return;
  }
  let since = version;
  const looks = {
    status: async (): Promise<ServiceStatus> => {
      const status: ServiceStatus = await remote.get(id, since);
      since = undefined;
      return status;
    },
    events: (pod: string) => remote.events(id, pod),
  };
  const { status, failure } = await follow(looks, {
    timeoutSeconds: timeout,
    write: (text) => say(printable(text)),
  });
  if (failure !== undefined) {
    throw new PlainError(
      `${id} did not get ready: ${printable(failure)}\nLook again with: service status ${id}`,
    );
  }
  say(status.replicas === 0 ? `${id} is stopped.` : `${id} is ready.`);
}

/** `put` */
export async function put(
  remote: EndpointClient,
  id: string,
  file: string | undefined,
  options: WaitOptions & RecordOptions,
): Promise<void> {
  const { title, expose, hostname } = options;
  if (file === undefined && [title, expose, hostname].some((option) => option !== undefined)) {
    throw new PlainError(
      "--title, --expose and --hostname go with a file: without one, the kept record is applied as it is.",
    );
  }
  const record = file === undefined ? undefined : readRecord(id, file, options);
  const { created, warnings, resourceVersion } = await remote.put(id, record);
  warnings.forEach((warning) => note(`warning: ${printable(warning)}`));
  say(created ? `${id} is new.` : `${id} was there, and follows the record.`);
  await followed(remote, id, resourceVersion, options);
}

/** `status` */
export async function status(
  remote: EndpointClient,
  id: string | undefined,
  asJson: boolean,
): Promise<void> {
  const all = await remote.list();
  if (id === undefined) {
    say(asJson ? JSON.stringify(all, undefined, 2) : formatList(all));
    return;
  }
  const one = all.find((summary) => summary.id === id);
  if (one === undefined) {
    throw new PlainError(`You have no deployment ${id}. Those that you have: service status`);
  }
  if (asJson) {
    say(JSON.stringify(one, undefined, 2));
    return;
  }
  say(formatDeployment(one));
  if (one.status !== undefined && !isSettled(one.status)) {
    await tellReasons(remote, id, one.status);
  }
}

/** What the cluster last warned of, for each pod that is not ready. */
async function tellReasons(
  remote: EndpointClient,
  id: string,
  { pods }: ServiceStatus,
): Promise<void> {
  for (const pod of pods.filter((one) => one.containers.some(({ ready }) => !ready))) {
    const events = await remote.events(id, pod.name);
    const last = events.findLast(({ type }) => type === "Warning");
    if (last !== undefined) {
      say(printable(`  … ${pod.name}: ${last.reason}: ${last.note}`));
    }
  }
}

/** Logs are what others wrote, and a terminal obeys control characters; a file gets them as they are. */
function forTerminal(): Transform {
  const decoder = new TextDecoder();
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      done(null, printable(decoder.decode(piece, { stream: true })));
    },
  });
}

/** `logs` */
export async function logs(
  remote: EndpointClient,
  id: string,
  pod: string | undefined,
  options: LogsOptions,
): Promise<void> {
  const { since: sinceSeconds, tail: tailLines, ...rest } = options;
  const asked: ApiLogOptions = { ...rest, sinceSeconds, tailLines };
  const name = pod ?? (await remote.get(id)).pods[0]?.name;
  if (name === undefined) {
    throw new PlainError(`${id} has no pods now. How it is doing: service status ${id}`);
  }
  const log = Readable.fromWeb((await remote.logs(id, name, asked)) as ReadableStream);
  await (process.stdout.isTTY
    ? pipeline(log, forTerminal(), process.stdout, { end: false })
    : pipeline(log, process.stdout, { end: false }));
}

/** `scale` */
export async function scale(
  remote: EndpointClient,
  id: string,
  count: number,
  options: WaitOptions,
): Promise<void> {
  const { resourceVersion } = await remote.scale(id, count);
  await followed(remote, id, resourceVersion, options);
}

/** `restart` */
export async function restart(
  remote: EndpointClient,
  id: string,
  options: WaitOptions,
): Promise<void> {
  const { resourceVersion } = await remote.restart(id);
  await followed(remote, id, resourceVersion, options);
}

async function agreed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new PlainError("There is nobody to ask here: give --yes if you mean it.");
  }
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await asking.question(`${question} [y/N] `)).trim());
  } finally {
    asking.close();
  }
}

/** `rm` */
export async function remove(
  remote: EndpointClient,
  id: string,
  options: { keepVolumes?: boolean; yes?: boolean },
): Promise<void> {
  const { keepVolumes, yes = false } = options;
  if (!yes && !(await agreed(`Delete ${id}? This cannot be undone.`))) {
    throw new PlainError("Nothing was deleted.");
  }
  const { removed, kept } = await remote.remove(id, { keepVolumes });
  removed.forEach((object) => say(`  gone: ${object}`));
  kept.forEach((object) => say(`  stays: ${object}`));
  say(`${id} is deleted.`);
}
