import { describe, expect, it } from "vitest";

import { listRecordings, readRecording, recordedText, recordingsAvailable } from "./recordings.ts";

const directory = process.env["RECORDINGS_DIR"];

describe.skipIf(!recordingsAvailable(directory))("the recordings", () => {
  it("are listed by dialect and by stream", () => {
    const streams = listRecordings({ dialect: "anthropic-messages", stream: true }, directory);

    expect(streams).toHaveLength(106);
    expect(streams.every((entry) => entry.dialect === "anthropic-messages" && entry.stream)).toBe(true);
    expect(listRecordings({}, directory)).toHaveLength(700);
  });

  it("can each be read, and answer with text", () => {
    for (const entry of listRecordings({}, directory)) {
      const recording = readRecording(entry.id, directory);

      expect(recording).toMatchObject({ id: entry.id, status: entry.status, stream: entry.stream });
      expect(recordedText(recording)).not.toBe("");
    }
  });
});

describe("without recordings", () => {
  it("lists none and says so", () => {
    expect(recordingsAvailable(import.meta.dirname)).toBe(false);
    expect(listRecordings({}, import.meta.dirname)).toEqual([]);
  });

  it("refuses an id that is none, rather than read outside the folder", () => {
    expect(() => readRecording("am-../../secret", import.meta.dirname)).toThrow(TypeError);
  });
});
