import type { RequestScope } from "../../context.ts";
import type { Part } from "../../neutral/part.ts";
import { pairToolResults } from "../../neutral/normalise.ts";
import type { NeutralRequest, Turn } from "../../neutral/request.ts";
import { BlockWriter, isBlank } from "./encode-blocks.ts";
import type { CacheMarks } from "./encode-cache.ts";
import { isThinking } from "./encode-thinking.ts";
import type { WireBlock } from "./wire.ts";

/** A message while it is written. */
export interface Message {
  readonly role: Turn["role"];
  readonly content: WireBlock[];
}

const EMPTY = "(empty message)";
const CONTINUED = "(conversation continues)";
const CONTINUE = "Continue.";

/** Writes the blocks of the operator that stand before the conversation. */
export function encodeSystem({ system }: NeutralRequest, scope: RequestScope, cache: CacheMarks): WireBlock[] {
  return new BlockWriter(scope, cache).system(system);
}

/**
 * Writes the conversation: turns of the user and the model in alternation, beginning with the user, none of them empty. `system` gives
 * its last block when nobody has said anything.
 */
export function encodeMessages(
  request: NeutralRequest,
  system: WireBlock[],
  scope: RequestScope,
  cache: CacheMarks,
): Message[] {
  const turns = withPendingResults(request.turns, scope);
  const messages = placeSystem(writeTurns(namedTurns(turns, scope), scope, cache), scope);
  if (messages.length === 0) messages.push(firstWords(system, scope));
  else if (messages[0]?.role === "assistant") {
    scope.losses.note("first_turn");
    messages.unshift({ role: "user", content: [{ type: "text", text: CONTINUED }] });
  }
  return messages;
}

/** Calls at the very end of a conversation wait for results, which have to be there before the model can go on. */
function withPendingResults(turns: readonly Turn[], { losses }: RequestScope): readonly Turn[] {
  const last = turns.at(-1);
  if (last?.role !== "assistant" || !last.parts.some(({ type }) => type === "tool_call")) return turns;
  losses.note("prefill");
  return pairToolResults([...turns, { role: "user", parts: [{ type: "text", text: CONTINUE }] }], losses);
}

/** Where several people speak, their names are said in their words. */
function namedTurns(turns: readonly Turn[], { losses }: RequestScope): readonly Turn[] {
  const names = new Set<string>();
  for (const { role, name } of turns) {
    if (name === undefined) continue;
    losses.note("speaker_name", name);
    if (role === "user") names.add(name);
  }
  return names.size < 2 ? turns : turns.map(withName);
}

function withName(turn: Turn): Turn {
  const { role, name, parts } = turn;
  const at = parts.findIndex(({ type }) => type === "text");
  const part = parts[at];
  if (role !== "user" || name === undefined || part?.type !== "text") return turn;
  return { ...turn, parts: parts.with(at, { ...part, text: `${name}: ${part.text}` }) };
}

function writeTurns(turns: readonly Turn[], scope: RequestScope, cache: CacheMarks): Message[] {
  const writer = new BlockWriter(scope, cache);
  const messages: Message[] = [];
  for (const { role, parts } of turns) {
    const content = writer[role](parts);
    if (role === "assistant") dropLastThinking(content);
    if (!content.every(isBlank)) push(messages, role, content);
    else if (role !== "system" && parts.some(isSendable)) scope.losses.note("empty_turn");
  }
  // The model has to be asked something, be it nothing.
  if (turns.at(-1)?.role === "user" && messages.at(-1)?.role === "assistant") {
    scope.losses.note("empty_turn");
    push(messages, "user", [{ type: "text", text: EMPTY }]);
  }
  return messages;
}

/** Reasoning that is of no use here is noted already. */
function isSendable(part: Part): boolean {
  return part.type !== "reasoning" || part.seal?.origin === "anthropic-messages";
}

/** A turn of the model must not end with thinking, as one does that broke off. */
function dropLastThinking(content: WireBlock[]): void {
  while (content.length > 0 && (isThinking(content.at(-1)) || (isThinking(content.at(-2)) && isBlankLast(content))))
    content.pop();
}

function isBlankLast(content: readonly WireBlock[]): boolean {
  const last = content.at(-1);
  return last !== undefined && isBlank(last);
}

/** Adds a message; two in a row of one speaker are one. */
function push(messages: Message[], role: Turn["role"], content: WireBlock[]): void {
  const last = messages.at(-1);
  if (last?.role === role) for (const block of content) last.content.push(block);
  else messages.push({ role, content });
}

/** Turns of the operator stay where they are, as they are where the model takes them so, else as words of the user. */
function placeSystem(given: readonly Message[], scope: RequestScope): Message[] {
  const messages: Message[] = [];
  for (const [index, { role, content }] of given.entries()) {
    if (role !== "system" || isLegalPlace(messages.at(-1)?.role, given[index + 1]?.role, scope)) {
      push(messages, role, content);
    } else {
      scope.losses.note("system_turn");
      for (const block of content) block.text = `<system-reminder>\n${String(block.text)}\n</system-reminder>`;
      push(messages, "user", content);
    }
  }
  return messages;
}

function isLegalPlace(
  before: Turn["role"] | undefined,
  after: Turn["role"] | undefined,
  { capability }: RequestScope,
): boolean {
  return capability.systemTurns && before === "user" && (after === undefined || after === "assistant");
}

/** The first words of a conversation in which nobody has said anything. */
function firstWords(system: WireBlock[], { losses }: RequestScope): Message {
  const block = system.pop();
  losses.note(block === undefined ? "empty_turn" : "system_only");
  return { role: "user", content: [block ?? { type: "text", text: EMPTY }] };
}

/** The end of a conversation that ends with the model: it goes on from there where it can, else it is asked to. */
export function endMessages(messages: Message[], takesPrefill: boolean, { losses }: RequestScope): void {
  const last = messages.at(-1);
  if (last?.role !== "assistant") return;
  if (!takesPrefill) {
    losses.note("prefill");
    messages.push({ role: "user", content: [{ type: "text", text: CONTINUE }] });
    return;
  }
  const { content } = last;
  while (isBlankLast(content)) content.pop();
  const block = content.at(-1);
  if (typeof block?.text === "string") block.text = block.text.trimEnd();
}
