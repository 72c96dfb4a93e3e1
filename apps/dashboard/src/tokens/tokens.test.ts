import { describe, expect, test } from "vitest";

import type { Token } from "../api/answers.ts";
import { limitsAsked, textsOf } from "./limit-fields.ts";
import { found, stateOf } from "./token-state.ts";

const NOW = new Date("2026-11-25T12:00:00Z");
const SECONDS = NOW.getTime() / 1000;

function token(fields: Partial<Token> = {}): Token {
  return {
    id: "6fdf2800-72c6",
    label: "",
    account: null,
    scopes: ["inference"],
    issued_at: 0,
    expires_at: SECONDS + 1,
    revoked: false,
    limits: {},
    ...fields,
  };
}

test.each([
  [{ revoked: true, expires_at: 0 }, "revoked"],
  [{ revoked: false, expires_at: SECONDS }, "expired"],
  [{ revoked: false, expires_at: SECONDS + 1 }, "active"],
])("a token with %j is %s", (fields, expected) => {
  expect(stateOf(fields, NOW)).toBe(expected);
});

describe("a search", () => {
  const tokens = [
    token({ id: "a1", label: "Alice laptop", issued_at: 1 }),
    token({ id: "b2", label: "build", account: "primary", issued_at: 3 }),
    token({ id: "c3", label: "Alice CI", scopes: ["observe"], issued_at: 2 }),
  ];
  test.each([
    ["", ["b2", "c3", "a1"]],
    ["alice", ["c3", "a1"]],
    ["  ALICE   observe ", ["c3"]],
    ["primary", ["b2"]],
    ["a1", ["a1"]],
    ["nobody", []],
  ])("for %j finds these, the newest first", (words, expected) => {
    expect(found(tokens, words).map(({ id }) => id)).toEqual(expected);
  });
});

describe("a form of limits", () => {
  test("begins with those that are there and asks for the same when nothing is changed", () => {
    const limits = { requests_per_minute: 60, budget_usd_per_day: 2.5, models: ["claude-*", "gpt-5"] };
    expect(textsOf(limits)).toEqual({
      requests_per_minute: "60",
      budget_usd_per_day: "2.5",
      models: "claude-*, gpt-5",
    });
    expect(limitsAsked(textsOf(limits), limits)).toEqual(limits);
  });

  test("removes what was emptied and leaves out what never was", () => {
    const texts = { requests_per_minute: " ", concurrent: "4", addresses: " 10.0.0.0/8\n::1 " };
    expect(limitsAsked(texts, { requests_per_minute: 60 })).toEqual({
      requests_per_minute: null,
      concurrent: 4,
      addresses: ["10.0.0.0/8", "::1"],
    });
  });
});
