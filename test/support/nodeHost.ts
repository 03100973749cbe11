/**
 * The Node language host for tests: the engine connects to it with `--client`, and it starts the project
 * the way the real host does, by `@pulumi/pulumi/cmd/run` in a process of its own. The real host is a
 * binary that no package registry carries.
 */
import { spawn } from "node:child_process";
import * as grpc from "@grpc/grpc-js";
import * as language from "@pulumi/pulumi/proto/language_pb";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";

function runArguments(request: language.RunRequest, engine: string, root: string): string[] {
  const named = {
    monitor: request.getMonitorAddress(),
    engine,
    project: request.getProject(),
    stack: request.getStack(),
    organization: request.getOrganization(),
    parallel: String(request.getParallel()),
    "root-directory": root,
    pwd: root,
  };
  const flags = Object.entries(named).map(([name, value]) => `--${name}=${value}`);
  return [...flags, ...(request.getDryrun() ? ["--dry-run"] : []), "."];
}

function runProject(request: language.RunRequest, root: string): Promise<string> {
  const engine = request.getArgsList()[0] ?? "";
  const config = Object.fromEntries(request.getConfigMap().entries() as Iterable<[string, string]>);
  const child = spawn(
    process.execPath,
    [require.resolve("@pulumi/pulumi/cmd/run"), ...runArguments(request, engine, root)],
    {
      cwd: root,
      env: {
        ...process.env,
        PULUMI_NODEJS_TYPESCRIPT: "true",
        PULUMI_CONFIG: JSON.stringify(config),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      },
    },
  );
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => resolve(code === 0 ? "" : `exit ${code}: ${output}`));
  });
}

/** A running host; `address` goes to the engine's `--client`. */
export interface NodeHost {
  address: string;
  close(): void;
}

/** Serves the project in `root` to one engine after another. */
export async function serveNodeHost(root: string): Promise<NodeHost> {
  const server = new grpc.Server();
  server.addService(LanguageRuntimeService, {
    getRequiredPlugins: (_call: unknown, reply: grpc.sendUnaryData<unknown>) =>
      reply(null, new language.GetRequiredPluginsResponse()),
    getPluginInfo: (_call: unknown, reply: grpc.sendUnaryData<unknown>) => {
      const info = new PluginInfo();
      info.setVersion("1.0.0");
      reply(null, info);
    },
    run: (call: { request: language.RunRequest }, reply: grpc.sendUnaryData<unknown>) => {
      const response = new language.RunResponse();
      runProject(call.request, root).then(
        (error) => {
          response.setError(error);
          reply(null, response);
        },
        (error: Error) => reply(error, null),
      );
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { address: `127.0.0.1:${port}`, close: () => server.forceShutdown() };
}
