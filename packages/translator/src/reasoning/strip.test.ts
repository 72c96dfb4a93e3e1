import { describe, expect, test } from "vitest";

import type { JsonObject } from "../json.ts";
import { packSeal } from "./carrier.ts";
import { hasCarrier, withoutCarriers } from "./strip.ts";

const packed = packSeal({ origin: "openai-responses", kind: "encrypted", data: "gAAA" });
const utf8 = new TextEncoder();

test.each([
  [{ messages: [{ role: "assistant", content: [{ type: "thinking", thinking: "", signature: packed }] }] }, true],
  [{ messages: [{ role: "assistant", content: [{ type: "thinking", thinking: "", signature: "EqQB" }] }] }, false],
  [{}, false],
])("%j holds a carrier: %j", (body, holds) => {
  expect(hasCarrier(utf8.encode(JSON.stringify(body)))).toBe(holds);
});

describe("41: without what another upstream has proven", () => {
  test("Anthropic's own thinking stays, and turns that are left empty go", () => {
    const own = { type: "thinking", thinking: "t", signature: "EqQB" };
    const body = {
      model: "m",
      messages: [
        { role: "user", content: "hi" },
        { role: "assistant", content: [own, { type: "thinking", thinking: "x", signature: packed }] },
        { role: "assistant", content: [{ type: "redacted_thinking", data: packed }] },
        { role: "assistant", content: [] },
        "odd",
      ],
    };
    expect(withoutCarriers("anthropic-messages", body)).toEqual({
      model: "m",
      messages: [
        { role: "user", content: "hi" },
        { role: "assistant", content: [own] },
        { role: "assistant", content: [] },
        "odd",
      ],
    });
  });

  test("Chat Completions has it in `reasoning_details`", () => {
    const own = { type: "reasoning.text", text: "t", signature: "s" };
    const message = {
      role: "assistant",
      content: "x",
      reasoning_details: [own, { type: "reasoning.encrypted", data: packed }],
    };
    expect(withoutCarriers("openai-chat", { messages: [message] })).toEqual({
      messages: [{ ...message, reasoning_details: [own] }],
    });
  });

  test("Responses has it in items of their own", () => {
    const [item, own] = [packed, "gAAA"].map((content) => ({
      type: "reasoning",
      summary: [],
      encrypted_content: content,
    }));
    const input = [item, own, { type: "message", content: [] }, "odd"];
    expect(withoutCarriers("openai-responses", { input })).toEqual({ input: input.slice(1) });
  });

  test.each<["anthropic-messages" | "openai-chat" | "openai-responses", JsonObject]>([
    ["openai-responses", { input: `say "${packed}"` }],
    ["openai-responses", {}],
    ["openai-chat", { messages: "broken" }],
    ["anthropic-messages", {}],
  ])("%s: %j stays as it is", (dialect, body) => {
    expect(withoutCarriers(dialect, body)).toEqual(body);
  });
});
