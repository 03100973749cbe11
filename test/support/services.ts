/** A site like the stand, and deployments on it. */
import { DEFAULT_LIMITS } from "../../components/model/serviceLimits";
import { parseService, type ParsedService } from "../../components/model/serviceSpec";
import type {
  ServiceError,
  ServiceRecord,
  ServiceSite,
  ServiceTenant,
} from "../../components/model/serviceTypes";

export const TENANT: ServiceTenant = { name: "alice", namespace: "user-alice" };

function slice(profile: string, vram: string): ServiceSite["gpus"][string] {
  return {
    resource: `nvidia.com/mig-${profile}`,
    product: `NVIDIA-A100-SXM4-80GB-MIG-${profile}`,
    type: `A100-${profile}`,
    vram,
    mig: profile,
  };
}

/** The stand's nodes and GPUs; an Ingress for web addresses. */
export const SITE: ServiceSite = {
  limits: DEFAULT_LIMITS,
  gpus: {
    a100: {
      resource: "nvidia.com/gpu",
      product: "NVIDIA-A100-SXM4-40GB",
      type: "A100",
      vram: "40G",
      count: 4,
      taint: { key: "gpu", value: "a100", effect: "NoSchedule" },
    },
    small: slice("1g.10gb", "10G"),
    medium: slice("2g.20gb", "20G"),
    large: slice("3g.40gb", "40G"),
    remote: {
      resource: "nvidia.com/gpu-remote",
      product: "Tesla-T4",
      type: "T4",
      vram: "16G",
    },
  },
  nodes: {
    "cpu-1": {},
    "gpu-a100": { gpus: [{ class: "a100" }] },
    "gpu-mig": {
      gpus: [
        { class: "small", count: 4 },
        { class: "medium", count: 2 },
        { class: "large", count: 1 },
      ],
    },
    "interlink-vk": { virtual: true, gpus: [{ class: "remote", count: 2 }] },
  },
  exposure: { domain: "apps.lab.example.org", className: "nginx", issuer: "lab-issuer" },
};

/** The seed's example as printed, less the two stray commas. */
export const SEED_YAML = `containers:
  # Mandatory values
  - name: nginx
    image: "nginx:latest"
    ports:
      - name: default
        port: 80
    # Optional fields
    cpu: 8 # Allocate CPU cores (default is 4, maximum 32)
    memory: 0.5 # Allocate memory (in Gb, default is 16.0, maximum is 64.0)
    gpu: 'nvidia.com/gpu'  # Request a GPU resource (see below for valid options)
    command: '/bin/echo' # Override the container's command
    args: ['asdf', 'hello'] # Supply arguments to the container's command
    environment:
      - name: MY_ENV_VAR
        value: "asdf"
    replicas: 1 # Allows scaling the service to multiple replicas (max. 16, with load-balancing)
    # Set container runtime user and group, overriding defaults
    user: 1000
    group: 1000
    # Change filesystem ownership, overriding defaults
    fsUser: 1000 
    fsGroup: 1000
    changeGroupOnMismatch: true # Optional
    
    # Volume mounts are optional as you can also deploy without persistence
    volumeMounts:
      - name: mydata
        mountPath: /mydata
        # Optional volume params
        readOnly: true
        type: 'ReadWriteOnce' # If used across replicas or services, use 'ReadWriteMany'

# The volumes section is only mandatory if mounts are specified (name has to match)
volumes:
  - name: mydata
    size: 1Gi  # This can be anything between 1-999 Gi or Mi
`;

/** The seed's record, without its document. */
export const SEED_REST = {
  title: "My NGINX Service",
  exposed_service: "nginx",
  exposed_port: 80,
  exposed_hostname: "my-nginx-service",
};

export const SEED_RECORD: ServiceRecord = { ...SEED_REST, data: SEED_YAML };

/** As little as a document can say. */
export const SMALL = { containers: [{ name: "web", image: "nginx:1.27" }] };

/** A container of `SMALL` with these keys. */
export function one(keys: object): { containers: Record<string, unknown>[] } {
  return { containers: [{ ...SMALL.containers[0], ...keys }] };
}

/** What comes of a document, which may be YAML or an object, and of the rest of its record. */
export function parse(
  document: unknown,
  site: ServiceSite = SITE,
  rest: Partial<ServiceRecord> = {},
): { service?: ParsedService; errors: ServiceError[]; warnings: ServiceError[]; lines: string[] } {
  const data = typeof document === "string" ? document : JSON.stringify(document);
  const parsed = parseService({ title: "test", data, ...rest }, site);
  const errors = parsed.ok ? [] : parsed.errors;
  return {
    ...(parsed.ok ? { service: parsed.value } : {}),
    errors,
    warnings: parsed.ok ? parsed.warnings : [],
    lines: errors.map(({ path, message }) => `${path}: ${message}`),
  };
}

/** The parsed deployment of a document that has nothing wrong. */
export function valid(
  document: unknown,
  site: ServiceSite = SITE,
  rest: Partial<ServiceRecord> = {},
): ParsedService {
  const { service, lines } = parse(document, site, rest);
  if (service === undefined) {
    throw new Error(`not valid:\n${lines.join("\n")}`);
  }
  return service;
}
