/** The registry of task images as the plugin understands it, which goes by its name alone. */
import { parseImageName } from "../imageName";
import type { Problems } from "../problems";
import { IMAGE_REPOSITORY, LOCAL_REGISTRY, type CovalentRegistryFacts } from "./settings";

/** What the plugin does with an image once it is built. */
export const RegistryKind = {
  /** `minikube image load`. */
  Minikube: "minikube",
  /** Push, after a login with AWS credentials. */
  Ecr: "ecr",
  /** Push, after a login with user and password. */
  Password: "password",
} as const;
export type RegistryKind = (typeof RegistryKind)[keyof typeof RegistryKind];

/** A registry, taken apart into the plugin's keys. */
export interface CovalentRegistryParts {
  kind: RegistryKind;
  /** Key `registry`. */
  host: string;
  /** Key `image_repo`. */
  repository: string;
  /** Key `region`; empty but for ECR. */
  region: string;
}

const ECR_HOST = /^\d{12}\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/;

/** What the plugin looks for in the registry's name first; then for `localhost`. */
const AMAZON = "amazonaws.com";

/** Takes a registry apart as the plugin does. What is wrong with it is `checkRegistry`'s. */
export function registryParts(registry: CovalentRegistryFacts = {}): CovalentRegistryParts {
  const url = registry.url ?? LOCAL_REGISTRY;
  const [host = "", ...folders] = url
    .replace(/^https:\/\//, "")
    .replace(/\/$/, "")
    .split("/");
  const path = [...folders, ...(registry.repository === undefined ? [] : [registry.repository])];
  const kind = host.includes(AMAZON)
    ? RegistryKind.Ecr
    : host.includes(LOCAL_REGISTRY)
      ? RegistryKind.Minikube
      : RegistryKind.Password;
  return {
    kind,
    host,
    repository: path.length === 0 ? IMAGE_REPOSITORY : path.join("/"),
    region: kind === RegistryKind.Ecr ? (registry.region ?? ECR_HOST.exec(host)?.[1] ?? "") : "",
  };
}

function checkEcr(registry: CovalentRegistryFacts, host: string, problems: Problems): void {
  const region = ECR_HOST.exec(host)?.[1];
  if (region === undefined) {
    problems.add({
      path: "registry.url",
      reason: "not a registry of ECR, though it is at amazonaws.com",
      value: registry.url,
      allowed: "<account>.dkr.ecr.<region>.amazonaws.com, with a repository or without",
    });
  } else if (registry.region !== undefined && registry.region !== region) {
    problems.add({
      path: "registry.region",
      reason: "not the region of the registry",
      value: registry.region,
      allowed: region,
      remedy: "Leave it out.",
    });
  }
  if (registry.username !== undefined || registry.hasPassword === true) {
    problems.add({
      path: "registry.username",
      reason: "ECR takes no password: the plugin logs in with AWS credentials",
      remedy:
        "Remove username and password; name a credentialsFile where the default one will not do.",
    });
  }
}

function checkLocal(registry: CovalentRegistryFacts, host: string, problems: Problems): void {
  if (host !== LOCAL_REGISTRY) {
    problems.add({
      path: "registry.url",
      reason:
        "the plugin takes every registry with localhost in its name for minikube, and pushes nothing to it",
      value: registry.url,
      allowed: "localhost, or a registry of another name",
    });
  }
  const given = (["username", "credentialsFile"] as const).find(
    (key) => registry[key] !== undefined,
  );
  if (given !== undefined || registry.hasPassword === true) {
    problems.add({
      path: `registry.${given ?? "password"}`,
      reason: "images for minikube are loaded, not pushed: no credentials are used",
      remedy: "Remove it, or name the registry in url.",
    });
  }
}

/** Without credentials the plugin forgets the registry, and pushes to Docker Hub. */
function checkPassword(registry: CovalentRegistryFacts, host: string, problems: Problems): void {
  const { username, hasPassword = false, credentialsFile } = registry;
  if (credentialsFile !== undefined && (username !== undefined || hasPassword)) {
    problems.add({
      path: "registry.credentialsFile",
      reason: "contradicts username and password, which are written to a file of their own",
      remedy: "Keep one of them.",
    });
  } else if (credentialsFile === undefined && (username === undefined || !hasPassword)) {
    problems.add({
      path: username === undefined ? "registry.username" : "registry.password",
      reason: `required, but missing: without credentials the plugin pushes to Docker Hub, not to ${host}`,
      remedy: "Give username and password, or a credentialsFile.",
    });
  }
  if (registry.region !== undefined) {
    problems.add({
      path: "registry.region",
      reason: "only registries of ECR have a region",
      value: registry.region,
      remedy: "Remove it.",
    });
  }
}

const CHECKS: Record<RegistryKind, typeof checkEcr> = {
  [RegistryKind.Ecr]: checkEcr,
  [RegistryKind.Minikube]: checkLocal,
  [RegistryKind.Password]: checkPassword,
};

/** Adds every problem of a registry, `registry` and its keys being the paths. */
export function checkRegistry(registry: CovalentRegistryFacts, problems: Problems): void {
  const { kind, host, repository } = registryParts(registry);
  const local = kind === RegistryKind.Minikube;
  if (parseImageName(local ? repository : `${host}/${repository}`)?.tag !== undefined) {
    problems.add({
      path: "registry.repository",
      reason: "has a tag or digest, which the plugin gives each task's image",
      value: repository,
      remedy: "Remove it.",
    });
  } else if (parseImageName(local ? repository : `${host}/${repository}`) === undefined) {
    problems.add({
      path: registry.repository === undefined ? "registry.url" : "registry.repository",
      reason: "not the name of a repository of images",
      value: local ? repository : `${host}/${repository}`,
      allowed: "a host in url, and lower-case words with / between them in repository",
    });
  } else if (!local && host.startsWith(repository)) {
    problems.add({
      path: "registry.repository",
      reason:
        "the registry's name begins with it, and the plugin takes such images for local ones, which are never pulled",
      value: repository,
      remedy: "Choose another name.",
    });
  }
  CHECKS[kind](registry, host, problems);
}
