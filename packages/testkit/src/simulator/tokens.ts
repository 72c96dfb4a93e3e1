import { isObject } from "./json.ts";

const CHARACTERS_PER_TOKEN = 4;
/** About what a picture costs; its base64 text is not counted. */
const MEDIA_TOKENS = 1000;

/** A rough count of the tokens in a piece of a prompt or an answer: a quarter of the characters of its JSON. */
export function estimateTokens(value: unknown): number {
  let mediaTokens = 0;
  const text = JSON.stringify(value, (key, member: unknown) => {
    if (key === "cache_control") return undefined;
    if (!isMedia(member)) return member;
    mediaTokens += MEDIA_TOKENS;
    return typeof member === "string" ? "" : undefined;
  });
  // Of an absent value there is no JSON.
  const characters = value === undefined ? 0 : text.length;
  return Math.ceil(characters / CHARACTERS_PER_TOKEN) + mediaTokens;
}

/** The tokens of all pieces of a prompt. */
export function estimateAllTokens(values: readonly unknown[]): number {
  return values.reduce<number>((sum, value) => sum + estimateTokens(value), 0);
}

// A picture or file as Anthropic's dialect holds it, or as a data URL.
function isMedia(member: unknown): boolean {
  if (typeof member === "string") return /^data:[^,]{0,200};base64,/.test(member);
  return isObject(member) && member["type"] === "base64";
}
