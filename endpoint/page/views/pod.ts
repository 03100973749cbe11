/** One pod: what happened to it, and what it wrote. */
import type { LogOptions, ServiceEvent, ServiceStatus } from "../../service";
import { html, type Content, type Html } from "../html";
import { podState } from "../../states";
import { crumbs } from "./deployment";
import { deploymentPath, livePart, type View } from "./frame";
import { state } from "./pictures";

/** What the page shows. */
export interface PodView {
  id: string;
  title: string;
  pod: ServiceStatus["pods"][number];
  /** The latest last. */
  events: readonly ServiceEvent[];
  /** Which part of the log. */
  choice: LogOptions;
  /** The log so far, or why there is none. */
  log: { text: string } | { problem: string };
}

/** How far back a log can be asked for, in seconds. */
const SINCE: readonly [seconds: number, text: string][] = [
  [300, "5 minutes"],
  [3600, "1 hour"],
  [86_400, "1 day"],
];

/** Where following begins, in lines from the end. */
const FOLLOWED_LINES = 1000;

/** The query that stands for a choice. */
function logQuery(choice: LogOptions): string {
  const query = new URLSearchParams();
  Object.entries(choice)
    .filter(([, value]) => value !== undefined && value !== false)
    .forEach(([name, value]) => query.set(name, String(value)));
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

/** A moment, as people of any country read it; the script writes it in the reader's own time. */
function moment(iso: string): Html {
  const date = new Date(iso);
  const text = Number.isNaN(date.getTime())
    ? "some time ago"
    : `${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;
  return html`<time datetime="${iso}">${text}</time>`;
}

function eventRow({ creationTimestamp, note, reason, type }: ServiceEvent): Html {
  return html`<li>
    <div class="split">
      <strong>${reason}</strong>
      <span class="split"
        >${type === "Warning" && state("wait", "Warning")}<span class="quiet small"
          >${moment(creationTimestamp)}</span
        ></span
      >
    </div>
    <p>${note}</p>
  </li>`;
}

function eventList(events: readonly ServiceEvent[]): Html {
  return html`<section aria-labelledby="events">
    <h2 id="events">Events</h2>
    ${
      events.length === 0
        ? html`<p class="card empty quiet">
            Nothing is known to have happened lately: clusters forget events after an hour or so.
          </p>`
        : html`<ul class="card rows">
            ${[...events].reverse().map(eventRow)}
          </ul>`
    }
  </section>`;
}

function option(value: string, text: string, chosen: boolean): Html {
  return html`<option value="${value}" ${chosen && " selected"}>${text}</option>`;
}

function check(name: string, text: string, checked: boolean): Html {
  return html`<div class="check">
    <input
      id="${name}"
      name="${name}"
      type="checkbox"
      value="true"
      ${checked && " checked"}
    /><label for="${name}">${text}</label>
  </div>`;
}

function choices({ id, pod, choice }: PodView): Html {
  const containers = pod.containers.map(({ name }) => name);
  return html`<form
    class="actions"
    method="get"
    action="${deploymentPath(id, "pods", pod.name)}#log"
  >
    ${
      containers.length > 1 &&
      html`<div class="field">
        <label for="container">Container</label>
        <select id="container" name="container">
          ${containers.map((name) => option(name, name, name === choice.container))}
        </select>
      </div>`
    }
    <div class="field">
      <label for="since">Reaching back</label>
      <select id="since" name="sinceSeconds">
        ${option("", "As far as it goes", choice.sinceSeconds === undefined)}
        ${SINCE.map(([seconds, text]) => option(String(seconds), text, choice.sinceSeconds === seconds))}
      </select>
    </div>
    ${check("timestamps", "With times", choice.timestamps === true)}
    ${check("previous", "Of the run before", choice.previous === true)}
    <button type="submit">Show</button>
  </form>`;
}

function log(view: PodView): Html {
  const { id, pod, choice, log: found } = view;
  const path = deploymentPath(id, "pods", pod.name, "log");
  const whole = `${path}${logQuery(choice)}`;
  const follows = choice.previous !== true;
  return html`<section aria-labelledby="log">
    <div class="split">
      <h2 id="log">Log</h2>
      <span class="live" id="log-state" hidden></span>
    </div>
    ${choices(view)}
    ${
      "problem" in found
        ? html`<p class="notice wait">${found.problem}</p>`
        : html`<pre
            class="text wrap log"
            id="log-text"
            tabindex="0"
            role="log"
            aria-live="off"
            aria-labelledby="log"
            ${
              follows &&
              html` data-follow="${path}${logQuery({ ...choice, tailLines: FOLLOWED_LINES, follow: true })}"`
            }
          >
${found.text}</pre>`
    }
    <div class="actions">
      <button type="button" id="log-pause" hidden>Pause</button>
      <button type="button" id="log-wrap" aria-pressed="true" hidden>Wrap lines</button>
      <a class="button" href="${whole}">Plain text</a>
    </div>
  </section>`;
}

/** A pod's page. */
export function pod(view: PodView): View {
  const { id, title } = view;
  const { kind, text } = podState(view.pod);
  const parts: Content = [eventList(view.events)];
  return {
    title: view.pod.name,
    every: 5,
    content: html`<div class="head">
        <div>
          ${crumbs({ path: "/", text: "Overview" }, { path: deploymentPath(id), text: title || id })}
          <div class="titled">
            <h1 class="mono">${view.pod.name}</h1>
            <span id="live-state" data-live>${state(kind, text)}</span>
          </div>
        </div>
        <div class="actions">
          <a class="button danger" href="${deploymentPath(id, "pods", view.pod.name, "delete")}"
            >Delete pod</a
          >
        </div>
      </div>
      ${log(view)} ${livePart("events", parts)}`,
  };
}
