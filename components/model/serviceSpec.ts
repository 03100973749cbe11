/** From a record to a typed deployment, or to everything that is wrong with it at once. */
import { compact } from "./compact";
import { plainPath } from "./mountPaths";
import { parseWith } from "./problems";
import { placedContainers, type PlacedContainer } from "./serviceChecks";
import { checkContainer } from "./serviceContainerRules";
import { parseYaml } from "./serviceDocument";
import {
  checkCounts,
  checkReplicas,
  checkRestartPolicy,
  checkSizes,
  checkTogether,
  mountsClaims,
} from "./serviceDocumentRules";
import { checkEnvironment, checkTexts } from "./serviceEnvironmentRules";
import { parseAddress } from "./serviceExposure";
import { gpuResource, placeService } from "./serviceGpu";
import { ServiceProblems } from "./serviceProblems";
import { documentSchema, typedDocument } from "./serviceSchema";
import type { ContainerYaml, DocumentYaml } from "./serviceSchema";
import { checkShared, checkVolumes, volumeType } from "./serviceVolumeRules";
import type {
  Checked,
  ServiceContainer,
  ServiceRecord,
  ServiceSite,
  ServiceSpec,
  ServiceVolume,
} from "./serviceTypes";

/** A record that can be deployed. */
export interface ParsedService {
  record: ServiceRecord;
  spec: ServiceSpec;
  /** The document with every default filled in, in the seed's keys: what PUT answers. */
  document: DocumentYaml;
}

/** User and group of those who do not say, where the operator does not either. */
const DEFAULT_USER = 1000;

function toContainer(container: ContainerYaml, site: ServiceSite): ServiceContainer {
  const { command, args, gpu } = container;
  return compact({
    name: container.name,
    image: container.image,
    command: command === undefined || command.length === 0 ? undefined : [command].flat(),
    args: args?.length ? args : undefined,
    ports: container.ports ?? [],
    environment: container.environment ?? [],
    mounts: (container.volumeMounts ?? []).map(({ name, mountPath, readOnly = false }) => ({
      volume: name,
      mountPath: plainPath(mountPath),
      readOnly,
    })),
    cpu: container.cpu ?? site.limits.defaultCpu,
    memory: container.memory ?? site.limits.defaultMemory,
    gpu:
      gpu === undefined
        ? undefined
        : { name: gpu, resource: gpuResource(gpu, site.gpus), count: container.gpuCount ?? 1 },
    user: container.user ?? container.fsUser ?? site.defaultUser ?? DEFAULT_USER,
    group: container.group,
  });
}

function toVolumes(document: DocumentYaml, placed: readonly PlacedContainer[]): ServiceVolume[] {
  const typed = typedDocument(document);
  return (document.volumes ?? []).map(({ name, size, emptyDir }) =>
    emptyDir === undefined
      ? { name, size, type: volumeType(name, typed, placed) }
      : { name, memorySize: emptyDir.sizeLimit },
  );
}

/** The document as it was understood: what it left out is there, with the value that it has. */
function describe(document: DocumentYaml, spec: ServiceSpec): DocumentYaml {
  const containers = (list: ContainerYaml[], parsed: ServiceContainer[]): ContainerYaml[] =>
    list.map((container, i) => {
      const { cpu, memory, user, command } = parsed[i]!;
      return compact({ ...container, command, cpu, memory, user });
    });
  return compact({
    ...document,
    replicas: spec.replicas,
    containers: containers(document.containers, spec.containers),
    initContainers:
      document.initContainers && containers(document.initContainers, spec.initContainers),
    volumes: document.volumes?.map((volume, i) =>
      compact({ ...volume, type: spec.volumes[i]?.type }),
    ),
  });
}

/** Adds the problems of what has the right types. */
function checkRules(
  value: Record<string, unknown>,
  site: ServiceSite,
  problems: ServiceProblems,
): { placed: PlacedContainer[]; rest: Pick<ServiceSpec, "replicas" | "placement"> } | undefined {
  const document = typedDocument(value);
  const placed = placedContainers(document);
  if (!checkCounts(document, placed, site, problems)) {
    return undefined;
  }
  for (const one of placed) {
    checkContainer(one, site, problems);
    checkEnvironment(one, problems);
  }
  checkTexts(placed, site.limits, problems);
  checkTogether(placed, problems);
  checkRestartPolicy(document.restartPolicy, problems);
  const replicas = checkReplicas(document, placed, site, problems);
  checkVolumes(document, placed, site.limits, problems);
  checkShared(document, placed, replicas, problems);
  const placement = placeService(placed, mountsClaims(document, placed), site, problems);
  return { placed, rest: { replicas, placement } };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The paths of what may be a secret: it is not repeated in messages. */
const SECRET_PATH = /\.environment(\[\d+\](\.value)?)?$/;

/** What a document says, without its address; nothing when a problem was added. */
function parseValue(
  value: unknown,
  site: ServiceSite,
  problems: ServiceProblems,
): Omit<ParsedService, "record"> | undefined {
  if (!checkSizes(value, "", problems)) {
    return undefined;
  }
  const isSecret = (path: string): boolean => SECRET_PATH.test(path);
  const parsed = parseWith(documentSchema, value, problems, "", isSecret);
  const checked = isObject(value) ? checkRules(value, site, problems) : undefined;
  if (parsed === undefined || checked === undefined || problems.count > 0) {
    return undefined;
  }
  const { placed, rest } = checked;
  const all = placed.map(({ container }) => container);
  const defaultGroup = site.defaultUser ?? DEFAULT_USER;
  const spec: ServiceSpec = {
    containers: parsed.containers.map((container) => toContainer(container, site)),
    initContainers: (parsed.initContainers ?? []).map((container) => toContainer(container, site)),
    volumes: toVolumes(parsed, placed),
    fsGroup: all.find(({ fsGroup }) => fsGroup !== undefined)?.fsGroup ?? defaultGroup,
    changeGroupOnMismatch: all.some(({ changeGroupOnMismatch }) => changeGroupOnMismatch === true),
    ...rest,
  };
  return { spec, document: describe(parsed, spec) };
}

/** Reads the YAML of a deployment, and whatever is wrong with it. */
export function parseDocument(
  text: string,
  site: ServiceSite,
): Checked<Omit<ParsedService, "record">> {
  const problems = new ServiceProblems();
  const value = parseYaml(text, site.limits.maxDocumentBytes, problems, "data");
  return problems.checked(value === undefined ? undefined : parseValue(value, site, problems));
}

/**
 * Reads a record: its document, and the web address that it asks for. Everything that is wrong is told at once,
 * with paths in the document (`containers[0].cpu`) or in the record (`exposed_port`); what works, and yet should
 * not stay so, is in the warnings. Whether it fits what is there already, `checkChanges` says.
 */
export function parseService(record: ServiceRecord, site: ServiceSite): Checked<ParsedService> {
  const problems = new ServiceProblems();
  const value = parseYaml(record.data, site.limits.maxDocumentBytes, problems, "data");
  const parsed = value === undefined ? undefined : parseValue(value, site, problems);
  const address = parseAddress(record, parsed?.document.containers, site, problems);
  return problems.checked(
    parsed && { ...parsed, record, spec: compact({ ...parsed.spec, address }) },
  );
}
