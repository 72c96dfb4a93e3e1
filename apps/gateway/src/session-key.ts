import { hash } from "node:crypto";

import type { DialectId } from "@link-assistant/translator";

import { isJsonObject } from "./body.ts";
import type { JsonObject } from "./body.ts";
import type { Call } from "./surfaces/surface.ts";

/** So much of a text tells two conversations apart. */
const MAX_TEXT_CHARS = 4096;
const MAX_CHARS = 16_384;
const MAX_DEPTH = 8;

/** What stays the same in every call of a conversation, so what a prompt cache holds first. */
const STABLE_PREFIX: Readonly<Record<DialectId, (body: JsonObject) => unknown>> = {
  "anthropic-messages": ({ system, messages }) => [system, firstOf(messages, 1)],
  "openai-chat": ({ messages }) => firstOf(messages, 2),
  "openai-responses": ({ instructions, input }) => [instructions, firstOf(input, 2)],
};

/**
 * What the session of a call is known by: the name its client gave it, else the beginning of its conversation. Calls of one key find the
 * prompt cache of the calls before them if they go to the same account.
 */
export function sessionKey({ dialect, session, parsed }: Call): string {
  if (session !== undefined) return `s:${hash("sha256", session, "base64url").slice(0, 22)}`;
  const texts: string[] = [];
  gather(STABLE_PREFIX[dialect](parsed), texts, { left: MAX_CHARS }, 0);
  return `p:${hash("sha256", texts.join("\n"), "base64url").slice(0, 22)}`;
}

function firstOf(list: unknown, count: number): unknown {
  return Array.isArray(list) ? list.slice(0, count) : list;
}

/** Collects the texts in a value, as far as there is room. */
function gather(value: unknown, texts: string[], room: { left: number }, depth: number): void {
  if (room.left <= 0 || depth > MAX_DEPTH) return;
  if (typeof value === "string") {
    const text = value.slice(0, Math.min(MAX_TEXT_CHARS, room.left));
    room.left -= text.length;
    texts.push(text);
  } else if (Array.isArray(value)) for (const item of value) gather(item, texts, room, depth + 1);
  else if (isJsonObject(value))
    for (const key in value) if (key !== "cache_control") gather(value[key], texts, room, depth + 1);
}
