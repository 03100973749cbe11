/** The sample Job of the plugin's documentation, as a check: it needs what every task needs. */
import { dump } from "js-yaml";
import type { KubernetesObject } from "../kubernetesObject";
import { COVALENT_LABELS } from "./access";
import { TASK_ACCOUNT, withCovalentDefaults, type CovalentSettings } from "./settings";

const NAME = "covalent-k8s-test";

/** The Job: it runs `hello-world` as a task would run, and is removed when it has been seen to end. */
function sampleJob(settings: CovalentSettings): KubernetesObject {
  const { namespace, ttlSeconds } = withCovalentDefaults(settings);
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: NAME, namespace, labels: COVALENT_LABELS },
    spec: {
      backoffLimit: 4,
      ttlSecondsAfterFinished: ttlSeconds,
      template: {
        metadata: { labels: COVALENT_LABELS },
        spec: {
          serviceAccountName: TASK_ACCOUNT,
          automountServiceAccountToken: false,
          restartPolicy: "Never",
          containers: [
            {
              name: NAME,
              image: "hello-world:latest",
              resources: { requests: { cpu: "100m", memory: "32Mi" } },
              securityContext: {
                allowPrivilegeEscalation: false,
                capabilities: { drop: ["ALL"] },
                seccompProfile: { type: "RuntimeDefault" },
              },
            },
          ],
        },
      },
    },
  };
}

/** The same for `kubectl create -f`. */
export function sampleJobFile(settings: CovalentSettings): string {
  return dump(sampleJob(settings), { lineWidth: -1 });
}
