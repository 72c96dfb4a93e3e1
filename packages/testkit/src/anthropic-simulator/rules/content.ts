import { isObject, objectsIn, textOf, type JsonObject } from "../../simulator/json.ts";
import { BLOCK_FIELDS } from "./blocks.ts";
import type { Call, CallMessage } from "./call.ts";
import { hasBeta } from "./fields.ts";
import { firstFound, found, foundIf, type Found, type Rule } from "../../simulator/rule.ts";
import { CONVERSATIONS, type AnthropicEndpoint } from "./endpoint.ts";

const MESSAGE_FIELDS: ReadonlySet<string> = new Set(["role", "content"]);
/** Both betas bring `output_config` on system messages. */
const SYSTEM_MESSAGE_FIELDS: Readonly<Record<string, readonly string[]>> = {
  output_config: ["per-turn-control-", "mid-conversation-output-config-"],
  clear_at: ["mid-conversation-system-clear-at-"],
};

/** What is refused for its roles, its blocks or for being empty. */
export const CONTENT_RULES: readonly Rule<Call, AnthropicEndpoint>[] = [
  {
    name: "at least one message",
    on: CONVERSATIONS,
    find: ({ messages }) => foundIf(messages.length === 0),
    message: () => "messages: at least one message is required",
  },
  {
    name: "roles",
    on: CONVERSATIONS,
    find: ({ messages }) =>
      firstFound(messages, ({ role, index }) =>
        foundIf(!["user", "assistant", "system"].includes(textOf(role)), `messages.${index}`),
      ),
    message: ({ at }) => `${at}.role: Input should be 'user' or 'assistant'`,
  },
  {
    name: "system messages by model",
    on: CONVERSATIONS,
    find: ({ messages, model }) =>
      foundIf(model?.systemTurns === false && messages.some(({ role }) => role === "system")),
    message: () =>
      'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, not "system" as an input message role.',
  },
  {
    name: "first role",
    on: CONVERSATIONS,
    find: ({ turns }) => foundIf(turns[0]?.role !== "user"),
    message: () => 'messages: first message must use the "user" role',
  },
  {
    name: "fields of the messages",
    on: CONVERSATIONS,
    find: ({ messages, betas }) =>
      firstFound(messages, (message) => {
        const extra = Object.keys(message.fields).find((field) => !allowsField(message, field, betas));
        return extra === undefined ? undefined : found(`messages.${message.index}.${extra}`);
      }),
    message: ({ at }) => `${at}: Extra inputs are not permitted`,
  },
  {
    name: "kinds of blocks",
    on: CONVERSATIONS,
    find: (call) =>
      firstBlock(call, (block, at) =>
        BLOCK_FIELDS.has(textOf(block["type"])) ? undefined : found(at, textOf(block["type"])),
      ),
    message: ({ at, what }) =>
      `${at}: Input tag '${what}' found using 'type' does not match any of the expected tags: ${[...BLOCK_FIELDS.keys()].map((tag) => `'${tag}'`).join(", ")}`,
  },
  {
    name: "fields of blocks",
    on: CONVERSATIONS,
    find: (call) => firstBlock(call, extraBlockField),
    message: ({ at }) => `${at}: Extra inputs are not permitted`,
  },
  {
    name: "empty messages",
    on: CONVERSATIONS,
    find: ({ messages }) =>
      firstFound(messages, (message) => foundIf(isEmpty(message, messages.length), `messages.${message.index}`)),
    message: ({ at }) =>
      `${at}: all messages must have non-empty content except for the optional final assistant message`,
  },
  {
    name: "empty text blocks",
    on: CONVERSATIONS,
    find: firstEmptyText,
    message: ({ at }) => `${at}: text content blocks must be non-empty`,
  },
  {
    name: "blank messages",
    on: CONVERSATIONS,
    find: ({ messages }) => firstFound(messages, ({ blocks }) => foundIf(blocks.length === 1 && isBlank(blocks[0]))),
    message: () => "messages: text content blocks must contain non-whitespace text",
  },
  {
    name: "end of a prefill",
    on: ["messages"],
    find: ({ turns }) => {
      const text = turns.at(-1)?.role === "assistant" ? turns.at(-1)?.blocks.at(-1)?.block["text"] : "";
      return foundIf(textOf(text) !== textOf(text).trimEnd());
    },
    message: () => "messages: final assistant content cannot end with trailing whitespace",
  },
  {
    name: "documents of the assistant by version",
    on: CONVERSATIONS,
    find: (call) => firstOfVersion(call, (block, role) => role === "assistant" && block["type"] === "document"),
    message: ({ at }) => `${at}: document blocks are not permitted in assistant messages`,
  },
  {
    name: "citations of the user by version",
    on: CONVERSATIONS,
    find: (call) =>
      firstOfVersion(
        call,
        (block, role) => role === "user" && block["type"] === "text" && objectsIn(block["citations"]).length > 0,
      ),
    message: ({ at }) => `${at}.text.citations: citations are not permitted in user messages`,
  },
];

function allowsField({ role }: CallMessage, field: string, betas: readonly string[]): boolean {
  if (MESSAGE_FIELDS.has(field)) return true;
  return role === "system" && hasBeta(betas, SYSTEM_MESSAGE_FIELDS[field] ?? []);
}

function firstBlock(
  call: Call,
  find: (block: JsonObject, at: string, role: unknown) => Found | undefined,
): Found | undefined {
  return firstFound(call.messages, ({ index, role, blocks }) =>
    firstFound(blocks, (block, position) => find(block, `messages.${index}.content.${position}`, role)),
  );
}

function extraBlockField(block: JsonObject, at: string): Found | undefined {
  const type = textOf(block["type"]);
  const extra = Object.keys(block).find((field) => field !== "type" && !BLOCK_FIELDS.get(type)?.includes(field));
  return extra === undefined ? undefined : found(`${at}.${type}.${extra}`);
}

// A system message may say nothing when it sets something.
function isEmpty({ index, role, fields, blocks }: CallMessage, count: number): boolean {
  const mayBeEmpty =
    (role === "assistant" && index === count - 1) || (role === "system" && isObject(fields["output_config"]));
  return !mayBeEmpty && blocks.length === 0;
}

function firstEmptyText(call: Call): Found | undefined {
  if (objectsIn(call.body["system"]).some(isEmptyText)) return found("system");
  return firstBlock(call, (block) => foundIf(isEmptyText(block), "messages"));
}

function isEmptyText({ type, text }: JsonObject): boolean {
  return type === "text" && text === "";
}

function isBlank(block: JsonObject | undefined): boolean {
  return block?.["type"] === "text" && textOf(block["text"]).trim() === "";
}

function firstOfVersion(call: Call, isBad: (block: JsonObject, role: unknown) => boolean): Found | undefined {
  if (call.version !== "2026-10-21") return undefined;
  return firstBlock(call, (block, at, role) => foundIf(isBad(block, role), at));
}
