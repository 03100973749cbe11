/** Marks issuers and certificates ready, as cert-manager's controller would where all goes well. */
import { ApiError } from "../cluster/api";
import type { ApiClient } from "../cluster/api";
import { follow } from "../cluster/follow";
import { CERT_MANAGER_PATH, CONDITIONED_KINDS, readyStatus } from "./conditions";
import type { Conditioned } from "./conditions";

/** That the object has changed or gone in the meantime is no failure: its next event follows. */
const PASSED = [404, 409];

/**
 * A watch that was opened while its CRD was being made anew stays open and tells nothing; so each ends soon,
 * and what it missed is seen in the list that follows.
 */
const SHORT_WATCH = "timeoutSeconds=10";

export class Controller {
  private running: AbortController | undefined;

  constructor(
    private readonly api: ApiClient,
    private readonly say: (line: string) => void,
  ) {}

  /** Works, or stops: without cert-manager's custom resources there is nothing to look at. */
  work(wanted: boolean): void {
    if (!wanted) {
      this.running?.abort();
      this.running = undefined;
    } else if (this.running === undefined) {
      this.running = new AbortController();
      for (const kind of CONDITIONED_KINDS) {
        const changed = (object: Conditioned): Promise<void> => this.onResource(kind, object);
        const follower = { changed, say: this.say };
        const path = `${CERT_MANAGER_PATH}/${kind}`;
        void follow(this.api, path, SHORT_WATCH, follower, this.running.signal);
      }
    }
  }

  private async onResource(kind: string, object: Conditioned): Promise<void> {
    const status = readyStatus(object);
    if (status === undefined) {
      return;
    }
    const { namespace, name } = object.metadata;
    const folder = namespace === undefined ? kind : `namespaces/${namespace}/${kind}`;
    try {
      await this.api.mergePatch(`${CERT_MANAGER_PATH}/${folder}/${name}/status`, { status });
      this.say(`ready ${folder}/${name}`);
    } catch (error) {
      if (!(error instanceof ApiError) || !PASSED.includes(error.status)) {
        this.say(
          `failed ${folder}/${name}: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    }
  }
}
