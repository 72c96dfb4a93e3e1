import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { listRecordings, readRecording, recordingsAvailable } from "../recordings.ts";
import { clientSamples } from "../testing/client-sample.ts";
import { post } from "../testing/post.ts";
import { textTurn } from "../simulator/build-turn.ts";
import { objectsIn, textOf, type JsonObject } from "../simulator/json.ts";
import { signThinking } from "./signature.ts";
import type { Simulator } from "../simulator/simulator.ts";
import { startSimulator } from "./start-simulator.ts";

const RECORDINGS = process.env["RECORDINGS_DIR"];

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ script: () => textTurn("Hi"), anyModel: true });
});
afterAll(() => simulator.close());

describe("what real clients send", () => {
  it.each(clientSamples(import.meta.dirname))("is accepted: $file", async ({ path, headers, body }) => {
    const response = await post(simulator, signedAnew(body), { path, headers });

    expect([response.status, await response.text()]).toEqual([200, expect.any(String)]);
  });
});

describe.skipIf(!recordingsAvailable(RECORDINGS))("what was recorded", () => {
  const recorded = listRecordings({ dialect: "anthropic-messages" }, RECORDINGS).map(({ id }) =>
    readRecording(id, RECORDINGS),
  );
  const accepted = recorded.filter(({ status, request }) => status === 200 && request.body !== null);
  // Not every recorder kept the header.
  const betas = "context-management-2025-06-27,mcp-client-2025-11-20,structured-outputs-2025-11-13";

  it.each(accepted)("and answered by the real service is accepted: $id", async ({ request }) => {
    const headers = { "anthropic-beta": betas, ...request.headers, "content-type": "application/json" };

    const response = await post(simulator, signedAnew(request.body ?? {}), { path: pathOf(request.path), headers });

    expect([response.status, await response.text()]).toEqual([200, expect.any(String)]);
  });

  it("and refused with 400 is refused in the same words", async () => {
    // Which models take a prefill, the simulator knows of its own models only.
    const refused = recorded.filter(({ status, features }) => status === 400 && !features.includes("prefill"));
    expect(refused).toHaveLength(2);
    for (const { request, response } of refused) {
      const answer = await post(simulator, request.body ?? {});
      const body: JsonObject = await answer.json();

      expect(answer.status).toBe(400);
      expect(response.body).toMatchObject({ error: body["error"] });
    }
  });
});

/** The same conversation with thinking that the simulator could have written. */
function signedAnew(body: JsonObject): JsonObject {
  const messages = objectsIn(body["messages"]).map((message) =>
    Array.isArray(message["content"])
      ? { ...message, content: objectsIn(message["content"]).map(signedBlock) }
      : message,
  );
  return { ...body, messages };
}

function signedBlock(block: JsonObject): JsonObject {
  if (block["type"] === "thinking") return { ...block, signature: signThinking(textOf(block["thinking"])) };
  if (block["type"] === "redacted_thinking") return { ...block, data: signThinking("hidden") };
  return block;
}

// Some were recorded behind a prefix of their own.
function pathOf(path: string): string {
  return path.replace(/^.*?(?=\/messages)/, "/v1");
}
