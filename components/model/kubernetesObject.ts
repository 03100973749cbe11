/** A Kubernetes object as plain data: what the renderers make, whoever applies it. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    /** Absent for cluster-wide kinds. */
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  spec?: Record<string, unknown>;
  /** ConfigMap and Secret data. */
  data?: Record<string, string>;
  binaryData?: Record<string, string>;
}
