/** What all pages have in common. */
import type { Assets } from "../assets";
import { html, type Content, type Html } from "../html";
import type { Message, Session } from "../session";

/** What a page is drawn in. */
export interface Frame {
  assets: Assets;
  /** Absent while nobody is signed in. */
  session?: Session;
  /** What was done on the page before. */
  message?: Message;
}

/** One page. */
export interface View {
  /** Of the window; what is special comes first. */
  title: string;
  /** Which entry of the navigation it is. */
  place?: "overview" | "new";
  content: Content;
  /** Whether parts of it follow what happens: seconds between two looks. */
  every?: number;
}

/** The token that a form needs to change anything. */
export function token(session: Session | undefined): Content {
  return session !== undefined && html`<input type="hidden" name="csrf" value="${session.csrf}" />`;
}

function navigation(place: View["place"]): Html {
  const entry = (name: View["place"], path: string, text: string): Html =>
    html`<a href="${path}" ${place === name && html` aria-current="page"`}>${text}</a>`;
  return html`<nav aria-label="Pages">
    ${entry("overview", "/", "Overview")}${entry("new", "/new", "New deployment")}
  </nav>`;
}

function who(session: Session): Html {
  return html`<div class="who">
    <span class="small">${session.name}</span>
    <form method="post" action="/logout">
      ${token(session)}<button class="plain" type="submit">Sign out</button>
    </form>
  </div>`;
}

function said(message: Message | undefined): Content {
  return (
    message !== undefined &&
    html`<div class="notice${message.more.length > 0 && " wait"}" role="status">
      <p>${message.text}</p>
      ${
        message.more.length > 0 &&
        html`<ul>
          ${message.more.map((line) => html`<li>${line}</li>`)}
        </ul>`
      }
    </div>`
  );
}

/** The whole document. */
export function page({ assets, session, message }: Frame, view: View): Html {
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>${view.title} · Deployments</title>
    <link rel="stylesheet" href="${assets.style.path}" />
    <link rel="icon" href="${assets.icon.path}" type="image/svg+xml" />
    <script src="${assets.script.path}" defer></script>
  </head>
  <body${view.every !== undefined && html` data-every="${view.every}"`}>
    <a class="skip" href="#main">Skip to the content</a>
    <header class="top">
      <div>
        <a class="brand" href="/"><img src="${assets.icon.path}" alt="" width="26" height="26" />Deployments</a>
        ${session !== undefined && [navigation(view.place), who(session)]}
      </div>
    </header>
    <main id="main" tabindex="-1">
      ${said(message)} ${view.content}
    </main>
    <footer class="bottom">
      ${session !== undefined && html`<span>${session.name}, in namespace <span class="mono">${session.tenant.namespace}</span></span>`}
      ${view.every !== undefined && html`<span class="live" id="live" hidden>Live</span>`}
      <noscript><span>Reload the page to see what has changed.</span></noscript>
    </footer>
    <p class="unseen" role="status" id="announcer"></p>
  </body>
</html>
`;
}

/** A path below a deployment's page. */
export function deploymentPath(id: string, ...rest: string[]): string {
  return ["/deployments", ...[id, ...rest].map(encodeURIComponent)].join("/");
}

/** A part of the page that follows what happens; `name` tells it from the others. */
export function livePart(name: string, content: Content): Html {
  return html`<div id="live-${name}" data-live class="parts">${content}</div>`;
}

/** What is read out when it changes. */
export function announced(text: string): Html {
  return html`<span class="unseen" data-announce>${text}</span>`;
}
