import { isObject, objectsIn, type JsonObject } from "../simulator/json.ts";
import { estimateAllTokens } from "../simulator/tokens.ts";

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
  return estimateAllTokens(promptParts(body).map((part) => part.content));
}

function contentParts(content: unknown, role?: unknown): PromptPart[] {
  if (typeof content === "string") return [{ content: role === undefined ? content : { role, content } }];
  return objectsIn(content).map((block) => partOf(role === undefined ? block : { role, ...block }));
}

function partOf(block: JsonObject): PromptPart {
  const cacheControl = block["cache_control"];
  return isObject(cacheControl) ? { content: block, cacheControl } : { content: block };
}
