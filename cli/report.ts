/** Shows a run of the engine as it goes: a line for each change, and what it waits for. */
import type { EngineEvent } from "@pulumi/pulumi/automation";

/** What the engine does to a resource, as a mark and a word. */
const SHOWN: Record<string, [mark: string, doing: string]> = {
  create: ["+", "create"],
  update: ["~", "update"],
  delete: ["-", "delete"],
  replace: ["±", "replace"],
  "create-replacement": ["+", "create replacement of"],
  "delete-replaced": ["-", "delete replaced"],
  import: ["=", "import"],
  refresh: ["?", "refresh"],
  "let-go": ["·", "let go of (it stays on the cluster)"],
};

/** What providers say of every object, and what nobody needs to read. */
const NOISE = [
  /^Skipping await logic/,
  /^Resource scheduled for deletion/,
  /^Found \{/,
  /^using pulumi-resource-\S+ from \$PATH/,
];

const WORKLOADS = [
  "kubernetes:batch/v1:Job",
  "kubernetes:apps/v1:Deployment",
  "kubernetes:apps/v1:StatefulSet",
];

/** Kinds whose deletion ends somebody's work or loses something that cannot be made again. */
const PRECIOUS = [
  ...WORKLOADS,
  "kubernetes:core/v1:PersistentVolumeClaim",
  "kubernetes:core/v1:PersistentVolume",
  "kubernetes:core/v1:Namespace",
  "kubernetes:helm.sh/v3:Release",
  "pulumi:providers:kubernetes",
  "random:index/randomPassword:RandomPassword",
];

/** One planned or done change. */
export interface Change {
  op: string;
  urn: string;
  type: string;
  name: string;
  /** Property paths that differ. */
  paths: string[];
}

type Step = NonNullable<EngineEvent["resourcePreEvent"]>["metadata"];

/** A deletion in state alone: data that is retained, and patches, which only give up their own keys. */
function letsGo(step: Step): boolean {
  const stays = step.old?.retainOnDelete === true || step.type.endsWith("Patch");
  return step.op === "delete" && stays;
}

/** `urn:pulumi:dev::project::type$type::name` -> its last type and name. */
export function splitUrn(urn: string): { type: string; name: string } {
  const [, , types = "", ...name] = urn.split("::");
  return { type: types.split("$").at(-1) ?? "", name: name.join("::") };
}

/** Whether a change replaces anything, or deletes what is precious. */
export function isDestructive(change: Change): boolean {
  return change.op === "replace" || (change.op === "delete" && PRECIOUS.includes(change.type));
}

function line(change: Change, seconds?: string): string {
  const [mark, doing] = SHOWN[change.op] ?? ["·", change.op];
  const restarts = change.op === "replace" && WORKLOADS.includes(change.type);
  const why = change.paths.length > 0 ? ` (${change.paths.join(", ")})` : "";
  return (
    `  ${mark} ${doing} ${change.type.replace("kubernetes:", "")} ${change.name}${why}` +
    (restarts ? ": restarts it" : "") +
    (seconds === undefined ? "" : `  ${seconds} s`)
  );
}

/** Collects the changes of one run and writes them as they happen. */
export class Report {
  readonly changes: Change[] = [];
  private readonly started = new Map<string, number>();
  private heartbeat: NodeJS.Timeout | undefined;

  constructor(
    private readonly write: (text: string) => void,
    /** Whether nothing is carried out. */
    private readonly previewing: boolean,
  ) {}

  /** Says every ten seconds what is still under way; `stop` ends that. */
  start(): void {
    this.heartbeat = setInterval(() => {
      const waiting = [...this.started].map(([urn, since]) => {
        const seconds = Math.round((Date.now() - since) / 1000);
        return `${splitUrn(urn).name} (${seconds} s)`;
      });
      if (waiting.length > 0) {
        const shown = waiting.slice(0, 4).join(", ");
        this.write(
          `  … waiting for ${shown}${waiting.length > 4 ? ` and ${waiting.length - 4} more` : ""}`,
        );
      }
    }, 10_000);
  }

  stop(): void {
    clearInterval(this.heartbeat);
  }

  readonly onEvent = (event: EngineEvent): void => {
    if (event.resourcePreEvent) {
      this.begin(event.resourcePreEvent.metadata);
    } else if (event.resOutputsEvent) {
      this.end(event.resOutputsEvent.metadata.urn);
    } else if (event.diagnosticEvent) {
      this.diagnose(
        event.diagnosticEvent.severity,
        event.diagnosticEvent.message,
        event.diagnosticEvent.urn,
      );
    }
  };

  private begin(step: Step): void {
    if (!(step.op in SHOWN) || step.op === "refresh") {
      return;
    }
    const change: Change = {
      op: letsGo(step) ? "let-go" : step.op,
      urn: step.urn,
      type: step.type,
      name: splitUrn(step.urn).name,
      paths: Object.keys(step.detailedDiff ?? {}),
    };
    this.changes.push(change);
    if (this.previewing) {
      this.write(line(change));
    } else {
      this.started.set(step.urn, Date.now());
    }
  }

  private end(urn: string): void {
    const since = this.started.get(urn);
    const change = this.changes.findLast((candidate) => candidate.urn === urn);
    if (since !== undefined && change !== undefined) {
      this.started.delete(urn);
      this.write(line(change, ((Date.now() - since) / 1000).toFixed(1)));
    }
  }

  private diagnose(severity: string, message: string, urn: string | undefined): void {
    if (
      severity !== "warning" &&
      severity !== "error" &&
      severity !== "info#err" &&
      severity !== "info"
    ) {
      return;
    }
    const text = message.replace(/<\{%[^%]*%\}>/g, "").trim();
    if (text !== "" && !NOISE.some((pattern) => pattern.test(text))) {
      const about = urn === undefined || urn === "" ? "" : `${splitUrn(urn).name}: `;
      this.write(
        severity === "info"
          ? `  ${text}`
          : `  ${severity.replace("info#err", "note")}: ${about}${text}`,
      );
    }
  }
}
