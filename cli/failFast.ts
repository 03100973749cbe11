/**
 * Ends an inline program at its first error. Where an Output fails, the resources that wait for it never
 * register, and the Automation API waits for them for ever; the ordinary Node host ends its process instead.
 */
import type { AsyncLocalStorage } from "node:async_hooks";
import type { PulumiFn } from "@pulumi/pulumi/automation";

/** What the SDK keeps for one run; of its insides only the queue of open requests matters here. */
interface RunStore {
  settings: { rpcDone: Promise<unknown> };
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

/** gRPC's CANCELLED and UNAVAILABLE: the engine stopped by itself, said why, and ends all requests. */
function isEngineGone(error: unknown): boolean {
  const code: unknown =
    typeof error === "object" && error !== null ? Reflect.get(error, "code") : undefined;
  return code === 1 || code === 14;
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
    const onError = (error: unknown): void => {
      if (!isEngineGone(error)) {
        // The SDK waits for open requests once more when it closes; those of a failed Output never end.
        run.settings.rpcDone = Promise.resolve();
        stop(error);
      }
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
      process.off("unhandledRejection", onError);
      process.off("uncaughtException", onError);
    }
  };
}
