/** Headless Chromium from PATH, for tests of the page. */
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type Mocha from "mocha";
import puppeteer, { type Browser, type BrowserContext, type Page } from "puppeteer-core";
import type { PageServer } from "./pageServer";
import { skip } from "./reporter";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/** An expression: an object of functions. */
const QUESTIONS = fs
  .readFileSync(path.join(__dirname, "inPage.js"), "utf8")
  .trimEnd()
  .replace(/;$/, "");

/** Where screenshots go, when they are wanted: SCREENSHOTS=docs/endpoint. */
const SCREENSHOTS = process.env["SCREENSHOTS"];

function browserPath(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(path.delimiter);
  return folders
    .flatMap((folder) => NAMES.map((name) => path.join(folder, name)))
    .find((file) => fs.existsSync(file));
}

/**
 * Everything that the browser complains of on pages of `origin`: errors of scripts, refusals by the policy, answers
 * of 5xx. The issuer's own pages are its own business.
 */
function complaintsOf(page: Page, origin: string): string[] {
  const complaints: string[] = [];
  const note = (text: string): void => {
    if (page.url().startsWith(origin)) {
      complaints.push(text);
    }
  };
  page.on("pageerror", (error) => note(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !/status of 40[0-9]/.test(message.text())) {
      note(message.text());
    }
  });
  page.on("response", (response) => {
    if (response.status() >= 500) {
      note(`${response.status()} ${response.url()}`);
    }
  });
  return complaints;
}

/** A person with a browser, who comes to a page anew in each test. */
export class Visitor {
  context!: BrowserContext;
  page!: Page;
  complaints: string[] = [];
  private browser?: Browser;
  private server!: PageServer;

  /** Starts the browser; skips the suite where there is none. */
  async start(suite: Mocha.Context): Promise<void> {
    const executablePath = browserPath();
    if (executablePath === undefined) {
      skip(suite, "no Chromium on PATH; apt-get install -y chromium");
    }
    // Its sandbox needs a user of its own, which build machines run as root do not give it.
    const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
    this.browser = await puppeteer.launch({ executablePath, args });
  }

  async stop(): Promise<void> {
    await this.browser?.close();
  }

  /** Comes to a server as a stranger, with a window of a desk. */
  async arrive(server: PageServer): Promise<void> {
    this.server = server;
    this.context = await this.browser!.createBrowserContext();
    this.page = await this.context.newPage();
    this.complaints = complaintsOf(this.page, server.url);
    await this.page.setViewport({ width: 1100, height: 850 });
  }

  /** Goes, and tells what the browser complained of. */
  async leave(): Promise<string[]> {
    await this.context.close();
    return this.complaints;
  }

  /** Puts a session's cookies in place, without the issuer. */
  async enter(): Promise<void> {
    const { cookie } = await this.server.signedIn();
    for (const pair of cookie.split("; ")) {
      const at = pair.indexOf("=");
      await this.context.setCookie({
        name: pair.slice(0, at),
        value: pair.slice(at + 1),
        domain: "127.0.0.1",
        path: "/",
        httpOnly: true,
        sameSite: "Lax",
      });
    }
  }

  open(address: string) {
    return this.page.goto(`${this.server.url}${address}`, { waitUntil: "load" });
  }

  /** Asks one of the questions of inPage.js. */
  async ask<T>(question: string, ...values: string[]): Promise<T> {
    const words = values.map((value) => JSON.stringify(value)).join(", ");
    return (await this.page.evaluate(`(${QUESTIONS}).${question}(${words})`)) as T;
  }

  textOf(selector: string): Promise<string> {
    return this.ask("text", selector);
  }

  /** Waits until an element's text is so. @throws Error with the text that it has when it does not get so */
  async untilText(selector: string, wanted: RegExp, seconds = 15): Promise<void> {
    const deadline = Date.now() + seconds * 1000;
    for (;;) {
      const text = await this.textOf(selector);
      if (wanted.test(text)) {
        return;
      }
      if (Date.now() >= deadline) {
        throw new Error(`${selector} is ${JSON.stringify(text)}, not ${wanted}`);
      }
      await sleep(50);
    }
  }

  /** Clicks on what leads to another page. */
  async click(selector: string): Promise<void> {
    await Promise.all([this.page.waitForNavigation(), this.page.click(selector)]);
  }

  /**
   * A picture for the docs, where pictures are wanted.
   *
   * @param fullPage whether what is below the window is on it, too
   */
  async shoot(name: string, fullPage = false): Promise<void> {
    if (SCREENSHOTS !== undefined) {
      await this.page.screenshot({ path: `${path.join(SCREENSHOTS, name)}.png`, fullPage });
    }
  }
}
