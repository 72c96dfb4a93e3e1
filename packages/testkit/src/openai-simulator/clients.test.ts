import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { listRecordings, readRecording, recordingsAvailable, type Recording } from "../recordings.ts";
import { textTurn } from "../simulator/build-turn.ts";
import { objectsIn, textOf, type JsonObject } from "../simulator/json.ts";
import type { Simulator } from "../simulator/simulator.ts";
import type { Turn } from "../simulator/turn.ts";
import { clientSamples } from "../testing/client-sample.ts";
import { postChat, postResponse } from "../testing/post-openai.ts";
import { KNOWN_OPENAI_MODELS } from "./model.ts";
import { sealReasoning } from "./reasoning-seal.ts";
import { startOpenAiSimulator } from "./start-openai-simulator.ts";

const RECORDINGS = process.env["RECORDINGS_DIR"];

let simulator: Simulator;
/** What the simulator answers next. */
let next: Turn = textTurn("Hi");
beforeAll(async () => {
  simulator = await startOpenAiSimulator({ script: () => next, anyModel: true });
});
afterAll(() => simulator.close());

describe("what real clients send", () => {
  it.each(clientSamples(import.meta.dirname))("is accepted: $file", async ({ path, headers, body }) => {
    const response = await postChat(simulator, await madeHere(body), { path, headers });

    expect([response.status, await response.text()]).toEqual([200, expect.any(String)]);
    expect(simulator.leaks).toEqual([]);
  });
});

describe.skipIf(!recordingsAvailable(RECORDINGS))("what was recorded", () => {
  const dialects = ["openai-chat", "openai-responses"] as const;
  const recorded = dialects
    .flatMap((dialect) => listRecordings({ dialect }, RECORDINGS))
    .filter(({ provider }) => provider === "openai")
    .map(({ id }) => readRecording(id, RECORDINGS));
  const played = recorded.filter(({ status, request }) => status === 200 && isPlayed(request));

  it.each(played)("and answered by the real service is accepted: $id", async ({ request }) => {
    const response = await postChat(simulator, await madeHere(request.body ?? {}), { path: request.path });

    expect([response.status, await response.text()]).toEqual([200, expect.any(String)]);
  });

  // Recorded keys are gone, and what the simulator does not know of a model it cannot refuse.
  const refused = recorded.filter(
    ({ status, request, features }) =>
      status >= 400 &&
      status !== 401 &&
      !/^(o1-mini|gpt-3\.5-turbo)/.test(textOf(request.body?.["model"])) &&
      !features.includes("sampling"),
  );

  it.each(refused)("and refused is refused in the same words: $id", async ({ status, request, response }) => {
    const strict = await startOpenAiSimulator({ models: [...KNOWN_OPENAI_MODELS, "gpt-5.4-mini"] });

    const answer = await postChat(strict, await madeHere(request.body ?? {}), { path: request.path });

    expect([answer.status, await answer.json()]).toEqual([status, response.body]);
    await strict.close();
  });
});

/** The same conversation as if the simulator had given the answers in it: reasoning is sealed by it, items and responses are known to it. */
async function madeHere(body: JsonObject): Promise<JsonObject> {
  const items = objectsIn(body["input"]);
  const kept = keptItems(items);
  next = { blocks: kept.map((block) => ({ type: "whole", block })) };
  const { id }: { id: string } = await (await postResponse(simulator)).json();
  next = textTurn("Hi");
  return {
    ...body,
    ...(Array.isArray(body["input"]) && { input: items.map(sealed) }),
    ...(body["previous_response_id"] != null && { previous_response_id: id }),
  };
}

function sealed(item: JsonObject): JsonObject {
  return item["type"] === "reasoning" ? { ...item, encrypted_content: sealReasoning("Hm.") } : item;
}

/** What the items refer to: one item for each reference, and one call for each output without a call. */
function keptItems(items: readonly JsonObject[]): JsonObject[] {
  const called = new Set(items.filter(({ type }) => type === "function_call").map(({ call_id: id }) => id));
  const asked = items.filter(({ type, call_id: id }) => type === "function_call_output" && !called.has(id));
  const calls = asked.map(({ call_id: id }) => ({ type: "function_call", name: "f", arguments: "{}", call_id: id }));
  const others = items
    .filter(({ type }) => type === "item_reference")
    .map(({ id }) => ({ id, ...itemOf(textOf(id), calls) }));
  return [...others, ...calls];
}

function itemOf(id: string, calls: JsonObject[]): JsonObject {
  if (id.startsWith("fc")) return calls.shift() ?? {};
  if (id.startsWith("rs")) return { type: "reasoning", summary: [] };
  return { type: "message", role: "assistant", content: [{ type: "output_text", text: "Hi", annotations: [] }] };
}

const UNPLAYED = ["background", "conversation", "functions", "prompt"];

/** Whether the simulator plays what the request asks for. */
function isPlayed({ path, body }: Recording["request"]): boolean {
  if (body === null || path.endsWith("/compact")) return false;
  const { n = 1, modalities } = body;
  return n === 1 && modalities === undefined && UNPLAYED.every((field) => body[field] == null);
}
