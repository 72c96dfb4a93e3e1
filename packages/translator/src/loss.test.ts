import { describe, expect, test } from "vitest";

import { DIALECT_IDS } from "./dialect.ts";
import { LOSSES } from "./loss-table.ts";
import type { LossCode, LossRow } from "./loss-table.ts";
import { LossLog } from "./loss.ts";
import type { Loss } from "./loss.ts";
import { TranslationError } from "./translation-error.ts";

const CODES = Object.keys(LOSSES).filter((code): code is LossCode => Object.hasOwn(LOSSES, code));
const rowOf = (code: LossCode): LossRow => LOSSES[code];

describe.each(CODES)("%s", (code) => {
  const row = rowOf(code);
  const pairs = DIALECT_IDS.flatMap((from) => row.to.map((to) => ({ from, to }))).filter(
    ({ from, to }) => from !== to && row.fields[from] !== undefined,
  );

  test("somebody can say it and somebody else cannot", () => {
    expect(row.to).toEqual([...new Set(row.to)]);
    expect(pairs).not.toEqual([]);
    for (const to of row.to) expect(pairs.map((pair) => pair.to)).toContain(to);
    for (const field of Object.values(row.fields)) expect(field).toMatch(/^\S+$/);
  });

  test("its reason is a piece of a sentence", () => {
    expect(row.reason).toMatch(/^[a-z\d][^|\n]+[^.\s]$/);
  });

  test("only what is dropped from a request may be a hint", () => {
    expect(row.hint === true && (row.outcome !== "dropped" || row.when !== "request")).toBe(false);
    expect(row.outcome === "rejected" && row.when === "answer").toBe(false);
  });

  const { outcome, reason } = row;
  const isRefused = {
    lenient: outcome === "rejected",
    strict: outcome === "rejected" || (outcome === "dropped" && row.hint !== true),
  };
  const noted = pairs.map(({ from, to }) => ({
    lenient: noteTwice(new LossLog(from, to)),
    strict: noteTwice(new LossLog(from, to, "strict")),
    loss: { code, field: row.fields[from], outcome, reason, detail: "first" },
  }));

  test.each(["lenient", "strict"] as const)("is noted once, or refused, in %s mode", (mode) => {
    for (const each of noted) expect(each[mode]).toEqual(isRefused[mode] ? "refused" : [each.loss]);
  });

  function noteTwice(losses: LossLog): readonly Loss[] | "refused" {
    try {
      losses.note(code, "first");
      losses.note(code, "second");
      return losses.list;
    } catch (error) {
      return error instanceof TranslationError ? "refused" : [];
    }
  }
});

test("what is refused says which field, what was in it, and why", () => {
  const losses = new LossLog("openai-responses", "anthropic-messages");
  expect(() => losses.note("previous_response", "resp_1")).toThrow(
    expect.objectContaining({
      kind: "bad_request",
      code: "unsupported_parameter",
      param: "previous_response_id",
      message: "previous_response_id (resp_1): no earlier response is kept; send the whole conversation in `input`",
    }),
  );
});

test("losses are listed in the order in which they were met, without a detail where there was none", () => {
  const losses = new LossLog("openai-chat", "anthropic-messages");
  losses.note("seed");
  losses.note("temperature_clamped", "1.7");
  expect(losses.list).toStrictEqual([
    { code: "seed", field: "seed", outcome: "dropped", reason: "the upstream has none" },
    {
      code: "temperature_clamped",
      field: "temperature",
      outcome: "adapted",
      reason: LOSSES.temperature_clamped.reason,
      detail: "1.7",
    },
  ]);
});

test("a list that was taken does not change", () => {
  const losses = new LossLog("openai-chat", "anthropic-messages");
  const { list } = losses;
  losses.note("seed");
  expect(list).toEqual([]);
});
