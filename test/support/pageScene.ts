/** A page as a test over HTTP begins with it. */
import { running } from "./fakeService";
import { startPage, type PageServer } from "./pageServer";

/** A page with one deployment, and somebody who is signed in. */
export class PageScene {
  server!: PageServer;
  cookie = "";
  csrf = "";

  async open(): Promise<void> {
    this.server = await startPage();
    Object.assign(this, await this.server.signedIn());
  }

  /** The deployment `demo` alone, and nothing done to it yet. */
  reset(): void {
    const { service } = this.server;
    service.tenants.clear();
    service.done.length = 0;
    service.refusal = undefined;
    service.warnings = [];
    service.podEvents = [];
    service.gpus = [
      { class: "a100", resource: "nvidia.com/gpu", total: 4, used: 3, free: 1 },
      { class: "slice", resource: "nvidia.com/mig-1g.10gb", total: 4, used: 0, free: 4 },
    ];
    const volumes = [{ name: "data", phase: "Bound", capacity: "1Gi", type: "ReadWriteOnce" }];
    service.add(
      "demo",
      { title: "Demo", data: "containers:\n  - name: main\n" },
      { ...running("demo", 2), volumes },
      "https://demo.apps.lab.example.org/",
    );
  }

  get(path: string, headers: Record<string, string> = { cookie: this.cookie }) {
    return this.server.app.inject({ method: "GET", url: path, headers });
  }

  post(path: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
    return this.server.app.inject({
      method: "POST",
      url: path,
      headers: {
        cookie: this.cookie,
        "content-type": "application/x-www-form-urlencoded",
        ...headers,
      },
      payload: new URLSearchParams({ csrf: this.csrf, ...fields }).toString(),
    });
  }
}
