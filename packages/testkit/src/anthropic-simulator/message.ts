import type { Usage } from "@link-assistant/core";

import { isObject, type JsonObject } from "../simulator/json.ts";
import { estimateTokens } from "../simulator/tokens.ts";
import type { Block, MessageTurn } from "../simulator/turn.ts";
import { signThinking } from "./signature.ts";

/** A whole answer in wire form, and what it costs. Buffered body and stream are both made from it. */
export interface SimMessage {
  readonly id: string;
  readonly model: string;
  readonly content: readonly JsonObject[];
  readonly stopReason: string;
  readonly stopSequence: string | null;
  readonly usage: Usage;
  /** Sent as `context_management` when the request had one. */
  readonly contextManagement: JsonObject | undefined;
}

/** What a message needs beside its turn. */
export interface MessageContext {
  readonly id: string;
  /** The full name of the model that was asked for. */
  readonly model: string;
  readonly body: JsonObject;
  /** The estimated cost of the prompt, when the turn says nothing of cost. */
  readonly promptUsage: () => Usage;
  /** Gives the next id of a tool call. */
  readonly toolUseId: () => string;
}

/** The answer that a turn describes. */
export function messageOf(turn: MessageTurn, context: MessageContext): SimMessage {
  const thinking = context.body["thinking"];
  const omitThinking = isObject(thinking) && thinking["display"] === "omitted";
  const content = turn.blocks.map((block) => wireBlock(block, context, omitThinking));
  return {
    id: context.id,
    model: turn.model ?? context.model,
    content,
    stopReason: turn.stopReason ?? usualStopReason(turn.blocks),
    stopSequence: turn.stopSequence ?? null,
    usage: turn.usage ?? { ...context.promptUsage(), output: estimateTokens(content) },
    contextManagement: isObject(context.body["context_management"]) ? { applied_edits: [] } : undefined,
  };
}

/** The body of a buffered answer. */
export function messageBody(message: SimMessage): JsonObject {
  return {
    ...messageHead(message),
    content: message.content,
    stop_reason: message.stopReason,
    stop_sequence: message.stopSequence,
    stop_details: null,
    usage: { ...promptFigures(message.usage), ...outputFigures(message.usage), ...SERVICE },
    ...(message.contextManagement === undefined ? {} : { context_management: message.contextManagement }),
  };
}

/** The `message` of a `message_start` event: nothing is written yet, and only a token or so is counted. */
export function startedMessage(message: SimMessage): JsonObject {
  const output = Math.min(1, message.usage.output ?? 0);
  return {
    ...messageHead(message),
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    usage: { ...promptFigures(message.usage), output_tokens: output, ...SERVICE },
  };
}

/** The usage of a `message_delta` event: the whole cost, in place of what `message_start` said. */
export function finalUsage({ usage }: SimMessage): JsonObject {
  const { cache_creation: _, ...figures } = promptFigures(usage);
  return { ...figures, ...outputFigures(usage) };
}

const SERVICE = { service_tier: "standard", inference_geo: "global" };

function messageHead({ model, id }: SimMessage): JsonObject {
  return { model, id, type: "message", role: "assistant" };
}

function promptFigures(usage: Usage): JsonObject {
  const { input = 0, cacheRead = 0, cacheWrite5m = 0, cacheWrite1h = 0 } = usage;
  return {
    input_tokens: input,
    cache_creation_input_tokens: cacheWrite5m + cacheWrite1h,
    cache_read_input_tokens: cacheRead,
    cache_creation: { ephemeral_5m_input_tokens: cacheWrite5m, ephemeral_1h_input_tokens: cacheWrite1h },
  };
}

function outputFigures({ output = 0, reasoning }: Usage): JsonObject {
  const details = reasoning === undefined ? {} : { output_tokens_details: { thinking_tokens: reasoning } };
  return { output_tokens: output, ...details };
}

function usualStopReason(blocks: readonly Block[]): string {
  const types = new Set(blocks.map(({ type }) => type));
  if (types.has("tool_use")) return "tool_use";
  return types.has("refusal") ? "refusal" : "end_turn";
}

function wireBlock(block: Block, context: MessageContext, omitThinking: boolean): JsonObject {
  if (block.type === "whole") return block.block;
  if (block.type === "text") return { type: "text", text: block.text };
  if (block.type === "refusal") return { type: "text", text: block.refusal };
  if (block.type === "redacted_thinking") return { type: "redacted_thinking", data: signThinking(block.hidden) };
  if (block.type === "thinking") {
    const signature = block.signature ?? signThinking(block.thinking);
    return { type: "thinking", thinking: omitThinking ? "" : block.thinking, signature };
  }
  const { id = context.toolUseId(), name, input } = block;
  return { type: "tool_use", id, name, input, caller: { type: "direct" } };
}
