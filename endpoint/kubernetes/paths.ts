/** Where the API server has the objects of a deployment. */
import { GATEWAY_API } from "../../components/model/httpRouteObject";

/** What identifies an object for `DELETE`. */
export interface Identity {
  kind: string;
  name: string;
  uid: string;
}

/** Kinds that a deployment is made of. */
const COLLECTIONS = {
  Deployment: "/apis/apps/v1/namespaces/*/deployments",
  Service: "/api/v1/namespaces/*/services",
  PersistentVolumeClaim: "/api/v1/namespaces/*/persistentvolumeclaims",
  ConfigMap: "/api/v1/namespaces/*/configmaps",
  Secret: "/api/v1/namespaces/*/secrets",
  Pod: "/api/v1/namespaces/*/pods",
  Ingress: "/apis/networking.k8s.io/v1/namespaces/*/ingresses",
  HTTPRoute: `/apis/${GATEWAY_API}/namespaces/*/httproutes`,
} as const;

export type ServiceKind = keyof typeof COLLECTIONS;

/** The objects of a kind in a namespace. */
export function collectionPath(kind: ServiceKind, namespace: string): string {
  return COLLECTIONS[kind].replace("*", namespace);
}

/** One object. */
export function objectPath(kind: ServiceKind, namespace: string, name: string): string {
  return `${collectionPath(kind, namespace)}/${name}`;
}
