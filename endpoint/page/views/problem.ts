/** Pages for what did not work, and for whoever is not signed in. */
import type { Fault } from "../../seams";
import { html, type Content, type Html } from "../html";
import type { View } from "./frame";

const TITLES: Record<number, string> = {
  400: "That is not possible",
  401: "Please sign in",
  403: "You may not do that",
  404: "There is no such thing",
  409: "Something is in the way",
  413: "That is too much",
  422: "That is not possible",
  429: "A little slower, please",
  503: "Not just now",
};

/** One fault, with where it is. */
export function fault({ path, message }: Fault): Html {
  return path === undefined || path === ""
    ? html`${message}`
    : html`<span class="mono">${path}</span>: ${message}`;
}

/** What a request was refused for. */
export function problem(status: number, faults: readonly Fault[]): View {
  const title = TITLES[status] ?? "That went wrong";
  const [only] = faults;
  return {
    title,
    content: html`<div class="head"><h1>${title}</h1></div>
      <div class="card stack">
        ${
          faults.length === 1 && only !== undefined
            ? html`<p>${fault(only)}</p>`
            : html`<ul class="rows">
                ${faults.map((one) => html`<li>${fault(one)}</li>`)}
              </ul>`
        }
        <div class="actions"><a class="button main" href="/">Overview</a></div>
      </div>`,
  };
}

/** For whoever signed out. @param endAddress where the session at the issuer can be ended, too */
export function signedOut(endAddress: string | undefined): View {
  return {
    title: "Signed out",
    content: html`<div class="head"><h1>You are signed out</h1></div>
      <div class="card stack">
        <p>
          You are signed out of this
          page.${
            endAddress !== undefined &&
            html` Whoever uses this browser next may still be signed in where you gave your
            password: on a shared computer, sign out there, too.`
          }
        </p>
        <div class="actions">
          <a class="button main" href="/">Sign in again</a>
          ${endAddress !== undefined && html`<a class="button" href="${endAddress}">Sign out there, too</a>`}
        </div>
      </div>`,
  };
}

/**
 * For a form that came after the session had ended: nothing that was typed is lost. Its token is that of the
 * session before, which the same person gets back by signing in.
 */
export function sendAgain(action: string, fields: readonly [name: string, value: string][]): View {
  const hidden: Content = fields.map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
  );
  return {
    title: "Please sign in again",
    content: html`<div class="head"><h1>Please sign in again</h1></div>
      <form class="card stack" method="post" action="${action}">
        <p>
          Your session had ended before this came in, and nothing was done. What you sent is kept on
          this page.
        </p>
        <p>
          First
          <a href="/login?to=%2Fsigned-in" target="_blank" rel="noopener">sign in in a new tab</a>,
          then come back here.
        </p>
        ${hidden}
        <div class="actions"><button class="main" type="submit">Send again</button></div>
      </form>`,
  };
}

/** What the new tab shows. */
export function signedIn(): View {
  return {
    title: "Signed in",
    content: html`<div class="head"><h1>You are signed in</h1></div>
      <p>You can close this tab and send your form again.</p>`,
  };
}
