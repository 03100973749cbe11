/**
 * Policies in the API server that hold whatever the endpoint does: RBAC cannot say "namespaces that begin with",
 * nor which hosts an Ingress may have.
 */
import type { EndpointSettings } from "./endpointSettings";
import type { KubernetesObject } from "./kubernetesObject";
import { TENANT_LABEL } from "./serviceNames";

const API_VERSION = "admissionregistration.k8s.io/v1";

interface Validation {
  expression: string;
  message: string;
}

function policy(
  name: string,
  labels: Record<string, string>,
  spec: Record<string, unknown>,
): KubernetesObject[] {
  return [
    {
      apiVersion: API_VERSION,
      kind: "ValidatingAdmissionPolicy",
      metadata: { name, labels },
      spec: { failurePolicy: "Fail", ...spec },
    },
    {
      apiVersion: API_VERSION,
      kind: "ValidatingAdmissionPolicyBinding",
      metadata: { name, labels },
      spec: { policyName: name, validationActions: ["Deny"] },
    },
  ];
}

function rule(apiGroup: string, resource: string, operations: string[]): object {
  return {
    apiGroups: [apiGroup],
    apiVersions: ["*"],
    operations,
    resources: [resource],
    scope: "*",
  };
}

/** Text as CEL writes it. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

/** Whether an object has the label of tenants, in CEL. */
function hasTenantLabel(object: string): string {
  return `has(${object}.metadata.labels) && ${quoted(TENANT_LABEL)} in ${object}.metadata.labels`;
}

/** Whether the endpoint's account asks, in CEL. */
function isAccount(namespace: string, account: string): string {
  return `request.userInfo.username == ${quoted(`system:serviceaccount:${namespace}:${account}`)}`;
}

/** The endpoint's account writes in tenants' namespaces alone; in its own, nothing but claims of host names. */
function accountPolicy(
  settings: EndpointSettings,
  account: string,
  clusterRole: string,
  labels: Record<string, string>,
): KubernetesObject[] {
  const { namespace, namespacePrefix } = settings;
  const isResource = (name: string): string => `request.resource.resource == ${quoted(name)}`;
  const enforce = quoted("pod-security.kubernetes.io/enforce");
  const validations: Validation[] = [
    {
      expression:
        `has(request.namespace) && (request.namespace == ${quoted(namespace)} ? ${isResource("leases")} : ` +
        `request.namespace.startsWith(${quoted(namespacePrefix)}))`,
      message: `the endpoint writes in namespaces that begin with ${namespacePrefix} alone`,
    },
    {
      expression:
        `${isResource("namespaces")} || ${isResource("leases")} || ` +
        `(namespaceObject != null && ${hasTenantLabel("namespaceObject")})`,
      message: `the namespace is no tenant's: it has no label ${TENANT_LABEL}`,
    },
    {
      expression:
        `!(${isResource("namespaces")}) || (request.operation == "CREATE" && ${hasTenantLabel("object")} && ` +
        `${enforce} in object.metadata.labels && object.metadata.labels[${enforce}] == "restricted")`,
      message:
        "a tenant's namespace is made with its label and restricted pod security, and then left alone",
    },
    {
      expression:
        `!(${isResource("rolebindings")}) || (request.operation != "DELETE" && ` +
        `object.roleRef.kind == "ClusterRole" && object.roleRef.name == ${quoted(clusterRole)} && ` +
        `has(object.subjects) && object.subjects.all(s, s.kind == "ServiceAccount" && ` +
        `s.name == ${quoted(account)} && s.namespace == ${quoted(namespace)}))`,
      message: "the endpoint binds its own role to itself alone",
    },
  ];
  return policy(`${namespace}-${account}`, labels, {
    matchConstraints: {
      resourceRules: [rule("*", "*/*", ["CREATE", "UPDATE", "DELETE"])],
    },
    matchConditions: [{ name: "endpoint", expression: isAccount(namespace, account) }],
    validations,
  });
}

/**
 * Hosts of the tenants' domain are exposed from tenants' namespaces alone, and the endpoint exposes no others.
 * That a host is one tenant's is not said here: it would take the claims as parameters, and API servers (1.36) stop
 * watching parameters of built-in kinds for good once the last policy with them is deleted.
 */
function hostPolicy(
  settings: EndpointSettings,
  account: string,
  labels: Record<string, string>,
): KubernetesObject[] {
  const { namespace, exposure } = settings;
  if (exposure === undefined) {
    return [];
  }
  const gateway = exposure.kind === "gateway";
  const hosts = gateway
    ? "has(object.spec.hostnames) ? object.spec.hostnames : []"
    : 'has(object.spec.rules) ? object.spec.rules.map(r, has(r.host) ? r.host : "") : []';
  const below = `endsWith(${quoted(`.${exposure.domain}`)})`;
  const open = gateway ? "false" : "has(object.spec.defaultBackend)";
  return policy(`${namespace}-${account}-hosts`, labels, {
    matchConstraints: {
      resourceRules: [
        gateway
          ? rule("gateway.networking.k8s.io", "httproutes", ["CREATE", "UPDATE"])
          : rule("networking.k8s.io", "ingresses", ["CREATE", "UPDATE"]),
      ],
    },
    variables: [{ name: "hosts", expression: hosts }],
    validations: [
      {
        expression:
          `!variables.hosts.exists(h, h.${below}) || ` +
          `(namespaceObject != null && ${hasTenantLabel("namespaceObject")})`,
        message: `hosts below ${exposure.domain} are for tenants' namespaces`,
      },
      {
        expression:
          `!(${isAccount(namespace, account)}) || ` +
          `(!(${open}) && variables.hosts.size() > 0 && variables.hosts.all(h, h.${below}))`,
        message: `the endpoint exposes hosts below ${exposure.domain} alone`,
      },
    ],
  });
}

/** Both policies with their bindings. */
export function endpointGuardObjects(
  settings: EndpointSettings,
  account: string,
  clusterRole: string,
  labels: Record<string, string>,
): KubernetesObject[] {
  return [
    ...accountPolicy(settings, account, clusterRole, labels),
    ...hostPolicy(settings, account, labels),
  ];
}
