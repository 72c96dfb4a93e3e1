import { describe, expect, test } from "vitest";

import { estimateTokens, translateCountResponse } from "./count-tokens.ts";
import type { JsonObject } from "./json.ts";
import { translateCountRequest } from "./translate-request.ts";
import type { TranslateOptions } from "./translate-options.ts";
import { TranslationError } from "./translation-error.ts";

const ids = { answerId: "a1", createdAt: 0 };
const toChat: TranslateOptions = { from: "anthropic-messages", to: "openai-chat", ...ids };
const toResponses: TranslateOptions = { from: "anthropic-messages", to: "openai-responses", ...ids };
const toAnthropic: TranslateOptions = { from: "openai-responses", to: "anthropic-messages", ...ids };
const question = { model: "gpt-5", messages: [{ role: "user", content: "How many tokens are in this sentence?" }] };
const tool = { name: "weather", description: "Says how the weather is.", input_schema: { type: "object" } };

const estimated = (body: JsonObject): number => estimateTokens(body, toChat).tokens;

describe("68: an estimate", () => {
  test("is in the client's words, without any upstream", () => {
    const { tokens, body } = estimateTokens(question, toChat);
    expect(tokens).toBeGreaterThanOrEqual(10);
    expect(tokens).toBeLessThan(20);
    expect(body).toEqual({ input_tokens: tokens });
  });

  test("is of everything in the request", () => {
    const base = estimated(question);
    const system = estimated({ ...question, system: "Answer in one word and in Latin." });
    const tools = estimated({ ...question, tools: [tool] });
    expect(system).toBeGreaterThan(base + 8);
    expect(tools).toBeGreaterThan(base + 20);
  });

  test("takes calls, results, reasoning and images for what they are", () => {
    const result = "sunny ".repeat(100);
    const conversation = {
      ...question,
      tools: [tool],
      messages: [
        ...question.messages,
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: "hm ".repeat(100), signature: "s" },
            { type: "tool_use", id: "toolu_1", name: "weather", input: { city: "Pune" } },
          ],
        },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content: result }] },
      ],
    };
    expect(estimated(conversation)).toBeGreaterThan(estimated({ ...question, tools: [tool] }) + 170 + 80);
    const image = { type: "image", source: { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" } };
    const seen = estimated({ ...question, messages: [{ role: "user", content: [image] }] });
    expect(seen).toBeGreaterThan(1500);
    expect(seen).toBeLessThan(1700);
  });

  test("counts letters beyond ASCII about one by one", () => {
    const han = estimated({ ...question, messages: [{ role: "user", content: "天気はどうですか".repeat(10) }] });
    expect(han).toBeGreaterThan(60);
    expect(han).toBeLessThan(100);
  });

  test("of a broken request is an error", () => {
    expect(() => estimateTokens("[]", toChat)).toThrow(TranslationError);
  });
});

describe("a question to an upstream", () => {
  test("is there where the upstream can be asked", () => {
    expect(translateCountRequest(question, toChat)).toBeUndefined();
    expect(translateCountRequest(question, { ...toResponses, capability: { countTokens: false } })).toBeUndefined();
    expect(translateCountRequest(question, toResponses)?.body).toMatchObject({ model: "gpt-5" });
  });

  test("asks for nothing but the count", () => {
    const asked = translateCountRequest({ model: "claude-sonnet-5-5", input: "Hi" }, toAnthropic);
    expect(asked?.body).toMatchObject({ model: "claude-sonnet-5-5", messages: [{ role: "user" }] });
    expect(asked?.body).not.toHaveProperty("max_tokens");
    expect(asked?.body).not.toHaveProperty("stream");
  });

  test("is answered in the client's words", () => {
    const context = translateCountRequest(question, toResponses)?.context;
    const answer = context && translateCountResponse('{"object":"response.input_tokens","input_tokens":14}', context);
    expect(answer?.body).toEqual({ input_tokens: 14 });
    const other = translateCountRequest({ model: "claude-sonnet-5-5", input: "Hi" }, toAnthropic)?.context;
    const counted = other && translateCountResponse({ input_tokens: 9 }, other);
    expect(counted?.body).toMatchObject({ input_tokens: 9 });
  });

  test.each(["{}", '{"input_tokens":"many"}', "<html>", ""])("is not answered by %j", (body) => {
    const asked = translateCountRequest(question, toResponses);
    expect(() => asked && translateCountResponse(body, asked.context)).toThrow(
      expect.objectContaining({ kind: "bad_gateway" }),
    );
  });
});
