import { asCount, asList, asNumber, asObject } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import { TranslationError } from "../../translation-error.ts";

/*
 * Fields of a client's request. Null is as good as absent, for some SDKs write it; a value of another type is the client's mistake.
 */

/** Says that a field is not what it must be. */
export function wrongField(param: string, wanted: string): TranslationError {
  return new TranslationError("bad_request", `\`${param}\` must be ${wanted}.`, { param, code: "invalid_value" });
}

/** A field by a reader that gives undefined for a value of another type. */
function read<T>(
  body: JsonObject,
  name: string,
  wanted: string,
  reader: (value: unknown) => T | undefined,
): T | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  const found = reader(value);
  if (found === undefined) throw wrongField(name, wanted);
  return found;
}

/** A number, which must be one. */
export function numberField(body: JsonObject, name: string): number | undefined {
  return read(body, name, "a number", asNumber);
}

/** A whole number from 0 on. */
export function countField(body: JsonObject, name: string): number | undefined {
  return read(body, name, "a whole number from 0 on", asCount);
}

/** Yes or no. */
export function flagField(body: JsonObject, name: string): boolean | undefined {
  return read(body, name, "true or false", (value) => (typeof value === "boolean" ? value : undefined));
}

/** An object. */
export function objectField(body: JsonObject, name: string): JsonObject | undefined {
  return read(body, name, "an object", asObject);
}

/** A list; the empty one when it is absent. */
export function listField(body: JsonObject, name: string): readonly unknown[] {
  return read(body, name, "a list", asList) ?? NONE;
}

const NONE: readonly unknown[] = [];
