import assert from "node:assert/strict";
import type { LiveClaim, LivePod } from "../../../components/model/serviceLive";
import { eventSchema, jsonSchemas, statusSchema } from "../../../components/model/serviceSchemas";
import { podTrouble, serviceEvents, serviceStatus } from "../../../components/model/serviceStatus";

const pod = (name: string, status: LivePod["status"], init = false): LivePod => ({
  metadata: { name },
  spec: {
    containers: [{ name: "nginx" }, { name: "helper" }],
    ...(init ? { initContainers: [{ name: "prepare" }] } : {}),
  },
  status,
});

const claim: LiveClaim = {
  metadata: { name: "sd-x-mydata", labels: { "science-platform/volume": "mydata" } },
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
};

describe("the status of a deployment", () => {
  it("is the seed's object", () => {
    const status = serviceStatus(
      {
        metadata: { name: "sd-x" },
        spec: { replicas: 1 },
        status: { replicas: 1, updatedReplicas: 1 },
      },
      [
        {
          metadata: { name: "asdf-1234" },
          spec: { containers: [{ name: "nginx" }] },
          status: {
            phase: "Pending",
            containerStatuses: [{ name: "nginx", ready: true, started: true }],
          },
        },
      ],
      [{ ...claim, status: { phase: "Bound", capacity: { storage: "1Gi" } } }],
    );
    assert.deepEqual(status, {
      replicas: 1,
      currentReplicas: 1,
      pods: [
        {
          name: "asdf-1234",
          phase: "Pending",
          containers: [{ name: "nginx", ready: true, started: true }],
        },
      ],
      volumes: [{ name: "mydata", phase: "Bound", capacity: "1Gi", type: "ReadWriteOnce" }],
    });
    assert.deepEqual(statusSchema.parse(status), status);
  });

  it("says what is to come, before the cluster has got to it", () => {
    const deployment = { metadata: { name: "sd-x" }, spec: { replicas: 3 } };
    assert.deepEqual(
      serviceStatus(deployment, [pod("b", undefined), pod("a", {}, true)], [claim]),
      {
        replicas: 3,
        currentReplicas: 0,
        pods: [
          {
            name: "a",
            phase: "Pending",
            containers: [
              { name: "nginx", ready: false, started: false },
              { name: "helper", ready: false, started: false },
            ],
            initContainers: [{ name: "prepare", ready: false, started: false }],
          },
          {
            name: "b",
            phase: "Pending",
            containers: [
              { name: "nginx", ready: false, started: false },
              { name: "helper", ready: false, started: false },
            ],
          },
        ],
        volumes: [{ name: "mydata", phase: "Pending", capacity: "1Gi", type: "ReadWriteOnce" }],
      },
    );
  });
});

describe("events of a pod", () => {
  it("have the seed's four fields and its form of time, the latest last", () => {
    const events = serviceEvents([
      {
        metadata: { name: "b", creationTimestamp: "2024-04-17T09:06:00Z" },
        message: "Started container nginx",
        reason: "Started",
        type: "Normal",
      },
      {
        metadata: { name: "a", creationTimestamp: "2024-04-17T09:05:33Z" },
        note: "0/8 nodes are available",
        reason: "FailedScheduling",
        type: "Warning",
      },
    ]);
    assert.deepEqual(events, [
      {
        creationTimestamp: "2024-04-17T09:05:33.000Z",
        note: "0/8 nodes are available",
        reason: "FailedScheduling",
        type: "Warning",
      },
      {
        creationTimestamp: "2024-04-17T09:06:00.000Z",
        note: "Started container nginx",
        reason: "Started",
        type: "Normal",
      },
    ]);
    events.forEach((event) => assert.deepEqual(eventSchema.parse(event), event));
    assert.deepEqual(serviceEvents([{ metadata: { name: "c" } }]), [
      { creationTimestamp: "1970-01-01T00:00:00.000Z", note: "", reason: "", type: "Normal" },
    ]);
  });
});

describe("why a pod is not ready", () => {
  const waiting = (reason: string, message?: string): LivePod =>
    pod("a", {
      phase: "Pending",
      containerStatuses: [{ name: "nginx", state: { waiting: { reason, message } } }],
    });

  it("is said in Kubernetes' words, with what they are about", () => {
    assert.equal(
      podTrouble(
        pod("a", {
          conditions: [
            {
              type: "PodScheduled",
              status: "False",
              reason: "Unschedulable",
              message: "0/8 nodes are available",
            },
          ],
        }),
      ),
      "no node can take it: Unschedulable: 0/8 nodes are available",
    );
    assert.equal(
      podTrouble(waiting("ImagePullBackOff", "Back-off pulling image")),
      "container nginx cannot start: ImagePullBackOff: Back-off pulling image",
    );
    assert.equal(
      podTrouble(
        pod("a", {
          initContainerStatuses: [
            { name: "prepare", state: { terminated: { reason: "Error", exitCode: 2 } } },
          ],
        }),
      ),
      "container prepare ended with exit code 2: Error",
    );
    assert.equal(
      podTrouble(pod("a", { reason: "Evicted", message: "The node was low on memory" })),
      "Evicted: The node was low on memory",
    );
  });

  it("is nothing while a pod just takes its time, or runs", () => {
    assert.equal(podTrouble(waiting("ContainerCreating")), undefined);
    assert.equal(podTrouble(pod("a", undefined)), undefined);
    const init = [
      { name: "prepare", ready: true, state: { terminated: { exitCode: 0, reason: "Completed" } } },
    ];
    assert.equal(podTrouble(pod("a", { initContainerStatuses: init })), undefined);
    const running = [{ name: "nginx", ready: true, started: true, state: { running: {} } }];
    assert.equal(podTrouble(pod("a", { containerStatuses: running })), undefined);
  });
});

describe("shapes for OpenAPI", () => {
  it("are JSON Schemas that name every field and take no other", () => {
    const { DeploymentStatus, DeploymentRecord, Errors } = jsonSchemas();
    assert.equal(DeploymentStatus["additionalProperties"], false);
    assert.deepEqual(DeploymentRecord["required"], ["title", "data"]);
    assert.equal(DeploymentRecord["$schema"], undefined);
    assert.deepEqual(Object.keys(Errors["properties"] as object), ["errors"]);
  });
});
