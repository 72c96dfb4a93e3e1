import { eventText } from "../simulator/event-text.ts";
import { meteredFrames, type Draft, type Frame } from "../simulator/frame.ts";
import { textOf, type JsonObject } from "../simulator/json.ts";
import { piecesOf } from "../simulator/pieces.ts";
import type { WireError } from "../simulator/turn.ts";
import { finalUsage, startedMessage, type SimMessage } from "./message.ts";

/** Real `data:` lines carry up to this many blanks before their last brace. Source: recorded streams of 2026. */
const MAX_PADDING = 16;

/**
 * The events of a streamed answer, in the order and with the oddities of the real API: `ping` after the start of the first block,
 * an empty first `input_json_delta`, one `signature_delta` at the end of a thinking block, blanks before the last brace.
 */
export function messageFrames(message: SimMessage, pieceChars?: number): Frame[] {
  const drafts: Draft[] = [];
  const push = (event: JsonObject, output?: Draft["output"]): void => {
    drafts.push({ bytes: eventBytes(event, drafts.length), ...(output && { output }) });
  };
  push({ type: "message_start", message: startedMessage(message) });
  message.content.forEach((block, index) => {
    const { start, pieces } = blockEvents(block, pieceChars);
    push({ type: "content_block_start", index, content_block: start });
    if (index === 0) push({ type: "ping" });
    for (const delta of pieces) push({ type: "content_block_delta", index, delta }, "part");
    push({ type: "content_block_stop", index });
  });
  push(endEvent(message), "all");
  push({ type: "message_stop" });
  return meteredFrames(drafts, message.usage);
}

/** The event that ends a stream with an error. */
export function errorFrame(error: WireError, requestId: string): Frame {
  return { bytes: Buffer.from(eventText("error", JSON.stringify(errorBody(error, requestId)))) };
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
const STREAMED: Readonly<Record<string, (block: JsonObject, pieceChars: number | undefined) => BlockEvents>> = {
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

function blockEvents(block: JsonObject, pieceChars?: number): BlockEvents {
  return STREAMED[textOf(block["type"])]?.(block, pieceChars) ?? { start: block, pieces: [] };
}

// A call without arguments has no piece but the empty one.
function inputPieces(input: unknown, pieceChars?: number): string[] {
  const text = JSON.stringify(input);
  return text === "{}" ? [] : piecesOf(text, pieceChars);
}

function endEvent(message: SimMessage): JsonObject {
  const { stopReason, stopSequence, contextManagement } = message;
  return {
    type: "message_delta",
    delta: { stop_reason: stopReason, stop_sequence: stopSequence, stop_details: null },
    usage: finalUsage(message),
    ...(contextManagement === undefined ? {} : { context_management: contextManagement }),
  };
}

function eventBytes(event: JsonObject, position: number): Buffer {
  const json = JSON.stringify(event);
  const padded = `${json.slice(0, -1)}${" ".repeat((position * 7) % MAX_PADDING)}}`;
  return Buffer.from(eventText(textOf(event["type"]), event["type"] === "ping" ? '{"type": "ping"}' : padded));
}
