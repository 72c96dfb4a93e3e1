import { isObject, textOf, type JsonObject } from "../../simulator/json.ts";
import { found, foundIf, type Found } from "../../simulator/rule.ts";
import { shown } from "./faults.ts";

/** Members of a schema that hold schemas by name. */
const NAMED = ["properties", "$defs", "definitions"];
/** Members of a schema that hold one schema or a list of them. */
const NESTED = ["items", "prefixItems", "anyOf"];
/** Members that strict mode does not take. Source: OpenAI's guide to structured outputs, read 2026-11. */
const NOT_STRICT = [
  "allOf",
  "dependentRequired",
  "dependentSchemas",
  "else",
  "if",
  "not",
  "oneOf",
  "patternProperties",
  "then",
];

/** What is wrong with the parameters of any function: they must be an object with properties. */
export function parametersFault(schema: unknown, at: string): Found | undefined {
  if (schema == null) return undefined;
  if (!isObject(schema) || schema["type"] !== "object") {
    const type = isObject(schema) ? shown(schema["type"] ?? "None") : typeof schema;
    return found(at, `schema must be a JSON Schema of 'type: "object"', got 'type: "${type}"'`);
  }
  return foundIf(!isObject(schema["properties"]), at, "In context=(), object schema missing properties");
}

/** What keeps a schema from strict mode: every object closed, every property required, no forms but `anyOf`. */
export function strictFault(schema: unknown, at: string): Found | undefined {
  const what = innerFault(schema, []);
  return what === undefined ? undefined : found(at, what);
}

function innerFault(schema: unknown, path: readonly string[]): string | undefined {
  if (!isObject(schema)) return undefined;
  const context = `In context=(${path.map((step) => `'${step}'`).join(", ")})`;
  const form = NOT_STRICT.find((member) => schema[member] !== undefined);
  if (form !== undefined) return `${context}, '${form}' is not permitted`;
  const fault = isObjectSchema(schema) ? objectFault(schema) : undefined;
  if (fault !== undefined) return `${context}, ${fault}`;
  for (const { way, schema: inner } of innerSchemas(schema)) {
    const deeper = innerFault(inner, [...path, ...way]);
    if (deeper !== undefined) return deeper;
  }
  return undefined;
}

function objectFault(schema: JsonObject): string | undefined {
  if (schema["additionalProperties"] !== false)
    return "'additionalProperties' is required to be supplied and to be false";
  const required: readonly unknown[] = Array.isArray(schema["required"]) ? schema["required"] : [];
  const names = isObject(schema["properties"]) ? Object.keys(schema["properties"]) : [];
  const missing = names.find((name) => !required.includes(name));
  return missing === undefined
    ? undefined
    : `'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'`;
}

function isObjectSchema({ type, properties }: JsonObject): boolean {
  return properties !== undefined || (Array.isArray(type) ? type.includes("object") : textOf(type) === "object");
}

/** A schema inside of another one. */
interface Inner {
  /** The members that lead to it. */
  readonly way: readonly string[];
  readonly schema: unknown;
}

function innerSchemas(schema: JsonObject): Inner[] {
  const named = NAMED.flatMap((member) => {
    const schemas = isObject(schema[member]) ? schema[member] : {};
    return Object.entries(schemas).map(([name, inner]): Inner => ({ way: [member, name], schema: inner }));
  });
  const nested = NESTED.flatMap((member): Inner[] => {
    const value = schema[member];
    if (!Array.isArray(value)) return [{ way: [member], schema: value }];
    return value.map((inner: unknown, index) => ({ way: [member, String(index)], schema: inner }));
  });
  return [...named, ...nested];
}
