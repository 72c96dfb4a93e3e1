import { isObject, textOf, type JsonObject } from "../simulator/json.ts";

const MAX_DEPTH = 16;

type Example = (schema: JsonObject, inner: (schema: unknown) => unknown, text: string) => unknown;

/** A smallest value of each JSON type. */
const BY_TYPE: Readonly<Record<string, Example>> = {
  object: (schema, inner) => {
    const properties = isObject(schema["properties"]) ? schema["properties"] : {};
    const required = Array.isArray(schema["required"]) ? schema["required"].map(textOf) : [];
    return Object.fromEntries(required.map((name) => [name, inner(properties[name])]));
  },
  array: (schema, inner) => Array.from({ length: Number(schema["minItems"] ?? 0) }, () => inner(schema["items"])),
  string: (schema, _, text) =>
    text.padEnd(Number(schema["minLength"] ?? 0), ".").slice(0, Number(schema["maxLength"] ?? text.length + 1e6)),
  number: smallest,
  integer: (schema) => Math.ceil(smallest(schema)),
  boolean: () => false,
  null: () => null,
};

/**
 * A small value that a simple JSON schema accepts: required members only, the first of a choice, `text` for every string.
 * Patterns, formats and conditions are not looked at.
 */
export function schemaExample(schema: unknown, text: string): unknown {
  const root = isObject(schema) ? schema : {};
  const exampleOf = (inner: unknown, depth: number): unknown => {
    const resolved = resolve(inner, root);
    if (depth > MAX_DEPTH) return null;
    const fixed = fixedValue(resolved);
    if (fixed !== undefined) return fixed;
    const choice = resolved["anyOf"] ?? resolved["oneOf"] ?? resolved["allOf"];
    if (Array.isArray(choice)) return exampleOf(choice[0], depth + 1);
    return BY_TYPE[typeOf(resolved)]?.(resolved, (member) => exampleOf(member, depth + 1), text);
  };
  return exampleOf(root, 0);
}

function fixedValue(schema: JsonObject): unknown {
  if (schema["const"] !== undefined) return schema["const"];
  return Array.isArray(schema["enum"]) ? schema["enum"][0] : schema["default"];
}

function typeOf({ type, properties }: JsonObject): string {
  const first: unknown = Array.isArray(type) ? type[0] : type;
  return textOf(first ?? (properties === undefined ? "string" : "object"));
}

// `#/$defs/name` and the like: a path from the root.
function resolve(schema: unknown, root: JsonObject): JsonObject {
  if (!isObject(schema)) return {};
  const reference = textOf(schema["$ref"]);
  if (!reference.startsWith("#")) return schema;
  let target: unknown = root;
  for (const name of reference.split("/").slice(1)) target = isObject(target) ? target[name] : undefined;
  return isObject(target) ? target : {};
}

function smallest(schema: JsonObject): number {
  const above = schema["exclusiveMinimum"];
  return typeof above === "number" ? above + 1 : Number(schema["minimum"] ?? 0);
}
