/** Conflicts: what the API server says to one of two who change an object at the same moment. */
import type { ApiResult } from "../seams";

const MOST_TRIES = 4;
const LONGEST_PAUSE_MS = 50;

/** Sends a request again while it meets another's change; a conflict that stays is one with what is wanted. */
export async function afterConflicts(send: () => Promise<ApiResult>): Promise<ApiResult> {
  for (let attempt = 1; ; attempt++) {
    const result = await send();
    if (result.status !== 409 || attempt === MOST_TRIES) {
      return result;
    }
    await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_PAUSE_MS));
  }
}
