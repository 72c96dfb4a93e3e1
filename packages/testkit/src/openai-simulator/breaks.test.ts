import { afterEach, describe, expect, it } from "vitest";

import { cutTurn, textTurn } from "../simulator/build-turn.ts";
import type { JsonObject } from "../simulator/json.ts";
import type { Simulator } from "../simulator/simulator.ts";
import type { Cut, Turn } from "../simulator/turn.ts";
import { CHAT_HELLO, chunksOf, postChat, postResponse, RESPONSE_HELLO } from "../testing/post-openai.ts";
import { eventsOf, readAll } from "../testing/post.ts";
import { startOpenAiSimulator } from "./start-openai-simulator.ts";

const TEXT = "abcdefghijklmnop".repeat(4);
const USAGE = { input: 100, cacheRead: 20, output: 40, reasoning: 30 };
const OVERLOADED = { type: "overloaded_error", message: "Overloaded" };
const OPENAI_OVERLOADED = { message: "Overloaded", type: "server_error", param: null, code: "server_is_overloaded" };

let simulator: Simulator;
const start = async (...script: Turn[]): Promise<void> => {
  simulator = await startOpenAiSimulator({ script });
};
const cut = (how: Cut): Turn => cutTurn(TEXT, how, { usage: USAGE });
const streamOf = async (post: typeof postChat, body: JsonObject): Promise<{ text: string; broken: boolean }> =>
  readAll(await post(simulator, { ...body, stream: true }));
const chat = async (): Promise<{ text: string; broken: boolean }> => streamOf(postChat, CHAT_HELLO);
const respond = async (): Promise<{ text: string; broken: boolean }> => streamOf(postResponse, RESPONSE_HELLO);

afterEach(() => simulator.close());

describe("a stream that breaks off", () => {
  it("ends in an error chunk in Chat, without [DONE]", async () => {
    await start(cut({ by: "error", afterEvents: 3, error: OVERLOADED }));

    const { text, broken } = await chat();

    expect([broken, text.includes("[DONE]")]).toEqual([false, false]);
    expect(chunksOf(text)).toHaveLength(4);
    expect(chunksOf(text).at(-1)).toEqual({ error: OPENAI_OVERLOADED });
  });

  it("ends in an error event and a failed response in Responses", async () => {
    await start(cut({ by: "error", afterEvents: 5, error: OVERLOADED }));

    const { text } = await respond();

    expect(eventsOf(text).slice(5)).toEqual([
      { type: "error", sequence_number: 5, error: OPENAI_OVERLOADED },
      {
        type: "response.failed",
        sequence_number: 6,
        response: expect.objectContaining({
          status: "failed",
          error: { code: "server_is_overloaded", message: "Overloaded" },
        }),
      },
    ]);
  });

  it("is dropped in the middle of a chunk or an event", async () => {
    await start(
      cut({ by: "drop", afterEvents: 2, extraBytes: 10 }),
      cut({ by: "drop", afterEvents: 2, extraBytes: 30 }),
    );

    const [chunked, evented] = [await chat(), await respond()];

    expect([chunked.broken, evented.broken]).toEqual([true, true]);
    expect(chunked.text.split("\n\n").at(-1)).toBe('data: {"id');
    expect(evented.text.split("\n\n").at(-1)).toBe("event: response.output_item.ad");
  });

  it("ends cleanly before what says that it is whole", async () => {
    await start(cut({ by: "end" }), cut({ by: "end" }));

    const [chunked, evented] = [await chat(), await respond()];

    expect([chunked.broken, evented.broken]).toEqual([false, false]);
    expect(chunksOf(chunked.text)).toHaveLength(5);
    expect(chunked.text).not.toContain('"finish_reason":"stop"');
    expect(eventsOf(evented.text).at(-1)).toMatchObject({ type: "response.output_item.done" });
  });

  it("stalls until the client gives up", async () => {
    await start(cut({ by: "stall", afterEvents: 2 }));
    const client = new AbortController();
    await postResponse(simulator, { ...RESPONSE_HELLO, stream: true }, { signal: client.signal });

    client.abort();
    await simulator.idle();

    expect(simulator.aborted).toBe(1);
  });
});

describe("a buffered answer that breaks off", () => {
  it("is an error instead, or is cut short", async () => {
    await start(
      cut({ by: "error", afterEvents: 3, error: OVERLOADED }),
      cut({ by: "end" }),
      cut({ by: "drop", afterEvents: 0 }),
    );

    const error = await postChat(simulator);
    const short = await readAll(await postResponse(simulator));
    const dropped = await readAll(await postChat(simulator));

    expect([error.status, await error.json()]).toEqual([503, { error: OPENAI_OVERLOADED }]);
    expect([short.broken, dropped.broken]).toEqual([false, true]);
    expect(() => JSON.parse(short.text)).toThrow(SyntaxError);
  });

  it("is not there to go on from", async () => {
    await start(cut({ by: "end" }), textTurn("Hi"));
    await postResponse(simulator);

    const response = await postResponse(simulator, { ...RESPONSE_HELLO, previous_response_id: "resp_sim_000001" });

    expect(response.status).toBe(400);
  });
});

describe("what an exchange costs", () => {
  it("is the prompt and as much of the answer as was sent", async () => {
    // The role, two of four deltas; two events, the item, its part and two of four deltas; nothing; everything.
    await start(
      cut({ by: "drop", afterEvents: 3 }),
      cut({ by: "drop", afterEvents: 6 }),
      cut({ by: "drop", afterEvents: 0 }),
      textTurn(TEXT, { usage: USAGE }),
    );

    await chat();
    await respond();
    await chat();
    await respond();

    const half = { ...USAGE, output: 20, reasoning: 20 };
    expect(simulator.billed).toEqual([
      { requestId: "req_sim_000001", credential: "sk-test", model: "gpt-4.1-2025-04-14", usage: half, complete: false },
      { requestId: "req_sim_000002", credential: "sk-test", model: "gpt-5.5-2026-04-23", usage: half, complete: false },
      { requestId: "req_sim_000004", credential: "sk-test", model: "gpt-5.5-2026-04-23", usage: USAGE, complete: true },
    ]);
  });

  it("agrees with what the answer says, and grows cheaper as the conversation grows", async () => {
    await start(textTurn("Hi"), textTurn("Hi"), textTurn("Hi"));
    const first = { role: "user", content: "A long question. ".repeat(20) };
    const more = [first, { role: "assistant", content: "Hi" }, { role: "user", content: "And?" }];
    const answers: { usage: { prompt_tokens: number; prompt_tokens_details: { cached_tokens: number } } }[] = [];
    for (const messages of [[first], more])
      answers.push(await (await postChat(simulator, { ...CHAT_HELLO, messages })).json());
    await postChat(simulator, { ...CHAT_HELLO, messages: more }, { headers: { authorization: "Bearer other" } });

    const [{ input = 0 } = {}] = simulator.billed.map(({ usage }) => usage);
    expect(simulator.billed.map(({ usage }) => usage)).toMatchObject([
      { cacheRead: 0, output: expect.any(Number) },
      { cacheRead: input },
      { cacheRead: 0 },
    ]);
    expect(answers.map(({ usage }) => usage)).toMatchObject([
      { prompt_tokens: input, prompt_tokens_details: { cached_tokens: 0 } },
      { prompt_tokens_details: { cached_tokens: input } },
    ]);
  });
});
