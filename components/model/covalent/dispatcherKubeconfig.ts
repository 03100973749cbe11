/** The dispatcher's kubeconfig: the cluster as an administrator's has it, with the service account's token. */
import {
  accessOf,
  kubeconfigOf,
  parseKubeconfig,
  refuseRelativePaths,
  type ClusterAccess,
} from "../kubeconfig";
import { Problems } from "../problems";
import { withCovalentDefaults, type CovalentSettings } from "./settings";

/** Keys of a cluster's entry that name a file. */
const CLUSTER_FILES = ["certificate-authority"];

/**
 * The context that an administrator's kubeconfig reaches the cluster by: for EKS the cluster's ARN.
 *
 * @param kubeconfig text of the administrator's
 * @throws ProblemsError when it is none, or lacks the context that the settings name
 */
export function adminAccess(kubeconfig: string, settings: CovalentSettings): ClusterAccess {
  const problems = new Problems("Covalent");
  const config = parseKubeconfig(kubeconfig, problems, "kubeconfig");
  const access = config && accessOf(config, settings.context, problems, "context");
  if (access !== undefined) {
    const files = access.files.filter(({ key }) => CLUSTER_FILES.includes(key));
    refuseRelativePaths({ ...access, files }, problems, "kubeconfig");
  }
  problems.throwIfAny();
  return access!;
}

/** The kubeconfig with the same context, and no rights but the dispatcher's. */
export function dispatcherKubeconfig(
  access: ClusterAccess,
  token: string,
  settings: CovalentSettings,
): string {
  const { namespace } = withCovalentDefaults(settings);
  return kubeconfigOf({ ...access, namespace, user: { token } });
}
