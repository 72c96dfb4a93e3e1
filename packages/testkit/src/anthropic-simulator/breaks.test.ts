import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { setImmediate } from "node:timers/promises";

import { afterEach, describe, expect, it } from "vitest";

import { eventsOf, HEADERS, HELLO, post, readAll } from "../testing/post.ts";
import { cutTurn, textTurn } from "../simulator/build-turn.ts";
import type { Simulator } from "../simulator/simulator.ts";
import { startSimulator } from "./start-simulator.ts";
import type { Cut, Pace, Turn } from "../simulator/turn.ts";

const TEXT = "abcdefghijklmnop".repeat(4);
const USAGE = { input: 100, cacheRead: 20, output: 40 };
const STREAM = { ...HELLO, stream: true };
const OVERLOADED = { type: "overloaded_error", message: "Overloaded" };

let simulator: Simulator;
const start = async (...script: Turn[]): Promise<void> => {
  simulator = await startSimulator({ script });
};
const cut = (how: Cut): Turn => cutTurn(TEXT, how, { usage: USAGE });
const paced = (pace: Pace): Turn => textTurn(TEXT, { usage: USAGE, pace });

afterEach(() => simulator.close());

describe("a stream that breaks off", () => {
  it("ends in an error event", async () => {
    await start(cut({ by: "error", afterEvents: 5, error: OVERLOADED }));

    const { text, broken } = await readAll(await post(simulator, STREAM));

    const events = eventsOf(text);
    expect(broken).toBe(false);
    expect(events).toHaveLength(6);
    expect(events[5]).toEqual({ type: "error", error: OVERLOADED, request_id: "req_sim_000001" });
  });

  it("is dropped between two events, or in the middle of one", async () => {
    await start(cut({ by: "drop", afterEvents: 5 }), cut({ by: "drop", afterEvents: 5, extraBytes: 30 }));

    const between = await readAll(await post(simulator, STREAM));
    const within = await readAll(await post(simulator, STREAM));

    expect([between.broken, within.broken]).toEqual([true, true]);
    expect(eventsOf(between.text)).toHaveLength(5);
    expect(within.text.slice(between.text.length)).toBe("event: content_block_delta\ndat");
    await simulator.idle();
    expect(simulator.aborted).toBe(0);
  });

  it("ends cleanly without its last event", async () => {
    await start(cut({ by: "end" }));

    const { text, broken } = await readAll(await post(simulator, STREAM));

    expect(broken).toBe(false);
    expect(eventsOf(text).at(-1)).toMatchObject({ type: "message_delta" });
  });

  it("stalls until the client gives up, which is counted", async () => {
    await start(cut({ by: "stall", afterEvents: 4 }));
    const client = new AbortController();
    const response = await post(simulator, STREAM, { signal: client.signal });
    let text = "";
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      if (text.split("\n\n").length > 4) break;
    }
    expect([simulator.open, simulator.aborted]).toEqual([1, 0]);

    client.abort();
    await simulator.idle();

    expect(eventsOf(text)).toHaveLength(4);
    expect([simulator.open, simulator.aborted]).toEqual([0, 1]);
  });

  it("sends its head at once when it stalls before the first event", async () => {
    await start(cut({ by: "stall", afterEvents: 0 }));

    const response = await post(simulator, STREAM);

    expect(response.status).toBe(200);
  });
});

describe("a buffered answer that breaks off", () => {
  it("is an error instead, is dropped, or is cut short", async () => {
    await start(
      cut({ by: "error", afterEvents: 3, error: OVERLOADED }),
      cut({ by: "drop", afterEvents: 3 }),
      cut({ by: "end" }),
    );

    const error = await post(simulator);
    const dropped = await readAll(await post(simulator));
    const short = await readAll(await post(simulator));

    expect(error.status).toBe(529);
    expect(dropped.broken).toBe(true);
    expect(short.broken).toBe(false);
    expect(() => JSON.parse(short.text)).toThrow(SyntaxError);
  });
});

describe("silence", () => {
  it("is a dropped connection before any header", async () => {
    await start({ silent: "drop" });

    await expect(post(simulator)).rejects.toThrow("fetch failed");
    expect(simulator.requests).toHaveLength(1);
    expect(simulator.aborted).toBe(0);
  });

  it("or no word at all until the client gives up", async () => {
    await start({ silent: "stall" });
    const client = new AbortController();
    const answer = post(simulator, HELLO, { signal: client.signal });
    while (simulator.requests.length === 0) await setImmediate();

    client.abort();

    await expect(answer).rejects.toThrow("aborted");
    await simulator.idle();
    expect(simulator.aborted).toBe(1);
  });
});

describe("what a broken exchange costs", () => {
  it("is the prompt and as much of the answer as was sent", async () => {
    await start(
      cut({ by: "drop", afterEvents: 5 }),
      cut({ by: "drop", afterEvents: 0 }),
      textTurn(TEXT, { usage: USAGE }),
    );

    await readAll(await post(simulator, STREAM));
    await readAll(await post(simulator, STREAM));
    await readAll(await post(simulator, STREAM));

    expect(simulator.billed).toMatchObject([
      // Two of four deltas, so half of the output.
      { requestId: "req_sim_000001", usage: { ...USAGE, output: 20 }, complete: false },
      { requestId: "req_sim_000003", usage: USAGE, complete: true },
    ]);
  });

  it("counts the events before an error, also in one piece with it", async () => {
    const error: Cut = { by: "error", afterEvents: 5, error: OVERLOADED };
    await start(cutTurn(TEXT, error, { usage: USAGE, pace: { chunkBytes: 1e9 } }));

    await readAll(await post(simulator, STREAM));

    expect(simulator.billed).toMatchObject([{ usage: { ...USAGE, output: 20 }, complete: false }]);
  });

  it("is known while the stream is open", async () => {
    await start(cut({ by: "stall", afterEvents: 4 }));

    await post(simulator, STREAM);

    expect(simulator.billed).toMatchObject([{ usage: { input: 100 }, complete: false }]);
  });
});

describe("the pace of an answer", () => {
  it("does not change its bytes, whatever the size of the pieces", async () => {
    await start(paced({}), paced({ chunkBytes: 1 }), paced({ chunkBytes: [3, 5, 200] }), paced({ chunkBytes: 1e9 }));
    const texts: string[] = [];
    for (let turn = 0; turn < 4; turn += 1) texts.push(await (await post(simulator, STREAM)).text());

    const bodies = texts.map((text) => text.replaceAll(/(msg_sim_)\d+/g, "$1"));
    expect(new Set(bodies).size).toBe(1);
    expect(simulator.billed.map(({ usage }) => usage)).toEqual([USAGE, USAGE, USAGE, USAGE]);
  });

  it("may have pauses, and a client that leaves in one is noticed at once", async () => {
    await start(paced({ pauseMs: 1 }), paced({ pauseMs: 3_600_000 }));
    const { text } = await readAll(await post(simulator, STREAM));
    expect(eventsOf(text)).toHaveLength(10);
    const client = new AbortController();
    await post(simulator, STREAM, { signal: client.signal });

    client.abort();
    await simulator.idle();

    expect(simulator.aborted).toBe(1);
  });

  it("never outruns the client", async () => {
    const pieceChars = 262_144;
    const frames = 100;
    await start(textTurn("x".repeat(pieceChars * frames), { usage: { output: frames }, pace: { pieceChars } }));
    const request = httpRequest(`${simulator.url}/v1/messages`, { method: "POST", headers: HEADERS });
    request.end(JSON.stringify(STREAM));
    const [response]: IncomingMessage[] = await once(request, "response");

    for (let turn = 0; turn < 10 * frames; turn += 1) await setImmediate();
    const sentUnread = simulator.billed[0]?.usage.output ?? 0;
    let bytes = 0;
    for await (const chunk of response ?? []) bytes += Buffer.byteLength(chunk);

    expect(sentUnread).toBeLessThan(frames);
    expect(bytes).toBeGreaterThan(pieceChars * frames);
    expect(simulator.billed[0]).toMatchObject({ usage: { output: frames }, complete: true });
  });
});

describe("a client that leaves while it sends its request", () => {
  it("is counted, and its request is not", async () => {
    await start();
    const request = httpRequest(`${simulator.url}/v1/messages`, {
      method: "POST",
      headers: { ...HEADERS, "content-length": "1000" },
    });
    request.on("error", () => {});
    request.write("{");
    while (simulator.open === 0) await setImmediate();

    request.destroy();
    await simulator.idle();

    expect(simulator.aborted).toBe(1);
    expect(simulator.requests).toHaveLength(0);
  });
});

describe("closing", () => {
  it("ends what is being sent, and counts nobody as gone", async () => {
    await start(cut({ by: "stall", afterEvents: 2 }));
    const response = await post(simulator, STREAM);

    await simulator.close();

    expect((await readAll(response)).broken).toBe(true);
    expect(simulator.aborted).toBe(0);
    await expect(simulator.close()).resolves.toBeUndefined();
  });
});
