import { asList, asNumber, asObject } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import { TranslationError } from "../../translation-error.ts";

/*
 * Fields of a client's request. Null is as good as absent, as everywhere in this API; a value of another type is the client's mistake.
 */

/** Says that a field is not what it must be. */
export function wrongField(param: string, wanted: string): TranslationError {
  return new TranslationError("bad_request", `\`${param}\` must be ${wanted}.`, { param, code: "invalid_value" });
}

/** A number, which must be one. */
export function numberField(body: JsonObject, name: string): number | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  const number = asNumber(value);
  if (number === undefined) throw wrongField(name, "a number");
  return number;
}

/** Text, which must be some. */
export function textField(body: JsonObject, name: string): string | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw wrongField(name, "a string");
  return value === "" ? undefined : value;
}

/** Yes or no. */
export function flagField(body: JsonObject, name: string): boolean | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "boolean") throw wrongField(name, "true or false");
  return value;
}

/** An object. */
export function objectField(body: JsonObject, name: string): JsonObject | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  const object = asObject(value);
  if (object === undefined) throw wrongField(name, "an object");
  return object;
}

/** A list; none when it is absent. */
export function listField(body: JsonObject, name: string): readonly unknown[] {
  const value = body[name];
  if (value === undefined || value === null) return NONE;
  const list = asList(value);
  if (list === undefined) throw wrongField(name, "a list");
  return list;
}

const NONE: readonly unknown[] = [];
