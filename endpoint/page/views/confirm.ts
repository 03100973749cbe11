/** The page that asks once more, before something stops or goes away. */
import { html, type Content } from "../html";
import { crumbs } from "./deployment";
import { token, type Frame, type View } from "./frame";

/** What is asked. */
export interface Question {
  /** A question. */
  title: string;
  /** What will happen. */
  points: readonly Content[];
  /** Where the answer goes. */
  action: string;
  /** What the button says: the act, never "OK". */
  button: string;
  /** Whether something is lost by it. @default false */
  danger?: boolean;
  /** Where one comes from. */
  back: { path: string; text: string };
  /** Further fields. */
  fields?: Content;
}

/** The page of a question. */
export function confirm(question: Question, frame: Frame): View {
  const { title, points, action, button, danger = false, back, fields } = question;
  return {
    title,
    content: html`<div class="head">
        <div>
          ${crumbs({ path: "/", text: "Overview" }, back)}
          <h1>${title}</h1>
        </div>
      </div>
      <form class="card stack" method="post" action="${action}">
        ${points.map((point) => html`<p>${point}</p>`)} ${fields} ${token(frame.session)}
        <div class="actions">
          <button class="${danger ? "danger" : "main"}" type="submit">${button}</button>
          <a class="button" href="${back.path}">Cancel</a>
        </div>
      </form>`,
  };
}
