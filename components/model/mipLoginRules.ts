/** What is wrong with Keycloak's settings and with the database's roles and passwords. */
import type { MipSettings } from "./mipTypes";
import { isHostName } from "./names";
import type { Problems } from "./problems";

/** Which secrets are given beside the settings. */
export interface MipSecretsGiven {
  clientSecret: boolean;
  databasePassword: boolean;
  adminPassword: boolean;
}

/** Role that the backend and, unless said otherwise, the set-up of the database use. */
export const DEFAULT_USER = "portal";

const ROLE = /^[a-z_][a-z0-9_]{0,62}$/;

/** Characters that the chart's script carries through shell and SQL unharmed: no quotes, backslash, $ or space. */
const PASSWORD = /^[A-Za-z0-9!#%&()*+,\-./:;<=>?@[\]^_{|}~]{8,}$/;

/** Whether the chart's script can set a password. */
export function isUsablePassword(password: string): boolean {
  return PASSWORD.test(password);
}

function checkPresent(path: string, value: string | undefined, problems: Problems): void {
  // Also for programs that are not type-checked.
  if (value === undefined || value.trim() === "") {
    problems.add({
      path,
      reason: "required, but missing",
      remedy: "Ask whoever runs Keycloak for a realm and a client.",
    });
  }
}

function checkHost(host: string | undefined, problems: Problems): void {
  const path = "keycloak.host";
  if (host === undefined || host === "") {
    checkPresent(path, host, problems);
    return;
  }
  const [name = "", port, ...more] = host.split(":");
  if (isHostName(name) && more.length === 0 && (port === undefined || /^\d{1,5}$/.test(port))) {
    return;
  }
  const scheme = host.includes("://");
  problems.add({
    path,
    reason: scheme ? "has a scheme in it" : "not a host",
    value: host,
    allowed: "a host name such as iam.example.org, with a port if need be",
    remedy: scheme
      ? "Write the host alone, and the scheme as keycloak.protocol."
      : "The chart appends /auth/ by itself.",
  });
}

function checkDatabase(settings: MipSettings, given: MipSecretsGiven, problems: Problems): void {
  const { database = {} } = settings;
  const { user = DEFAULT_USER, adminUser = user, passwordRevision, existingSecret } = database;
  for (const key of ["user", "adminUser"] as const) {
    const value = database[key];
    if (value !== undefined && !ROLE.test(value)) {
      problems.add({
        path: `database.${key}`,
        reason: "not a role's name",
        value,
        allowed: "lower-case letters, digits and _, 63 characters at most",
      });
    }
  }
  if (
    passwordRevision !== undefined &&
    !(Number.isInteger(passwordRevision) && passwordRevision > 0)
  ) {
    problems.add({
      path: "database.passwordRevision",
      reason: "not a revision",
      value: passwordRevision,
      allowed: "1, 2, 3 and so on",
    });
  }
  const contradicts = (path: string, reason: string): void =>
    problems.add({ path, reason, remedy: "Give one of the two." });
  if (given.databasePassword && passwordRevision !== undefined) {
    contradicts("database.passwordRevision", "given, and databasePassword too");
  }
  if (given.adminPassword && adminUser === user) {
    contradicts("adminPassword", `of the role ${user}, whose password is databasePassword`);
  }
  if (existingSecret && (given.databasePassword || given.adminPassword || passwordRevision)) {
    contradicts("database.existingSecret", "given, and passwords too");
  }
}

/** Adds the problems of the login, of the client's secret, and of the database's roles. */
export function checkMipKeycloak(
  settings: MipSettings,
  given: MipSecretsGiven,
  problems: Problems,
): void {
  const { keycloak } = settings;
  checkHost(keycloak.host, problems);
  checkPresent("keycloak.realm", keycloak.realm, problems);
  checkPresent("keycloak.clientId", keycloak.clientId, problems);
  const { protocol = "https", existingSecret = false } = keycloak;
  if (!["https", "http"].includes(protocol)) {
    problems.add({
      path: "keycloak.protocol",
      reason: "no such protocol",
      value: protocol,
      allowed: "https, http",
    });
  }
  if (existingSecret === given.clientSecret) {
    problems.add({
      path: "clientSecret",
      reason: existingSecret
        ? "given, and keycloak.existingSecret too"
        : "required, but missing: the secret of keycloak.clientId",
      remedy: existingSecret ? "Give one of the two." : "Give it, or set keycloak.existingSecret.",
    });
  }
  checkDatabase(settings, given, problems);
}
