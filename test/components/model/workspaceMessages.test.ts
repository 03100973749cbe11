import assert from "node:assert/strict";
import { BASE, parse } from "../../support/workspaceFixtures";

describe("messages about a workspace", () => {
  const whole: [change: object, line: string][] = [
    [
      { gpu_request: -1 },
      "w.json: gpu_request: not a number of GPUs (found -1; allowed: 0 or more). Correct it.",
    ],
    [
      { deployment: 0 },
      "w.json: deployment: reads like no, but would mean yes (found 0; allowed: false, or any other value). Write false without quotes, or remove it.",
    ],
    [
      { cpu_request: 100_001 },
      'w.json: cpu_request: more than any machine has (found "100001"; allowed: 1m or more: a number of cores, such as 2 or 0.5, or of thousandths, such as 500m). Is the unit right?',
    ],
    [
      { memory_requets: "4Gi" },
      "w.json: memory_requets: unknown key (allowed: namespace, chart_name, docker_image, tag, clusters, memory_request, cpu_request, memory_limit, cpu_limit, gpu_request, gpu_selector, allocationTime, deployment, command, image_pull_secret, ports, service_type, persistent_volume, existing_persistent_volume, mount_files, node_selector, ingress, env_variables, user_secret, user_secret_params). Did you mean memory_request?",
    ],
    [
      { namespace: "Machine Learning" },
      'w.json: namespace: not a name that a namespace can have (found "Machine Learning"; allowed: lower-case letters, digits and -, beginning and ending with a letter or digit, 63 characters at most). Write it as machine-learning.',
    ],
    [
      { memory_request: "4GB" },
      'w.json: memory_request: not a quantity (found "4GB"; allowed: 1Mi or more: a number with Ki, Mi, Gi, Ti or k, M, G, T, such as 4Gi). Write it as 4G.',
    ],
    [
      { memory_request: 4 },
      'w.json: memory_request: too little (found "4"; allowed: 1Mi or more: a number with Ki, Mi, Gi, Ti or k, M, G, T, such as 4Gi). Is the unit right?',
    ],
    [
      { ports: { web: [80, 30_080] } },
      'w.json: ports.web[1]: a node port, but the Service has type ClusterIP (found 30080). Add "service_type": "NodePort", or remove the node port.',
    ],
    [
      { ports: { jupyter: [8888, 7] }, service_type: "NodePort" },
      "w.json: ports.jupyter[1]: out of range (found 7; allowed: 30000 to 32767). Choose another.",
    ],
    [{ ports: 8888 }, "w.json: ports: must be an object: {…} (found 8888)."],
    [
      { ports: { jupyter: 8888 } },
      "w.json: ports.jupyter: must be a list: [port] or [port, nodePort] (found 8888).",
    ],
    [
      { tag: 1.1, docker_image: "nginx" },
      "w.json: tag: must be text in double quotes (found 1.1).",
    ],
    [
      { deployment: "false" },
      'w.json: deployment: reads like no, but would mean yes (found "false"; allowed: false, or any other value). Write false without quotes, or remove it.',
    ],
    [
      { gpu_selector: { type: "A100" } },
      'w.json: gpu_selector: selects among GPUs, but gpu_request asks for none (found {"type":"A100"}). Add gpu_request, or remove gpu_selector.',
    ],
    [
      { env_variables: { NVIDIA_VISIBLE_DEVICES: "all" } },
      "w.json: env_variables.NVIDIA_VISIBLE_DEVICES: a variable that the platform sets itself for this workspace. Remove it, or give it another name.",
    ],
    [
      { mount_files: { passwd: ["passwd", "/etc/passwd"] } },
      "w.json: mount_files.passwd[1]: a system path: it would hide the image's own /etc (found \"/etc/passwd\"; allowed: a path below /data, /home, /mnt, /opt, /srv, /workspace or another folder of the image's own). Mount it elsewhere.",
    ],
  ];
  for (const [change, line] of whole) {
    it(`says for ${JSON.stringify(change)}`, () => {
      assert.deepEqual(parse({ ...BASE, ...change }), { spec: undefined, lines: [line] });
    });
  }
});
