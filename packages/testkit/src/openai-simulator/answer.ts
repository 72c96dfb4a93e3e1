import type { Usage } from "@link-assistant/core";

import type { Ids } from "../simulator/ids.ts";
import { isObject, textOf } from "../simulator/json.ts";
import { estimateAllTokens, estimateTokens } from "../simulator/tokens.ts";
import type { Block, MessageTurn } from "../simulator/turn.ts";
import { findTool, type DeclaredTool } from "./declared-tools.ts";
import { sealReasoning } from "./reasoning-seal.ts";

/** An answer before it is said in one of the two dialects. Buffered body and stream are both made from it. */
export interface OpenAiAnswer {
  readonly model: string;
  readonly parts: readonly AnswerPart[];
  /** In Chat's words: `stop`, `length`, `tool_calls`, `content_filter`, or a word of the script. */
  readonly finish: string;
  readonly usage: Usage;
}

/** One part of an answer. */
export type AnswerPart =
  | { readonly type: "text"; readonly text: string; readonly phase: string | undefined }
  | { readonly type: "reasoning"; readonly text: string; readonly summary: readonly string[]; readonly seal: string }
  | { readonly type: "refusal"; readonly refusal: string }
  | CallPart
  | Extract<Block, { type: "whole" }>;

/** A call of a tool. */
export interface CallPart {
  readonly type: "call";
  /** Whether the tool takes arguments or a free text. */
  readonly kind: "function" | "custom";
  readonly id: string;
  readonly name: string;
  readonly namespace: string | undefined;
  /** The arguments as JSON, or the free text. */
  readonly text: string;
}

/** What an answer needs beside its turn. */
export interface AnswerContext {
  readonly ids: Ids;
  /** The full name of the model that was asked for. */
  readonly model: string;
  readonly tools: readonly DeclaredTool[];
  /** Whether the request names the one tool that is to be called. */
  readonly forcesTool: boolean;
  /** The estimated cost of the prompt, when the turn says nothing of cost. */
  readonly promptUsage: () => Usage;
}

/** The answer that a turn describes. */
export function answerOf(turn: MessageTurn, context: AnswerContext): OpenAiAnswer {
  const parts = turn.blocks.map((block) => partOf(block, context));
  return {
    model: turn.model ?? context.model,
    parts,
    finish: finishOf(turn, context),
    usage: turn.usage ?? { ...context.promptUsage(), ...outputUsage(parts) },
  };
}

/** The calls of an answer, in order. */
export function callsIn(parts: readonly AnswerPart[]): CallPart[] {
  return parts.filter((part) => part.type === "call");
}

/** Anthropic's reasons to stop in Chat's words. */
const FINISH_BY_STOP_REASON: Readonly<Record<string, string>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  pause_turn: "stop",
  tool_use: "tool_calls",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  refusal: "content_filter",
};

function finishOf({ stopReason, blocks }: MessageTurn, { forcesTool }: AnswerContext): string {
  if (stopReason !== undefined) return FINISH_BY_STOP_REASON[stopReason] ?? stopReason;
  // A call that was forced by name ends with `stop`. Source: recorded answers of 2024 to 2026.
  return blocks.some(({ type }) => type === "tool_use") && !forcesTool ? "tool_calls" : "stop";
}

function partOf(block: Block, context: AnswerContext): AnswerPart {
  if (block.type === "whole" || block.type === "refusal") return block;
  if (block.type === "text") return { type: "text", text: block.text, phase: block.phase };
  if (block.type === "tool_use") return callOf(block, context);
  if (block.type === "redacted_thinking")
    return { type: "reasoning", text: "", summary: [], seal: sealReasoning(block.hidden) };
  const { thinking: text, summary = [text], signature = sealReasoning(text) } = block;
  return { type: "reasoning", text, summary, seal: signature };
}

function callOf(block: Extract<Block, { type: "tool_use" }>, { ids, tools }: AnswerContext): CallPart {
  const { name, input, id = ids("call_"), rawArguments } = block;
  const declared = findTool(tools, name, block.namespace);
  const kind = declared?.kind === "custom" ? "custom" : "function";
  const freeText = kind === "custom" && isObject(input) ? textOf(input["input"]) : "";
  const text = rawArguments ?? (freeText === "" ? JSON.stringify(input) : freeText);
  return { type: "call", kind, id, name, namespace: block.namespace ?? declared?.namespace, text };
}

function outputUsage(parts: readonly AnswerPart[]): Usage {
  const thought = parts.flatMap((part) => (part.type === "reasoning" ? [part.text] : []));
  const said = parts.filter(({ type }) => type !== "reasoning");
  const reasoning = estimateAllTokens(thought);
  return { output: reasoning + estimateTokens(said), ...(thought.length > 0 && { reasoning }) };
}
