import { expect, test } from "vitest";

import { translateLimitHeaders } from "./limit-headers.ts";

const nowSeconds = Date.parse("2026-11-23T10:00:00Z") / 1000;
const toOpenAi = { from: "anthropic-messages", to: "openai-chat", nowSeconds } as const;
const toAnthropic = { from: "openai-responses", to: "anthropic-messages", nowSeconds } as const;

test("Anthropic's limits in OpenAI's words: how long instead of when", () => {
  const headers = {
    "anthropic-ratelimit-requests-limit": "50",
    "anthropic-ratelimit-requests-remaining": "49",
    "anthropic-ratelimit-requests-reset": "2026-11-23T10:00:01Z",
    "anthropic-ratelimit-tokens-limit": "40000",
    "anthropic-ratelimit-tokens-remaining": "39000",
    "anthropic-ratelimit-tokens-reset": "2026-11-23T11:06:00Z",
    "anthropic-organization-id": "org",
    "set-cookie": "x",
    "retry-after": "12",
  };
  expect(translateLimitHeaders(headers, toOpenAi)).toEqual({
    "x-ratelimit-limit-requests": "50",
    "x-ratelimit-remaining-requests": "49",
    "x-ratelimit-reset-requests": "1s",
    "x-ratelimit-limit-tokens": "40000",
    "x-ratelimit-remaining-tokens": "39000",
    "x-ratelimit-reset-tokens": "1h6m0s",
    "retry-after": "12",
  });
});

test("OpenAI's limits in Anthropic's words: when instead of how long", () => {
  const headers = {
    "x-ratelimit-limit-requests": "5000",
    "x-ratelimit-remaining-requests": "4999",
    "x-ratelimit-reset-requests": "120ms",
    "x-ratelimit-reset-tokens": "6m0s",
    "openai-organization": "org",
    "retry-after-ms": "1500",
  };
  expect(translateLimitHeaders(headers, toAnthropic)).toEqual({
    "anthropic-ratelimit-requests-limit": "5000",
    "anthropic-ratelimit-requests-remaining": "4999",
    "anthropic-ratelimit-requests-reset": "2026-11-23T10:00:01Z",
    "anthropic-ratelimit-tokens-reset": "2026-11-23T10:06:00Z",
    "retry-after": "2",
  });
});

test("between OpenAI's dialects they stay", () => {
  const headers = { "x-ratelimit-limit-tokens": "1", "x-ratelimit-reset-tokens": "2m3s" };
  expect(translateLimitHeaders(headers, { from: "openai-chat", to: "openai-responses", nowSeconds })).toEqual(headers);
});

test("of Anthropic's limits on input and output the one with less left is told, unless there is one for both", () => {
  const split = {
    "anthropic-ratelimit-input-tokens-limit": "1000",
    "anthropic-ratelimit-input-tokens-remaining": "900",
    "anthropic-ratelimit-output-tokens-limit": "100",
    "anthropic-ratelimit-output-tokens-remaining": "90",
  };
  expect(translateLimitHeaders(split, toOpenAi)).toEqual({
    "x-ratelimit-limit-tokens": "100",
    "x-ratelimit-remaining-tokens": "90",
  });
  const joint = { ...split, "anthropic-ratelimit-tokens-remaining": "5" };
  expect(translateLimitHeaders(joint, toOpenAi)).toEqual({ "x-ratelimit-remaining-tokens": "5" });
});

test.each([
  ["2026-11-23T09:59:00Z", "0s"],
  ["2026-11-23T10:00:00.250Z", "250ms"],
  ["2026-11-23T10:01:30Z", "1m30s"],
  ["2026-11-25T10:00:00Z", "48h0m0s"],
  ["soon", undefined],
  ["", undefined],
])("a reset at %j is %j away", (at, duration) => {
  const translated = translateLimitHeaders({ "anthropic-ratelimit-requests-reset": at }, toOpenAi);
  expect(translated["x-ratelimit-reset-requests"]).toBe(duration);
});

test.each([
  ["20", "2026-11-23T10:00:20Z"],
  ["1.5", "2026-11-23T10:00:02Z"],
  ["0s", "2026-11-23T10:00:00Z"],
  ["1d2h3m4s", "2026-11-24T12:03:04Z"],
  ["9".repeat(30), undefined],
  ["in a while", undefined],
])("a reset in %j is at %j", (duration, at) => {
  const translated = translateLimitHeaders({ "x-ratelimit-reset-tokens": duration }, toAnthropic);
  expect(translated["anthropic-ratelimit-tokens-reset"]).toBe(at);
});

test("whoever says nothing gets nothing", () => {
  expect(translateLimitHeaders({}, toOpenAi)).toEqual({});
  expect(translateLimitHeaders({ "retry-after-ms": "soon" }, toAnthropic)).toEqual({});
});
