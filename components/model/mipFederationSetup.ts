/** What the scripts for a federation's machines are told: `node.conf`. */
import { joinPath, type Problems } from "./problems";
import { checkText, shellWord } from "./targetNode/quoting";

/** Everything that the scripts are told. */
export interface NodeSetup {
  federation: string;
  user: string;
  groups: readonly string[];
  channel: string;
  addons: readonly string[];
  dataFolder: string;
  pathologies: readonly string[];
  /** Folders of the engine on the master node. */
  masterFolders: readonly string[];
  /** Folders of the engine on worker nodes. */
  workerFolders: readonly string[];
  /** Link to the data folder, by which the engine finds it; empty where it needs none. */
  csvsLink: string;
}

/** What microk8s's own documentation of MIP asks for, and the storage class that unmanaged clusters use. */
export const NODE_SETUP_DEFAULTS = {
  user: "mipadmin",
  groups: ["sudo", "microk8s"],
  channel: "1.32/stable",
  addons: ["dns", "helm3", "ingress", "hostpath-storage"],
} as const;

/** Name of the rendered file beside the scripts. */
export const NODE_CONF = "node.conf";

function list(name: string, values: readonly string[]): string {
  return `${name}=(${values.map(shellWord).join(" ")})`;
}

/** `node.conf`: assignments that bash reads, whatever the values hold. */
export function nodeConf(setup: NodeSetup): string {
  return [
    `# Federation ${setup.federation}. Written by Pulumi; what is changed here is lost.`,
    `ADMIN_USER=${shellWord(setup.user)}`,
    list("ADMIN_GROUPS", setup.groups),
    `CHANNEL=${shellWord(setup.channel)}`,
    list("ADDONS", setup.addons),
    `DATA_FOLDER=${shellWord(setup.dataFolder)}`,
    list("PATHOLOGIES", setup.pathologies),
    list("MASTER_FOLDERS", setup.masterFolders),
    list("WORKER_FOLDERS", setup.workerFolders),
    `CSVS_LINK=${shellWord(setup.csvsLink)}`,
    "",
  ].join("\n");
}

const USER = /^[a-z_][a-z0-9_-]{0,31}$/;
const CHANNEL = /^[\w.-]+(\/[\w.-]+){0,2}$/;
const ADDON = /^[a-z0-9][a-z0-9-]*(:\S+)?$/;

/** Adds a problem for everything that the scripts could not do as told. */
export function checkNodeSetup(
  setup: Pick<NodeSetup, "user" | "groups" | "channel" | "addons">,
  problems: Problems,
  base: string,
): void {
  const check = (
    ok: boolean,
    key: string,
    value: string,
    reason: string,
    allowed: string,
  ): void => {
    if (checkText(joinPath(base, [key]), value, problems) && !ok) {
      problems.add({ path: joinPath(base, [key]), reason, value, allowed });
    }
  };
  const users = "small letters, digits, - and _, beginning with a letter, 32 at most";
  check(USER.test(setup.user), "user", setup.user, "not the name of a user", users);
  for (const group of setup.groups) {
    check(USER.test(group), "groups", group, "not the name of a group", users);
  }
  const { channel } = setup;
  check(CHANNEL.test(channel), "channel", channel, "not a snap channel", "such as 1.32/stable");
  for (const addon of setup.addons) {
    const allowed = "a name, and a colon with its argument where it takes one";
    check(ADDON.test(addon), "addons", addon, "not an add-on of microk8s", allowed);
  }
}
