/** The first page: what is free, and what one has. */
import type { DeploymentSummary } from "../../service";
import { html, type Html } from "../html";
import { deploymentState, isReady, readyText } from "../../states";
import { gpuSection, quotaSection, type CapacityView } from "./capacity";
import { deploymentPath, livePart, type View } from "./frame";
import { podSquares, state } from "./pictures";

function webAddress(url: string): Html {
  return html`<a href="${url}" rel="noreferrer"
    >${url.replace(/^https?:\/\//, "").replace(/\/$/, "")}</a
  >`;
}

function podPicture(deployment: DeploymentSummary): Html | undefined {
  const { status } = deployment;
  if (status === undefined || (status.replicas === 0 && status.pods.length === 0)) {
    return undefined;
  }
  const ready = status.pods.filter(isReady).length;
  const total = Math.max(status.replicas, status.pods.length);
  return html`<div class="split">
    ${podSquares(ready, total)}<span class="quiet small">${readyText(status)}</span>
  </div>`;
}

function deploymentCard(deployment: DeploymentSummary): Html {
  const { id, title, url } = deployment;
  const { kind, text } = deploymentState(deployment);
  return html`<li class="card">
    <div class="split">
      <h3><a id="open-${id}" href="${deploymentPath(id)}">${title || id}</a></h3>
      ${state(kind, text)}
    </div>
    ${title !== "" && title !== id && html`<p class="quiet small mono">${id}</p>`}
    ${podPicture(deployment)} ${url !== undefined && html`<p class="small">${webAddress(url)}</p>`}
  </li>`;
}

function deploymentList(deployments: readonly DeploymentSummary[]): Html {
  return deployments.length === 0
    ? html`<div class="card empty stack">
        <p>
          You have no deployments yet. One is a container image and what it needs: cores, memory, a
          GPU, a volume, a web address.
        </p>
        <a class="button main" href="/new">New deployment</a>
      </div>`
    : html`<ul class="cards wide">
        ${deployments.map(deploymentCard)}
      </ul>`;
}

/** The overview. */
export function overview(deployments: readonly DeploymentSummary[], capacity: CapacityView): View {
  return {
    title: "Overview",
    place: "overview",
    every: 5,
    content: html`<div class="head">
        <h1>Overview</h1>
        ${deployments.length > 0 && html`<div class="actions"><a class="button main" href="/new">New deployment</a></div>`}
      </div>
      <section aria-labelledby="mine">
        <h2 id="mine">Your deployments</h2>
        ${livePart("deployments", deploymentList(deployments))}
      </section>
      ${livePart("capacity", [gpuSection(capacity), quotaSection(capacity)])}`,
  };
}

export { webAddress };
