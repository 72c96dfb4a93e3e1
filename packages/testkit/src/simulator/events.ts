import type { Usage } from "@link-assistant/core";

import { textOf, type JsonObject } from "./json.ts";
import { finalUsage, startedMessage, type SimMessage } from "./message.ts";
import type { WireError } from "./turn.ts";

/** A piece of a body, and what the exchange costs once it has been sent. */
export interface Frame {
  readonly bytes: Buffer;
  /** Absent when nothing has been said that costs something. */
  readonly billed?: Usage;
}

const DEFAULT_PIECE_CHARS = 16;
/** Real `data:` lines carry up to this many blanks before their last brace. Source: recorded streams of 2026. */
const MAX_PADDING = 16;

/**
 * The events of a streamed answer, in the order and with the oddities of the real API: `ping` after the start of the first block,
 * an empty first `input_json_delta`, one `signature_delta` at the end of a thinking block, blanks before the last brace.
 */
export function messageFrames(message: SimMessage, pieceChars: number = DEFAULT_PIECE_CHARS): Frame[] {
  const blocks = message.content.map((block) => blockEvents(block, pieceChars));
  const deltas = blocks.reduce((sum, { pieces }) => sum + pieces.length, 0);
  const output = message.usage.output ?? 0;
  let sent = 0;
  const frames: Frame[] = [];
  const push = (event: JsonObject): void => {
    const billed = { ...message.usage, output: deltas === 0 ? 0 : Math.floor((output * sent) / deltas) };
    frames.push({ bytes: eventBytes(event, frames.length), billed });
  };
  push({ type: "message_start", message: startedMessage(message) });
  blocks.forEach(({ start, pieces }, index) => {
    push({ type: "content_block_start", index, content_block: start });
    if (index === 0) push({ type: "ping" });
    for (const delta of pieces) {
      sent += 1;
      push({ type: "content_block_delta", index, delta });
    }
    push({ type: "content_block_stop", index });
  });
  for (const event of endEvents(message))
    frames.push({ bytes: eventBytes(event, frames.length), billed: message.usage });
  return frames;
}

/** The event that ends a stream with an error. */
export function errorFrame(error: WireError, requestId: string): Frame {
  return { bytes: Buffer.from(sseText("error", JSON.stringify(errorBody(error, requestId)))) };
}

/** The JSON of an error, as a body or in an event. */
export function errorBody({ type, message, details }: WireError, requestId: string): JsonObject {
  return { type: "error", error: { ...(details && { details }), type, message }, request_id: requestId };
}

interface BlockEvents {
  /** The block of its `content_block_start`. */
  readonly start: JsonObject;
  /** The deltas that fill it. */
  readonly pieces: readonly JsonObject[];
}

/** Blocks that are filled piece by piece; every other kind comes whole in its start. */
const STREAMED: Readonly<Record<string, (block: JsonObject, pieceChars: number) => BlockEvents>> = {
  text: (block, pieceChars) => ({
    start: { ...block, text: "" },
    pieces: piecesOf(textOf(block["text"]), pieceChars).map((text) => ({ type: "text_delta", text })),
  }),
  thinking: (block, pieceChars) => ({
    start: { ...block, thinking: "", signature: "" },
    pieces: [
      ...piecesOf(textOf(block["thinking"]), pieceChars).map((thinking) => ({ type: "thinking_delta", thinking })),
      { type: "signature_delta", signature: block["signature"] },
    ],
  }),
  tool_use: (block, pieceChars) => ({
    start: { ...block, input: {} },
    pieces: ["", ...inputPieces(block["input"], pieceChars)].map((text) => ({
      type: "input_json_delta",
      partial_json: text,
    })),
  }),
};

function blockEvents(block: JsonObject, pieceChars: number): BlockEvents {
  return STREAMED[textOf(block["type"])]?.(block, pieceChars) ?? { start: block, pieces: [] };
}

// A call without arguments has no piece but the empty one.
function inputPieces(input: unknown, pieceChars: number): string[] {
  const text = JSON.stringify(input);
  return text === "{}" ? [] : piecesOf(text, pieceChars);
}

function piecesOf(text: string, pieceChars: number): string[] {
  if (!(pieceChars >= 1)) throw new TypeError(`pieceChars must be 1 or more, not ${pieceChars}`);
  const pieces: string[] = [];
  for (let start = 0, end = 0; start < text.length; start = end) {
    end = start + pieceChars;
    // A delta never ends between the two halves of a character.
    if (isHighSurrogate(text.charCodeAt(end - 1))) end += 1;
    pieces.push(text.slice(start, end));
  }
  return pieces;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function endEvents(message: SimMessage): JsonObject[] {
  const { stopReason, stopSequence, contextManagement } = message;
  const end = {
    type: "message_delta",
    delta: { stop_reason: stopReason, stop_sequence: stopSequence, stop_details: null },
    usage: finalUsage(message),
    ...(contextManagement === undefined ? {} : { context_management: contextManagement }),
  };
  return [end, { type: "message_stop" }];
}

function eventBytes(event: JsonObject, position: number): Buffer {
  const json = JSON.stringify(event);
  const padded = `${json.slice(0, -1)}${" ".repeat((position * 7) % MAX_PADDING)}}`;
  return Buffer.from(sseText(textOf(event["type"]), event["type"] === "ping" ? '{"type": "ping"}' : padded));
}

function sseText(name: string, json: string): string {
  return `event: ${name}\ndata: ${json}\n\n`;
}
