/** The endpoint on the stand, behind a proxy that fails where a test wants it to. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Stand } from "./engine";
import { EndpointScene } from "./endpointScene";
import { FaultProxy, kubeconfigFor, type FaultKind } from "./faultProxy";

/** Which fault a request meets; nothing for a good one. */
export type Choice = (method: string, path: string) => FaultKind | undefined;

/** A scene whose endpoint reaches the API server through the proxy. */
export class FaultScene {
  /** No faults, until a test says which. */
  choose: Choice = () => undefined;
  scene!: EndpointScene;
  proxy!: FaultProxy;
  private readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "endpoint-faults-"));

  static async open(stand: Stand): Promise<FaultScene> {
    const made = new FaultScene();
    const { kubeconfig } = stand.clusters["local"]!;
    made.proxy = await FaultProxy.open(kubeconfig, (method, at) => made.choose(method, at));
    const file = path.join(made.folder, "kubeconfig");
    fs.writeFileSync(file, kubeconfigFor(made.proxy.url));
    const local = { ...stand.clusters["local"]!, kubeconfig: file };
    made.scene = await EndpointScene.open({ ...stand, clusters: { local } });
    return made;
  }

  async close(): Promise<void> {
    this.choose = () => undefined;
    this.proxy.hold(false);
    await this.scene?.close();
    await this.proxy.close();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}
