/**
 * The version of a Pulumi resource plugin. The Kubernetes provider has no flag that prints it, so it is
 * started as the engine would start it and asked by its own protocol (gRPC over HTTP/2 on loopback).
 */
import { spawn } from "node:child_process";
import { connect, type ClientHttp2Session } from "node:http2";

/** A plugin wants the address of an engine, but does not call it before it is configured. */
const NO_ENGINE = "127.0.0.1:1";

/**
 * @param timeout milliseconds until the plugin is given up.
 * @returns the version as the plugin states it, or undefined when it does not answer.
 */
export async function pluginVersion(
  file: string,
  env: NodeJS.ProcessEnv,
  timeout: number,
): Promise<string | undefined> {
  const child = spawn(file, [NO_ENGINE], { env, stdio: ["ignore", "pipe", "ignore"] });
  let session: ClientHttp2Session | undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    const asked = new Promise<string | undefined>((resolve) => {
      const giveUp = (): void => resolve(undefined);
      timer = setTimeout(giveUp, timeout);
      child.once("error", giveUp).once("exit", giveUp);
      let printed = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        printed += text;
        const port = /^(\d+)\r?\n/.exec(printed)?.[1];
        if (port === undefined || session !== undefined) return;
        session = connect(`http://127.0.0.1:${port}`).once("error", giveUp);
        askVersion(session).then(resolve, giveUp);
      });
    });
    return await asked;
  } finally {
    clearTimeout(timer);
    session?.destroy();
    child.kill("SIGKILL");
  }
}

function askVersion(session: ClientHttp2Session): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const request = session.request({
      ":method": "POST",
      ":path": "/pulumirpc.ResourceProvider/GetPluginInfo",
      "content-type": "application/grpc",
      te: "trailers",
    });
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.once("end", () => resolve(versionField(Buffer.concat(chunks))));
    request.once("error", reject);
    // A message without fields: no compression, length 0.
    request.end(Buffer.alloc(5));
  });
}

/** Field 1 of the answer, a string: after the 5 bytes of gRPC's frame come its tag, its length and its text. */
function versionField(frame: Buffer): string | undefined {
  const [tag, length] = [frame[5], frame[6]];
  if (tag !== 0x0a || length === undefined) return undefined;
  return frame.subarray(7, 7 + length).toString("utf8");
}
