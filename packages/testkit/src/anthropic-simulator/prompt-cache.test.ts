import { expect, it } from "vitest";

import type { JsonObject } from "../simulator/json.ts";
import { estimateTokens } from "../simulator/tokens.ts";
import { createPromptCache } from "./prompt-cache.ts";
import { estimatePromptTokens } from "./prompt.ts";

const mark = { type: "ephemeral" };
const hour = { type: "ephemeral", ttl: "1h" };
const system = (text: string, cache_control?: JsonObject): JsonObject => ({
  type: "text",
  text,
  ...(cache_control && { cache_control }),
});
const user = (text: string, cache_control?: JsonObject): JsonObject => ({
  role: "user",
  content: [system(text, cache_control)],
});
const claudeCode = (nonce: string): JsonObject => ({
  system: [system(`x-anthropic-billing-header: ${nonce}`), system("You are.", mark)],
  messages: [user("Hello")],
});
const tokens = (body: JsonObject): number => estimatePromptTokens(body);

it("counts everything as input when nothing is marked", () => {
  const body = { system: "Be brief.", messages: [user("Hello")] };

  expect(createPromptCache().note("", body)).toEqual({
    input: tokens(body),
    cacheRead: 0,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
  });
});

it("writes what is marked, and reads it the next time, though the mark has moved on", () => {
  const cache = createPromptCache();
  const prefix = { system: [system("A long instruction.", hour)], messages: [user("One"), user("Two", mark)] };
  const longer = { ...prefix, messages: [user("One"), user("Two"), user("Three", mark), user("Four")] };

  const first = cache.note("", prefix);
  const second = cache.note("", longer);

  const long = tokens({ system: prefix.system });
  const whole = tokens(prefix);
  expect(first).toEqual({ input: 0, cacheRead: 0, cacheWrite5m: whole - long, cacheWrite1h: long });
  expect(second).toEqual({
    input: tokens({ messages: [user("Four")] }),
    cacheRead: whole,
    cacheWrite5m: tokens({ messages: [user("Three")] }),
    cacheWrite1h: 0,
  });
});

it("reads nothing of another scope, or after a change before the mark", () => {
  const cache = createPromptCache();
  const body = { messages: [user("One"), user("Two", mark)] };
  cache.note("alice", body);

  expect(cache.note("bob", body)).toMatchObject({ cacheRead: 0 });
  expect(cache.note("alice", { messages: [user("Other"), user("Two", mark)] })).toMatchObject({ cacheRead: 0 });
  expect(cache.note("alice", body)).toMatchObject({ cacheWrite5m: 0, input: 0 });
});

it("reads no further than the last mark of the request that asks", () => {
  const cache = createPromptCache();
  cache.note("", { messages: [user("One"), user("Two", mark)] });

  expect(cache.note("", { messages: [user("One", mark), user("Two")] })).toMatchObject({ cacheRead: 0 });
});

it("does not mind the billing block of Claude Code, which is another one each time", () => {
  const cache = createPromptCache();
  cache.note("", claudeCode("aaa"));

  expect(cache.note("", claudeCode("bbb"))).toMatchObject({ cacheWrite5m: 0 });
});

it("takes a mark on the whole request as one on its last part", () => {
  const body = { cache_control: mark, messages: [user("One"), user("Two")] };

  expect(createPromptCache().note("", body)).toMatchObject({ input: 0, cacheWrite5m: tokens(body) });
});

it("does not count the letters of a picture", () => {
  const picture = { type: "image", source: { type: "base64", media_type: "image/png", data: "A".repeat(100_000) } };

  expect(estimateTokens(picture)).toBeLessThan(1100);
});
