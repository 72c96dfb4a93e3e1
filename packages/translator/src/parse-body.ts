import { asObject, parseExact } from "./json.ts";
import type { JsonObject } from "./json.ts";
import type { ErrorKind } from "./neutral/error.ts";
import { TranslationError } from "./translation-error.ts";

/** A body as bytes, as text, or parsed already. */
export type Body = Uint8Array | string | JsonObject;

const STRICT_UTF8 = new TextDecoder("utf-8", { fatal: true });

/** The JSON object that a body is. Anything else, invalid UTF-8 included, throws a `TranslationError` of that kind. */
export function parseJsonBody(body: Body, kind: ErrorKind): JsonObject {
  const parsed =
    typeof body === "string" || body instanceof Uint8Array ? asObject(parseExact(textOf(body, kind))) : body;
  if (parsed === undefined)
    throw new TranslationError(kind, "The body is not a JSON object. Send one JSON object in UTF-8.");
  return parsed;
}

function textOf(body: Uint8Array | string, kind: ErrorKind): string {
  if (typeof body === "string") return body;
  try {
    return STRICT_UTF8.decode(body);
  } catch {
    throw new TranslationError(kind, "The body is not UTF-8. Send one JSON object in UTF-8.");
  }
}

/** Runs a translation; JSON too deep to be walked or written is a `TranslationError` of that kind. */
export function withinDepth<T>(kind: ErrorKind, translate: () => T): T {
  try {
    return translate();
  } catch (error) {
    if (error instanceof RangeError) throw new TranslationError(kind, "The body nests too deeply. Send a flatter one.");
    throw error;
  }
}
