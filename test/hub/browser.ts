/** As much of a browser as a login and a form need: cookies and redirects. */

/** An answer after all redirects. */
export interface Page {
  status: number;
  url: string;
  text: string;
}

const REDIRECTS = 20;

export class Browser {
  private readonly cookies = new Map<string, Map<string, string>>();

  private jar(url: string): Map<string, string> {
    const { origin } = new URL(url);
    const found = this.cookies.get(origin) ?? new Map<string, string>();
    this.cookies.set(origin, found);
    return found;
  }

  private keep(url: string, headers: Headers): void {
    for (const line of headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (name !== undefined && value !== undefined) {
        // An expired cookie is one that is taken back.
        const expires = /;\s*expires=([^;]+)/i.exec(line)?.[1];
        const gone = expires !== undefined && Date.parse(expires) < Date.now();
        if (gone) {
          this.jar(url).delete(name);
        } else {
          this.jar(url).set(name, value);
        }
      }
    }
  }

  /** One cookie of a site. */
  cookie(url: string, name: string): string {
    return this.jar(url).get(name) ?? "";
  }

  /** Opens a page, or sends a form to it. */
  async open(address: string, form?: Record<string, string>): Promise<Page> {
    let url = address;
    let body = form === undefined ? undefined : new URLSearchParams(form);
    for (let step = 0; step < REDIRECTS; step += 1) {
      const answer = await fetch(url, {
        method: body === undefined ? "GET" : "POST",
        redirect: "manual",
        headers: { Cookie: [...this.jar(url)].map((pair) => pair.join("=")).join("; ") },
        ...(body === undefined ? {} : { body }),
      });
      this.keep(url, answer.headers);
      const text = await answer.text();
      const location = answer.headers.get("location");
      if (location === null) {
        return { status: answer.status, url, text };
      }
      url = new URL(location, url).href;
      body = undefined;
    }
    throw new Error(`${address} redirects without end`);
  }
}
