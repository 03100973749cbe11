/**
 * What the values of a workspace's JSON may be, and which go together: name, image, place and allocation here.
 * Rules look at the keys that have the right type, so that all problems of a file are reported at once.
 */
import { LONGEST_ALLOCATION_SECONDS, parseAllocationTime } from "./duration";
import { checkListedOnce, checkUsers, checkVariables } from "./environmentRules";
import { isImageDigest, isImageTag, parseImageName } from "./imageName";
import { isLabelValue } from "./labelSyntax";
import {
  checkChartName,
  isDnsLabel,
  isDnsSubdomain,
  LABEL_RULE,
  labelRemedy,
  SUBDOMAIN_RULE,
} from "./names";
import type { Problems } from "./problems";
import { checkGpu, checkResources } from "./resourceRules";
import type { TypedKeys } from "./workspaceSchema";

function checkNames(json: TypedKeys, problems: Problems): void {
  const { namespace, chart_name: name } = json;
  if (namespace !== undefined && !isDnsLabel(namespace)) {
    problems.add({
      path: "namespace",
      reason: "not a name that a namespace can have",
      value: namespace,
      allowed: LABEL_RULE,
      remedy: labelRemedy(namespace),
    });
  } else if (namespace?.startsWith("kube-")) {
    problems.add({
      path: "namespace",
      reason: "a namespace of Kubernetes itself",
      value: namespace,
      remedy: "Choose one that does not begin with kube-.",
    });
  }
  if (name !== undefined) {
    checkChartName(name, problems);
  }
}

function imageRemedy(image: string): string {
  if (/^[a-z]+:\/\//.test(image)) {
    return "Leave out the scheme.";
  }
  const lower = image.toLowerCase();
  return parseImageName(lower) === undefined ? "Correct it." : `Write it as ${lower}.`;
}

function checkImage({ docker_image: image, tag }: TypedKeys, problems: Problems): void {
  const parsed = image === undefined ? undefined : parseImageName(image);
  if (image !== undefined && parsed === undefined) {
    problems.add({
      path: "docker_image",
      reason: "not the name of an image",
      value: image,
      allowed: "[registry/]repository[:tag][@sha256:…], the repository in lower case",
      remedy: imageRemedy(image),
    });
  }
  if (tag === undefined) {
    return;
  }
  const plain = tag.replace(/^@/, "");
  if (!isImageTag(tag) && !isImageDigest(plain)) {
    problems.add({
      path: "tag",
      reason: "not a tag",
      value: tag,
      allowed: "letters, digits, _, . and -, 128 characters at most, or a digest sha256:…",
      remedy: "Correct it.",
    });
  } else if (parsed?.tag !== undefined && parsed.tag !== plain) {
    problems.add({
      path: "tag",
      reason: `docker_image says ${parsed.tag} already`,
      value: tag,
      remedy: "Remove one of the two.",
    });
  }
}

function checkAllocation(json: TypedKeys, given: ReadonlySet<string>, problems: Problems): void {
  const { allocationTime: time, deployment } = json;
  const allowed = "days, such as 2 or 0.5, or a number with s, m, h or d, such as 12h";
  const word = typeof deployment === "string" || deployment === 0 ? String(deployment) : "yes";
  if (/^(false|no|off|0|)$/i.test(word.trim())) {
    problems.add({
      path: "deployment",
      reason: "reads like no, but would mean yes",
      value: deployment,
      allowed: "false, or any other value",
      remedy: "Write false without quotes, or remove it.",
    });
    return;
  }
  if (time !== undefined && parseAllocationTime(time) === undefined) {
    problems.add({
      path: "allocationTime",
      reason: "not a time that can be allocated",
      value: time,
      allowed: `${allowed}; from 1s to ${LONGEST_ALLOCATION_SECONDS}s`,
      remedy: "Correct it.",
    });
  }
  if (deployment !== undefined && deployment !== false) {
    if (given.has("allocationTime")) {
      problems.add({
        path: "allocationTime",
        reason: "a deployment has no end",
        value: time,
        remedy: "Remove allocationTime, or remove deployment.",
      });
    }
  } else if (!given.has("allocationTime") && (deployment === false || !given.has("deployment"))) {
    problems.add({
      path: "allocationTime",
      reason: "required for a Job, but missing",
      allowed,
      remedy: "Add it, or add deployment: true for a workspace without an end.",
    });
  }
}

function checkPlace(json: TypedKeys, problems: Problems): void {
  checkListedOnce("clusters", json.clusters, problems);
  const { node_selector: node, image_pull_secret: secret, command } = json;
  if (node !== undefined && (node === "" || !isLabelValue(node))) {
    problems.add({
      path: "node_selector",
      reason: "not a name that a node can have",
      value: node,
      allowed: "letters, digits, -, _ and ., 63 characters at most",
      remedy: "Name a node: kubectl get nodes.",
    });
  }
  if (secret !== undefined && !isDnsSubdomain(secret)) {
    problems.add({
      path: "image_pull_secret",
      reason: "not a name that a Secret can have",
      value: secret,
      allowed: SUBDOMAIN_RULE,
      remedy: labelRemedy(secret),
    });
  }
  if (command !== undefined && (command.length === 0 || command[0]!.trim() === "")) {
    problems.add({
      path: "command",
      reason: "no command",
      value: command,
      remedy: "Name the program first, or remove command for the image's own.",
    });
  }
}

/**
 * Adds every problem of names, image, resources, allocation, users and place.
 *
 * @param given the keys that the JSON has, of whatever type
 */
export function checkWorkspaceJson(
  json: TypedKeys,
  given: ReadonlySet<string>,
  problems: Problems,
): void {
  checkNames(json, problems);
  checkImage(json, problems);
  checkPlace(json, problems);
  checkResources(json, problems);
  checkGpu(json, given, problems);
  checkAllocation(json, given, problems);
  checkUsers(json, given, problems);
  checkVariables(json, problems);
}
