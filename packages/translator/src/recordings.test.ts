import { existsSync, readFileSync, readdirSync } from "node:fs";

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { asObject, parseObject } from "./json.ts";
import type { JsonObject } from "./json.ts";
import { observeBuffered, observeStream } from "./observe.ts";
import type { Observation } from "./observation.ts";
import { SseReader } from "./sse/parse.ts";
import { chunksOf, chunksOfSize, cuts } from "./testing/chunks.ts";

const FOLDER = new URL("../../../../shared/recordings/anthropic-messages/", import.meta.url);
const MISSING = !existsSync(FOLDER);
if (MISSING)
  console.warn("SKIPPED: every test over recordings, for ../shared/recordings is missing beside the repository");

const utf8 = new TextEncoder();

const recordings = (MISSING ? [] : readdirSync(FOLDER)).map((file) => {
  const { id, status, response } = parseObject(readFileSync(new URL(file, FOLDER), "utf8")) ?? {};
  const { sse, body } = asObject(response) ?? {};
  return { id: String(id), status: Number(status), sse, body: asObject(body) };
});
const streams = recordings.flatMap(({ id, sse }) => (typeof sse === "string" ? [{ id, sse }] : []));
const answers = recordings.flatMap(({ id, status, body }) => (body === undefined ? [] : [{ id, status, body }]));

/** Recorded streams without their terminal event: none of this dialect by now. */
const TRUNCATED: ReadonlySet<string> = new Set();

function observe(chunks: readonly Uint8Array[]): Observation {
  const observer = observeStream("anthropic-messages");
  for (const chunk of chunks) observer.push(chunk);
  return observer.end();
}

/** Where the data of `message_stop` is complete, in bytes. */
function stopOf(sse: string): number {
  return utf8.encode(sse.slice(0, sse.indexOf("}", sse.lastIndexOf('"message_stop"')) + 1)).length;
}

function objects(values: readonly unknown[]): readonly JsonObject[] {
  return values.map(asObject).filter((value) => value !== undefined);
}

/** Reads a stream the long way: every frame, every field. */
function readAll(sse: string): JsonObject {
  const reader = new SseReader();
  const frames = [...reader.push(utf8.encode(sse)), ...reader.end()];
  const events = objects(frames.map(({ data }) => parseObject(data)));
  const messages = objects(events.map(({ message }) => message));
  const deltas = events.filter(({ type }) => type === "message_delta");
  const stops = [...messages, ...objects(deltas.map(({ delta }) => delta))];
  return {
    id: messages.findLast(({ id }) => id !== undefined)?.id,
    model: messages.findLast(({ model }) => model !== undefined)?.model,
    finish: stops.findLast((stop) => typeof stop.stop_reason === "string")?.stop_reason,
    ended: events.some(({ type }) => type === "message_stop"),
    contentStarted:
      events.some(({ type }) => type === "content_block_start") || messages.some(({ content }) => isFilled(content)),
    ...lastCounts([...messages, ...deltas].map(({ usage }) => usage)),
  };
}

function isFilled(content: unknown): boolean {
  return Array.isArray(content) && content.length > 0;
}

/** The last number that was reported of each count; of cache writes, their sum. */
function lastCounts(usages: readonly unknown[]): JsonObject {
  const last = (...path: readonly string[]): number | undefined =>
    usages
      .map((usage) => path.reduce((value, key) => asObject(value)?.[key], usage))
      .findLast((count) => typeof count === "number");
  const split = ["5m", "1h"].map((lifetime) => last("cache_creation", `ephemeral_${lifetime}_input_tokens`));
  return {
    input: last("input_tokens"),
    cacheRead: last("cache_read_input_tokens"),
    cacheWrites: last("cache_creation_input_tokens") ?? sum(split),
    output: last("output_tokens"),
    reasoning: last("output_tokens_details", "thinking_tokens"),
  };
}

function sum(counts: readonly (number | undefined)[]): number | undefined {
  const reported = counts.filter((count) => count !== undefined);
  return reported.length === 0 ? undefined : reported.reduce((total, count) => total + count);
}

/** An observation as the long way gives it. */
function flat({ usage, ...seen }: Observation): JsonObject {
  const { cacheWrite5m, cacheWrite1h, cacheWrite, ...counts } = usage;
  return { ...seen, ...counts, cacheWrites: sum([cacheWrite5m, cacheWrite1h, cacheWrite]) };
}

describe.skipIf(MISSING)("recordings (SKIPPED where ../shared/recordings is missing beside the repository)", () => {
  test("are there, of both kinds", () => {
    expect(streams.length).toBeGreaterThan(100);
    expect(answers.length).toBeGreaterThan(100);
  });

  test.each(streams)("stream $id", ({ id, sse }) => {
    const bytes = utf8.encode(sse);
    const whole = observe([bytes]);
    expect(flat(whole)).toEqual(readAll(sse));
    expect(whole.ended).toBe(!TRUNCATED.has(id));
    expect(whole.usage.output).toBeGreaterThanOrEqual(0);

    for (const lineEnd of ["\r\n", "\r"]) expect(observe([utf8.encode(sse.replaceAll("\n", lineEnd))])).toEqual(whole);

    fc.assert(
      fc.property(cuts, (cuts) => {
        expect(observe(chunksOf(bytes, cuts))).toEqual(whole);
      }),
      { numRuns: 20 },
    );
  });

  test.each(streams)("stream $id, cut anywhere", ({ sse }) => {
    const bytes = utf8.encode(sse);
    const stop = stopOf(sse);
    const observer = observeStream("anthropic-messages");
    const endedAt = chunksOfSize(bytes, 1).findIndex((byte) => {
      observer.push(byte);
      return observer.observation.ended;
    });
    expect(endedAt === -1 || endedAt >= stop).toBe(true);

    const cutAt = (end: number): void => {
      expect(observe([bytes.subarray(0, end)]).ended).toBe(end >= stop);
    };
    for (let end = Math.max(0, stop - 150); end <= bytes.length; end++) cutAt(end);
    fc.assert(fc.property(fc.nat(bytes.length), cutAt), { numRuns: 30 });
  });

  test.each(answers)("buffered answer $id", ({ status, body }) => {
    const { id, model, stop_reason: finish, content, usage, error } = body;
    const said = { id, model, finish: finish ?? undefined, ...lastCounts([usage]) };
    const seen = observeBuffered("anthropic-messages", status, utf8.encode(JSON.stringify(body)));
    const { error: seenError, ...rest } = flat(seen);
    expect(rest).toEqual({ ...said, ended: true, contentStarted: isFilled(content) });
    expect(seenError).toEqual(status < 400 ? undefined : error);
  });
});
