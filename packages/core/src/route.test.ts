import { describe, expect, test } from "vitest";

import { DEFAULT_ROUTES, RouteTable, modelMatches, orderedFor } from "./route.ts";

const ANTHROPIC = { name: "anthropic", models: ["claude*"] };
const OPENAI = { name: "openai", models: ["gpt-*", "o3*"] };
const LOCAL = { name: "local", models: ["*"] };

describe("the default aliases", () => {
  const table = new RouteTable(DEFAULT_ROUTES, [ANTHROPIC]);
  test.each([
    ["gpt-4o", "claude-sonnet-5-5"],
    ["gpt-4o-2024-11-20", "claude-sonnet-5-5"],
    ["gpt-4o-mini", "claude-haiku-4-5"],
    ["gpt-3.5-turbo", "claude-haiku-4-5"],
    ["gpt-5-pro", "claude-opus-5-5"],
    ["o3", "claude-opus-5-5"],
    ["gpt-5.5", "claude-sonnet-5-5"],
  ])("%s goes to %s", (asked, model) => {
    expect(table.candidates(asked)).toEqual([{ upstream: "anthropic", model }]);
  });

  test("go to OpenAI first where there is an account", () => {
    expect(new RouteTable(DEFAULT_ROUTES, [ANTHROPIC, OPENAI]).candidates("gpt-4o")).toEqual([
      { upstream: "openai", model: "gpt-4o" },
      { upstream: "anthropic", model: "claude-sonnet-5-5" },
    ]);
  });

  test("leave Anthropic's own names as they are", () => {
    expect(table.candidates("claude-opus-4-7")).toEqual([{ upstream: "anthropic", model: "claude-opus-4-7" }]);
  });
});

describe("rules", () => {
  test("the first that fits counts, in its order of upstreams", () => {
    const table = new RouteTable(
      [
        {
          model: "fast",
          to: [
            { upstream: "local", model: "tiny" },
            { upstream: "anthropic", model: "claude-haiku-4-5" },
          ],
        },
        { model: "f*", to: [{ upstream: "openai" }] },
      ],
      [ANTHROPIC, LOCAL],
    );
    expect(table.candidates("fast")).toEqual([
      { upstream: "local", model: "tiny" },
      { upstream: "anthropic", model: "claude-haiku-4-5" },
    ]);
  });

  test("one that leads to no upstream with an account is passed over", () => {
    const table = new RouteTable([{ model: "f*", to: [{ upstream: "openai" }] }], [LOCAL]);
    expect(table.candidates("fast")).toEqual([{ upstream: "local", model: "fast" }]);
  });

  test("letters of a pattern mean themselves", () => {
    const table = new RouteTable([{ model: "a.c", to: [{ upstream: "local", model: "dotted" }] }], [LOCAL]);
    expect(table.candidates("abc")).toEqual([{ upstream: "local", model: "abc" }]);
    expect(table.candidates("a.c")).toEqual([{ upstream: "local", model: "dotted" }]);
  });
});

test("without a rule, every upstream that serves the name is a candidate, in the order of preference", () => {
  const table = new RouteTable([], [OPENAI, LOCAL]);
  expect(table.candidates("gpt-9")).toEqual([
    { upstream: "openai", model: "gpt-9" },
    { upstream: "local", model: "gpt-9" },
  ]);
});

test("a name nobody serves has none", () => {
  expect(new RouteTable(DEFAULT_ROUTES, [ANTHROPIC]).candidates("llama-3")).toEqual([]);
});

test("a million names do not fill the memory, and the answers stay right", () => {
  const table = new RouteTable([], [LOCAL]);
  for (let n = 0; n < 5000; n++) expect(table.candidates(`model-${n}`)).toHaveLength(1);
});

describe("weights", () => {
  const rule = {
    model: "fast",
    to: [
      { upstream: "anthropic", weight: 1 },
      { upstream: "local", weight: 3 },
    ],
  };
  const candidates = new RouteTable([rule], [ANTHROPIC, LOCAL]).candidates("fast");
  const firsts = Array.from({ length: 4000 }, (_, index) => orderedFor(candidates, `session-${index}`)[0]?.upstream);

  test("divide the sessions, each of which always tries them in one order", () => {
    expect(firsts.filter((first) => first === "local").length / firsts.length).toBeCloseTo(0.75, 1);
    expect(orderedFor(candidates, "session-1")).toEqual(orderedFor(candidates, "session-1"));
    expect(orderedFor(candidates, "session-1")).toHaveLength(2);
  });

  test("count only where every target has one", () => {
    const table = new RouteTable(
      [{ ...rule, to: [{ upstream: "local", weight: 3 }, { upstream: "anthropic" }] }],
      [ANTHROPIC, LOCAL],
    );
    const orders = firsts.map((_, index) => orderedFor(table.candidates("fast"), `session-${index}`)[0]?.upstream);
    expect(new Set(orders)).toEqual(new Set(["local"]));
  });
});

test("a rule says after which failures the next upstream is tried", () => {
  const table = new RouteTable(
    [{ model: "*", to: [{ upstream: "local" }], fallbackOn: ["context_too_long"] }],
    [ANTHROPIC, LOCAL],
  );
  expect(table.candidates("any")).toEqual([{ upstream: "local", model: "any", fallbackOn: ["context_too_long"] }]);
});

test("a pattern is a name with stars, and nothing else in it is special", () => {
  const fits = ["claude-*", "claude-opus", "c*s", "cl.ude-opus", "*"].map((pattern) =>
    modelMatches(pattern, "claude-opus"),
  );
  expect(fits).toEqual([true, true, true, false, true]);
});
