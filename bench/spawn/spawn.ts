/** Our hub against KubeSpawner with a minimal config: 64 users who start a server at the same time. */
import { stand } from "../../test/support/engine";
import { Hub } from "../../test/hub/hub";
import { venvPython } from "../../test/hub/venv";
import { median, row, type Row } from "../results";
import { addUsers, storm } from "./storm";

/** As many as the chart lets start at once (`hub.concurrentSpawnLimit`). */
const USERS = 64;
const RUNS = 5;
const REACH = 1.1;

/** Profiles of each kind; the one that is chosen asks for what a local one does. */
const SETTINGS = {
  profiles: [
    {
      slug: "cpu",
      display_name: "CPU",
      default: true,
      cpu_guarantee: 0.05,
      mem_guarantee: "64M",
      node_affinity_required: [
        { matchExpressions: [{ key: "kubernetes.io/os", operator: "In", values: ["linux"] }] },
      ],
      tolerations: [{ key: "hub.jupyter.org/dedicated", operator: "Exists" }],
      environment: { NVIDIA_VISIBLE_DEVICES: "" },
      max_lifetime_seconds: 14_400,
    },
    ...["a100", "h100", "mig", "t4"].map((slug) => ({
      slug,
      display_name: slug,
      groups: ["ml"],
      extra_resource_limits: { "nvidia.com/gpu": "1" },
      storage: false,
    })),
  ],
};

/**
 * Runs the storms, one hub after the other in turn, on the stand.
 *
 * @throws Error without a stand, Python or its packages
 */
export async function spawnRows(say: (text: string) => void): Promise<Row[]> {
  const found = stand();
  if (found === undefined) {
    throw new Error("the stand is not running: `make cluster`");
  }
  const common = { python: venvPython(), storage: false };
  const names = Array.from({ length: USERS }, (_, at) => `user-${at}`);
  const hubs: Hub[] = [];
  try {
    const minimal = await Hub.start(found, "bench-minimal", common);
    hubs.push(minimal);
    const ours = await Hub.start(found, "bench-ours", { ...common, settings: () => SETTINGS });
    hubs.push(ours);
    const contestants = [
      { name: "KubeSpawner", hub: minimal, options: {}, seconds: [] as number[] },
      { name: "ours", hub: ours, options: { profile: "cpu" }, seconds: [] as number[] },
    ] as const;
    for (const { hub, options } of contestants) {
      await addUsers(hub, names);
      // A hub's first spawns are slower: connections, watches, the database's cache.
      await storm(hub, names, options);
    }
    for (let run = 0; run < RUNS; run += 1) {
      // Whoever comes first in a round comes second in the next.
      for (const { name, hub, options, seconds } of run % 2 === 0
        ? contestants
        : [...contestants].reverse()) {
        const took = await storm(hub, names, options);
        seconds.push(took);
        say(`spawn storm, ${USERS} users, ${name}: ${took.toFixed(1)} s`);
      }
    }
    const [theirs, mine] = contestants;
    const ratio = median(mine.seconds) / median(theirs.seconds);
    return [
      row("spawn", `${USERS} users, all pods Running`, "KubeSpawner, minimal config", ratio, REACH),
    ];
  } finally {
    await Promise.all(hubs.map((hub) => hub.close()));
  }
}
