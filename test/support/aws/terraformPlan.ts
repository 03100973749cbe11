/**
 * What is in a simulated account as the JSON of a Terraform plan, for tools that read nothing else. The translation
 * is mechanical: names in snake case, objects that the SDK declares as blocks in lists, maps as they are.
 */
import type { Properties } from "../../../local/random/wire";
import type { Thing } from "./account";
import { argumentsOf, nestedFields, type Field, type Fields } from "./declarations";

/** Services whose name is no part of Terraform's. */
const WITHOUT_SERVICE = ["ec2"];

/** Terraform's types that do not follow from Pulumi's. */
const TYPES: Readonly<Record<string, string>> = {
  "aws:autoscaling/tag:Tag": "aws_autoscaling_group_tag",
  "aws:ec2/tag:Tag": "aws_ec2_tag",
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": "aws_iam_openid_connect_provider",
};

/** Arguments that Pulumi puts in the plural, and Terraform does not. */
const SINGULAR: Readonly<Record<string, string>> = {
  clientIdLists: "client_id_list",
  encryptionConfigurations: "encryption_configuration",
  podIdentityAssociations: "pod_identity_association",
  rules: "rule",
  taints: "taint",
  thumbprintLists: "thumbprint_list",
  // `applyServerSideEncryptionByDefault` and its like are blocks of one, as they are here.
};

/** `enabledClusterLogTypes` -> `enabled_cluster_log_types` */
export function snakeCase(name: string): string {
  return (
    SINGULAR[name] ??
    name.replace(/[A-Z]+(?=[A-Z][a-z])|[A-Z]/g, (upper) => `_${upper.toLowerCase()}`)
  );
}

/** Terraform's type of a resource. */
export function terraformType(token: string): string {
  const [, service, , name] = /^aws:(\w+)\/(\w+):(\w+)$/.exec(token) ?? [];
  if (service === undefined || name === undefined) {
    throw new Error(`${token} is no type of @pulumi/aws`);
  }
  const parts = [...(WITHOUT_SERVICE.includes(service) ? [] : [service]), snakeCase(name).slice(1)];
  return TYPES[token] ?? `aws_${parts.join("_")}`;
}

function isRecord(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function translated(properties: Properties, fields: Fields | undefined): Properties {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [
      snakeCase(name),
      translatedValue(value, fields?.get(name)),
    ]),
  );
}

function translatedValue(value: unknown, field: Field | undefined): unknown {
  if (field?.nested === undefined) {
    return value;
  }
  const fields = nestedFields(field.nested);
  const blocks = Array.isArray(value) ? (value as unknown[]) : [value];
  return blocks.map((block) => (isRecord(block) ? translated(block, fields) : block));
}

/** A thing that a program made, with the name that the program knows it by. */
export interface Declared {
  name: string;
  thing: Thing;
}

interface Reference {
  references: string[];
}

/** Which arguments hold the id, ARN or name of another resource: what a plan calls references. */
function expressions(
  values: Properties,
  own: string,
  addresses: ReadonlyMap<string, string>,
): Record<string, Reference> {
  const found = (value: unknown): string[] => {
    if (typeof value === "string") {
      const address = addresses.get(value);
      return address === undefined || address === own ? [] : [`${address}.id`, address];
    }
    return typeof value === "object" && value !== null ? Object.values(value).flatMap(found) : [];
  };
  return Object.fromEntries(
    Object.entries(values)
      .map(([name, value]) => [name, { references: found(value) }] as const)
      .filter(([, { references }]) => references.length > 0),
  );
}

/** The plan that would make these things in an empty account. */
export function terraformPlan(declared: readonly Declared[]): object {
  const resources = declared.map(({ name, thing }) => {
    const type = terraformType(thing.type);
    const values = translated(thing.inputs ?? {}, argumentsOf(thing.type));
    return { thing, address: `${type}.${name}`, type, name, values };
  });
  const addresses = new Map<string, string>();
  for (const { thing, address } of resources) {
    for (const value of [thing.properties["name"], thing.properties["arn"], thing.id]) {
      if (typeof value === "string") {
        addresses.set(value, address);
      }
    }
  }
  const provider = "registry.terraform.io/hashicorp/aws";
  const base = resources.map(({ address, type, name }) => ({
    address,
    mode: "managed",
    type,
    name,
  }));
  return {
    format_version: "1.2",
    terraform_version: "1.9.0",
    planned_values: {
      root_module: {
        resources: resources.map(({ values }, index) => ({
          ...base[index],
          provider_name: provider,
          schema_version: 0,
          values,
        })),
      },
    },
    resource_changes: resources.map(({ values }, index) => ({
      ...base[index],
      provider_name: provider,
      change: { actions: ["create"], before: null, after: values, after_unknown: {} },
    })),
    configuration: {
      provider_config: { aws: { name: "aws", full_name: provider } },
      root_module: {
        resources: resources.map(({ values, address }, index) => ({
          ...base[index],
          provider_config_key: "aws",
          schema_version: 0,
          expressions: expressions(values, address, addresses),
        })),
      },
    },
  };
}
