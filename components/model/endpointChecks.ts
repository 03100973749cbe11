/** Whether an endpoint that is to be deployed makes sense, as a whole. */
import { readEndpointSettings, type EndpointSettings } from "./endpointSettings";
import { endpointOptions, type EndpointSecrets, type EndpointSpec } from "./endpointSpec";
import type { EndpointOptions } from "./endpointTypes";
import { ExposeKind } from "./exposureObjects";
import { reservationsSchema } from "./gpuReservations";
import { isHostName } from "./names";
import { nearest, oneOf, parseWith, Problems, ProblemsError } from "./problems";
import { parseQuantity } from "./quantity";

const PEM_BEGIN = "-----BEGIN CERTIFICATE-----";

/** Where a problem of the settings file is in the spec. */
const PLACES: [file: string, spec: string][] = [
  ["recordSource", "collection"],
  ["page", "login"],
];

/** Problems of the settings, under the names that the spec has for them. */
class SpecProblems extends Problems {
  constructor(private readonly all: Problems) {
    super(all.source);
  }

  override get count(): number {
    return this.all.count;
  }

  override add(problem: Parameters<Problems["add"]>[0]): void {
    const place = PLACES.find(([file]) => problem.path.startsWith(`${file}.`));
    const path =
      place === undefined ? problem.path : place[1] + problem.path.slice(place[0].length);
    this.all.add({ ...problem, path });
  }
}

function checkReservations(spec: EndpointSpec, problems: Problems): void {
  if (spec.reservations === undefined) {
    return;
  }
  const known = Object.keys(spec.gpus ?? {}).sort();
  const read = parseWith(reservationsSchema, spec.reservations, problems, "reservations");
  (read ?? []).forEach((one, index) => {
    if (!known.includes(one.class)) {
      const near = nearest(one.class, known);
      problems.add({
        path: `reservations[${index}].class`,
        reason: "no such GPU class",
        value: one.class,
        allowed: oneOf(known),
        remedy: near === undefined ? "Define it in `gpus`." : `Did you mean ${near}?`,
      });
    }
  });
}

function checkDeployment(spec: EndpointSpec, secrets: EndpointSecrets, problems: Problems): void {
  const { hostname, expose = {}, image, replicas = 2, resources = {}, exposure } = spec;
  const refuse = (path: string, reason: string, value: unknown, allowed: string): void =>
    problems.add({ path, reason, value, allowed, remedy: "Correct it." });
  if (!isHostName(hostname)) {
    refuse("hostname", "not a host name", hostname, "a host name of two labels or more");
  } else if (exposure !== undefined && hostname.endsWith(`.${exposure.domain}`)) {
    problems.add({
      path: "exposure.domain",
      reason:
        "the endpoint's own host is within the tenants' domain: their pages could set its cookies",
      value: exposure.domain,
      remedy: "Give tenants a domain of their own, or the endpoint a host outside of it.",
    });
  }
  if ((expose.kind === ExposeKind.Gateway) !== (expose.gateway !== undefined)) {
    refuse(
      "expose.gateway",
      "must be given with kind gateway, and with no other",
      expose.gateway,
      "",
    );
  }
  if (!/^[^\s:@]+(:\d+\/[^\s:@]+)?(:[\w][\w.-]*|@sha256:[0-9a-f]{64})$/.test(image)) {
    refuse(
      "image",
      "an image without tag or digest",
      image,
      "such as registry.example.org/endpoint:1.0.0",
    );
  }
  if (!Number.isInteger(replicas) || replicas < 1) {
    refuse("replicas", "not a count", replicas, "a whole number, 1 or more");
  }
  for (const [key, value] of Object.entries(resources)) {
    if (!((parseQuantity(String(value)) ?? 0) > 0)) {
      refuse(`resources.${key}`, "not a quantity", value, "such as 500m or 512Mi");
    }
  }
  const { caCertificate = PEM_BEGIN } = spec;
  if (!caCertificate.includes(PEM_BEGIN) || caCertificate.includes("PRIVATE KEY")) {
    problems.add({
      path: "caCertificate",
      reason: "not certificates in PEM form, or with a private key among them",
      allowed: `text with ${PEM_BEGIN}`,
      remedy: "Give the authority's certificate alone.",
    });
  }
  if (spec.tenants !== undefined && spec.createNamespaces !== false) {
    problems.add({
      path: "tenants",
      reason: "of no use where namespaces are made on first use",
      remedy: "Set createNamespaces to false, or remove tenants.",
    });
  }
  if (secrets.clientSecret && spec.login === undefined) {
    problems.add({
      path: "clientSecret",
      reason: "given without login, so nobody uses it",
      remedy: "Add login, or remove it.",
    });
  }
  if (secrets.collectionToken && spec.collection === undefined) {
    problems.add({
      path: "collectionToken",
      reason: "given without collection, so nobody uses it",
      remedy: "Add collection, or remove it.",
    });
  }
}

/**
 * Checks a spec as a whole.
 *
 * @param problems receives everything that is wrong
 * @returns its settings file, and these with every default; nothing when there was a problem
 */
export function checkedEndpoint(
  spec: EndpointSpec,
  secrets: EndpointSecrets,
  problems: Problems,
): { options: EndpointOptions; settings: EndpointSettings } | undefined {
  const before = problems.count;
  checkDeployment(spec, secrets, problems);
  checkReservations(spec, problems);
  const options = endpointOptions(spec, secrets);
  const settings = readEndpointSettings(options, new SpecProblems(problems));
  return settings === undefined || problems.count > before ? undefined : { options, settings };
}

/** The same. @throws ProblemsError with everything that is wrong */
export function endpointOf(
  spec: EndpointSpec,
  secrets: EndpointSecrets,
): { options: EndpointOptions; settings: EndpointSettings } {
  const problems = new Problems(`endpoint ${spec.hostname}`);
  const checked = checkedEndpoint(spec, secrets, problems);
  if (checked === undefined) {
    throw new ProblemsError(problems.list());
  }
  return checked;
}
