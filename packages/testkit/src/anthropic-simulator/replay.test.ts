import { describe, expect, it } from "vitest";

import { listRecordings, readRecording, recordedText, recordingsAvailable } from "../recordings.ts";
import { HELLO, post } from "../testing/post.ts";
import { startSimulator } from "./start-simulator.ts";

const RECORDINGS = process.env["RECORDINGS_DIR"];

describe.skipIf(!recordingsAvailable(RECORDINGS))("a recording", () => {
  const recordings = listRecordings({ dialect: "anthropic-messages" }, RECORDINGS).map(({ id }) =>
    readRecording(id, RECORDINGS),
  );

  it("is replayed byte for byte, in pieces of any size", async () => {
    const script = recordings.map((recording) => ({ recording, chunkBytes: [1, 2, 61, 1000] }));
    const simulator = await startSimulator({ script });
    for (const recording of recordings) {
      const response = await post(simulator);

      expect(response.status).toBe(recording.status);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        "request-id": expect.stringMatching(/^req_/),
        ...recording.response.headers,
      });
      expect(await response.text()).toBe(recordedText(recording));
    }
    await simulator.close();
  });

  it("is billed by what it says itself, as far as it was sent", async () => {
    const recording = readRecording(
      "am-dd-trace-js-claude-agent-sdk_v1_messages_beta_true_post_1a9ef989-0-ac291481",
      RECORDINGS,
    );
    const simulator = await startSimulator({
      script: [{ recording }, { recording, chunkBytes: [600, 1], pauseMs: 3_600_000 }],
    });
    await (await post(simulator, HELLO)).text();
    await post(simulator, HELLO);

    const usage = { input: 3, cacheRead: 0, cacheWrite5m: 1143, cacheWrite1h: 0 };
    expect(simulator.billed).toMatchObject([
      { usage: { ...usage, output: 101 }, complete: true },
      { usage: { ...usage, output: 7 }, complete: false },
    ]);
    await simulator.close();
  });
});
