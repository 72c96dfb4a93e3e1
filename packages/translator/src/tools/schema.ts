import { asList, asObject, asString } from "../json.ts";
import type { JsonObject } from "../json.ts";

/** A JSON Schema in the form that a target takes. */
export interface FittedSchema {
  readonly schema: JsonObject;
  /** Whether it says something else than before. */
  readonly adapted: boolean;
}

/** Schemas nest at most this deep; what lies deeper stays as it is. */
const MAX_DEPTH = 100;
const NO_ARGUMENTS: JsonObject = { type: "object", properties: {} };
/** Keys at the root that Anthropic refuses there, and those that only name the schema. */
const UNIONS = ["anyOf", "oneOf", "allOf"] as const;
const NAMING_KEYS: ReadonlySet<string> = new Set(["$schema", "$id"]);
/** Keys that hold schemas by name. */
const MAPS: ReadonlySet<string> = new Set(["properties", "$defs", "definitions"]);
const UNION_KEYS: ReadonlySet<string> = new Set(UNIONS);

/**
 * The arguments of a tool as Anthropic takes them: an object at the root. What a union at the root said is kept as far as an object
 * can say it; the whole of it stands in `note`, which belongs into the tool's description.
 */
export function anthropicInputSchema(parameters: unknown): FittedSchema & { readonly note?: string } {
  const given = asObject(parameters);
  if (given === undefined || Object.keys(given).length === 0) return { schema: NO_ARGUMENTS, adapted: false };
  const union = UNIONS.find((key) => asList(given[key]) !== undefined);
  if (union === undefined) {
    if (given.type === "object" && given.$schema === undefined && given.$id === undefined)
      return { schema: given, adapted: false };
    return { schema: { ...without(given, NAMING_KEYS), type: "object" }, adapted: given.type !== "object" };
  }
  return withoutUnion(given, union);
}

/** An object in place of a union at the root, and the whole union in words. */
function withoutUnion(given: JsonObject, union: (typeof UNIONS)[number]): FittedSchema & { readonly note: string } {
  const schema = {
    ...without(without(given, NAMING_KEYS), UNION_KEYS),
    type: "object",
    ...mergedVariants(given, union),
  };
  return { schema, adapted: true, note: `Arguments must match this JSON Schema: ${JSON.stringify(given)}` };
}

/** The properties of all variants; required is what all of them require, or for `allOf` any. */
function mergedVariants(given: JsonObject, union: (typeof UNIONS)[number]): JsonObject {
  const variants = (asList(given[union]) ?? []).map(asObject).filter((variant) => variant !== undefined);
  const properties: Record<string, unknown> = {};
  for (const variant of [given, ...variants])
    for (const [name, property] of Object.entries(asObject(variant.properties) ?? {})) set(properties, name, property);
  const lists = variants.map((variant) => new Set(asList(variant.required)));
  const [first = new Set<unknown>()] = lists;
  const shared =
    union === "allOf"
      ? lists.flatMap((list) => [...list])
      : [...first].filter((name) => lists.every((list) => list.has(name)));
  const required = [...new Set([...(asList(given.required) ?? []), ...shared])];
  return { properties, ...(required.length > 0 && { required }) };
}

/**
 * The arguments of a tool as OpenAI takes them without strictness: an object with properties at the root, and no union there (its
 * refusals of 2025 and 2026); `note` as for Anthropic.
 */
export function openaiParameters(parameters: unknown): FittedSchema & { readonly note?: string } {
  const given = asObject(parameters);
  if (given === undefined || Object.keys(given).length === 0) return { schema: NO_ARGUMENTS, adapted: false };
  const union = UNIONS.find((key) => asList(given[key]) !== undefined);
  if (union !== undefined) return withoutUnion(given, union);
  if (given.type === "object" && given.properties !== undefined) return { schema: given, adapted: false };
  return { schema: { ...given, type: "object", properties: given.properties ?? {} }, adapted: given.type !== "object" };
}

/** Whether OpenAI's strict mode takes a schema: every object closed, every property required. */
export function isStrictLegal(schema: unknown, depth = 0): boolean {
  const node = asObject(schema);
  if (node === undefined || depth > MAX_DEPTH) return node === undefined;
  const properties = asObject(node.properties);
  if (properties !== undefined || node.type === "object") {
    const required = new Set(asList(node.required));
    if (node.additionalProperties !== false) return false;
    if (!Object.keys(properties ?? {}).every((name) => required.has(name))) return false;
  }
  return childrenOf(node).every((child) => isStrictLegal(child, depth + 1));
}

function childrenOf(node: JsonObject): readonly unknown[] {
  return [
    ...Object.values(asObject(node.properties) ?? {}),
    ...Object.values(asObject(node.$defs) ?? {}),
    ...Object.values(asObject(node.definitions) ?? {}),
    ...(asList(node.anyOf) ?? []),
    ...(asList(node.oneOf) ?? []),
    ...(asList(node.allOf) ?? []),
    node.items,
  ];
}

/** Constraints that Anthropic's grammars cannot hold; they are said in the description instead. */
const UNSUPPORTED: ReadonlySet<string> = new Set(
  (
    "minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength maxItems uniqueItems " +
    "minProperties maxProperties pattern"
  ).split(" "),
);
const FORMATS: ReadonlySet<unknown> = new Set(
  "date-time time date duration email hostname uri ipv4 ipv6 uuid".split(" "),
);

/**
 * A schema that Anthropic can hold a model to: objects closed, `anyOf` in place of `oneOf`, no bounds, few formats. What is taken
 * out is said in the description of its place.
 */
export function anthropicStrictSchema(schema: JsonObject): FittedSchema {
  if (fits(schema, 0)) return { schema, adapted: false };
  const seen = { adapted: false };
  return { schema: fitNode(schema, seen, 0), adapted: seen.adapted };
}

/** Whether nothing has to be changed, as in most schemas that were strict before: that is found out faster than a copy is made. */
function fits(node: JsonObject, depth: number): boolean {
  if (depth > MAX_DEPTH) return true;
  if (isOpen(node)) return false;
  for (const key of Object.keys(node)) if (!valueFits(key, node[key], depth)) return false;
  return true;
}

function valueFits(key: string, value: unknown, depth: number): boolean {
  if (key === "oneOf" || NAMING_KEYS.has(key) || isUnsupported(key, value)) return false;
  if (key === "items" || key === "not") return childFits(value, depth);
  if (typeof value !== "object" || value === null) return true;
  if (!MAPS.has(key) && !UNION_KEYS.has(key)) return true;
  for (const child of Object.values(value)) if (!childFits(child, depth)) return false;
  return true;
}

function childFits(child: unknown, depth: number): boolean {
  const node = asObject(child);
  return node === undefined ? typeof child !== "boolean" : fits(node, depth + 1);
}

function isOpen({ type, properties, additionalProperties }: JsonObject): boolean {
  return (type === "object" || properties !== undefined) && additionalProperties !== false;
}

function fitNode(node: JsonObject, seen: { adapted: boolean }, depth: number): JsonObject {
  if (depth > MAX_DEPTH) return node;
  const taken: string[] = [];
  const fitted: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(node)) {
    if (NAMING_KEYS.has(key)) continue;
    if (isUnsupported(key, value)) taken.push(`${key}: ${JSON.stringify(value)}`);
    else set(fitted, key === "oneOf" ? "anyOf" : key, fitValue(key, value, seen, depth));
  }
  if (isOpen(node)) {
    fitted.additionalProperties = false;
    seen.adapted = true;
  }
  if (taken.length > 0) {
    fitted.description = [asString(node.description), taken.join(", ")].filter((text) => text !== undefined).join("\n");
  }
  seen.adapted ||= taken.length > 0 || node.oneOf !== undefined;
  return fitted;
}

function isUnsupported(key: string, value: unknown): boolean {
  if (key === "format") return !FORMATS.has(value);
  if (key === "minItems") return value !== 0 && value !== 1;
  // A property may be called like a constraint; then it stands below `properties` and is no key of a schema.
  return UNSUPPORTED.has(key);
}

function fitValue(key: string, value: unknown, seen: { adapted: boolean }, depth: number): unknown {
  if (key === "items" || key === "not") return fitChild(value, seen, depth);
  if (typeof value !== "object" || value === null) return value;
  if (MAPS.has(key)) {
    const fitted: Record<string, unknown> = {};
    for (const [name, child] of Object.entries(asObject(value) ?? {})) set(fitted, name, fitChild(child, seen, depth));
    return fitted;
  }
  if (UNION_KEYS.has(key)) return (asList(value) ?? []).map((child) => fitChild(child, seen, depth));
  return value;
}

function fitChild(child: unknown, seen: { adapted: boolean }, depth: number): unknown {
  const node = asObject(child);
  if (node !== undefined) return fitNode(node, seen, depth + 1);
  return typeof child === "boolean" ? {} : child;
}

/** Sets a key that came from outside; `__proto__` would change the object itself otherwise. */
function set(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === "__proto__")
    Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
  else object[key] = value;
}

function without(object: JsonObject, keys: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.has(key)));
}
