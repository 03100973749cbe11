/** The whole of a login and a spawn: provider, proxy, hub with our settings, and its users. */
import assert from "node:assert/strict";
import { Browser, type Page } from "./browser";
import { Hub, type HubAnswer } from "./hub";
import { startIdentityProvider, type IdentityProvider } from "./identityProvider";
import { freePorts } from "./processes";
import { GROUPS, hubSettings, OIDC_CLIENT } from "./settings";
import type { Stand } from "../support/engine";

/** Somebody who has logged in. */
export class Visitor {
  constructor(
    private readonly hub: Hub,
    readonly name: string,
    readonly browser: Browser,
    private readonly token: string,
  ) {}

  /** The form's page. */
  form(): Promise<Page> {
    return this.browser.open(`${this.hub.publicUrl}/hub/spawn`);
  }

  /** Sends the form, with whatever fields. */
  choose(fields: Record<string, string>): Promise<Page> {
    return this.browser.open(`${this.hub.publicUrl}/hub/spawn`, {
      ...fields,
      _xsrf: this.browser.cookie(this.hub.publicUrl, "_xsrf"),
    });
  }

  /** Asks the API for a server, with a token of one's own. */
  spawn(options?: unknown): Promise<HubAnswer> {
    return this.hub.api("POST", `/users/${this.name}/server`, options, this.token);
  }
}

export class Scene {
  private constructor(
    readonly hub: Hub,
    readonly provider: IdentityProvider,
  ) {}

  static async start(stand: Stand, python: string): Promise<Scene> {
    const [port] = await freePorts(1);
    let provider: IdentityProvider | undefined;
    try {
      const hub = await Hub.start(stand, "hub", {
        python,
        storage: true,
        env: { OIDC_CLIENT_SECRET: OIDC_CLIENT.secret },
        settings: async ({ publicUrl }) => {
          const callbackUrl = `${publicUrl}/hub/oauth_callback`;
          provider = await startIdentityProvider(
            port!,
            { ...OIDC_CLIENT, callbackUrl },
            {
              ...GROUPS,
            },
          );
          return hubSettings(publicUrl, provider.issuer);
        },
      });
      return new Scene(hub, provider!);
    } catch (error) {
      await provider?.close();
      throw error;
    }
  }

  /** Goes through the provider's form and back, and gives the page that it ends on. */
  async enter(user: string): Promise<{ browser: Browser; page: Page }> {
    const browser = new Browser();
    const form = await browser.open(`${this.hub.publicUrl}/hub/oauth_login?next=%2Fhub%2Fhome`);
    assert.match(form.url, new RegExp(`^${this.provider.issuer}/interaction/`));
    return { browser, page: await browser.open(form.url, { login: user }) };
  }

  /** Logs somebody in who may, and makes them a token. */
  async visitor(user: string): Promise<Visitor> {
    const { browser, page } = await this.enter(user);
    assert.equal(page.url, `${this.hub.publicUrl}/hub/home`);
    const made = await this.hub.api("POST", `/users/${user}/tokens`, { note: "test" });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    return new Visitor(this.hub, user, browser, made.body["token"] as string);
  }

  async close(): Promise<void> {
    await this.hub.close();
    await this.provider.close();
  }
}
