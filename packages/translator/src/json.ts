/** A JSON object of which nothing is known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Parses text that should be a JSON object; undefined when it is anything else, broken or too deep included. */
export function parseObject(text: string): JsonObject | undefined {
  return asObject(parse(text));
}

/** Parses a buffered body. Gemini puts its errors into an array, even where it speaks as OpenAI: the first of them is the body. */
export function parseBody(text: string): JsonObject | undefined {
  const body = parse(text);
  return asObject(Array.isArray(body) ? body[0] : body);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The value when it is an object and no array. */
export function asObject(value: unknown): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isRaw(value);
}

/** Whether it is a number that is kept as it was written, see `parseExact`. Such a one has no prototype; objects of JSON have. */
function isRaw(value: object): boolean {
  return Object.getPrototypeOf(value) === null && Object.isFrozen(value) && Object.hasOwn(value, "rawJSON");
}

/** The number, also when it is kept as it was written. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "object" || value === null || !isRaw(value)) return undefined;
  return Number(Reflect.get(value, "rawJSON"));
}

/** The value when it is text that says something. */
export function asText(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The value when it can be a count: a whole number from 0 to 2^53 - 1. */
export function asCount(value: unknown): number | undefined {
  const number = numberOf(value);
  return number !== undefined && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

/** More digits, or a larger exponent, than a number of JavaScript may be able to hold. */
const LOSSY = /\d{15}|\d[eE][+-]?\d{3}/;

/**
 * Parses JSON so that writing it again gives the same numbers: those that JavaScript cannot hold are kept as they are written
 * (`JSON.rawJSON`). Undefined when the text is broken.
 */
export function parseExact(text: string): unknown {
  if (!LOSSY.test(text)) return parse(text);
  try {
    return JSON.parse(text, keepDigits);
  } catch {
    return undefined;
  }
}

function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== "number" || source === undefined || String(value) === source) return value;
  return LOSSY.test(source) ? rawNumber(source) : value;
}

/** TypeScript's library does not have `JSON.rawJSON` yet (ES2026); Node has it since 22, browsers since 2025. */
function rawNumber(source: string): unknown {
  const rawJson: unknown = Reflect.get(JSON, "rawJSON");
  return typeof rawJson === "function" ? rawJson.call(JSON, source) : Number(source);
}

/** The value when it is text, the empty one included. */
export function asString(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The value when it is a finite number. */
export function asNumber(value: unknown): number | undefined {
  const number = numberOf(value);
  return number !== undefined && Number.isFinite(number) ? number : undefined;
}

/** The value when it is a list. */
export function asList(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

/** An object whose fields that may be undefined are optional instead. */
export type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** A copy of the object without those of its fields that are undefined. */
export function defined<T extends object>(object: T): Defined<T> {
  const kept: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(object)) if (value !== undefined) kept[key] = value;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- TypeScript cannot follow which fields were left out
  return kept as Defined<T>;
}
