/** Stands for the notebook servers in the pods, which are simulated: it only answers the hub. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";

export class Notebook {
  private readonly servers = new Map<number, Server>();

  /** Answers on one more port of loopback. */
  async listen(port: number): Promise<void> {
    if (this.servers.has(port)) {
      return;
    }
    const server = createServer((_request, response) => {
      response.setHeader("X-JupyterHub-Version", "5.5.0").end("{}");
    });
    this.servers.set(port, server);
    await once(server.listen(port, "127.0.0.1"), "listening");
  }

  async close(): Promise<void> {
    await Promise.all(
      [...this.servers.values()].map((server) => {
        server.closeAllConnections();
        return once(server.close(), "close");
      }),
    );
  }
}
