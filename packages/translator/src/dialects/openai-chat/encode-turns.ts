import type { RequestScope } from "../../context.ts";
import { legalId } from "../../ids.ts";
import { asList, parseObject } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import type { MediaPart, Part, ReasoningPart, TextPart, ToolCallPart, ToolResultPart } from "../../neutral/part.ts";
import type { NeutralRequest, Turn } from "../../neutral/request.ts";
import { opaqueText } from "../../opaque-text.ts";
import { wrapCustom } from "../../tools/custom.ts";
import { contentOf, encodeParts, isTextDocument } from "./encode-parts.ts";
import type { WirePart } from "./encode-parts.ts";
import { wireName } from "./encode-tools.ts";
import { joinedReasoning } from "./reasoning.ts";

/** The first words of a block that Claude Code puts before the prompt; it changes from build to build and is no part of it. */
const ATTRIBUTION = "x-anthropic-billing-header";

/** Writes the whole conversation. */
export function encodeMessages({ system, turns }: NeutralRequest, scope: RequestScope): readonly WirePart[] {
  const writer = new MessageWriter(scope);
  const [first] = system;
  writer.writeSystem(first?.text.startsWith(ATTRIBUTION) === true ? system.slice(1) : system);
  for (const turn of turns) writer.writeTurn(turn);
  if (turns.at(-1)?.role === "assistant") scope.losses.note("prefill");
  // Responses lets an empty input pass; here there must be a message, and it may be empty.
  if (writer.messages.length === 0) {
    scope.losses.note("empty_turn");
    writer.messages.push({ role: "user", content: "" });
  }
  return writer.messages;
}

class MessageWriter {
  readonly messages: WirePart[] = [];
  readonly #scope: RequestScope;
  /** The names of the tools that were called, by the ids of the calls. */
  readonly #called = new Map<string, string>();

  constructor(scope: RequestScope) {
    this.#scope = scope;
  }

  /** What the operator says before the conversation is one message, its parts kept apart where that can be. */
  writeSystem(system: readonly TextPart[]): void {
    if (system.length === 0) return;
    const { singleSystem, systemRole } = this.#scope.capability;
    const parts = encodeParts(system, this.#scope);
    const content = singleSystem ? system.map(({ text }) => text).join("\n\n") : contentOf(parts, this.#scope);
    this.messages.push({ role: systemRole, content });
  }

  writeTurn(turn: Turn): void {
    if (turn.role === "user") this.#writeUser(turn);
    else if (turn.role === "assistant") this.#writeAssistant(turn);
    else this.#writeSystemTurn(turn);
  }

  #writeSystemTurn({ parts }: Turn): void {
    const { capability, losses } = this.#scope;
    const encoded = encodeParts(parts, this.#scope);
    if (encoded.length === 0) return;
    if (capability.systemTurns && !capability.singleSystem) {
      this.messages.push({ role: capability.systemRole, content: contentOf(encoded, this.#scope) });
      return;
    }
    losses.note("system_turn");
    const wrapped = encoded.map((part) =>
      part.type === "text" ? { ...part, text: `<system-reminder>\n${String(part.text)}\n</system-reminder>` } : part,
    );
    // Upstreams that take one system message only often want the user and the assistant to take turns, too.
    const last = this.messages.at(-1);
    if (last?.role === "user") last.content = contentOf([...partsOf(last.content), ...wrapped], this.#scope);
    else this.messages.push({ role: "user", content: contentOf(wrapped, this.#scope) });
  }

  /** Results come first, each in its message; then, in one, media that belong to them and what the user says. */
  #writeUser({ parts, name }: Turn): void {
    const hoisted: Part[] = [];
    for (const part of parts) if (part.type === "tool_result") this.#writeResult(part, hoisted);
    const said = parts.filter(({ type }) => type !== "tool_result");
    const encoded = encodeParts([...hoisted, ...said], this.#scope);
    if (encoded.length === 0) return;
    const content = contentOf(encoded, this.#scope);
    this.messages.push({ role: "user", content, ...(name !== undefined && { name }) });
  }

  #writeResult(result: ToolResultPart, hoisted: Part[]): void {
    const scope = this.#scope;
    const id = legalId(result.callId, scope.capability.callIdMaxLength);
    const media = scope.capability.toolMedia ? [] : result.parts.filter(isFile);
    const inside = result.parts.filter((part) => !media.some((each) => each === part));
    const [first] = media;
    if (first !== undefined) {
      scope.losses.note("tool_result_media");
      if (inside.length === 0) inside.push({ type: "text", text: `[${first.kind} attached below]` });
    }
    for (const part of media) {
      const what = part.kind === "image" ? "Image" : "File";
      const tool = this.#called.get(result.callId) ?? "call";
      hoisted.push({ type: "text", text: `${what} returned by tool ${tool} (${id}):` }, part);
    }
    const encoded = encodeParts(result.isError === true ? this.#asError(inside) : inside, scope);
    this.messages.push({ role: "tool", tool_call_id: id, content: contentOf(encoded, scope, "\n") });
  }

  /** There is no mark for a failed call: its text says so, unless it does already. */
  #asError(parts: readonly Part[]): readonly Part[] {
    const { losses } = this.#scope;
    // Only Anthropic's clients say it themselves; otherwise a missing result was made up, which is noted already.
    if (losses.from === "anthropic-messages") losses.note("tool_error_flag");
    const at = parts.findIndex(({ type }) => type === "text");
    const part = parts[at];
    if (part?.type !== "text") return [{ type: "text", text: "Error" }, ...parts];
    if (part.text.slice(0, 5).toLowerCase() === "error") return parts;
    const text = part.text === "" ? "Error" : `Error: ${part.text}`;
    return parts.with(at, { ...part, text });
  }

  #writeAssistant({ parts, name }: Turn): void {
    const scope = this.#scope;
    const spoken = readAssistant(parts, scope);
    const { calls, reasoning } = spoken;
    const message: WirePart = { role: "assistant" };
    if (name !== undefined) message.name = name;
    message.content = assistantContent(spoken, scope);
    echoReasoning(message, reasoning, calls.length > 0, scope);
    if (calls.length > 0) {
      message.tool_calls = calls.map((call) => encodeCall(call, scope));
      for (const call of calls) this.#called.set(call.id, call.name);
    } else if (message.content === "") return;
    this.messages.push(message);
  }
}

/** Whether a part cannot be said in text. */
function isFile(part: Part): part is MediaPart {
  return part.type === "media" && !isTextDocument(part);
}

function partsOf(content: unknown): readonly WirePart[] {
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- contents are written above, as text or as parts
  return (asList(content) ?? []) as readonly WirePart[];
}

/** The parts of a turn of the model, by where they go. */
interface Spoken {
  text: string;
  refusal: string;
  readonly reasoning: ReasoningPart[];
  readonly calls: ToolCallPart[];
}

function readAssistant(parts: readonly Part[], scope: RequestScope): Spoken {
  const spoken: Spoken = { text: "", refusal: "", reasoning: [], calls: [] };
  for (const part of parts) {
    if (part.type === "text") {
      if (spoken.calls.length > 0 && part.text !== "") scope.losses.note("text_after_tool_call");
      spoken.text += part.text;
    } else if (part.type === "tool_call") spoken.calls.push(part);
    else if (part.type === "reasoning") spoken.reasoning.push(part);
    else if (part.type === "refusal") spoken.refusal += part.text;
    else if (part.type === "opaque") spoken.text += opaqueText(part, scope.losses) ?? "";
    else if (part.type === "media") scope.losses.note("media_type", part.kind);
    else scope.losses.note("hosted_history", part.type);
  }
  return spoken;
}

/** Only OpenAI knows refusals apart from text. */
function assistantContent({ text, refusal, calls }: Spoken, { capability }: RequestScope): unknown {
  if (refusal !== "") {
    if (!capability.openaiFields) return text + refusal;
    const said = { type: "refusal", refusal };
    return text === "" ? [said] : [{ type: "text", text }, said];
  }
  return text === "" && calls.length > 0 && capability.nullContent ? null : text;
}

/** Reasoning goes back only where the upstream wants it. */
function echoReasoning(message: WirePart, parts: readonly ReasoningPart[], calls: boolean, scope: RequestScope): void {
  const { reasoningEcho } = scope.capability;
  const text = joinedReasoning(parts);
  if (reasoningEcho === "reasoning_content") {
    // DeepSeek refuses a turn with calls that lacks the field.
    if (calls) message.reasoning_content = text;
    else if (parts.length > 0) scope.losses.note("reasoning_unsealed");
    return;
  }
  if (parts.length === 0) return;
  if (reasoningEcho === "none") scope.losses.note("reasoning_unsealed");
  else if (reasoningEcho === "reasoning") message.reasoning = text;
  else {
    const details = detailsOf(parts);
    if (details !== undefined) message.reasoning_details = details;
    else if (text !== "") message.reasoning = text;
  }
}

/** The details as the upstream gave them; undefined when none of the reasoning is its own. */
function detailsOf(parts: readonly ReasoningPart[]): readonly unknown[] | undefined {
  if (!parts.some(isOwn)) return undefined;
  const details: unknown[] = [];
  for (const part of parts) {
    if (isOwn(part)) details.push(...(asList(parseObject(`{"list":${part.seal?.data ?? "[]"}}`)?.list) ?? []));
    else if (part.seal === undefined && part.texts.length > 0) {
      details.push({ type: "reasoning.text", text: joinedReasoning([part]) });
    }
  }
  return details;
}

function isOwn({ seal }: ReasoningPart): boolean {
  return seal?.origin === "openai-chat" && seal.kind === "details";
}

function encodeCall(call: ToolCallPart, scope: RequestScope): JsonObject {
  const id = legalId(call.id, scope.capability.callIdMaxLength);
  const name = wireName(call.name, call.namespace, scope);
  if (call.kind === "function") {
    return {
      id,
      type: "function",
      function: { name, arguments: call.arguments.trim() === "" ? "{}" : call.arguments },
    };
  }
  if (scope.capability.customTools) return { id, type: "custom", custom: { name, input: call.arguments } };
  return { id, type: "function", function: { name, arguments: wrapCustom(call.arguments) } };
}
