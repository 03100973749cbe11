/** From the short form to the record: the YAML is written here, and checked where every document is. */
import { dump } from "js-yaml";
import { asDnsLabel } from "../../components/model/names";
import type { DocumentFields } from "./views/documentForm";

/** What the short form holds: text, empty where nothing was said. */
export interface ShortForm {
  title: string;
  image: string;
  /** One a line. */
  args: string;
  /** `NAME=value`, one a line. */
  environment: string;
  cpu: string;
  memory: string;
  gpu: string;
  gpuCount: string;
  replicas: string;
  port: string;
  hostname: string;
  mountPath: string;
  size: string;
  /** `yes` for ReadWriteMany. */
  shared: string;
}

/** What the form itself finds wrong; all else is found in the document. */
export interface FormProblem {
  field: keyof ShortForm;
  message: string;
}

/** The form as it is at first. */
export const EMPTY_FORM: ShortForm = {
  title: "",
  image: "",
  args: "",
  environment: "",
  cpu: "",
  memory: "",
  gpu: "",
  gpuCount: "",
  replicas: "",
  port: "",
  hostname: "",
  mountPath: "",
  size: "",
  shared: "",
};

const VOLUME = "data";

/** The form out of what was sent; fields that it does not know are left out. */
export function readShortForm(sent: URLSearchParams): ShortForm {
  const form = { ...EMPTY_FORM };
  for (const name of Object.keys(form) as (keyof ShortForm)[]) {
    const text = sent.get(name) ?? "";
    form[name] = name === "environment" || name === "args" ? text : text.trim();
  }
  return form;
}

const linesOf = (text: string): string[] =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");

/** A number as one; anything else as it is, for the document's own check to name it. */
function numeric(text: string): number | string {
  return text !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** Keys that nothing was said of stay out of the document. */
function said(fields: Record<string, unknown>): Record<string, unknown> {
  const silent = (value: unknown): boolean =>
    value === "" || value === undefined || (Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !silent(value)));
}

function variables(text: string): { name: string; value: string }[] {
  return linesOf(text).map((line) => {
    const at = line.indexOf("=");
    return { name: line.slice(0, at).trim(), value: line.slice(at + 1) };
  });
}

function problemsOf(form: ShortForm): FormProblem[] {
  const problems: FormProblem[] = [];
  if (form.title === "") {
    problems.push({ field: "title", message: "Give it a title." });
  }
  if (form.image === "") {
    problems.push({ field: "image", message: "Say which image runs." });
  }
  const wrong = linesOf(form.environment).filter((line) => line.indexOf("=") < 1);
  if (wrong.length > 0) {
    // The values are perhaps secret: what is before the sign is shown, and here there is none.
    problems.push({
      field: "environment",
      message: "Write each variable of the environment as NAME=value, one a line.",
    });
  }
  if (form.mountPath !== "" && form.size === "") {
    problems.push({
      field: "size",
      message: "Say how large the folder's volume is, such as 10Gi.",
    });
  }
  if (form.mountPath === "" && form.size !== "") {
    problems.push({ field: "mountPath", message: "Say which folder the volume is for." });
  }
  if (form.hostname !== "" && form.port === "") {
    problems.push({ field: "port", message: "Say which port the web address leads to." });
  }
  if (form.gpu === "" && form.gpuCount !== "") {
    problems.push({ field: "gpu", message: "Say which GPUs, or leave their number empty." });
  }
  return problems;
}

/** The YAML of the form. */
function documentOf(form: ShortForm, container: string): string {
  const mounts =
    form.mountPath === ""
      ? []
      : [
          {
            name: VOLUME,
            mountPath: form.mountPath,
            type: form.shared === "" ? "ReadWriteOnce" : "ReadWriteMany",
          },
        ];
  const document = said({
    containers: [
      said({
        name: container,
        image: form.image,
        args: linesOf(form.args),
        ports: form.port === "" ? [] : [{ name: "web", port: numeric(form.port) }],
        cpu: numeric(form.cpu),
        memory: numeric(form.memory),
        gpu: form.gpu,
        gpuCount: numeric(form.gpuCount),
        environment: variables(form.environment),
        replicas: numeric(form.replicas),
        volumeMounts: mounts,
      }),
    ],
    volumes: mounts.length === 0 ? [] : [{ name: VOLUME, size: form.size }],
  });
  return dump(document, { lineWidth: -1, noRefs: true });
}

/** Names end up in longer ones: this much of a title is enough to know it by. */
const LONGEST_ID = 40;

/** The record that the form describes, or everything that it lacks. */
export function recordOf(
  form: ShortForm,
): { fields: DocumentFields; problems?: undefined } | { problems: FormProblem[] } {
  const problems = problemsOf(form);
  if (problems.length > 0) {
    return { problems };
  }
  const id = asDnsLabel(form.title).slice(0, LONGEST_ID).replace(/-+$/, "") || "deployment";
  const container = "main";
  const exposed = form.hostname !== "";
  return {
    fields: {
      id,
      title: form.title,
      data: documentOf(form, container),
      exposed_service: exposed ? container : "",
      exposed_port: exposed ? form.port : "",
      exposed_hostname: form.hostname,
    },
  };
}

/** The record of the long form as PUT takes it: what is empty is left out. */
export function sentRecord(fields: DocumentFields): Record<string, unknown> {
  const { title, data, exposed_service, exposed_port, exposed_hostname } = fields;
  const port = numeric(exposed_port);
  return said({ title, data, exposed_service, exposed_port: port, exposed_hostname });
}
