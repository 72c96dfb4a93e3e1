import { asObject, parseExact } from "../json.ts";
import type { JsonObject } from "../json.ts";

/** Keys under which arguments that are no JSON object travel inside one. */
const BROKEN = "_raw_arguments";
const NO_OBJECT = "_value";

/** Arguments as an object, and whether they had to be wrapped into one. */
export interface ToolInput {
  readonly input: JsonObject;
  readonly wrapped: boolean;
}

/**
 * Reads the text of a call's arguments. Blank text is no arguments; broken JSON, as a cut answer leaves it, is kept as text under
 * `_raw_arguments`, and JSON that is no object under `_value`, so that a conversation which holds one can go on.
 */
export function readArguments(text: string): ToolInput {
  if (text === "{}" || text.trim() === "") return { input: {}, wrapped: false };
  const value = parseExact(text);
  const object = asObject(value);
  if (object !== undefined) return { input: object, wrapped: false };
  return { input: value === undefined ? { [BROKEN]: text } : { [NO_OBJECT]: value }, wrapped: true };
}

/** The text of a call's arguments, given an object; undoes what `readArguments` wrapped. */
export function writeArguments(input: unknown): string {
  const object = asObject(input);
  if (object !== undefined) {
    const keys = Object.keys(object);
    if (keys.length === 1) {
      const raw = object[BROKEN];
      if (typeof raw === "string") return raw;
      if (keys[0] === NO_OBJECT) return JSON.stringify(object[NO_OBJECT]) ?? "{}";
    }
  }
  return JSON.stringify(input ?? {}) ?? "{}";
}
