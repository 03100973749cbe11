/** What the OpenAPI says, tried out by schemathesis on the endpoint's own process on the stand. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { ENGINE_TIMEOUT_MS, standOrSkip } from "../support/engine";
import { EndpointProcess } from "../support/endpointTrustProcess";
import { venvOrSkip } from "../support/pythonVenv";
import { skip } from "../support/reporter";
import { FULL, seed } from "../support/seed";

const OPENAPI = path.resolve(__dirname, "../../endpoint/openapi.json");
const EXAMPLES = FULL ? 200 : 5;

/** Checks that are left out, each with the reason. */
const EXCLUDED: Record<string, string> = {
  // No schema can say of a text that it is a valid YAML document of a deployment, or that a pod exists.
  positive_data_acceptance: "a text that the schema takes need not be a good document",
};

describe("schemathesis", function () {
  this.timeout(ENGINE_TIMEOUT_MS * (FULL ? 10 : 4));
  let endpoint: EndpointProcess;
  let python: string;
  let folder: string;

  before(async function () {
    const { kubeconfig } = standOrSkip(this).clusters["local"]!;
    const requirements = path.join(__dirname, "requirements.txt");
    try {
      python = venvOrSkip(this, { name: "schemathesis", requirements });
    } catch (error) {
      if (error instanceof Error && error.message.includes("-m pip install")) {
        skip(this, `schemathesis cannot be installed: ${error.message.slice(-300)}`);
      }
      throw error;
    }
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "schemathesis-"));
    endpoint = await EndpointProcess.open(kubeconfig);
    await endpoint.start();
  });
  after(async () => {
    await endpoint?.close();
    if (folder !== undefined) {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  });

  it("finds nothing that is not as the OpenAPI says", async () => {
    const token = await endpoint.issuer.token({ claims: { sub: "tester" }, expiresIn: 3600 });
    const args = [
      ...["run", OPENAPI, "--url", endpoint.url, "--header", `Authorization:Bearer ${token}`],
      ...["--checks", "all", "--exclude-checks", Object.keys(EXCLUDED).join(",")],
      ...["--max-examples", String(EXAMPLES), "--seed", String(seed), "--no-color"],
      ...["--generation-database", "none", "--request-timeout", "30", "--continue-on-failure"],
      ...["--suppress-health-check", "all", "--warnings", "off"],
    ];
    const file = path.join(folder, "output");
    const output = fs.openSync(file, "w");
    const run = spawn(path.join(path.dirname(python), "st"), args, {
      cwd: folder,
      stdio: ["ignore", output, output],
    });
    const [code] = (await once(run, "exit")) as [number | null];
    fs.closeSync(output);
    const said = fs.readFileSync(file, "utf8").replaceAll(token, "<token>");
    assert.equal(code, 0, `SEED=${seed}\n${said.slice(-20_000)}`);
    assert.match(said, /test cases:\n\s+[1-9]/i, said.slice(-2000));
    assert.ok(endpoint.runs);
    assert.equal(endpoint.said(), "", "it has written no errors of its own");
  });
});
