import { describe, expect, test, vi } from "vitest";

import { DIALECT_IDS } from "../dialect.ts";
import type { DialectId } from "../dialect.ts";
import type { TranslationContext } from "../context.ts";
import type { JsonObject } from "../json.ts";
import { DONE_FRAME, writeFrame } from "../sse/write.ts";
import { ACCEPTANCE } from "../testing/acceptance/index.ts";
import { chunksOfSize, watched } from "../testing/chunks.ts";
import {
  LEAST,
  MAIN_TARGETS,
  optionsFor,
  othersOf,
  streamed,
  translateChunks,
  translateStream,
} from "../testing/exchange.ts";
import { saidInStream } from "../testing/said.ts";
import { translateRequest } from "../translate-request.ts";
import { streamResponse } from "../translate-response.ts";

// What a gateway sees to and its own tests show: 137, a client that leaves stops the upstream; and of 138 that compressed answers are
// asked for or decoded before they are read.

const utf8 = new TextEncoder();
const PAIRS = DIALECT_IDS.flatMap((upstream) => othersOf(upstream).map((client) => ({ upstream, client })));

const named = (events: readonly JsonObject[]): string =>
  events.map((event) => writeFrame(event, String(event.type))).join("");
const chunk = (choice: JsonObject): JsonObject => ({
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  created: 1,
  model: "m",
  choices: [{ index: 0, ...choice }],
});

/** A stream of each dialect that says just that. */
const STREAMS: Readonly<Record<DialectId, (text: string) => string>> = {
  "anthropic-messages": (text) =>
    named([
      {
        type: "message_start",
        message: {
          id: "msg_1",
          type: "message",
          role: "assistant",
          model: "m",
          content: [],
          usage: { input_tokens: 1, output_tokens: 1 },
        },
      },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text } },
      { type: "content_block_stop", index: 0 },
      { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 2 } },
      { type: "message_stop" },
    ]),
  "openai-chat": (text) =>
    [chunk({ delta: { role: "assistant", content: text } }), chunk({ delta: {}, finish_reason: "stop" })]
      .map((each) => writeFrame(each))
      .join("") + DONE_FRAME,
  "openai-responses": (text) => {
    const item = {
      id: "msg_1",
      type: "message",
      role: "assistant",
      content: [{ type: "output_text", text, annotations: [] }],
    };
    const at = { item_id: "msg_1", output_index: 0, content_index: 0 };
    return named([
      { type: "response.created", response: { id: "resp_1", status: "in_progress", model: "m", output: [] } },
      { type: "response.output_item.added", output_index: 0, item: { ...item, content: [] } },
      { type: "response.content_part.added", ...at, part: { type: "output_text", text: "", annotations: [] } },
      { type: "response.output_text.delta", ...at, delta: text },
      { type: "response.output_item.done", output_index: 0, item },
      {
        type: "response.completed",
        response: {
          id: "resp_1",
          status: "completed",
          model: "m",
          output: [item],
          usage: { input_tokens: 1, output_tokens: 2, total_tokens: 3 },
        },
      },
    ]);
  },
};

/** The same answers in one piece. */
const BODIES: Readonly<Record<DialectId, JsonObject>> = {
  "anthropic-messages": {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "m",
    content: [{ type: "text", text: "whole" }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: { input_tokens: 1, output_tokens: 2 },
  },
  "openai-chat": {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: "m",
    choices: [{ index: 0, message: { role: "assistant", content: "whole" }, finish_reason: "stop" }],
  },
  "openai-responses": {
    id: "resp_1",
    object: "response",
    created_at: 1,
    status: "completed",
    model: "m",
    output: [
      {
        id: "msg_1",
        type: "message",
        role: "assistant",
        content: [{ type: "output_text", text: "whole", annotations: [] }],
      },
    ],
  },
};

function contextFor(client: DialectId, upstream: DialectId): TranslationContext {
  return translateRequest(streamed(client, LEAST[client]), optionsFor(client, MAIN_TARGETS[upstream])).context;
}

describe.each(PAIRS)("a stream of $upstream for $client", ({ upstream, client }) => {
  const context = (): TranslationContext => contextFor(client, upstream);
  const plain = STREAMS[upstream]("Grüße 🌍");
  const wanted = (): string => translateStream(plain, context());

  test("says what it should", () => {
    expect(saidInStream(client, wanted()).text).toBe("Grüße 🌍");
    expect(ACCEPTANCE[client].streamComplaints(wanted(), true)).toEqual([]);
  });

  test("129: lines may end in CRLF or CR", () => {
    expect(translateStream(plain.replaceAll("\n", "\r\n"), context())).toBe(wanted());
    expect(translateStream(plain.replaceAll("\n", "\r"), context())).toBe(wanted());
  });

  test("130: a CRLF, a letter of four bytes and a frame may be cut anywhere", () => {
    const bytes = utf8.encode(plain.replaceAll("\n", "\r\n"));
    for (const size of [1, 2, 3, 5, 7, 64])
      expect(translateChunks(chunksOfSize(bytes, size), context())).toBe(wanted());
    const whole = wanted();
    for (let place = 0; place < bytes.length; place++)
      expect(translateChunks([bytes.subarray(0, place), bytes.subarray(place)], context())).toBe(whole);
  });

  test("131: several data lines are one text, and the blank after the colon may be missing", () => {
    expect(translateStream(plain.replaceAll(/^data: /gm, "data:"), context())).toBe(wanted());
    expect(translateStream(plain.replaceAll(/^(data: \{.*?),/gm, "$1,\ndata: "), context())).toBe(wanted());
  });

  test("132: comments and a byte order mark say nothing, and rare line separators are no line ends", () => {
    expect(translateStream(`\uFEFF${plain}`, context())).toBe(wanted());
    expect(
      translateStream(`: OPENROUTER PROCESSING\n\n${plain.replaceAll("\n\n", "\n\n: still there\n\n")}`, context()),
    ).toBe(wanted());
    const odd = "a\u2028b\u2029c\u0085d";
    expect(saidInStream(client, translateStream(STREAMS[upstream](odd), context())).text).toBe(odd);
  });

  test("134: the last frame may lack its empty line", () => {
    expect(translateStream(plain.trimEnd(), context())).toBe(wanted());
  });

  test("135: what comes after the end is ignored", () => {
    expect(translateStream(`${plain}${STREAMS[upstream]("more")}data: garbage\n\n`, context())).toBe(wanted());
  });

  test("136: a whole answer in place of a stream still becomes a stream", async () => {
    const { text } = streamResponse(BODIES[upstream], context());
    expect(ACCEPTANCE[client].streamComplaints(text, true)).toEqual([]);
    expect(JSON.stringify(await ACCEPTANCE[client].stream(text))).toContain("whole");
  });

  test("138: bytes that are no text, as of an answer still compressed, end in one error", async () => {
    const compressed = Uint8Array.from({ length: 3000 }, (_, index) => (index * 7919) % 251);
    const text = translateChunks(chunksOfSize(compressed, 100), context());
    expect(ACCEPTANCE[client].streamComplaints(text, true)).toEqual([]);
    await expect(ACCEPTANCE[client].stream(text)).rejects.toThrow(/stream/);
  });
});

describe.each(DIALECT_IDS)("133: a long frame of %s in pieces of 1 KiB", (upstream) => {
  const [client = upstream] = othersOf(upstream);
  const piecesOf = (length: number): readonly Uint8Array[] =>
    chunksOfSize(utf8.encode(STREAMS[upstream]("x".repeat(length))), 1024);
  const bytesIn = (pieces: readonly Uint8Array[]): number => pieces.reduce((sum, { length }) => sum + length, 0);

  test("of 10 MB: no byte is copied over and over", () => {
    const pieces = piecesOf(10_000_000);
    const copy = vi.spyOn(Uint8Array.prototype, "set");
    const text = translateChunks(pieces, contextFor(client, upstream));
    const copied = copy.mock.calls.reduce((sum, [bytes]) => sum + bytes.length, 0);
    copy.mockRestore();
    expect(text.length).toBeGreaterThan(10_000_000);
    expect(copied).toBeGreaterThanOrEqual(10_000_000);
    expect(copied).toBeLessThan(3 * bytesIn(pieces));
  });

  test("of 256 KiB: no byte is looked at over and over", () => {
    let reads = 0;
    const pieces = piecesOf(262_144);
    // Pieces from inside of the text; in the others a frame ends, and what is decoded cannot be watched.
    const inside = pieces.filter((piece) => piece.every((byte) => byte === LETTER));
    const seen = pieces.map((piece) => (inside.includes(piece) ? watched(piece, () => reads++) : piece));
    expect(translateChunks(seen, contextFor(client, upstream)).length).toBeGreaterThan(262_144);
    expect(reads).toBeGreaterThanOrEqual(bytesIn(inside));
    expect(reads).toBeLessThan(2.1 * bytesIn(inside));
  });
});

/** `x`, as a byte. */
const LETTER = 0x78;
