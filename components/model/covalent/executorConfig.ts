/** The executors' part of Covalent's config, key by key as the plugin reads it. */
import { Problems } from "../problems";
import { gpuOffers } from "./gpuClasses";
import { registryParts } from "./registry";
import { claimName, TASK_ACCOUNT, withCovalentDefaults, type CovalentSpec } from "./settings";
import { tomlElement, tomlTable } from "./toml";

/** Name of our executor in Covalent: that of its Python module. */
export const PLATFORM_EXECUTOR = "platform_k8s";

/** What is known outside the settings, all of the dispatcher's machine. */
export interface ExecutorFacts {
  /** Path of the dispatcher's kubeconfig, absolute. */
  kubeconfigFile: string;
  /** Its context. */
  context: string;
  /** Path of the file with the registry's credentials, or nothing. */
  credentialsFile: string;
  /** Folder for what is on its way, absolute. */
  cacheDir: string;
}

/**
 * The tables `[executors.k8s]`, which the plugin and our executor read, and `[executors.platform_k8s]`, which ours
 * reads besides. Every key is there: one that is missing is an error to the plugin. No value is secret.
 */
export function executorConfig(spec: CovalentSpec, facts: ExecutorFacts): string {
  const complete = withCovalentDefaults(spec);
  const { host, repository, region } = registryParts(spec.registry);
  const { path, bucket } = spec.dataStore;
  const own = `executors.${PLATFORM_EXECUTOR}`;
  const tables = [
    tomlTable("executors.k8s", {
      base_image: complete.baseImage,
      k8s_config_file: facts.kubeconfigFile,
      k8s_context: facts.context,
      image_repo: repository,
      registry: host,
      registry_credentials_file: facts.credentialsFile,
      data_store: path ?? `s3://${bucket ?? ""}`,
      region,
      vcpu: complete.vcpu,
      memory: complete.memory,
      cache_dir: facts.cacheDir,
      poll_freq: complete.pollSeconds,
    }),
    tomlTable(own, {
      namespace: complete.namespace,
      service_account: TASK_ACCOUNT,
      ttl_seconds: complete.ttlSeconds,
      claim: claimName(spec) ?? "",
      gpu_class: "",
      gpu_count: 0,
    }),
    // Problems of the vocabulary were found when the settings were checked.
    ...gpuOffers(spec, new Problems("gpus")).map((gpu) =>
      tomlElement(`${own}.gpu_classes`, { ...gpu }),
    ),
  ];
  return `${tables.join("\n\n")}\n`;
}
