/** Clients that do one thing after the other, and how long each took. */

/** What a round of clients came to. */
export interface Times {
  /** Of each call, in milliseconds, the shortest first. */
  calls: number[];
  /** Calls per second, of all clients together. */
  rate: number;
}

/** @param part 0.5 for the median, 0.99 for the slowest but one in a hundred */
export function quantile({ calls }: Times, part: number): number {
  return calls[Math.min(calls.length - 1, Math.floor(calls.length * part))]!;
}

/**
 * Lets clients work side by side, each without a pause.
 *
 * @param total calls of all clients together
 * @param call one call of client number `client`
 */
export async function load(
  clients: number,
  total: number,
  call: (client: number, turn: number) => Promise<void>,
): Promise<Times> {
  const calls: number[] = [];
  let next = 0;
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      while (next < total) {
        const turn = next++;
        const start = performance.now();
        await call(client, turn);
        calls.push(performance.now() - start);
      }
    }),
  );
  const seconds = (performance.now() - begun) / 1000;
  return { calls: calls.sort((a, b) => a - b), rate: total / seconds };
}
