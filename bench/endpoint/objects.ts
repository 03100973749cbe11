/** The deployment that everyone puts: the record for us, the objects for the others. */
import { parseService } from "../../components/model/serviceSpec";
import { serviceObjects } from "../../components/model/serviceObjects";
import type { KubernetesObject } from "../../components/model/kubernetesObject";
import type { ServiceRecord } from "../../components/model/serviceTypes";
import { objectPath, type ServiceKind } from "../../endpoint/kubernetes/paths";
import { settings } from "../../test/support/endpointSettings";

/** Stands for the title, which differs from PUT to PUT: so each changes something, and no pod starts anew. */
export const TITLE = "TITLE-OF-THE-TURN";

const DOCUMENT = `
containers:
  - name: web
    image: docker.io/library/nginx:1.29
    cpu: 0.5
    memory: 0.5
    ports:
      - name: http
        port: 8080
    environment:
      - name: GREETING
        value: hello
    volumeMounts:
      - name: data
        mountPath: /data
volumes:
  - name: data
    size: 1Gi
replicas: 0
`;

/** The record with a title. */
export function recordOf(title: string): ServiceRecord {
  return { title, data: DOCUMENT };
}

/** An object as the API server is sent it. */
export interface Prepared {
  path: string;
  /** JSON, with `TITLE` where the title goes. */
  body: string;
}

/** The objects that the endpoint makes of the record, claims first. */
export function objectsOf(namespace: string, id: string): KubernetesObject[] {
  const site = settings();
  const parsed = parseService(recordOf(TITLE), site);
  if (!parsed.ok) {
    throw new Error(JSON.stringify(parsed.errors));
  }
  const tenant = { name: "bench", namespace };
  return serviceObjects({ tenant, id, service: parsed.value }, site);
}

/** The same, as they are sent. */
export function preparedObjects(namespace: string, id: string): Prepared[] {
  return objectsOf(namespace, id).map((object) => ({
    path: objectPath(object.kind as ServiceKind, namespace, object.metadata.name),
    body: JSON.stringify(object),
  }));
}
