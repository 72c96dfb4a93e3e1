import { isObject, objectsIn, type JsonObject } from "./json.ts";

const CHARACTERS_PER_TOKEN = 4;
/** About what a picture costs; its base64 text is not counted. */
const MEDIA_TOKENS = 1000;

/** A rough count of the tokens in a piece of a prompt or an answer: a quarter of the characters of its JSON. */
export function estimateTokens(value: unknown): number {
  let mediaTokens = 0;
  const text = JSON.stringify(value, (key, member: unknown) => {
    if (key === "cache_control") return undefined;
    if (!isObject(member) || member["type"] !== "base64") return member;
    mediaTokens += MEDIA_TOKENS;
    return undefined;
  });
  // Of an absent value there is no JSON.
  const characters = value === undefined ? 0 : text.length;
  return Math.ceil(characters / CHARACTERS_PER_TOKEN) + mediaTokens;
}

/** One piece of a prompt, in the order in which a prompt cache sees them: tools, system, messages. */
export interface PromptPart {
  readonly content: unknown;
  /** The `cache_control` on it; absent when there is none. */
  readonly cacheControl?: JsonObject;
}

/** The prompt of a request as the pieces that can be cached. */
export function promptParts(body: JsonObject): PromptPart[] {
  return [
    ...objectsIn(body["tools"]).map(partOf),
    ...contentParts(body["system"]),
    ...objectsIn(body["messages"]).flatMap((message) => contentParts(message["content"], message["role"])),
  ];
}

/** A rough count of the tokens of a request's whole prompt. */
export function estimatePromptTokens(body: JsonObject): number {
  return promptParts(body).reduce((sum, part) => sum + estimateTokens(part.content), 0);
}

function contentParts(content: unknown, role?: unknown): PromptPart[] {
  if (typeof content === "string") return [{ content: role === undefined ? content : { role, content } }];
  return objectsIn(content).map((block) => partOf(role === undefined ? block : { role, ...block }));
}

function partOf(block: JsonObject): PromptPart {
  const cacheControl = block["cache_control"];
  return isObject(cacheControl) ? { content: block, cacheControl } : { content: block };
}
