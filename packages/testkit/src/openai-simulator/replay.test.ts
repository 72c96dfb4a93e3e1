import { describe, expect, it } from "vitest";

import { listRecordings, readRecording, recordedText, recordingsAvailable } from "../recordings.ts";
import { postChat } from "../testing/post-openai.ts";
import { startOpenAiSimulator } from "./start-openai-simulator.ts";

const RECORDINGS = process.env["RECORDINGS_DIR"];
const CHAT_CALLS = "oc-fantasy-openai-gpt-5-multi_tool_streaming-0-f6a0c001";
const CACHED_RESPONSE = "or-pydantic-ai-test_openai_responses_thinking_with_code_execution_tool_stream-0-e0cf1c8b";

describe.skipIf(!recordingsAvailable(RECORDINGS))("a recording", () => {
  it("is replayed byte for byte, in pieces of any size", async () => {
    const recordings = (["openai-chat", "openai-responses"] as const)
      .flatMap((dialect) => listRecordings({ dialect }, RECORDINGS))
      .map(({ id }) => readRecording(id, RECORDINGS));
    const script = recordings.map((recording) => ({ recording, chunkBytes: [1, 2, 61, 1000] }));
    const simulator = await startOpenAiSimulator({ script });
    for (const recording of recordings) {
      const response = await postChat(simulator);

      expect(response.status).toBe(recording.status);
      expect(Object.fromEntries(response.headers)).toMatchObject(recording.response.headers);
      expect(await response.text()).toBe(recordedText(recording));
    }
    await simulator.close();
  });

  it("is billed by what it says itself", async () => {
    const script = [CHAT_CALLS, CACHED_RESPONSE].map((id) => ({ recording: readRecording(id, RECORDINGS) }));
    const simulator = await startOpenAiSimulator({ script });

    await (await postChat(simulator)).text();
    await (await postChat(simulator)).text();

    expect(simulator.billed.map(({ usage }) => usage)).toEqual([
      { input: 190, cacheRead: 0, output: 379, reasoning: 320 },
      { input: 527, cacheRead: 3200, output: 347, reasoning: 128 },
    ]);
    await simulator.close();
  });
});
