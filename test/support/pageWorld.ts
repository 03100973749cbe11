/** Deployments that are worth a picture. */
import { pod, running } from "./fakeService";
import type { PageServer } from "./pageServer";

const DOCUMENT = `containers:
  - name: notebook
    image: quay.io/jupyter/scipy-notebook:2026-10-05
    ports:
      - name: web
        port: 8888
    cpu: 8
    memory: 32
    gpu: a100
`;

/** Four deployments, of which one waits for a GPU. */
export function fillWorld({ service }: PageServer): void {
  service.tenants.clear();
  service.done.length = 0;
  service.gpus = [
    { class: "a100", resource: "nvidia.com/gpu", total: 4, used: 3, free: 1 },
    { class: "slice", resource: "nvidia.com/mig-1g.10gb", total: 14, used: 5, free: 9 },
  ];
  service.add(
    "notebook",
    {
      title: "Notebook",
      data: DOCUMENT,
      exposed_service: "notebook",
      exposed_port: 8888,
      exposed_hostname: "ada-notebook",
    },
    {
      ...running("notebook", 1),
      volumes: [{ name: "home", phase: "Bound", capacity: "50Gi", type: "ReadWriteOnce" }],
    },
    "https://ada-notebook.apps.lab.example.org/",
  );
  service.add(
    "survey-api",
    { title: "Survey API" },
    running("survey-api", 3),
    "https://survey.apps.lab.example.org/",
  );
  service.add(
    "solver",
    { title: "Solver", data: DOCUMENT },
    {
      ...running("solver", 2),
      pods: [pod("sd-solver-5c8b-0"), pod("sd-solver-5c8b-1", "Pending", false)],
      volumes: [{ name: "results", phase: "Pending", capacity: "200Gi", type: "ReadWriteMany" }],
    },
  );
  service.add("training", { title: "Training of last week" }, running("training", 0));
  service.podEvents = [
    {
      creationTimestamp: "2026-11-21T10:05:31.000Z",
      note: "Successfully assigned user-ada/sd-notebook-7d9f-0 to gpu-a100",
      reason: "Scheduled",
      type: "Normal",
    },
    {
      creationTimestamp: "2026-11-21T10:05:33.000Z",
      note: "0/4 nodes are available: 1 Insufficient nvidia.com/gpu, 3 node(s) didn't match Pod's node affinity/selector.",
      reason: "FailedScheduling",
      type: "Warning",
    },
  ];
  service.logText =
    "[I 10:05:40 ServerApp] Jupyter Server 2.17.0 is running at:\n[I 10:05:40 ServerApp] http://localhost:8888/lab\n[I 10:06:12 ServerApp] Kernel started: 5b1f2c\n";
}
