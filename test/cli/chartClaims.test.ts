/** What a destroy says of claims in clusters that it cannot ask. */
import assert from "node:assert/strict";
import { claimsOfCharts } from "../../cli/chartClaims";
import type { StateResource } from "../../cli/state";

const PROJECT = "urn:pulumi:lab::science-platform::";

/** Nothing listens at this port. */
const KUBECONFIG = JSON.stringify({
  apiVersion: "v1",
  kind: "Config",
  clusters: [{ name: "lab", cluster: { server: "https://127.0.0.1:1" } }],
  users: [{ name: "lab", user: { token: "t" } }],
  contexts: [{ name: "lab", context: { cluster: "lab", user: "lab" } }],
  "current-context": "lab",
});

function resource(type: string, name: string, rest: Partial<StateResource> = {}): StateResource {
  return { type, urn: `${PROJECT}${type}::${name}`, ...rest };
}

const PROVIDER = "pulumi:providers:kubernetes";
const STATE = [
  resource("random:index/randomId:RandomId", "lab-guard", { outputs: { keepers: { uid: "u" } } }),
  resource(PROVIDER, "lab-provider", { inputs: { kubeconfig: KUBECONFIG } }),
  resource("kubernetes:helm.sh/v3:Release", "hub", {
    inputs: { namespace: "jupyterhub" },
    provider: `${PROJECT}${PROVIDER}::lab-provider::id`,
  }),
];

describe("claims of charts that a destroy leaves", () => {
  it("are told not to be known where the cluster cannot be asked", async () => {
    const [line, ...more] = await claimsOfCharts(STATE);
    assert.match(line!, /^claims in jupyterhub, which cannot be listed: .*lab/);
    assert.deepEqual(more, []);
  });

  it("are none in a cluster that the stack made, and none without charts", async () => {
    const own = resource("science-platform:index:EksCluster", "lab");
    assert.deepEqual(await claimsOfCharts([...STATE, own]), []);
    assert.deepEqual(await claimsOfCharts(STATE.slice(0, 2)), []);
  });
});
