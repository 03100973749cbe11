/** From the variables of Covalent's Terraform module to the settings file of a stack. */
import * as fs from "node:fs";
import * as path from "node:path";
import { dump } from "js-yaml";
import { checkEks } from "../../components/model/eks/check";
import { seedCluster } from "../../components/model/eks/seed";
import { parseTfvars } from "../../components/model/eks/tfvars";
import { Problems } from "../../components/model/problems";
import { PROJECT } from "../../stacks/platformConfig";
import { PlainError } from "../output";
import { readYaml, settingsName, type StackSettings } from "../settings";

/** A stack as the variables want it. */
export interface DeployedStack {
  /** Name of the stack, and of its cluster. */
  stack: string;
  settings: StackSettings;
  notices: string[];
}

const MARK = "# Written by `make deploy` from";

function read(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    throw new PlainError(
      `${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"}). ` +
        "Name the file of variables: make deploy VARS=infra/.tfvars",
      { cause: error },
    );
  }
}

/**
 * Reads a file of variables and maps it to a stack of one cluster.
 *
 * @param shown what the file is called in messages
 * @throws ProblemsError with everything that is wrong with the variables
 */
export function stackOfVariables(text: string, shown: string): DeployedStack {
  const problems = new Problems(shown);
  const values = parseTfvars(text, problems);
  const cluster = values && seedCluster(values, problems);
  problems.throwIfAny();
  const { name, settings, notices } = cluster!;
  checkEks(name, settings, undefined, problems);
  problems.throwIfAny();
  return {
    stack: name,
    settings: {
      config: {
        [`${PROJECT}:layers`]: ["cluster"],
        [`${PROJECT}:clusters`]: { [name]: { eks: settings } },
      },
    },
    notices,
  };
}

/** The same, from a file. */
export function readVariables(file: string): DeployedStack {
  return stackOfVariables(read(path.resolve(file)), file);
}

/**
 * Writes the stack's settings file. One that was written so before is brought up to date, and keeps what else it has;
 * one that people wrote is left alone.
 *
 * @returns the file's path
 * @throws PlainError where the file is somebody's own
 */
export function writeSettings(
  root: string,
  { stack, settings }: DeployedStack,
  from: string,
): string {
  const file = path.join(root, settingsName(stack));
  if (fs.existsSync(file) && !fs.readFileSync(file, "utf8").startsWith(MARK)) {
    throw new PlainError(
      `${settingsName(stack)} was not written by \`make deploy\`, and is left alone. ` +
        `Run it as it is with: make up STACK=${stack}; or give the variables another name.`,
    );
  }
  const before = readYaml(file) ?? {};
  const clusters = `${PROJECT}:clusters`;
  // Layers and other sections that were added stay.
  const config = { ...settings.config, ...before.config, [clusters]: settings.config?.[clusters] };
  const text = dump({ ...before, config }, { lineWidth: 100 });
  fs.writeFileSync(file, `${MARK} ${from}: its clusters come from there.\n${text}`);
  return file;
}
