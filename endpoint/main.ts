/**
 * Program: the endpoint. The file that `ENDPOINT_SETTINGS` names says how; the cluster is the pod's own, or the one
 * of `KUBECONFIG`. SIGTERM and SIGINT end it: it first says that it is not ready, then lets requests finish.
 */
import * as fs from "node:fs";
import { readEndpointSettings, type EndpointSettings } from "../components/model/endpointSettings";
import { Problems } from "../components/model/problems";
import { start } from "./start";

function settingsFrom(env: NodeJS.ProcessEnv): EndpointSettings {
  const file = env["ENDPOINT_SETTINGS"];
  if (file === undefined || file === "") {
    throw new Error("Set ENDPOINT_SETTINGS to the path of the settings, a JSON file.");
  }
  const problems = new Problems(file);
  let value: unknown;
  try {
    value = JSON.parse(fs.readFileSync(file, "utf8"));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    problems.add({
      path: "",
      reason: code === undefined ? "is not JSON" : `cannot be read (${code})`,
    });
  }
  const settings = value === undefined ? undefined : readEndpointSettings(value, problems);
  problems.throwIfAny();
  return settings!;
}

async function main(): Promise<void> {
  const endpoint = await start(settingsFrom(process.env), process.env);
  const stop = (): void => {
    endpoint.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
