/** GPUs of the cluster, and what a tenant may have. */
import type { GpuClass } from "../../../components/model/gpuTypes";
import type { GpuCapacity } from "../../seams";
import { html, type Content, type Html } from "../html";
import type { Share } from "../quota";
import { meter, units, unitsLegend } from "./pictures";

/** What the section shows. */
export interface CapacityView {
  capacity: readonly GpuCapacity[];
  shares: readonly Share[];
  gpus: Readonly<Record<string, GpuClass>>;
}

const GIB = 2 ** 30;

const NAMES: Record<string, string> = {
  cpu: "CPU cores",
  memory: "Memory",
  storage: "Storage",
  persistentvolumeclaims: "Volumes",
  pods: "Pods",
};

function amount(value: number, what: string): string {
  const inGib = what === "memory" || what === "storage";
  const number = Math.round((inGib ? value / GIB : value) * 10) / 10;
  return inGib ? `${number} GiB` : String(number);
}

/** What is the tenant's own of a class: known where the quota counts its resource, and no other class has it. */
function ownShare({ capacity, shares }: CapacityView, one: GpuCapacity): Share | undefined {
  const alone = capacity.filter(({ resource }) => resource === one.resource).length === 1;
  return alone ? shares.find(({ what }) => what === one.resource) : undefined;
}

function description(gpu: GpuClass | undefined, resource: string): string {
  return gpu === undefined ? resource : `${gpu.type}, ${gpu.vram.replace(/([A-Za-z]+)$/, " $1")}B`;
}

function classCard(view: CapacityView, one: GpuCapacity): Html {
  const share = ownShare(view, one);
  return html`<li class="card">
    <div>
      <h3>${one.class}</h3>
      <p class="quiet small">${description(view.gpus[one.class], one.resource)}</p>
    </div>
    ${units({ total: one.total, used: one.used, mine: share?.used ?? 0 })}
    <p><span class="big">${one.free}</span> of ${one.total} free</p>
    ${
      share !== undefined &&
      html`<p class="quiet small">
        ${
          share.limit === 0
            ? "Your quota has none of these."
            : `You use ${share.used} of the ${share.limit} that you may.`
        }
      </p>`
    }
  </li>`;
}

function shareCard(share: Share, gpus: CapacityView["gpus"]): Html {
  const classes = Object.keys(gpus).filter((name) => gpus[name]!.resource === share.what);
  const name =
    NAMES[share.what] ?? (classes.length > 0 ? `GPUs (${classes.sort().join(", ")})` : share.what);
  const { what, used, limit } = share;
  return html`<li>
    <div class="split">
      <span>${name}</span>
      <span class="quiet small">${amount(used, what)} of ${amount(limit, what)}</span>
    </div>
    ${meter(used, limit)}
  </li>`;
}

/** The section on GPUs; left out where the cluster has none. */
export function gpuSection(view: CapacityView): Content {
  if (view.capacity.length === 0) {
    return undefined;
  }
  const withMine = view.capacity.some((one) => ownShare(view, one) !== undefined);
  return html`<section aria-labelledby="gpus">
    <div class="split">
      <h2 id="gpus">GPUs</h2>
      ${unitsLegend(withMine)}
    </div>
    <ul class="cards narrow">
      ${view.capacity.map((one) => classCard(view, one))}
    </ul>
  </section>`;
}

/** What everybody needs first, then GPUs; what one has none of is left out. */
function inOrder(shares: readonly Share[]): Share[] {
  const known = Object.keys(NAMES);
  const rank = ({ what }: Share): number => (known.includes(what) ? known.indexOf(what) : Infinity);
  return shares
    .filter(({ used, limit }) => used > 0 || limit > 0)
    .sort((a, b) => (rank(a) === rank(b) ? (a.what < b.what ? -1 : 1) : rank(a) - rank(b)));
}

/** The section on the quota; left out where nothing is counted. */
export function quotaSection({ shares, gpus }: CapacityView): Content {
  return (
    shares.length > 0 &&
    html`<section aria-labelledby="quota">
      <h2 id="quota">Your quota</h2>
      <ul class="card cards narrow shares">
        ${inOrder(shares).map((share) => shareCard(share, gpus))}
      </ul>
    </section>`
  );
}
