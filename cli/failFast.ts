/**
 * Ends an inline program at its first error, and when its engine is gone. Where an Output fails, the resources that wait
 * for it never register, and the Automation API waits for them for ever; where the engine stops by itself, all that was
 * asked of it is never answered. The ordinary Node host ends its process in both cases.
 */
import type { AsyncLocalStorage } from "node:async_hooks";
import type { PulumiFn } from "@pulumi/pulumi/automation";

/** What the SDK keeps for one run; of its insides only these matter here. */
interface RunStore {
  /** The queue of open requests. */
  settings: { rpcDone: Promise<unknown> };
  /** Set when a request finds that the engine is gone. */
  terminated: boolean;
}

function currentRun(): RunStore {
  const runs = Reflect.get(globalThis, "asyncLocalStorage") as
    AsyncLocalStorage<RunStore> | undefined;
  const store = runs?.getStore();
  if (store === undefined) {
    throw new Error("failFast: not inside a run of the engine");
  }
  return store;
}

/** Waits until no request is open; one may open others. */
async function drained({ settings }: RunStore): Promise<void> {
  let seen: Promise<unknown> | undefined;
  while (seen !== settings.rpcDone) {
    seen = settings.rpcDone;
    await seen;
  }
}

const UNAVAILABLE = 14;

/** How long the last requests of a run without an engine take to fail, with time to spare. */
const LAST_REQUESTS_MS = 1000;

/** The engine stopped by itself, and said why: by its code the SDK, too, takes this for no error of the program. */
class EngineGoneError extends Error {
  readonly code = UNAVAILABLE;
  constructor() {
    super("the engine stopped");
  }
}

/** Calls back when the SDK notes that the engine is gone. */
function onEngineGone(run: RunStore, callback: () => void): void {
  let isTerminated = run.terminated;
  Object.defineProperty(run, "terminated", {
    configurable: true,
    enumerable: true,
    get: () => isTerminated,
    set: (value: boolean) => {
      isTerminated = value;
      if (value) {
        callback();
      }
    },
  });
}

/** gRPC's CANCELLED and UNAVAILABLE: the engine stopped by itself, said why, and ends all requests. */
export function isEngineGone(error: unknown): boolean {
  const code: unknown =
    typeof error === "object" && error !== null ? Reflect.get(error, "code") : undefined;
  return code === 1 || code === UNAVAILABLE;
}

/** The program, failing as soon as any of its Outputs fails. */
export function failFast(program: PulumiFn): PulumiFn {
  return async () => {
    const run = currentRun();
    let stop: (error: unknown) => void = () => undefined;
    const failure = new Promise<never>((_, reject) => {
      stop = reject;
    });
    // Where the program itself fails first, nobody looks at this one.
    failure.catch(() => undefined);
    const end = (error: unknown): void => {
      // The SDK waits for open requests once more when it closes; those of a failed Output never end.
      run.settings.rpcDone = Promise.resolve();
      stop(error);
    };
    const onError = (error: unknown): void => {
      if (!isEngineGone(error)) {
        end(error);
      }
    };
    let isGone = false;
    onEngineGone(run, () => {
      isGone = true;
      end(new EngineGoneError());
    });
    const off = (): void => {
      process.off("unhandledRejection", onError);
      process.off("uncaughtException", onError);
    };
    process.on("unhandledRejection", onError);
    process.on("uncaughtException", onError);
    try {
      const finished = async (): Promise<Awaited<ReturnType<PulumiFn>>> => {
        const outputs = await program();
        await drained(run);
        return outputs;
      };
      return await Promise.race([finished(), failure]);
    } finally {
      if (isGone) {
        // Nobody else takes the failures of its last requests.
        setTimeout(off, LAST_REQUESTS_MS).unref();
      } else {
        off();
      }
    }
  };
}
