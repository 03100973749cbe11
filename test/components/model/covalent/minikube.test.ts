import assert from "node:assert/strict";
import {
  minikubeProblem,
  mountCommand,
  type MinikubeFacts,
} from "../../../../components/model/covalent/minikube";

const PATH = "/home/user/.cache/covalent";
const MOUNT = `minikube mount ${PATH}:/data`;
const RUNNING = { command: true, running: true };

function found(facts: MinikubeFacts): string | undefined {
  const problem = minikubeProblem(facts, {}, PATH);
  return problem && `${problem.path}: ${problem.reason}. ${problem.remedy}`;
}

describe("minikube with the data store", () => {
  it("is mounted by the seed's command: this machine's side first, the node's second", () => {
    assert.equal(mountCommand({}, PATH), MOUNT);
    assert.equal(
      mountCommand({ profile: "lab" }, "/home/my user/c"),
      "minikube mount -p lab '/home/my user/c':/data",
    );
  });

  it("is fine when the node shows what the folder holds, however it was mounted", () => {
    assert.equal(found({ ...RUNNING, same: true }), undefined);
    assert.equal(found({ ...RUNNING, same: true, mounted: false, reachable: false }), undefined);
    assert.equal(
      found({ ...RUNNING, mounted: true, server: true, readable: true, reachable: true }),
      undefined,
    );
  });

  it("lacks a mount", () => {
    assert.equal(
      found({ ...RUNNING, mounted: false, readable: true, reachable: true }),
      `dataStore.path: the node has nothing mounted as /data, where tasks look for their function. In a terminal of its own: ${MOUNT}`,
    );
    assert.match(found({ ...RUNNING, mounted: false }) ?? "", /nothing mounted/);
  });

  it("lacks its mount server", () => {
    for (const gone of [{ server: false }, { server: true, readable: false }]) {
      assert.equal(
        found({ ...RUNNING, mounted: true, reachable: true, ...gone }),
        `dataStore.path: the mount server has ended: the node's /data is still mounted, and answers no more. Start it, and leave it running: ${MOUNT}`,
      );
    }
  });

  it("lacks a firewall rule, for its own network", () => {
    assert.equal(
      found({ ...RUNNING, mounted: false, reachable: false, address: "192.168.58.2" }),
      `minikube: the node cannot reach this machine, and so no mount server here (Connection refused): a firewall rule is missing for 192.168.58.0/24. As root: iptables -A INPUT -s 192.168.58.0/24 -j ACCEPT && iptables-save. Then mount again: ${MOUNT}`,
    );
    assert.match(found({ ...RUNNING, reachable: false }) ?? "", /-s 192\.168\.49\.0\/24 -j/);
  });

  it("does not run, or is not there", () => {
    assert.equal(
      found({ command: true, running: false }),
      "minikube: the node does not run. Start it: minikube start",
    );
    assert.match(found({ command: false }) ?? "", /not on PATH/);
  });

  it("is not complained of where nothing could be found out", () => {
    assert.equal(found(RUNNING), undefined);
  });
});
