import { isJsonObject } from "./body.ts";

/** English text; other scripts have more tokens for fewer letters. */
const LETTERS_PER_TOKEN = 3.5;
/** Pictures, documents and sealed reasoning: long texts that no model reads as such. */
const OPAQUE_FIELDS = new Set(["data", "url", "image_url", "file_data", "encrypted_content", "signature", "id"]);
const TOKENS_PER_OPAQUE = 1600;
const SHORT_CHARS = 500;
const MAX_DEPTH = 64;

/** Tokens of a call's prompt, estimated from the letters in its body: quick, and meant for reservations, which are put right at the end. */
export function promptTokens(body: unknown): number {
  return Math.ceil(tokensIn(body, false, 0));
}

function tokensIn(value: unknown, isOpaque: boolean, depth: number): number {
  if (typeof value === "string") {
    const tokens = value.length / LETTERS_PER_TOKEN;
    return isOpaque && value.length > SHORT_CHARS ? Math.min(tokens, TOKENS_PER_OPAQUE) : tokens;
  }
  if (depth > MAX_DEPTH) return 0;
  let tokens = 0;
  if (Array.isArray(value)) for (const item of value) tokens += tokensIn(item, isOpaque, depth + 1);
  else if (isJsonObject(value))
    for (const key in value) tokens += 1 + tokensIn(value[key], OPAQUE_FIELDS.has(key), depth + 1);
  return tokens;
}
