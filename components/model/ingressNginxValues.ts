/** Renders the values of ingress-nginx's chart. */
import { compact } from "./compact";
import { isDnsSubdomain, SUBDOMAIN_RULE } from "./names";
import { nearest, oneOf, type Problems } from "./problems";

/** Fixed ports of the controller's Service on every node. */
export interface IngressNodePorts {
  /** 30000 to 32767. @default chosen by the cluster */
  http?: number;
  /** 30000 to 32767. @default chosen by the cluster */
  https?: number;
}

/** What we decide about the controller; everything else is the chart's. */
export interface IngressNginxSettings {
  /** Name of the IngressClass, which Ingresses name. @default "nginx" */
  className?: string;
  /** Whether Ingresses without a class are this controller's. @default false */
  defaultClass?: boolean;
  /** `LoadBalancer`, `NodePort` (minikube, bare metal) or `ClusterIP`. @default "LoadBalancer" */
  serviceType?: string;
  /** Ports on every node; only with service type `NodePort`. @default chosen by the cluster */
  nodePorts?: IngressNodePorts;
  /** Whether Ingresses are checked before the API server takes them. @default true */
  admissionWebhook?: boolean;
  /** Number of controllers. @default 1 */
  replicas?: number;
}

const DEFAULT_CLASS = "nginx";
const SERVICE_TYPES = ["LoadBalancer", "NodePort", "ClusterIP"];
const LOWEST_NODE_PORT = 30_000;
const HIGHEST_NODE_PORT = 32_767;

/** The class that the settings name. */
export function ingressClassOf(settings: IngressNginxSettings): string {
  return settings.className ?? DEFAULT_CLASS;
}

function checkNodePorts(settings: IngressNginxSettings, problems: Problems): void {
  const { nodePorts = {}, serviceType } = settings;
  const given = Object.entries(nodePorts).filter(([, port]) => port !== undefined);
  if (given.length > 0 && serviceType !== "NodePort") {
    problems.add({
      path: "nodePorts",
      reason: `node ports, but the Service has type ${serviceType ?? "LoadBalancer"}`,
      value: nodePorts,
      remedy: "Set serviceType to NodePort, or remove the node ports.",
    });
  }
  for (const [key, port] of given as [string, number][]) {
    if (!Number.isInteger(port) || port < LOWEST_NODE_PORT || port > HIGHEST_NODE_PORT) {
      problems.add({
        path: `nodePorts.${key}`,
        reason: "out of range",
        value: port,
        allowed: `${LOWEST_NODE_PORT} to ${HIGHEST_NODE_PORT}`,
        remedy: "Choose another.",
      });
    }
  }
  if (nodePorts.http !== undefined && nodePorts.http === nodePorts.https) {
    problems.add({
      path: "nodePorts.https",
      reason: "node port used twice: nodePorts.http has it",
      value: nodePorts.https,
      remedy: "Choose another.",
    });
  }
}

/** Adds a problem for everything that the chart or the cluster would refuse, or would do silently. */
export function checkIngressNginx(settings: IngressNginxSettings, problems: Problems): void {
  const { className = DEFAULT_CLASS, serviceType = "LoadBalancer", replicas = 1 } = settings;
  if (!isDnsSubdomain(className)) {
    problems.add({
      path: "className",
      reason: "not a name that an IngressClass can have",
      value: className,
      allowed: SUBDOMAIN_RULE,
      remedy: "Correct it.",
    });
  }
  if (!SERVICE_TYPES.includes(serviceType)) {
    const near = nearest(serviceType, SERVICE_TYPES);
    problems.add({
      path: "serviceType",
      reason: "not a type of Service that the controller can have",
      value: serviceType,
      allowed: oneOf(SERVICE_TYPES),
      remedy: near === undefined ? "Choose one of these." : `Did you mean ${near}?`,
    });
  }
  checkNodePorts(settings, problems);
  if (!Number.isInteger(replicas) || replicas < 1) {
    problems.add({
      path: "replicas",
      reason: "not a number of controllers",
      value: replicas,
      allowed: "a whole number, 1 or more",
    });
  }
}

/**
 * Values of the chart `ingress-nginx` 4.15. Snippets are off, whatever the chart's default will be: they let
 * whoever may write an Ingress run code in the controller.
 */
export function ingressNginxValues(settings: IngressNginxSettings): Record<string, unknown> {
  const className = ingressClassOf(settings);
  const { nodePorts = {} } = settings;
  const ports = compact({ http: nodePorts.http, https: nodePorts.https });
  return {
    controller: {
      replicaCount: settings.replicas ?? 1,
      ingressClass: className,
      ingressClassResource: {
        name: className,
        default: settings.defaultClass ?? false,
        // What a controller listens to: with one value for all, each would serve the others' classes.
        controllerValue: `k8s.io/${className === DEFAULT_CLASS ? "ingress-nginx" : className}`,
      },
      allowSnippetAnnotations: false,
      enableAnnotationValidations: true,
      config: {
        // `auth-url` and `auth-signin` are of risk High, snippets Critical: the strictest that lets us log in.
        "annotations-risk-level": "High",
        "strict-validate-path-type": "true",
      },
      admissionWebhooks: { enabled: settings.admissionWebhook ?? true },
      service: {
        type: settings.serviceType ?? "LoadBalancer",
        ...(Object.keys(ports).length === 0 ? {} : { nodePorts: ports }),
      },
    },
  };
}
