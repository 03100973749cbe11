/**
 * Program: writes what is made from the routes: `endpoint/openapi.json`, and the types of the client.
 * `npm run endpoint:generate`
 */
import * as fs from "node:fs";
import * as path from "node:path";
import openapiTS, { astToString } from "openapi-typescript";
import { format, resolveConfig } from "prettier";
import { serviceLimitsSchema } from "../components/model/serviceLimits";
import { buildServer } from "./server";
import type { Service } from "./service";

const OPENAPI = path.join(__dirname, "openapi.json");
const TYPES = path.join(__dirname, "client", "api.ts");

const HEAD =
  "/** The API's paths and shapes, generated from `endpoint/openapi.json` by `npm run endpoint:generate`. */\n";

/** Generated files by path, as they should be. */
export async function generate(): Promise<Record<string, string>> {
  const app = await buildServer({
    // What an operator who says nothing gets.
    settings: {
      limits: serviceLimitsSchema.parse({}),
      rateLimit: { reads: 1, writes: 1, refused: 1, streams: 1, inFlight: 1 },
    },
    // Nothing is asked of it: the routes alone are looked at.
    service: {} as Service,
    authenticator: {
      tenantOf: () => Promise.reject(new Error("no requests")),
      close: () => undefined,
    },
    notReady: () => undefined,
    logLevel: "silent",
  });
  await app.ready();
  const document = app.swagger();
  await app.close();
  const options = await resolveConfig(OPENAPI);
  const types = astToString(await openapiTS(JSON.stringify(document)));
  return {
    [OPENAPI]: await format(JSON.stringify(document), { ...options, filepath: OPENAPI }),
    [TYPES]: await format(HEAD + types, { ...options, filepath: TYPES }),
  };
}

async function main(): Promise<void> {
  for (const [file, content] of Object.entries(await generate())) {
    fs.writeFileSync(file, content);
    process.stdout.write(`${path.relative(process.cwd(), file)}\n`);
  }
}

if (require.main === module) {
  main().catch((error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
}
