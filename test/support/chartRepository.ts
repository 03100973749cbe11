/** Small charts, packed by helm, and an HTTP repository of them on loopback. */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";

/** Packs a chart of one ConfigMap into a folder. */
export function packChart(
  helm: string,
  folder: string,
  { name, version, content }: { name: string; version: string; content: string },
): void {
  const source = path.join(folder, `source-${name}`);
  fs.mkdirSync(path.join(source, "templates"), { recursive: true });
  fs.writeFileSync(
    path.join(source, "Chart.yaml"),
    JSON.stringify({ apiVersion: "v2", name, version, description: "For a test." }),
  );
  fs.writeFileSync(
    path.join(source, "templates", "it.yaml"),
    JSON.stringify({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name },
      data: { content },
    }),
  );
  execFileSync(helm, ["package", source, "--destination", folder], { stdio: "pipe" });
  fs.rmSync(source, { recursive: true });
}

/** A repository of the archives in a folder. */
export interface ChartRepository {
  url: string;
  /** Paths that were asked for. */
  requests: string[];
  close(): Promise<void>;
}

/** Writes the index of the folder's charts, and serves both. */
export async function serveCharts(helm: string, folder: string): Promise<ChartRepository> {
  execFileSync(helm, ["repo", "index", folder], { stdio: "pipe" });
  const requests: string[] = [];
  const server = http.createServer((request, response) => {
    requests.push(request.url ?? "");
    const file = path.join(folder, path.basename(request.url ?? ""));
    if (!fs.existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200).end(fs.readFileSync(file));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
