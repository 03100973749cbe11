/** When a request is sent again, and after how long: only what does no harm twice, a few times, for a short while. */

/** Tries of one request, the first counted. */
const MOST_TRIES = 5;

/** No try begins later than this after the first one. */
const LONGEST_MS = 10_000;

const FIRST_DELAY_MS = 50;
const LONGEST_DELAY_MS = 2_000;

/** Answers that say nothing about the request: the server is busy, or something behind it is. */
const PASSING = new Set([429, 500, 502, 503, 504]);

/** Codes of a connection that was never made: the server has not seen the request. */
const NEVER_SENT = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"]);

/** What one try came to. */
export interface Outcome<T> {
  /** Absent where there was no answer. */
  status?: number;
  /** Seconds, from the answer's Retry-After. */
  retryAfter?: number;
  /** Code of the connection's error. */
  code?: string;
  /** The answer itself. */
  result?: T;
}

function isWorthRepeating(outcome: Outcome<unknown>, repeatable: boolean): boolean {
  const { status, code } = outcome;
  if (status === undefined) {
    return repeatable || NEVER_SENT.has(code ?? "");
  }
  // 429 is said before anything is done.
  return status === 429 || (repeatable && PASSING.has(status));
}

/** Full jitter: clients that failed together do not come back together. */
function delayBefore(
  attempt: number,
  retryAfter: number | undefined,
  random: () => number,
): number {
  const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt);
  return (retryAfter ?? 0) * 1000 + random() * ceiling;
}

/** What tells time, for tests. */
export interface Clock {
  now: () => number;
  sleep: (ms: number) => Promise<void>;
  /** From 0 to 1. */
  random: () => number;
}

const CLOCK: Clock = {
  now: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  random: () => Math.random(),
};

/**
 * Tries until there is an answer, five times within ten seconds at most.
 *
 * @param once one try; it gets its number, counted from 1
 * @param repeatable whether the request may be sent again after it may have been carried out
 * @param onRetry told of each further try
 * @returns the last outcome
 */
export async function retrying<T>(
  once: (attempt: number) => Promise<Outcome<T>>,
  repeatable: boolean,
  onRetry: (outcome: Outcome<T>) => void = () => undefined,
  clock: Clock = CLOCK,
): Promise<Outcome<T>> {
  const start = clock.now();
  for (let attempt = 1; ; attempt++) {
    const outcome = await once(attempt);
    const delay = delayBefore(attempt, outcome.retryAfter, clock.random);
    const isLast = attempt === MOST_TRIES || clock.now() + delay - start > LONGEST_MS;
    if (isLast || !isWorthRepeating(outcome, repeatable)) {
      return outcome;
    }
    onRetry(outcome);
    await clock.sleep(delay);
  }
}
