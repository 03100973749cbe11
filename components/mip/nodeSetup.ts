/** The scripts that set up a federation's machines, with what they are told, in one folder. */
import * as fs from "node:fs";
import * as path from "node:path";
import { NODE_CONF, nodeConf, type NodeSetup } from "../model/mipFederationSetup";
import { writeWhole } from "../wholeFile";

/** Our scripts, the same for every federation: one for each role, and what they share. */
const SCRIPTS = ["common.sh", "master.sh", "worker.sh"];
const SCRIPTS_FOLDER = path.join(__dirname, "nodeSetup");

/** No secrets, and read by whoever sets up the machines. */
const MODE = 0o644;

/**
 * Writes the scripts for the machines of a federation; what is the same already is left untouched.
 *
 * @throws Error when the folder cannot be written
 */
export function writeNodeSetup(folder: string, setup: NodeSetup): void {
  fs.mkdirSync(folder, { recursive: true });
  for (const name of SCRIPTS) {
    writeWhole(
      path.join(folder, name),
      fs.readFileSync(path.join(SCRIPTS_FOLDER, name), "utf8"),
      MODE,
    );
  }
  writeWhole(path.join(folder, NODE_CONF), nodeConf(setup), MODE);
}
