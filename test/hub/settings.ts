/** The settings of the tests' hub: a profile for each kind that the platform renders. */

/** Seconds that a server of profile `short` may run: long enough to restart a hub meanwhile. */
export const SHORT_LIFETIME = 20;

export const OIDC_CLIENT = { id: "hub", secret: "secret-of-the-client" };

export const GROUPS: Record<string, string[]> = {
  ada: ["users", "ml"],
  bob: ["users"],
  cleo: ["users", "ml"],
  eve: ["guests"],
};

export const A100_TERM = {
  matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: ["gpu-a100"] }],
};

/** The JSON that the platform would render. */
export function hubSettings(publicUrl: string, issuer: string): object {
  return {
    profiles: [
      {
        slug: "gpu-a100",
        display_name: "GPU A100",
        groups: ["ml"],
        image: "quay.io/jupyter/pytorch-notebook:cuda12-2025-09-30",
        cpu_limit: 4,
        cpu_guarantee: 1,
        mem_limit: "16G",
        mem_guarantee: "4G",
        extra_resource_limits: { "nvidia.com/gpu": "1" },
        extra_resource_guarantees: { "nvidia.com/gpu": "1" },
        node_affinity_required: [A100_TERM],
        tolerations: [{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }],
        environment: { TEMPLATE: '{"a": "{username}"}' },
        annotations: { "lab.example.org/json": '{"a": 1}' },
        labels: { "lab.example.org/class": "a100" },
        storage: true,
        max_lifetime_seconds: 14400,
        remote: false,
      },
      {
        slug: "cpu",
        display_name: "CPU",
        description: "Without a GPU",
        default: true,
        cpu_limit: 1,
        cpu_guarantee: 0.1,
        mem_limit: "2G",
        mem_guarantee: "512M",
        environment: { NVIDIA_VISIBLE_DEVICES: "" },
        node_selector: { "kubernetes.io/hostname": "cpu-1" },
        storage: true,
      },
      {
        slug: "short",
        display_name: "Short",
        node_selector: { "kubernetes.io/os": "linux" },
        storage: false,
        max_lifetime_seconds: SHORT_LIFETIME,
      },
      {
        slug: "remote",
        display_name: "Remote T4",
        groups: ["ml"],
        extra_resource_limits: { "nvidia.com/gpu": "1" },
        extra_resource_guarantees: { "nvidia.com/gpu": "1" },
        node_selector: { "virtual-node.interlink/type": "virtual-kubelet" },
        tolerations: [{ key: "virtual-node.interlink/no-schedule", operator: "Exists" }],
        annotations: { "interlink.eu/pod-vpn": "true" },
        storage: false,
        remote: true,
      },
    ],
    remote: {
      api_url: "https://hub.example.org/hub/api",
      host: "hub.example.org",
      port: "443",
      url: "https://hub.example.org",
      ssh_port: "31022",
      ssh_namespace: "jupyterhub",
    },
    ssh: { user_service: true, service_prefix: "ssh-", forwarder_port: 8022 },
    oidc: {
      issuer,
      client_id: OIDC_CLIENT.id,
      callback_url: `${publicUrl}/hub/oauth_callback`,
      scopes: ["openid", "profile", "groups"],
      username_claim: "preferred_username",
      groups_claim: "groups",
      allowed_groups: ["users"],
      admin_groups: ["admins"],
      any_user: false,
      authorize_url: null,
      token_url: null,
      userdata_url: null,
      auth_state: true,
    },
    shared_folders: [{ claim: "shared", mount_path: "/home/jovyan/shared", read_only: true }],
    idle: { timeout_seconds: 3600 },
  };
}
