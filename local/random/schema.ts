/** The package schema that the provider answers GetSchema with, made from the table of resources. */
import type { Argument } from "./arguments";
import { RESOURCES } from "./resources";

const TYPES = {
  count: { type: "integer" },
  flag: { type: "boolean" },
  text: { type: "string" },
  keepers: { type: "object", additionalProperties: { type: "string" } },
} satisfies Record<Argument["kind"], object>;

/** A Pulumi package schema (the JSON form, as an object) for the resources that the provider has. */
export function schema(version: string) {
  const resources = Object.entries(RESOURCES).map(([token, resource]): [string, object] => {
    const given = Object.entries(resource.arguments);
    const inputProperties = Object.fromEntries(
      given.map(([name, argument]) => [
        name,
        { ...TYPES[argument.kind], willReplaceOnChanges: true },
      ]),
    );
    const made = resource.outputs.map((name): [string, object] => [
      name,
      { type: "string", secret: resource.secret },
    ]);
    return [
      token,
      {
        inputProperties,
        requiredInputs: given.flatMap(([name, argument]) => (argument.required ? [name] : [])),
        properties: { ...inputProperties, ...Object.fromEntries(made) },
        required: [...resource.outputs],
      },
    ];
  });
  return { name: "random", version, resources: Object.fromEntries(resources) };
}
