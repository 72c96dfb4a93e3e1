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
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value when it is text that says something. */
export function asText(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The value when it can be a count: a whole number from 0 to 2^53 - 1. */
export function asCount(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
