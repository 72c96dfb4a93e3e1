import type { DialectId } from "./dialect.ts";
import { parseBody } from "./json.ts";
import type { JsonObject } from "./json.ts";
import type { NeutralError } from "./neutral/error.ts";
import { dialectOf } from "./registry.ts";

/** An error of an upstream as it came. */
export interface UpstreamError {
  /** From 400 on. */
  readonly status: number;
  readonly body: Uint8Array | string;
}

/** An error for a client. */
export interface TranslatedError {
  readonly status: number;
  readonly body: JsonObject;
  /** What went wrong, in no dialect's words. */
  readonly error: NeutralError;
}

const MAX_MESSAGE_LENGTH = 4096;
const UTF8 = new TextDecoder();
/** What looks like a key in an upstream's words. */
const SECRETS = /\b(?:sk|pk|rk|xai|gsk|la_sk)[-_][\w-]{8,}|\bBearer\s+[\w.~+/-]{8,}=*/g;

/** Translates an error of an upstream, whatever its body is: JSON of any dialect, HTML, nothing. */
export function translateError(
  { status, body }: UpstreamError,
  { from, to }: { readonly from: DialectId; readonly to: DialectId },
): TranslatedError {
  const text = typeof body === "string" ? body : UTF8.decode(body);
  const decoded = dialectOf(from).decodeError(status, parseBody(text), text);
  const error = { ...decoded, message: presentable(decoded.message) };
  return { ...encodeError(to, error), error };
}

/** Words an error for a client: one of an upstream, one of the translation, or one of the host's. */
export function encodeError(
  dialect: DialectId,
  error: NeutralError,
): { readonly status: number; readonly body: JsonObject } {
  return dialectOf(dialect).encodeError(error);
}

/** What keeps a silent stream of that dialect open without saying anything; it may stand between any two frames. */
export function keepAliveFrame(dialect: DialectId): string {
  return dialectOf(dialect).keepAlive;
}

/** A message of bounded length without anything that looks like a key. */
function presentable(message: string): string {
  return message.slice(0, MAX_MESSAGE_LENGTH).replaceAll(SECRETS, "[secret]");
}
