import { listRecordings, readRecording, recordedText, recordingsAvailable } from "@link-assistant/testkit";
import type { RecordingEntry } from "@link-assistant/testkit";
import type { Usage } from "@link-assistant/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { MESSAGE, post, startHarness } from "./testing/harness.ts";
import type { Harness } from "./testing/harness.ts";

const entries = listRecordings({ dialect: "anthropic-messages" });
const streams = entries.filter((entry) => readRecording(entry.id).response.sse !== undefined);
const refusals = entries.filter((entry) => entry.status >= 400);
const buffered = entries.filter((entry) => entry.status < 300 && !streams.includes(entry));

describe.skipIf(!recordingsAvailable())("recordings (skipped: ../shared/recordings is missing)", () => {
  let harness: Harness;
  let playing = "";
  /** Sizes that cut through frames, lines and characters. */
  let chunkBytes: readonly number[] = [];

  beforeAll(async () => {
    harness = await startHarness({ script: () => ({ recording: playing, chunkBytes }) });
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  async function play(entry: RecordingEntry, sizes: readonly number[]): Promise<{ response: Response; bytes: Buffer }> {
    playing = entry.id;
    chunkBytes = sizes;
    harness.gateway.pool.reset("primary", Date.now());
    const response = await post(harness, { ...MESSAGE, stream: entry.stream });
    return { response, bytes: Buffer.from(await response.arrayBuffer()) };
  }

  test("there are the recordings that this suite was written for", () => {
    expect(streams.length).toBeGreaterThanOrEqual(100);
    expect(buffered.length).toBeGreaterThanOrEqual(100);
    expect(refusals.length).toBeGreaterThanOrEqual(10);
  });

  test.each(streams)("stream $id reaches the client byte for byte, and its usage is read", async (entry) => {
    const recording = readRecording(entry.id);
    const { response, bytes } = await play(entry, [1, 7, 61, 1024]);
    expect(response.status).toBe(200);
    expect(bytes.equals(Buffer.from(recordedText(recording)))).toBe(true);
    const [row] = await harness.ledger(1);
    expect(row).toMatchObject({
      status: 200,
      end: "complete",
      stream: true,
      account: "primary",
      bytesReceived: bytes.length,
    });
    expect(row?.usage).toEqual(streamedUsage(recordedText(recording)));
  });

  test.each(buffered)("answer $id reaches the client byte for byte, and its usage is read", async (entry) => {
    const recording = readRecording(entry.id);
    const { response, bytes } = await play(entry, [113]);
    expect(response.status).toBe(entry.status);
    expect(bytes.equals(Buffer.from(recordedText(recording)))).toBe(true);
    const [row] = await harness.ledger(1);
    const body = recording.response.body;
    expect(row?.usage).toEqual(
      readUsage([typeof body === "object" && body !== null && "usage" in body ? body.usage : undefined]),
    );
  });

  test.each(refusals.filter((entry) => entry.status !== 401))(
    "error $id reaches the client byte for byte",
    async (entry) => {
      const { response, bytes } = await play(entry, [29]);
      expect(response.status).toBe(entry.status);
      expect(bytes.equals(Buffer.from(recordedText(readRecording(entry.id))))).toBe(true);
    },
  );

  test.each(refusals.filter((entry) => entry.status === 401))(
    "error $id is about the gateway's own key",
    async (entry) => {
      const { response } = await play(entry, [29]);
      expect(response.status).toBe(502);
      expect(response.headers.get("x-should-retry")).toBe("false");
    },
  );

  test("nothing reached the upstream that should not have", () => {
    expect(harness.simulator.leaks).toEqual([]);
  });
});

/** The usage of a stream, by the plainest reading there is: every event parsed, later figures over earlier ones. */
function streamedUsage(text: string): Usage {
  const found: unknown[] = [];
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (!line.startsWith("data:")) continue;
    const event = parsed(line.slice(5));
    if (event["type"] === "message_start") found.push(object(event["message"])["usage"]);
    if (event["type"] === "message_delta") found.push(event["usage"]);
  }
  return readUsage(found);
}

function readUsage(found: readonly unknown[]): Usage {
  const merged: Record<string, unknown> = {};
  for (const usage of found) {
    for (const [name, value] of Object.entries(object(usage))) if (value !== null) merged[name] = value;
  }
  const creation = object(merged["cache_creation"]);
  const parts = {
    cacheWrite5m: creation["ephemeral_5m_input_tokens"],
    cacheWrite1h: creation["ephemeral_1h_input_tokens"],
  };
  const written = merged["cache_creation_input_tokens"];
  // What a later total has beyond the parts known from earlier was written for a time that nobody told.
  const rest = Number(written) - Number(parts.cacheWrite5m ?? 0) - Number(parts.cacheWrite1h ?? 0);
  return clean({
    input: merged["input_tokens"],
    cacheRead: merged["cache_read_input_tokens"],
    ...parts,
    cacheWrite: rest > 0 || (rest === 0 && parts.cacheWrite5m === undefined) ? rest : undefined,
    output: merged["output_tokens"],
    reasoning: object(merged["output_tokens_details"])["thinking_tokens"],
  });
}

function clean(fields: Readonly<Record<string, unknown>>): Usage {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => typeof value === "number"));
}

function object(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    return object(JSON.parse(text));
  } catch {
    return {};
  }
}
