/**
 * Program: runs the endpoint on the local stand, with an issuer of its own. `make endpoint [PORT=8765]`
 *
 * It prints where the page is, how to log in, and a token for calls by hand. Ctrl-C ends it.
 */
import { spawn, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { standKubeconfig, writeSettings } from "./settings";
import { startIssuer, type LocalIssuer } from "./issuer";

const ROOT = path.resolve(__dirname, "../..");
const FOLDER = path.join(ROOT, ".local", "endpoint");
const AUDIENCE = "urn:science-platform:endpoint";
const CLIENT = "page";
const DEFAULT_PORT = 8765;
const EXAMPLE = path.join("examples", "services", "nginx.yaml");

/** Longer than a cold start on a busy machine. */
const START_MS = 60_000;

function portFrom(env: NodeJS.ProcessEnv): number {
  const port = Number(env["PORT"] ?? DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 1 || port > 65_534) {
    throw new Error(`PORT: not a port: ${env["PORT"]}. Try: make endpoint PORT=${DEFAULT_PORT}`);
  }
  return port;
}

function launch(settings: string, kubeconfig: string, log: string): ChildProcess {
  const output = fs.openSync(log, "w", 0o600);
  const child = spawn(
    process.execPath,
    ["--import", "tsx", path.join(ROOT, "endpoint", "main.ts")],
    {
      cwd: ROOT,
      env: { ...process.env, ENDPOINT_SETTINGS: settings, KUBECONFIG: kubeconfig },
      stdio: ["ignore", output, output],
    },
  );
  fs.closeSync(output);
  return child;
}

/** Waits until the endpoint says that it is ready. @throws Error when it ends before, or takes too long */
async function ready(child: ChildProcess, url: string, log: string): Promise<void> {
  const until = Date.now() + START_MS;
  while (Date.now() < until) {
    if (child.exitCode !== null || child.signalCode !== null) {
      const last = fs.readFileSync(log, "utf8").trim().split("\n").slice(-5).join("\n");
      throw new Error(`The endpoint ended before it was ready:\n${last}\nIts log: ${log}`);
    }
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answer?.ok) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`The endpoint is not ready after ${START_MS / 1000} s. Its log: ${log}`);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const exit = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await exit;
  }
}

/** What a newcomer needs to know, in the order in which it is needed. */
async function tell(issuer: LocalIssuer, url: string, log: string): Promise<void> {
  const tokenFile = path.join(FOLDER, "token");
  fs.writeFileSync(tokenFile, await issuer.token("alice"), { mode: 0o600 });
  const file = path.relative(process.cwd(), tokenFile);
  process.stdout.write(
    [
      "",
      `The endpoint runs at ${url}/`,
      "  Log in with any name, such as alice, and any password: the issuer is a local one.",
      "  From the command line, as alice:",
      `    export SERVICE_URL=${url} SERVICE_TOKEN_FILE=${file}`,
      `    npm run --silent service -- put my-nginx ${EXAMPLE}`,
      "    npm run --silent service -- status",
      "  By hand, as alice:",
      `    curl -H "Authorization: Bearer $(cat ${file})" ${url}/kubernetes/capacity`,
      `  What can be called: ${url}/openapi.json`,
      "  Pods are simulated: they get ready, and nothing runs in them.",
      `  Its log: ${path.relative(process.cwd(), log)}`,
      "Ctrl-C ends it.",
      "",
    ].join("\n"),
  );
}

async function main(): Promise<void> {
  const port = portFrom(process.env);
  const url = `http://127.0.0.1:${port}`;
  const kubeconfig = standKubeconfig(ROOT);
  process.stdout.write("Starting the issuer and the endpoint\n");
  const issuer = await startIssuer({
    port: port + 1,
    audience: AUDIENCE,
    clientId: CLIENT,
    redirectUris: [`${url}/login/callback`],
  }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "EADDRINUSE"
      ? new Error(`Port ${port + 1} is in use. Try: make endpoint PORT=${port + 10}`)
      : error;
  });
  const log = path.join(FOLDER, "endpoint.log");
  const settings = writeSettings(ROOT, FOLDER, {
    issuer: issuer.url,
    audience: AUDIENCE,
    clientId: CLIENT,
    port,
  });
  const child = launch(settings, kubeconfig, log);
  const stop = new Promise<void>((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
  });
  const gone = new Promise<number>((resolve) => child.once("exit", (code) => resolve(code ?? 1)));
  try {
    await ready(child, url, log);
    await tell(issuer, url, log);
    const failed = await Promise.race([stop.then(() => undefined), gone]);
    if (failed !== undefined) {
      throw new Error(`The endpoint has ended (${failed}). Its log: ${log}`);
    }
  } finally {
    await ended(child);
    await issuer.close();
  }
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
