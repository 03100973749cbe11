/**
 * Progress of long steps: a live list on a terminal (listr2), plain lines elsewhere (CI, a log file).
 */

/** One step that takes long enough to be shown. */
export interface ProgressTask<T = void> {
  /** What is done, as a short phrase: `build etcd`. */
  title: string;
  /** What to expect, shown with the elapsed time: `the first build takes about 8 minutes`. */
  note?: string;
  /**
   * Does the work. `report` replaces the status shown beside the title. `signal` is aborted when another
   * task has failed: stop early then, whatever is thrown afterwards is dropped.
   */
  run(report: (status: string) => void, signal: AbortSignal): Promise<T>;
}

/** Where plain lines go; `process.stdout` is one. */
interface ProgressOutput {
  isTTY?: boolean;
  write(text: string): unknown;
}

export interface ProgressOptions {
  /** How many tasks run at once, started in their order. Default 1. */
  concurrency?: number;
  /** Seconds between two plain lines of a task that still runs. Default 30. */
  heartbeatSeconds?: number;
  /**
   * Where to show the progress. Default `process.stdout`. The live list is used when this is
   * `process.stdout`, a terminal, and neither `CI` nor `TERM=dumb` is set; plain lines otherwise.
   */
  output?: ProgressOutput;
}

/** A duration for people: `45 s`, `1 min 30 s`, `1 h 5 min`. */
export function formatElapsed(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/**
 * Runs the tasks and shows each one's progress.
 *
 * @returns the results, in the order of the tasks.
 * @throws the first task's error that occurs, after the running tasks have stopped; no further task is started.
 */
export async function runTasks<T>(
  tasks: readonly ProgressTask<T>[],
  options: ProgressOptions = {},
): Promise<T[]> {
  const run = new Run(tasks);
  const output = options.output ?? process.stdout;
  const concurrency = options.concurrency ?? 1;
  const live = output === process.stdout && process.stdout.isTTY && isCapable(process.env);
  if (live) await showLive(run, concurrency);
  else await showPlain(run, concurrency, output, (options.heartbeatSeconds ?? 30) * 1000);
  return run.results();
}

function isCapable(env: NodeJS.ProcessEnv): boolean {
  return (env["CI"] ?? "") === "" && env["TERM"] !== "dumb";
}

/** What both displays share: the outcome of each task, and the stop after a failure. */
class Run<T> {
  private readonly done = new Map<number, T>();
  private readonly abort = new AbortController();
  private failure: { error: unknown } | undefined;

  constructor(readonly tasks: readonly ProgressTask<T>[]) {}

  get failed(): boolean {
    return this.failure !== undefined;
  }

  /** Runs one task; its error is kept for `results` and thrown to the display. */
  async one(index: number, report: (status: string) => void): Promise<void> {
    try {
      this.done.set(index, await this.tasks[index]!.run(report, this.abort.signal));
    } catch (error) {
      this.failure ??= { error };
      this.abort.abort();
      throw error;
    }
  }

  results(): T[] {
    if (this.failure !== undefined) throw this.failure.error;
    return this.tasks.map((_, index) => this.done.get(index) as T);
  }
}

/** The elapsed time and the note of a task, as they stand in brackets. */
function detail(started: number, note: string | undefined): string {
  return [formatElapsed(Date.now() - started), note]
    .filter((part) => part !== undefined)
    .join("; ");
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0]!;
}

async function showPlain<T>(
  run: Run<T>,
  concurrency: number,
  output: ProgressOutput,
  heartbeat: number,
): Promise<void> {
  const show = async (index: number): Promise<void> => {
    const { title, note } = run.tasks[index]!;
    const started = Date.now();
    let status = "";
    const named = (): string => (status === "" ? title : `${title}: ${status}`);
    output.write(note === undefined ? `${title}\n` : `${title} (${note})\n`);
    const timer = setInterval(
      () => output.write(`${named()} (${detail(started, note)})\n`),
      heartbeat,
    );
    try {
      await run.one(index, (text) => (status = text));
      output.write(`${title}: done (${detail(started, undefined)})\n`);
    } catch (error) {
      output.write(`${title}: failed (${detail(started, undefined)}): ${firstLine(error)}\n`);
    } finally {
      clearInterval(timer);
    }
  };
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < run.tasks.length && !run.failed) await show(next++);
  };
  await Promise.all(Array.from({ length: Math.max(1, concurrency) }, worker));
}

async function showLive<T>(run: Run<T>, concurrency: number): Promise<void> {
  // An ES module that costs 0.1 s, needed on a terminal only.
  const { Listr } = await import("listr2");
  const list = new Listr(
    run.tasks.map(({ title, note }, index) => ({
      title,
      task: async (
        _context: unknown,
        item: { title: string | undefined; output: string; skip(message: string): void },
      ) => {
        if (run.failed) return item.skip(`${title}: not started`);
        const started = Date.now();
        let status = "";
        const show = (): void => {
          item.output = [status, detail(started, note)].filter((part) => part !== "").join(" · ");
        };
        show();
        const timer = setInterval(show, 1000);
        try {
          await run.one(index, (text) => {
            status = text;
            show();
          });
          item.title = `${title} (${detail(started, undefined)})`;
        } catch (error) {
          // The whole message follows when the caller reports the error.
          throw new Error(firstLine(error), { cause: error });
        } finally {
          clearInterval(timer);
        }
      },
    })),
    {
      concurrent: Math.max(1, concurrency),
      exitOnError: false,
      rendererOptions: { collapseErrors: false },
    },
  );
  await list.run();
}
