/** A target node's settings checked, and rendered to the files that install.sh puts in place. */
import { joinPath, type Problems } from "../problems";
import {
  checkCertificate,
  checkCertificateKey,
  keyTypeOfCertificate,
  readCertificate,
} from "./certificate";
import { apiConfig, pluginConfig, PLUGIN_SOCKET } from "./hostConfig";
import { checkHost } from "./hostRules";
import { oauth2ProxyEnvironment } from "./oauth2Proxy";
import { checkClientSecret, checkCookieSecret, checkKeyType, checkProxy } from "./proxyRules";
import { checkText, shellWord } from "./quoting";
import { PROXY_USER, resolveTarget, UNITS, type Target } from "./target";
import { TargetPluginKind, type TargetSecrets, type TargetSettings } from "./targetTypes";
import { targetUnits } from "./units";

/** One file of a target's folder. */
export interface TargetFile {
  name: string;
  text: string;
  /** Permissions, such as 0o600. */
  mode: number;
}

/** Settings that are texts of several lines. */
const PEM = ["certificate", "proxy.issuerCa"];

/** Every text of the settings must stay on its line: a line break would begin a new directive. */
function checkTexts(value: unknown, path: string, problems: Problems): void {
  if (typeof value === "string") {
    if (!PEM.includes(path)) {
      checkText(path, value, problems);
    }
  } else if (typeof value === "object" && value !== null) {
    const array = Array.isArray(value);
    for (const [key, inner] of Object.entries(value)) {
      checkTexts(inner, joinPath(path, [array ? Number(key) : key]), problems);
    }
  }
}

/** One of the pair alone cannot serve. */
function checkPair(certificate: string | undefined, hasKey: boolean, problems: Problems): void {
  if ((certificate !== undefined) !== hasKey) {
    problems.add({
      path: hasKey ? "certificate" : "certificateKey",
      reason: `required with ${hasKey ? "certificateKey" : "certificate"}, but missing`,
      remedy: "Give both, or none to have a self-signed pair made on the host.",
    });
  }
}

/**
 * Adds everything that is wrong with the settings.
 *
 * @param hasKey whether there is a `certificateKey`
 * @param now moment at which the certificate must be valid, in milliseconds since 1970. Default: now
 */
export function checkTarget(
  settings: TargetSettings,
  hasKey: boolean,
  problems: Problems,
  now = Date.now(),
): void {
  checkTexts(settings, "", problems);
  checkHost(settings, problems);
  checkProxy(settings.proxy, problems);
  const { certificate, address, proxy } = settings;
  checkPair(certificate, hasKey, problems);
  if (proxy.issuerCa !== undefined && readCertificate(proxy.issuerCa) === undefined) {
    problems.add({
      path: "proxy.issuerCa",
      reason: "is not a certificate in PEM form",
      allowed: "text that begins with -----BEGIN CERTIFICATE-----",
    });
  }
  if (certificate === undefined) {
    checkKeyType(proxy, "rsa", problems); // The one that install.sh makes.
    return;
  }
  const read = checkCertificate(certificate, address, problems, now);
  if (read !== undefined) {
    checkKeyType(proxy, keyTypeOfCertificate(read), problems);
  }
}

/** Adds everything that is wrong with those secrets that are known yet. */
export function checkTargetSecrets(
  { certificate }: TargetSettings,
  secrets: Partial<TargetSecrets>,
  problems: Problems,
): void {
  const { clientSecret, cookieSecret, certificateKey } = secrets;
  if (clientSecret !== undefined && checkText("clientSecret", clientSecret, problems)) {
    checkClientSecret(clientSecret, problems);
  }
  if (cookieSecret !== undefined && checkText("cookieSecret", cookieSecret, problems)) {
    checkCookieSecret(cookieSecret, problems);
  }
  if (certificateKey !== undefined) {
    checkCertificateKey(
      certificateKey,
      certificate === undefined ? undefined : readCertificate(certificate),
      problems,
    );
  }
}

/** Bash assignments that install.sh reads: facts, no secrets. */
function facts(name: string, target: Target, hasCertificate: boolean): string {
  const { ports, plugin, interlink, programs } = target;
  const { slurm } = plugin;
  const isSlurm = plugin.kind === TargetPluginKind.Slurm;
  const values: Record<string, string | string[]> = {
    TARGET_NAME: name,
    ADDRESS: target.address,
    ARCHITECTURE: target.architecture,
    LISTEN_ADDRESS: target.listenAddress,
    HTTPS_PORT: String(ports.https),
    API_PORT: String(ports.api),
    PLUGIN_LISTENER: ports.plugin === undefined ? `unix:${PLUGIN_SOCKET}` : String(ports.plugin),
    PLUGIN_KIND: plugin.kind,
    GPU: isSlurm || !plugin.docker.gpu ? "0" : "1",
    SLURM_COMMANDS: isSlurm
      ? [slurm.sbatchPath, slurm.scancelPath, slurm.squeuePath, slurm.sinfoPath]
      : [],
    SERVICE_USER: target.user,
    PROXY_USER,
    DATA_FOLDER: interlink.dataRootFolder,
    ISSUER: target.proxy.issuer,
    SELF_SIGNED: hasCertificate ? "0" : "1",
    HAS_ISSUER_CA: target.proxy.issuerCa === undefined ? "0" : "1",
    UNITS: Object.values(UNITS),
    BINARIES_FOLDER: target.binariesFolder,
    BINARY_NAMES: programs.map(({ name }) => name),
    BINARY_URLS: programs.map(({ url }) => url),
    BINARY_MEMBERS: programs.map(({ member }) => member),
    BINARY_SHA256: programs.map(({ sha256 }) => sha256),
  };
  const line = ([key, value]: [string, string | string[]]): string =>
    `${key}=${Array.isArray(value) ? `(${value.map(shellWord).join(" ")})` : shellWord(value)}`;
  return `${Object.entries(values).map(line).join("\n")}\n`;
}

/**
 * All files that follow from the settings; the scripts are added where they are written.
 *
 * @param name of the target, for messages on the host
 */
export function targetFiles(
  name: string,
  settings: TargetSettings,
  secrets: TargetSecrets,
): TargetFile[] {
  const target = resolveTarget(settings);
  const { certificateKey } = secrets;
  const open = (file: string, text: string): TargetFile => ({ name: file, text, mode: 0o644 });
  const closed = (file: string, text: string): TargetFile => ({ name: file, text, mode: 0o600 });
  const { certificate } = settings;
  return [
    open("target.conf", facts(name, target, certificate !== undefined)),
    closed("oauth2-proxy.env", oauth2ProxyEnvironment(secrets)),
    open("InterLinkConfig.yaml", apiConfig(target)),
    open("plugin.yaml", pluginConfig(target)),
    ...Object.entries(targetUnits(target)).map(([unit, text]) => open(unit, text)),
    ...(target.proxy.issuerCa === undefined ? [] : [open("issuer-ca.crt", target.proxy.issuerCa)]),
    ...(certificate === undefined ? [] : [open("tls.crt", certificate)]),
    ...(certificateKey === undefined ? [] : [closed("tls.key", certificateKey)]),
  ];
}
