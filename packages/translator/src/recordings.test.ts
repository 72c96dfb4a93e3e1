import { existsSync, readFileSync, readdirSync } from "node:fs";

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { DialectId } from "./dialect.ts";
import { asObject, parseObject } from "./json.ts";
import type { JsonObject } from "./json.ts";
import { observeBuffered, observeStream } from "./observe.ts";
import type { Observation } from "./observation.ts";
import { SseReader } from "./sse/parse.ts";
import { anthropicMessages } from "./testing/anthropic-messages.ts";
import { chunksOf, chunksOfSize, cuts } from "./testing/chunks.ts";
import { objects, sum } from "./testing/long-way.ts";
import { openaiChat } from "./testing/openai-chat.ts";
import { openaiResponses } from "./testing/openai-responses.ts";

const FOLDER = new URL("../../../../shared/recordings/", import.meta.url);
const MISSING = !existsSync(FOLDER);
if (MISSING)
  console.warn("SKIPPED: every test over recordings, for ../shared/recordings is missing beside the repository");

const LONG_WAYS = [anthropicMessages, openaiChat, openaiResponses];

const utf8 = new TextEncoder();

function recordingsOf(dialect: DialectId) {
  const folder = new URL(`${dialect}/`, FOLDER);
  const recordings = (MISSING ? [] : readdirSync(folder)).map((file) => {
    const { id, status, response } = parseObject(readFileSync(new URL(file, folder), "utf8")) ?? {};
    const { sse, body } = asObject(response) ?? {};
    return { id: String(id), status: Number(status), sse, body: asObject(body) };
  });
  return {
    streams: recordings.flatMap(({ id, sse }) => (typeof sse === "string" ? [{ id, sse }] : [])),
    answers: recordings.flatMap(({ id, status, body }) => (body === undefined ? [] : [{ id, status, body }])),
  };
}

function eventsOf(sse: string): readonly JsonObject[] {
  const reader = new SseReader();
  const frames = [...reader.push(utf8.encode(sse)), ...reader.end()];
  return objects(frames.map(({ data }) => parseObject(data)));
}

/** An observation as the long way gives it. */
function flat({ usage, ...seen }: Observation): JsonObject {
  const { cacheWrite5m, cacheWrite1h, cacheWrite, ...counts } = usage;
  return { ...seen, ...counts, cacheWrites: sum([cacheWrite5m, cacheWrite1h, cacheWrite]) };
}

describe.skipIf(MISSING).each(LONG_WAYS)(
  "recordings of $id (SKIPPED where ../shared/recordings is missing beside the repository)",
  (longWay) => {
    const { id: dialect } = longWay;
    const { streams, answers } = recordingsOf(dialect);

    function observe(chunks: readonly Uint8Array[]): Observation {
      const observer = observeStream(dialect);
      for (const chunk of chunks) observer.push(chunk);
      return observer.end();
    }

    test("are there, of both kinds, with usage", () => {
      expect(streams.length).toBeGreaterThan(90);
      expect(answers.length).toBeGreaterThan(90);
      const counted = streams.filter(({ sse }) => observe([utf8.encode(sse)]).usage.output !== undefined);
      expect(counted).toHaveLength(longWay.countedStreams);
    });

    test.each(streams)("stream $id", ({ id, sse }) => {
      const bytes = utf8.encode(sse);
      const whole = observe([bytes]);
      expect(flat(whole)).toEqual(longWay.readStream(eventsOf(sse), sse));
      expect(whole.ended).toBe(!longWay.unended.has(id));

      for (const lineEnd of ["\r\n", "\r", "\n"]) {
        expect(observe([utf8.encode(sse.replaceAll(/\r?\n/g, lineEnd))])).toEqual(whole);
      }
      fc.assert(
        fc.property(cuts, (cuts) => {
          expect(observe(chunksOf(bytes, cuts))).toEqual(whole);
        }),
        { numRuns: 20 },
      );
    });

    test.each(streams)("stream $id, cut anywhere", ({ id, sse }) => {
      const bytes = utf8.encode(sse);
      const end = longWay.unended.has(id) ? Infinity : utf8.encode(sse.slice(0, longWay.endOf(sse))).length;
      const observer = observeStream(dialect);
      const endedAt = chunksOfSize(bytes, 1).findIndex((byte) => {
        observer.push(byte);
        return observer.observation.ended;
      });
      expect(endedAt === -1 || endedAt >= end).toBe(true);

      const cutAt = (place: number): void => {
        expect(observe([bytes.subarray(0, place)]).ended).toBe(place >= end);
      };
      for (let place = Math.max(0, Math.min(end, bytes.length) - 150); place <= bytes.length; place++) cutAt(place);
      fc.assert(fc.property(fc.nat(bytes.length), cutAt), { numRuns: 30 });
    });

    test.each(answers)("buffered answer $id", ({ status, body }) => {
      const seen = observeBuffered(dialect, status, utf8.encode(JSON.stringify(body)));
      expect(flat(seen)).toEqual(longWay.readBody(status, body));
    });
  },
);
