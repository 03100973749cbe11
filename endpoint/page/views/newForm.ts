/** The short form: what most deployments need, from which the YAML is written. */
import type { GpuCapacity } from "../../seams";
import type { EndpointSettings } from "../../../components/model/endpointSettings";
import type { FormProblem, ShortForm } from "../shortForm";
import { html, type Content, type Html } from "../html";
import { token, type Frame, type View } from "./frame";

/** What the form knows. */
export interface NewFormView {
  /** What was typed; empty at first. */
  form: ShortForm;
  problems: readonly FormProblem[];
  capacity: readonly GpuCapacity[];
  settings: EndpointSettings;
}

type Name = keyof ShortForm;

interface FieldOptions {
  label: string;
  hint?: Content;
  /** Further attributes. */
  attributes?: Content;
}

/** Attributes that tie a field to its hint and to what is wrong with it. */
function described(name: Name, hint: Content, wrong: string | undefined): Content {
  const ids = [
    ...(hint === undefined ? [] : [`${name}-hint`]),
    ...(wrong === undefined ? [] : [`${name}-wrong`]),
  ];
  return [
    ids.length > 0 && html` aria-describedby="${ids.join(" ")}"`,
    wrong !== undefined && html` aria-invalid="true"`,
  ];
}

function around(
  view: NewFormView,
  name: Name,
  options: FieldOptions,
  control: (attributes: Content) => Html,
): Html {
  const { label, hint } = options;
  const wrong = view.problems.find(({ field }) => field === name)?.message;
  return html`<div class="field">
    <label for="${name}">${label}</label>
    ${hint !== undefined && html`<p class="quiet small" id="${name}-hint">${hint}</p>`}
    ${control([described(name, hint, wrong), options.attributes])}
    ${wrong !== undefined && html`<p class="wrong small" id="${name}-wrong">${wrong}</p>`}
  </div>`;
}

function text(view: NewFormView, name: Name, options: FieldOptions): Html {
  return around(
    view,
    name,
    options,
    (attributes) =>
      html`<input id="${name}" name="${name}" value="${view.form[name]}" ${attributes} />`,
  );
}

function lines(view: NewFormView, name: Name, options: FieldOptions): Html {
  return around(
    view,
    name,
    options,
    (attributes) =>
      html`<textarea id="${name}" name="${name}" rows="3" spellcheck="false" ${attributes}>
${view.form[name]}</textarea>`,
  );
}

function gpuChoice(view: NewFormView): Html {
  const options = view.capacity.map(
    ({ class: name, free, total }) =>
      html`<option value="${name}" ${view.form.gpu === name && " selected"}>
        ${name}: ${free} of ${total} free
      </option>`,
  );
  return around(
    view,
    "gpu",
    { label: "GPU" },
    (attributes) =>
      html`<select id="gpu" name="gpu" ${attributes}>
        <option value="">none</option>
        ${options}
      </select>`,
  );
}

const number = (from: number, to: number, step = "1"): Html =>
  html` type="number" min="${from}" max="${to}" step="${step}"`;

const leftEmpty = (value: number): string => `Left empty: ${value}`;

function whatRuns(view: NewFormView): Html {
  return html`<fieldset class="card">
    <legend>What runs</legend>
    <div class="stack">
      <div class="fields">
        ${text(view, "title", { label: "Title", attributes: html` required maxlength="200" autocomplete="off"` })}
        ${text(view, "image", { label: "Image", attributes: html` required autocomplete="off" spellcheck="false" placeholder="docker.io/library/nginx:1.29"`, hint: "With a version, since latest changes by itself." })}
      </div>
      <div class="fields">
        ${lines(view, "args", { label: "Arguments", hint: "One a line. Left empty, the image decides." })}
        ${lines(view, "environment", { label: "Environment", hint: html`One a line: <code>NAME=value</code>` })}
      </div>
    </div>
  </fieldset>`;
}

function size(view: NewFormView): Html {
  const { limits } = view.settings;
  return html`<fieldset class="card">
    <legend>How large it is</legend>
    <div class="fields">
      ${text(view, "cpu", { label: "CPU cores", hint: leftEmpty(limits.defaultCpu), attributes: number(limits.minCpu, limits.maxCpu, "any") })}
      ${text(view, "memory", { label: "Memory in GiB", hint: leftEmpty(limits.defaultMemory), attributes: number(limits.minMemory, limits.maxMemory, "any") })}
      ${view.capacity.length > 0 && [gpuChoice(view), text(view, "gpuCount", { label: "How many GPUs", hint: leftEmpty(1), attributes: number(1, limits.maxGpus) })]}
      ${text(view, "replicas", { label: "Replicas", hint: leftEmpty(1), attributes: number(1, limits.maxReplicas) })}
    </div>
  </fieldset>`;
}

function address(view: NewFormView): Html {
  const { exposure } = view.settings;
  return html`<fieldset class="card">
    <legend>How it is reached</legend>
    <div class="fields">
      ${text(view, "port", { label: "Port", hint: "Where the container listens. Left empty, it has none.", attributes: number(1, 65_535) })}
      ${exposure !== undefined && text(view, "hostname", { label: "Web address", hint: `Before .${exposure.domain}. Left empty, it is reached from within the cluster alone.`, attributes: html` autocomplete="off" spellcheck="false" maxlength="63"` })}
    </div>
  </fieldset>`;
}

function storage(view: NewFormView): Html {
  return html`<fieldset class="card">
    <legend>What it keeps</legend>
    <div class="stack">
      <div class="fields">
        ${text(view, "mountPath", { label: "Folder that is kept", hint: "In the container, such as /data. Left empty, nothing outlives a pod.", attributes: html` autocomplete="off" spellcheck="false"` })}
        ${text(view, "size", { label: "Size", hint: html`1 to 999, with <code>Gi</code> or <code>Mi</code>`, attributes: html` autocomplete="off" pattern="[1-9][0-9]{0,2}(Gi|Mi)"` })}
      </div>
      <div class="check">
        <input
          id="shared"
          name="shared"
          type="checkbox"
          value="yes"
          ${view.form.shared !== "" && " checked"}
        />
        <label for="shared">Several replicas write to it at once (ReadWriteMany)</label>
      </div>
    </div>
  </fieldset>`;
}

/** What is wrong, above a form, with a way to each field. */
export function problemList(problems: readonly { message: Content; target: string }[]): Content {
  return (
    problems.length > 0 &&
    html`<div class="notice bad" role="alert" id="problems" tabindex="-1">
      <h2>
        ${problems.length === 1 ? "There is a problem" : `There are ${problems.length} problems`}
      </h2>
      <ul>
        ${problems.map(({ message, target }) => html`<li><a href="#${target}">${message}</a></li>`)}
      </ul>
    </div>`
  );
}

/** The form. */
export function newForm(view: NewFormView, frame: Frame): View {
  const { problems } = view;
  return {
    title: problems.length > 0 ? "Error: New deployment" : "New deployment",
    place: "new",
    content: html`<div class="head">
        <div>
          <h1>New deployment</h1>
          <p class="quiet">
            From this a YAML document is written, which you see and can change before anything is
            deployed. <a href="/new/document">Write it yourself</a>
          </p>
        </div>
      </div>
      ${problemList(problems.map(({ field, message }) => ({ message, target: field })))}
      <form class="stack" method="post" action="/new/document">
        ${token(frame.session)} ${whatRuns(view)} ${size(view)} ${address(view)} ${storage(view)}
        <div class="actions"><button class="main" type="submit">Write the document</button></div>
      </form>`,
  };
}
