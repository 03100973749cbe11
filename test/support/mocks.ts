/** Pulumi mocks for the whole test process: every registration is recorded with its inputs and options. */
import * as pulumi from "@pulumi/pulumi";

const PROJECT = "science-platform";
const STACK = "test";

/** One registration as the engine would have received it. Values of secrets are envelopes: see `plain`. */
export interface Recorded {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
  urn: string;
  /** URN of the parent. */
  parent: string;
  protect: boolean | undefined;
  retainOnDelete: boolean | undefined;
  /** URNs. */
  dependsOn: string[];
  provider: string;
  additionalSecretOutputs: string[];
}

/** The parts of a registration request that are recorded. */
interface Request {
  getName(): string;
  getType(): string;
  getParent(): string;
  getProtect(): boolean | undefined;
  getRetainondelete(): boolean | undefined;
  getDependenciesList(): string[];
  getProvider(): string;
  getAdditionalsecretoutputsList(): string[];
}

type Callback = (error: unknown, response?: { getUrn(): string }) => void;

interface Monitor {
  registerResource(request: Request, callback: Callback): Promise<void>;
  registerResourceOutputs(request: { getUrn(): string }, callback: Callback): void;
}

const records: Recorded[] = [];
const inputsOf = new Map<string, Record<string, unknown>>();

/** Components that have registered their outputs, and who waits for that, by URN. */
const complete = new Set<string>();
const waiting = new Map<string, () => void>();

const mocks: pulumi.runtime.Mocks = {
  newResource: ({ type, name, inputs, custom }) => {
    inputsOf.set(`${type}::${name}`, inputs as Record<string, unknown>);
    // A preview computes nothing, and what is not returned counts as not known.
    const made =
      type === "random:index/randomPassword:RandomPassword" && !pulumi.runtime.isDryRun()
        ? { result: "p".repeat(Number((inputs as { length: number }).length)) }
        : {};
    return { id: custom ? `${name}-id` : undefined, state: { ...inputs, ...made } };
  },
  call: ({ inputs }) => inputs as Record<string, unknown>,
};

async function install(preview: boolean): Promise<void> {
  await pulumi.runtime.setMocks(mocks, PROJECT, STACK, preview);
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  const register = monitor.registerResource.bind(monitor);
  const registerOutputs = monitor.registerResourceOutputs.bind(monitor);
  monitor.registerResource = (request, callback) =>
    register(request, (error, response) => {
      const name = request.getName();
      const type = request.getType();
      records.push({
        type,
        name,
        inputs: inputsOf.get(`${type}::${name}`) ?? {},
        urn: response?.getUrn() ?? "",
        parent: request.getParent(),
        protect: request.getProtect(),
        retainOnDelete: request.getRetainondelete(),
        dependsOn: request.getDependenciesList(),
        provider: request.getProvider(),
        additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
      });
      callback(error, response);
    });
  monitor.registerResourceOutputs = (request, callback) => {
    registerOutputs(request, callback);
    complete.add(request.getUrn());
    waiting.get(request.getUrn())?.();
  };
}

const ready = install(false);

/** Forgets what was recorded. Call it in `beforeEach`. */
export function reset(): void {
  records.length = 0;
  inputsOf.clear();
  complete.clear();
}

/** The value of an Output. Never comes where it is not known, as in a preview. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => {
    pulumi.output(output).apply((value) => {
      resolve(value as T);
    });
  });
}

async function completed(resource: pulumi.Resource): Promise<void> {
  const urn = await valueOf(resource.urn);
  if (pulumi.ComponentResource.isInstance(resource) && !complete.has(urn)) {
    await new Promise<void>((resolve) => waiting.set(urn, resolve));
    waiting.delete(urn);
  }
}

/**
 * Makes a component and waits for its registration, its outputs and those of all its children. (A run
 * whose outputs are still under way must not see other mocks: it would end the process.)
 *
 * @param make must pass the options on to the component
 */
export async function created<T extends pulumi.Resource>(
  make: (opts: pulumi.ComponentResourceOptions) => T,
): Promise<T> {
  await ready;
  const all: pulumi.Resource[] = [];
  const collect: pulumi.ResourceTransformation = ({ resource }) => {
    all.push(resource);
    return undefined;
  };
  const component = make({ transformations: [collect] });
  await Promise.all([...new Set([component, ...all])].map(completed));
  return component;
}

/** Runs as in `pulumi preview`: what resources compute is not known. */
export async function inPreview<T>(run: () => Promise<T>): Promise<T> {
  await ready;
  await install(true);
  try {
    return await run();
  } finally {
    await install(false);
  }
}

/** Everything recorded since the last `reset`, in the order of registration. */
export function recorded(): readonly Recorded[] {
  return records;
}

/** The one registration of that logical name; an error lists those that there are. */
export function find(name: string): Recorded {
  const found = records.filter((record) => record.name === name);
  if (found.length !== 1) {
    const names = records.map((record) => record.name).join(", ");
    throw new Error(`${found.length} resources named ${name}; recorded: ${names}`);
  }
  return found[0]!;
}

/** Whether a recorded value is one that a preview does not know. */
export function isUnknown(value: unknown): boolean {
  return typeof value === "object" && value !== null && "__pulumiUnknown" in value;
}

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** Whether a recorded value is in the envelope of a secret. */
export function isSecret(value: unknown): value is { value: unknown } {
  return typeof value === "object" && value !== null && Reflect.get(value, SIGNATURE) === SECRET;
}

/** A recorded value without envelopes. */
export function plain(value: unknown): unknown {
  if (isSecret(value)) {
    return plain(value.value);
  }
  if (Array.isArray(value)) {
    return value.map(plain);
  }
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
    : value;
}
