import { totalInputTokens } from "@link-assistant/core";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { DIALECT_IDS } from "./dialect.ts";
import type { DialectId } from "./dialect.ts";
import { asObject, parseObject } from "./json.ts";
import type { JsonObject } from "./json.ts";
import { observeBuffered, observeStream } from "./observe.ts";
import type { Observation } from "./observation.ts";
import { readAsCodex } from "./testing/acceptance/codex.ts";
import { ACCEPTANCE } from "./testing/acceptance/index.ts";
import { chunksOf, chunksOfSize, cuts } from "./testing/chunks.ts";
import { contextOf, isAnswer, isRunning, othersOf, translateChunks, translateStream } from "./testing/exchange.ts";
import { RECORDINGS_MISSING, allRecordings } from "./testing/recordings.ts";
import { compact, hasEnd, saidInBody, saidInStream } from "./testing/said.ts";
import type { Said } from "./testing/said.ts";
import { StreamCollector, translateResponse } from "./translate-response.ts";

if (RECORDINGS_MISSING)
  console.warn("SKIPPED: translation of recorded answers, for ../shared/recordings is missing beside the repository");

const RECORDINGS = allRecordings();
const PAIRS = DIALECT_IDS.flatMap((upstream) => othersOf(upstream).map((client) => ({ upstream, client })));
const utf8 = new TextEncoder();

function expectSame(translated: Said, original: Said): void {
  const { text, calls, reasoning } = original;
  expect({ ...translated, calls: compactCalls(translated.calls) }).toEqual({
    text,
    calls: compactCalls(calls),
    reasoning,
  });
}

function compactCalls(calls: Said["calls"]): Said["calls"] {
  return calls.map(({ name, arguments: given }) => ({ name, arguments: compact(given) }));
}

function expectSameUsage(translated: Observation, original: Observation): void {
  expect(totalInputTokens(translated.usage) ?? 0).toBe(totalInputTokens(original.usage) ?? 0);
  expect(translated.usage.output ?? 0).toBe(original.usage.output ?? 0);
}

function observe(dialect: DialectId, sse: string): Observation {
  const observer = observeStream(dialect);
  observer.push(utf8.encode(sse));
  return observer.end();
}

describe.skipIf(RECORDINGS_MISSING).each(PAIRS)("whole answers of $upstream for $client", ({ upstream, client }) => {
  const answers = RECORDINGS.filter((each) => each.dialect === upstream && isAnswer(each) && each.body !== undefined);

  test.each(answers)("$id", async (recording) => {
    const given: JsonObject = recording.body ?? {};
    const { body } = translateResponse(given, contextOf(recording, client));
    expect(ACCEPTANCE[client].wholeComplaints(body)).toEqual([]);
    expect(saidInBody(client, await ACCEPTANCE[client].whole(body))).toEqual(saidInBody(client, body));
    expectSame(saidInBody(client, body), saidInBody(upstream, given));
    const observed = (dialect: DialectId, body: JsonObject): Observation =>
      observeBuffered(dialect, 200, utf8.encode(JSON.stringify(body)));
    expectSameUsage(observed(client, body), observed(upstream, given));
  });
});

test.skipIf(RECORDINGS_MISSING)("an answer that is still being made is none", () => {
  const running = RECORDINGS.filter(({ body }) => isRunning(body));
  expect(running.length).toBeGreaterThan(3);
  for (const recording of running)
    expect(() => translateResponse(recording.body ?? {}, contextOf(recording, "openai-chat"))).toThrow(
      /queued|in_progress/,
    );
});

describe.skipIf(RECORDINGS_MISSING).each(PAIRS)("streams of $upstream for $client", ({ upstream, client }) => {
  const streams = RECORDINGS.filter((each) => each.dialect === upstream && isAnswer(each) && each.sse !== undefined);

  test.each(streams)("$id", async (recording) => {
    const given = recording.sse ?? "";
    const context = contextOf(recording, client);
    const translated = translateStream(given, context);
    expect(ACCEPTANCE[client].streamComplaints(translated, true)).toEqual([]);
    const seen = observe(upstream, given);
    const observed = observe(client, translated);
    const broke = seen.error !== undefined || !hasEnd(upstream, given);
    expect(observed.error !== undefined).toBe(broke);
    if (broke) return;
    expectSame(saidInStream(client, translated), saidInStream(upstream, given));
    expectSameUsage(observed, seen);

    const original = saidInStream(upstream, given);
    const assembled = saidInBody(client, await ACCEPTANCE[client].stream(translated));
    // The helpers keep only the last piece of a field that they do not know, and mend arguments that were cut.
    const isCut = original.calls.some(
      (call) => parseObject(call.arguments === "" ? "{}" : call.arguments) === undefined,
    );
    const { calls, reasoning } = original;
    expectSame({ ...assembled, ...(client === "openai-chat" && { reasoning }), ...(isCut && { calls }) }, original);

    const collector = new StreamCollector(contextOf(recording, client));
    collector.push(utf8.encode(given));
    const { body } = collector.end();
    expect(ACCEPTANCE[client].wholeComplaints(body)).toEqual([]);
    expectSame(saidInBody(client, body), original);
    if (client === "openai-responses") expectCodex(translated);
  });

  test.each(streams)("$id, split anywhere", (recording) => {
    const bytes = utf8.encode(recording.sse ?? "");
    const whole = translateChunks([bytes], contextOf(recording, client));
    fc.assert(
      fc.property(cuts, (cuts) => {
        expect(translateChunks(chunksOf(bytes, cuts), contextOf(recording, client))).toBe(whole);
      }),
      { numRuns: 3 },
    );
    const size = bytes.length < 20_000 ? 1 : 7;
    expect(translateChunks(chunksOfSize(bytes, size), contextOf(recording, client))).toBe(whole);
  });

  test.each(streams)("$id, cut anywhere", (recording) => {
    const bytes = utf8.encode(recording.sse ?? "");
    fc.assert(
      fc.property(fc.nat(bytes.length), (place) => {
        const cut = bytes.subarray(0, place);
        const { error, ended } = observe(client, translateChunks([cut], contextOf(recording, client)));
        const mayEnd = hasEnd(upstream, new TextDecoder().decode(cut));
        expect(ended && error === undefined && !mayEnd).toBe(false);
        expect(error !== undefined || mayEnd).toBe(true);
      }),
      { numRuns: 6 },
    );
  });
});

function expectCodex(sse: string): void {
  const turn = readAsCodex(sse);
  const terminal = asObject(observe("openai-responses", sse));
  expect(turn.complaints).toEqual([]);
  expect(["completed", "retry"]).toContain(turn.end.type);
  expect(turn.end.type === "completed").toBe(terminal?.finish === "completed");
}
