/** The whole record as it is sent: YAML document and web address, to be read again before it is deployed. */
import type { Fault } from "../../seams";
import { html, type Content, type Html } from "../html";
import { crumbs } from "./deployment";
import { deploymentPath, token, type Frame, type View } from "./frame";
import { problemList } from "./newForm";
import { fault } from "./problem";

/** A record as its form has it: all text. */
export interface DocumentFields {
  id: string;
  title: string;
  data: string;
  exposed_service: string;
  exposed_port: string;
  exposed_hostname: string;
}

/** What the form knows. */
export interface DocumentFormView {
  fields: DocumentFields;
  /** Whether there is such a deployment already: its id does not change. */
  exists: boolean;
  faults: readonly Fault[];
  /** Domain of web addresses; nothing can be exposed where there is none. */
  domain?: string;
}

type Name = keyof DocumentFields;

const NAMES: readonly Name[] = [
  "id",
  "title",
  "exposed_service",
  "exposed_port",
  "exposed_hostname",
];

/** The field that a fault is about: what is in no other field is in the document. */
function fieldOf({ path = "" }: Fault): Name {
  return NAMES.find((name) => path === name) ?? "data";
}

function input(view: DocumentFormView, name: Name, label: string, attributes: Content): Html {
  const wrong = view.faults.some((one) => fieldOf(one) === name);
  return html`<div class="field">
    <label for="${name}">${label}</label>
    <input
      id="${name}"
      name="${name}"
      value="${view.fields[name]}"
      autocomplete="off"
      spellcheck="false"
      ${attributes}${wrong && html` aria-invalid="true" aria-describedby="problems"`}
    />
  </div>`;
}

function names(view: DocumentFormView): Html {
  return html`<fieldset class="card">
    <legend>Name</legend>
    <div class="fields">
      ${input(view, "title", "Title", html` required maxlength="200"`)}
      ${
        view.exists
          ? html`<div class="field">
              <span class="quiet">Id</span><span class="mono">${view.fields.id}</span>
            </div>`
          : input(
              view,
              "id",
              "Id, in addresses and names",
              html` required maxlength="63"
              pattern="[A-Za-z0-9]([A-Za-z0-9_.\\-]{0,61}[A-Za-z0-9])?"`,
            )
      }
    </div>
  </fieldset>`;
}

function editor(view: DocumentFormView): Html {
  const wrong = view.faults.some((one) => fieldOf(one) === "data");
  const rows = Math.min(32, Math.max(16, view.fields.data.split("\n").length + 2));
  return html`<fieldset class="card">
    <legend><label for="data">YAML document</label></legend>
    <textarea
      id="data"
      name="data"
      rows="${rows}"
      required
      spellcheck="false"
      autocapitalize="off"
      autocomplete="off"
      ${wrong && html` aria-invalid="true" aria-describedby="problems"`}
    >
${view.fields.data}</textarea>
  </fieldset>`;
}

function address(view: DocumentFormView): Content {
  return (
    view.domain !== undefined &&
    html`<fieldset class="card">
      <legend>Web address</legend>
      <p class="quiet small" id="address-hint">
        Left empty, the deployment is reached from within the cluster alone.
      </p>
      <div class="fields">
        ${input(view, "exposed_hostname", `Host name, before .${view.domain}`, html` maxlength="63"`)}
        ${input(view, "exposed_service", "Container", "")}
        ${input(view, "exposed_port", "Port", html` type="number" min="1" max="65535"`)}
      </div>
    </fieldset>`
  );
}

/** The form, for a new deployment or one that is there. */
export function documentForm(view: DocumentFormView, frame: Frame): View {
  const { fields, exists, faults } = view;
  const name = exists ? `Edit ${fields.title || fields.id}` : "New deployment";
  const path = exists ? deploymentPath(fields.id) : "/";
  return {
    title: faults.length > 0 ? `Error: ${name}` : name,
    place: exists ? undefined : "new",
    content: html`<div class="head">
        <div>
          ${exists && crumbs({ path: "/", text: "Overview" }, { path, text: fields.title || fields.id })}
          <h1>${name}</h1>
          <p class="quiet">
            ${
              exists
                ? "What is not changed goes on undisturbed. Volumes can be added and grown, and are never removed by a change."
                : "Read it once more, and change what you like. Nothing runs before you deploy it."
            }
          </p>
        </div>
      </div>
      ${problemList(faults.map((one) => ({ message: fault(one), target: fieldOf(one) })))}
      <form
        class="stack"
        method="post"
        action="${exists ? deploymentPath(fields.id, "deploy") : "/deployments"}"
      >
        ${token(frame.session)} ${names(view)} ${editor(view)} ${address(view)}
        <div class="actions">
          <button class="main" type="submit">Deploy</button>
          <a class="button" href="${exists ? path : "/new"}">Cancel</a>
        </div>
      </form>`,
  };
}
