import assert from "node:assert/strict";
import { isReady, whyNotReady } from "../../../components/model/virtualNodeWait";
import type { LiveNode, LivePod } from "../../../components/model/virtualNodeWait";

const FACTS = {
  nodeName: "gpu-site",
  namespace: "vk",
  deployment: "gpu-site",
  containers: { kubelet: "vk", refresher: "refresh-token" },
  targetCheck: "sudo ./install.sh --check",
};

const RUNNING: LivePod = {
  status: {
    conditions: [{ type: "PodScheduled", status: "True" }],
    containerStatuses: [
      { name: "vk", ready: true },
      { name: "refresh-token", ready: true },
    ],
  },
};

function crashing(name: string): LivePod {
  const state = { waiting: { reason: "CrashLoopBackOff" } };
  return { status: { containerStatuses: [{ name, ready: false, state }] } };
}

/** A node whose last ping failed, in the words of interLink's kubelet. */
function pinged(message: string): LiveNode {
  return {
    status: {
      conditions: [
        {
          type: "Ready",
          status: "False",
          reason: "KubeletPending",
          message: "kubelet is pending.",
        },
        {
          type: "InterlinkConnectivity",
          status: "False",
          reason: "InterlinkPingFailed",
          message,
        },
      ],
    },
  };
}

describe("why a virtual node is not Ready", () => {
  it("is nothing when it is", () => {
    assert.equal(isReady({ status: { conditions: [{ type: "Ready", status: "True" }] } }), true);
    assert.equal(
      isReady({ status: { conditions: [{ type: "Ready", status: "Unknown" }] } }),
      false,
    );
    assert.equal(isReady({}), false);
    assert.equal(isReady(undefined), false);
  });

  for (const [message, cause] of [
    [
      'Ping failed: Post "https://g:443/pinglink": dial tcp: lookup g: no such host',
      /did not answer the ping/,
    ],
    [
      "Ping failed: dial tcp 203.0.113.9:443: connect: connection refused",
      /did not answer the ping/,
    ],
    ["Ping failed: net/http: timeout awaiting response headers", /did not answer the ping/],
    ["Ping failed: context deadline exceeded", /did not answer the ping/],
    [
      "Ping failed: tls: failed to verify certificate: x509: certificate signed by unknown authority",
      /^TLS: /,
    ],
    ["Ping failed: x509: certificate has expired or is not yet valid", /^TLS: /],
    ["Ping failed: http: server gave HTTP response to HTTPS client", /^TLS: /],
    ["Ping failed with code -1. Response: 401 Unauthorized", /refused the token \(401 or 403\)/],
    ["Ping failed with code -1. Response: <title>403 Forbidden</title>", /refused the token/],
    ["Ping failed with code -1. Response: Sign in with OpenID Connect", /refused the token/],
    ["Ping failed: open /opt/interlink/token: no such file or directory", /^there is no token/],
    [
      'Ping failed with code -1. Response: invalid authorization header: "Bearer"',
      /^there is no token/,
    ],
    ["Ping failed with code -1", /answered the ping with an error/],
    ["Ping failed with code -1. Response: sidecar not found", /answered the ping with an error/],
  ] as [string, RegExp][]) {
    it(`is told from "${message}"`, () => {
      const found = whyNotReady(pinged(message), [RUNNING], FACTS);
      assert.match(found.cause, cause);
      assert.ok(found.cause.includes(message), "the kubelet's own words are there too");
      assert.match(found.remedy, /On the remote host run `sudo \.\/install\.sh --check`\.$/);
    });
  }

  it("is told from the kubelet's pod where the node says nothing", () => {
    const why = (node: LiveNode | undefined, pods: LivePod[]): string =>
      whyNotReady(node, pods, FACTS).cause;
    assert.equal(why(undefined, []), "the virtual kubelet has no pod");
    assert.equal(why(undefined, [RUNNING]), "the virtual kubelet has not registered its node");
    assert.equal(
      why(undefined, [crashing("vk")]),
      "the virtual kubelet does not run: container vk is in CrashLoopBackOff",
    );
    const message = "0/1 nodes are available: 1 node(s) had untolerated taint(s).";
    const conditions = [{ type: "PodScheduled", status: "False", message }];
    const unscheduled = whyNotReady(undefined, [{ status: { conditions } }], FACTS);
    assert.ok(unscheduled.cause.endsWith(message));
    assert.match(unscheduled.remedy, /name it in untaintSingleNode/);
  });

  it("is the refresher when it does not run, whatever the remote host answered", () => {
    const { cause, remedy } = whyNotReady(
      pinged("Ping failed with code -1. Response: 401 Unauthorized"),
      [crashing("refresh-token")],
      FACTS,
    );
    assert.equal(cause, "there is no token: container refresh-token is in CrashLoopBackOff");
    assert.match(
      remedy,
      /kubectl --namespace vk logs deployment\/gpu-site --container refresh-token/,
    );
  });

  it("does not take a container that ended well for a cause", () => {
    const state = { terminated: { reason: "Completed", exitCode: 0 } };
    const pod = { status: { initContainerStatuses: [{ name: "settoken", ready: false, state }] } };
    assert.equal(
      whyNotReady(undefined, [pod], FACTS).cause,
      "the virtual kubelet has not registered its node",
    );
  });

  it("is that nothing was heard yet, or no longer", () => {
    const node = (status: string): LiveNode => ({
      status: { conditions: [{ type: "Ready", status, message: "m" }] },
    });
    const why = (status: string): string => whyNotReady(node(status), [RUNNING], FACTS).cause;
    assert.equal(why("Unknown"), "the virtual kubelet has stopped reporting: m");
    assert.match(why("False"), /is registered, but .* has not reached the remote host yet \("m"\)/);
  });
});
