/** One deployment: how it is doing, and what can be done with it. */
import type { DeploymentSummary, ServiceEvent, ServiceItem, ServiceStatus } from "../../service";
import { html, type Content, type Html } from "../html";
import { deploymentState, podState, readyText } from "../../states";
import { announced, deploymentPath, livePart, token, type Frame, type View } from "./frame";
import { webAddress } from "./overview";
import { state } from "./pictures";

type Pod = ServiceStatus["pods"][number];

/** What the page shows. */
export interface DeploymentView {
  summary: DeploymentSummary;
  item: ServiceItem;
  /** The last warning about each pod that is not ready, by its name. */
  reasons: ReadonlyMap<string, ServiceEvent>;
  maxReplicas: number;
}

/** Where one is, for going back. */
export function crumbs(...entries: { path: string; text: string }[]): Html {
  return html`<nav class="crumbs" aria-label="Back to">
    ${entries.map(({ path, text }, index) => html`${index > 0 && " / "}<a href="${path}">${text}</a>`)}
  </nav>`;
}

function containers(pod: Pod): Html {
  return html`<p class="quiet small">
    ${pod.containers.map(
      ({ name, ready, started }, index) =>
        html`${index > 0 && ", "}<span class="mono">${name}</span> ${
            ready ? "is ready" : started ? "has started" : "has not started"
          }`,
    )}
  </p>`;
}

function podRow(id: string, pod: Pod, reason: ServiceEvent | undefined): Html {
  const { kind, text } = podState(pod);
  const path = deploymentPath(id, "pods", pod.name);
  return html`<li>
    <div class="split">
      <a id="pod-${pod.name}" class="mono" href="${path}">${pod.name}</a>
      ${state(kind, text)}
    </div>
    ${pod.containers.length > 0 && containers(pod)}
    ${reason !== undefined && html`<p class="small"><strong>${reason.reason}:</strong> ${reason.note}</p>`}
  </li>`;
}

function volumes(status: ServiceStatus): Content {
  return (
    status.volumes.length > 0 &&
    html`<section aria-labelledby="volumes">
      <h2 id="volumes">Volumes</h2>
      <ul class="card rows">
        ${status.volumes.map(
          ({ name, phase, capacity, type }) =>
            html`<li>
              <div class="split">
                <span class="mono">${name}</span
                >${state(phase === "Bound" ? "good" : phase === "Lost" ? "bad" : "wait", phase)}
              </div>
              <p class="quiet small">
                ${[capacity, type].filter((text) => text !== "").join(", ")}
              </p>
            </li>`,
        )}
      </ul>
    </section>`
  );
}

function whyNoPods({ replicas }: ServiceStatus): Html {
  return replicas === 0
    ? html`It is stopped: no pods run, and its volumes stay.`
    : html`No pod has been made yet. If that lasts, your quota may be used up: see the
        <a id="quota-hint" href="/">overview</a>.`;
}

function pods({ summary, reasons }: DeploymentView, status: ServiceStatus): Html {
  return html`<section aria-labelledby="pods">
    <div class="split">
      <h2 id="pods">Pods</h2>
      <span class="quiet small">${status.replicas > 0 && readyText(status)}</span>
    </div>
    ${
      status.pods.length === 0
        ? html`<p class="card empty quiet">${whyNoPods(status)}</p>`
        : html`<ul class="card rows">
            ${status.pods.map((pod) => podRow(summary.id, pod, reasons.get(pod.name)))}
          </ul>`
    }
  </section>`;
}

function scaleForm(id: string, status: ServiceStatus, most: number): Html {
  return html`<form class="scale" method="get" action="${deploymentPath(id, "scale")}">
    <div class="actions">
      <div class="field">
        <label for="to">Replicas</label>
        <input
          id="to"
          name="to"
          type="number"
          inputmode="numeric"
          min="0"
          max="${most}"
          required
          value="${status.replicas}"
        />
      </div>
      <button type="submit">Scale</button>
    </div>
  </form>`;
}

function actions({ summary, maxReplicas }: DeploymentView, frame: Frame): Html {
  const { id, status, deployed } = summary;
  const link = (text: string, action: string, kind = ""): Html =>
    html`<a class="button ${kind}" href="${deploymentPath(id)}/${action}">${text}</a>`;
  if (!deployed || status === undefined) {
    return html`<div class="actions">
      <form method="post" action="${deploymentPath(id, "deploy")}">
        ${token(frame.session)}<button class="main" type="submit">Deploy</button>
      </form>
      ${link("Edit", "edit")} ${link("Delete", "delete", "danger")}
    </div>`;
  }
  const stopped = status.replicas === 0;
  return html`<div class="actions">
    ${scaleForm(id, status, maxReplicas)}
    ${stopped ? link("Start", "scale?to=1") : link("Stop", "scale?to=0")}
    ${!stopped && link("Restart", "restart")} ${link("Edit", "edit")}
    ${link("Delete", "delete", "danger")}
  </div>`;
}

function stateLine(summary: DeploymentSummary): Html {
  const { kind, text } = deploymentState(summary);
  const detail = summary.status === undefined ? "" : `, ${readyText(summary.status)}`;
  return html`<span id="live-state" data-live
    >${state(kind, text)}${announced(`${text}${detail}`)}</span
  >`;
}

function kept(item: ServiceItem): Html {
  return html`<details class="card">
    <summary>The document</summary>
    <pre class="text" tabindex="0" aria-label="YAML document">${item.data}</pre>
  </details>`;
}

/** A deployment's page. */
export function deployment(view: DeploymentView, frame: Frame): View {
  const { summary, item } = view;
  const name = item.title || summary.id;
  return {
    title: name,
    every: 3,
    content: html`<div class="head">
        <div>
          ${crumbs({ path: "/", text: "Overview" })}
          <div class="titled">
            <h1>${name}</h1>
            ${stateLine(summary)}
          </div>
          <p class="quiet small">
            <span class="mono">${summary.id}</span
            >${summary.url !== undefined && [" · ", webAddress(summary.url)]}
          </p>
        </div>
      </div>
      <section aria-label="What can be done">${actions(view, frame)}</section>
      ${summary.status !== undefined && livePart("pods", [pods(view, summary.status), volumes(summary.status)])}
      ${kept(item)}`,
  };
}
