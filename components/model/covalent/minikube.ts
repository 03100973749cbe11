/** minikube with the data store mounted: what is missing, said with the command that helps. */
import type { Problem } from "../problems";
import { shellWord } from "../targetNode/quoting";
import { MINIKUBE_PROFILE, TASK_FOLDER, type CovalentMinikube } from "./settings";

/** What was found out about a minikube; what could not be found out is absent. */
export interface MinikubeFacts {
  /** Whether the `minikube` command is there. */
  command: boolean;
  /** Whether its node runs. */
  running?: boolean;
  /** Whether the node's `/data` shows what the data store holds. */
  same?: boolean;
  /** Whether the node has something mounted there by `minikube mount`. */
  mounted?: boolean;
  /** Whether it can list that. */
  readable?: boolean;
  /** Whether somebody listens where what is mounted comes from. */
  server?: boolean;
  /** Whether the node reaches ports of this machine. */
  reachable?: boolean;
  /** The node's IPv4 address. */
  address?: string;
}

function profileOption({ profile }: CovalentMinikube): string {
  const name = profile ?? MINIKUBE_PROFILE;
  return name === MINIKUBE_PROFILE ? "" : ` -p ${shellWord(name)}`;
}

/** The seed's command: the dispatcher's folder on the left, the node's on the right. It must stay running. */
export function mountCommand(minikube: CovalentMinikube, path: string): string {
  return `minikube mount${profileOption(minikube)} ${shellWord(path)}:${TASK_FOLDER}`;
}

/** The node's network, as minikube's drivers make it. */
function subnetOf(address: string): string {
  return `${address.split(".").slice(0, 3).join(".")}.0/24`;
}

/** minikube's default network with Docker, where the node's address is not known. */
const USUAL_ADDRESS = "192.168.49.2";

function firewall(address: string): string {
  return `iptables -A INPUT -s ${subnetOf(address)} -j ACCEPT && iptables-save`;
}

/**
 * The one thing that keeps tasks from their data store, or nothing.
 *
 * @param path the data store on this machine
 */
export function minikubeProblem(
  facts: MinikubeFacts,
  minikube: CovalentMinikube,
  path: string,
): Problem | undefined {
  const option = profileOption(minikube);
  const mount = mountCommand(minikube, path);
  const say = (key: string, reason: string, remedy: string): Problem => ({
    path: key,
    reason,
    remedy,
  });
  if (!facts.command) {
    return say(
      "minikube",
      "the command minikube is not on PATH, and the plugin loads images with it",
      "Install minikube.",
    );
  }
  if (facts.running === false) {
    return say("minikube", "the node does not run", `Start it: minikube start${option}`);
  }
  if (facts.same === true) {
    return undefined;
  }
  if (facts.reachable === false) {
    const address = facts.address ?? USUAL_ADDRESS;
    return say(
      "minikube",
      `the node cannot reach this machine, and so no mount server here (Connection refused): a firewall rule is missing for ${subnetOf(address)}`,
      `As root: ${firewall(address)}. Then mount again: ${mount}`,
    );
  }
  if (facts.mounted === true && (facts.server === false || facts.readable === false)) {
    return say(
      "dataStore.path",
      `the mount server has ended: the node's ${TASK_FOLDER} is still mounted, and answers no more`,
      `Start it, and leave it running: ${mount}`,
    );
  }
  if (facts.mounted === false) {
    return say(
      "dataStore.path",
      `the node has nothing mounted as ${TASK_FOLDER}, where tasks look for their function`,
      `In a terminal of its own: ${mount}`,
    );
  }
  return undefined;
}
