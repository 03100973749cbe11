/** The Secrets that the platform's chart reads and does not make. */
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { CRYPT_KEY, CRYPT_SECRET, MIP_SECRET, mipSecretData } from "../model/mipCredentials";
import { MipNotebookKind, type MipGeneration } from "../model/mipGenerations";
import { DEFAULT_USER, isUsablePassword } from "../model/mipLoginRules";
import { CLIENT_ID_KEY, CLIENT_SECRET_KEY, KEYCLOAK_SECRET } from "../model/mipNotebook";
import { mipLabels } from "../model/mipObjects";
import { DEFAULT_NAMESPACE } from "../model/mipValues";
import { Problems } from "../model/problems";
import { registerSecret } from "../register";
import type { MipArgs } from "./mip";

/** What was made: Secrets to wait for, and what is in them. */
export interface MipCredentials {
  resources: pulumi.Resource[];
  /** All that the backend reads of them. */
  read: pulumi.Input<string>[];
  /** The database's, where it is generated: nobody can guess it. */
  password?: pulumi.Output<string>;
}

/** Letters and digits: they pass through the chart's shell script and SQL as they are. */
function password(
  name: string,
  opts: pulumi.CustomResourceOptions,
  keepers?: Record<string, string>,
): pulumi.Output<string> {
  const made = new random.RandomPassword(
    name,
    { length: 32, special: false, ...(keepers && { keepers }) },
    { ...opts, additionalSecretOutputs: ["result"] },
  );
  return made.result;
}

/** 32 random bytes in hexadecimal. */
export function randomKey(name: string, opts: pulumi.CustomResourceOptions): pulumi.Output<string> {
  const made = new random.RandomPassword(
    name,
    { length: 64, upper: false, lower: false, special: true, overrideSpecial: "abcdef" },
    { ...opts, additionalSecretOutputs: ["result"] },
  );
  return made.result;
}

/** Adds a problem for each password that the chart's script cannot set; it is not shown. */
export function checkPasswords(passwords: Record<string, unknown>, problems: Problems): void {
  for (const [path, value] of Object.entries(passwords)) {
    if (typeof value === "string" && !isUsablePassword(value)) {
      problems.add({
        path,
        reason: "not a password that the chart's script can set",
        allowed: "8 and more letters, digits and signs, without quotes, backslash, $, ` and spaces",
        remedy: "Choose another.",
      });
    }
  }
}

/** Ends the run before anything is written when a password that comes later cannot be set. */
export function checkedPasswords(
  name: string,
  { databasePassword, adminPassword }: MipArgs,
): pulumi.Output<pulumi.Resource[]> {
  return pulumi.unsecret(
    pulumi.output({ databasePassword, adminPassword }).apply((passwords) => {
      const problems = new Problems(name);
      checkPasswords(passwords, problems);
      if (problems.count > 0) {
        // The engine prints this kind without a stack trace.
        throw new pulumi.RunError(problems.list().join("\n"));
      }
      return [];
    }),
  );
}

/** Registers the Secrets that are not there already. */
export function registerCredentials(
  name: string,
  args: MipArgs,
  generation: MipGeneration,
  opts: pulumi.CustomResourceOptions,
): MipCredentials {
  const { database = {}, keycloak, namespace = DEFAULT_NAMESPACE, notebook } = args;
  const { parent } = opts;
  const labels = mipLabels(args);
  const made: MipCredentials = { resources: [], read: [] };
  const add = (logicalName: string, secret: string, values: Record<string, pulumi.Input<string>>) =>
    made.resources.push(
      registerSecret({ name: secret, namespace, labels, values }, `${name}-${logicalName}`, opts),
    );

  if (!database.existingSecret) {
    const { user = DEFAULT_USER, adminUser = user, passwordRevision = 1 } = database;
    if (args.databasePassword === undefined) {
      const keepers = { revision: String(passwordRevision) };
      made.password = password(`${name}-database-password`, { parent }, keepers);
    }
    const own = args.databasePassword ?? made.password!;
    const adminPassword =
      adminUser === user
        ? own
        : (args.adminPassword ?? password(`${name}-admin-password`, { parent }));
    const data = mipSecretData<pulumi.Input<string>>(generation, {
      user,
      password: own,
      adminUser,
      adminPassword,
    });
    add("database-credentials", MIP_SECRET, data);
    made.read.push(...Object.values(data));
  }
  if (!keycloak.existingSecret) {
    const data = { [CLIENT_ID_KEY]: keycloak.clientId, [CLIENT_SECRET_KEY]: args.clientSecret! };
    add("keycloak-credentials", KEYCLOAK_SECRET, data);
    made.read.push(...Object.values(data));
  }
  if (notebook !== undefined && generation.notebook === MipNotebookKind.Within) {
    add("notebook-credentials", CRYPT_SECRET, {
      [CRYPT_KEY]: randomKey(`${name}-crypt-key`, { parent }),
    });
  }
  return made;
}
