/** A JSON object whose members have not been looked at yet. */
export interface JsonObject {
  readonly [key: string]: unknown;
}

/** True for a JSON object: not null, not a list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The objects in a list, in order; none when the value is not a list. */
export function objectsIn(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The text, or the empty text when the value is something else. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The parsed JSON, or `undefined` when the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
