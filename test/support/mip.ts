/** A MIP platform with the least, one with what is used with every chart, and shorthand to check settings. */
import * as path from "node:path";
import { mipGeneration, type MipGeneration } from "../../components/model/mipGenerations";
import { checkMip } from "../../components/model/mipRules";
import type { MipSettings } from "../../components/model/mipTypes";
import { Problems } from "../../components/model/problems";

/** The stand-ins of all generations. */
export const STAND_INS = path.resolve(__dirname, "../../local/charts");

/** The least that a platform needs. */
export const MINIMAL: MipSettings = {
  publicHost: "mip.lab.example.org",
  keycloak: { host: "iam.example.org", realm: "lab", clientId: "mip" },
};

/** A managed platform with all that every chart has keys for. */
export const COMMON: MipSettings = {
  ...MINIMAL,
  namespace: "dementia",
  releaseName: "platform",
  managedCluster: true,
  engineUrl: "http://engine.example.org:5000",
  database: { size: "5Gi", image: "registry.example.org/postgres:18.4" },
  storage: { storageClass: "fast", dataSize: "200Mi", logsSize: "2Gi" },
  images: { ui: "registry.example.org:5000/ui:1", backend: `backend@sha256:${"a".repeat(64)}` },
  logLevel: "DEBUG",
  frameworkLogLevel: "WARN",
  algorithmUpdateSeconds: 30,
  expose: { className: "nginx", issuer: "lab-issuer", domain: "lab.example.org" },
};

/** What only the charts up to 9.0.2 have keys for. */
export const OLDER: Partial<MipSettings> = {
  displayName: "Lab",
  engineVersion: "1.2.3",
  dataCatalogue: { host: "catalogue.example.org", protocol: "http" },
};

const GIVEN = { clientSecret: true, databasePassword: false, adminPassword: false };

/** The generation of a version that there is. */
export function generationOf(version: string): MipGeneration {
  const problems = new Problems("mip");
  const found = mipGeneration(version, problems);
  problems.throwIfAny();
  return found!;
}

/** The settings' problems with a version; the client's secret is taken as given. */
export function problemsOf(
  settings: MipSettings,
  version = "9.0.2",
  given: Partial<typeof GIVEN> = {},
): readonly string[] {
  const problems = new Problems("mip");
  checkMip(settings, generationOf(version), { ...GIVEN, ...given }, problems);
  return problems.list();
}
