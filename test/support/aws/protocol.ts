/**
 * What the Node provider server (`@pulumi/pulumi` 3.248.0) leaves out of the engine's calls, and the real `aws`
 * provider has: previews of creates and updates (without them a change of a cluster would make its endpoint
 * unknown, and all that lies in it), and the region of the configuration.
 */
import type {
  ConfigureRequest,
  ConfigureResponse,
  CreateRequest,
  UpdateRequest,
} from "@pulumi/pulumi/proto/provider_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import type { Properties } from "../../../local/random/wire";

/** The property that carries the flag. */
const PREVIEW = "__preview";

/** The message that the properties come in; its class makes values, too. */
type Message = NonNullable<ReturnType<CreateRequest["getProperties"]>>;

function mark(properties: Message | undefined): void {
  if (properties !== undefined) {
    const { fromJavaScript } = properties.constructor as unknown as {
      fromJavaScript: (this: void, value: object) => Message;
    };
    const flag = fromJavaScript({ [PREVIEW]: true })
      .getFieldsMap()
      .get(PREVIEW)!;
    properties.getFieldsMap().set(PREVIEW, flag);
  }
}

/** Takes the flag off the properties of a create or an update. */
export function previewOf(properties: Properties): { preview: boolean; rest: Properties } {
  const { [PREVIEW]: preview, ...rest } = properties;
  return { preview: preview === true, rest };
}

/** What a provider resource says of its account. */
export interface Configuration {
  region?: string;
  /** Accounts other than these are refused; empty for any. */
  allowedAccountIds: string[];
}

/** The last configuration. The calls do not say whose they are, so one program has one region at a time. */
let configured: Configuration = { allowedAccountIds: [] };

export function configuration(): Configuration {
  return configured;
}

/** A list comes as JSON. */
function list(value: unknown): string[] {
  const parsed: unknown = typeof value === "string" ? JSON.parse(value) : value;
  return Array.isArray(parsed) ? parsed.map(String) : [];
}

function read(request: ConfigureRequest): Configuration {
  const given = (request.getArgs()?.toJavaScript() ?? {}) as Properties;
  const region = given["region"] ?? request.getVariablesMap().get("aws:config:region");
  return {
    ...(typeof region === "string" && region !== "" ? { region } : {}),
    allowedAccountIds: list(given["allowedAccountIds"]),
  };
}

/** To be called before the provider server starts. */
export function passPreviewsOn(): void {
  const { configure, create, update } = ResourceProviderService;
  const answer = configure.responseSerialize;
  configure.responseSerialize = (response: ConfigureResponse) => {
    response.setSupportspreview(true);
    return answer(response);
  };
  const parse = configure.requestDeserialize;
  configure.requestDeserialize = (bytes) => {
    const request = parse(bytes);
    configured = read(request);
    return request;
  };
  const creation = create.requestDeserialize;
  create.requestDeserialize = (bytes) => {
    const request: CreateRequest = creation(bytes);
    if (request.getPreview()) {
      mark(request.getProperties());
    }
    return request;
  };
  const change = update.requestDeserialize;
  update.requestDeserialize = (bytes) => {
    const request: UpdateRequest = change(bytes);
    if (request.getPreview()) {
      mark(request.getNews());
    }
    return request;
  };
}
