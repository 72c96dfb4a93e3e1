import * as fc from "fast-check";
import { expect, test } from "vitest";

import { TranslationError } from "../translation-error.ts";
import { Accumulator } from "./accumulate.ts";
import type { StreamEvent } from "./event.ts";
import type { Part } from "./part.ts";
import { replay } from "./replay.ts";
import type { NeutralResponse } from "./response.ts";
import { Serialiser } from "./serialise.ts";

function accumulate(...events: readonly StreamEvent[]): Accumulator {
  const accumulator = new Accumulator();
  for (const event of events) accumulator.write(event);
  return accumulator;
}

test("an answer with a part of each kind, from its pieces", () => {
  const { response } = accumulate(
    { type: "start", id: "1", model: "m", usage: { input: 3 } },
    { type: "open", n: 0, part: { type: "reasoning", full: true } },
    { type: "delta", n: 0, text: "a" },
    { type: "delta", n: 0, text: "b" },
    { type: "section", n: 0 },
    { type: "delta", n: 0, text: "c" },
    { type: "seal", n: 0, seal: { origin: "anthropic-messages", kind: "signature", data: "s" } },
    { type: "close", n: 0 },
    { type: "open", n: 1, part: { type: "text", phase: "final_answer" } },
    { type: "delta", n: 1, text: "Hi" },
    { type: "citation", n: 1, citation: { url: "u", raw: {} } },
    { type: "close", n: 1 },
    { type: "open", n: 2, part: { type: "tool_call", id: "c", name: "t", kind: "function" } },
    { type: "delta", n: 2, text: '{"a":' },
    { type: "delta", n: 2, text: "1}" },
    { type: "close", n: 2 },
    { type: "usage", usage: { input: 3, output: 5 }, tier: "flex" },
    { type: "usage", usage: { input: 3, output: 6 } },
    { type: "finish", finish: { kind: "tool_use", raw: "tool_use" } },
    { type: "end" },
  );
  expect(response).toEqual({
    id: "1",
    model: "m",
    parts: [
      {
        type: "reasoning",
        full: true,
        texts: ["ab", "c"],
        seal: { origin: "anthropic-messages", kind: "signature", data: "s" },
      },
      { type: "text", phase: "final_answer", text: "Hi", citations: [{ url: "u", raw: {} }] },
      { type: "tool_call", id: "c", name: "t", kind: "function", arguments: '{"a":1}' },
    ],
    usage: { input: 3, output: 6 },
    tier: "flex",
    finish: { kind: "tool_use", raw: "tool_use" },
  });
});

test("an answer that broke off is an error: its own, or one that says so", () => {
  const error = { kind: "overloaded", message: "Overloaded", code: "x" } as const;
  expect(() => accumulate({ type: "start" }, { type: "error", error }).response).toThrow(
    new TranslationError("overloaded", "Overloaded", { code: "x" }),
  );
  expect(() => accumulate({ type: "start" }, { type: "finish", finish: { kind: "end" } }).response).toThrow(
    expect.objectContaining({ kind: "bad_gateway" }),
  );
});

test("what belongs to no part changes nothing", () => {
  const { response } = accumulate(
    { type: "start" },
    { type: "delta", n: 0, text: "x" },
    { type: "finish", finish: { kind: "end" } },
    { type: "end" },
  );
  expect(response).toEqual({ parts: [], usage: {}, finish: { kind: "end" } });
});

test("parts that no answer holds are not replayed", () => {
  const types: string[] = [];
  const media: Part = { type: "media", kind: "image", source: { type: "url", url: "u" } };
  replay({ parts: [media], usage: {}, finish: { kind: "end" } }, ({ type }) => types.push(type));
  expect(types).toEqual(["start", "usage", "finish", "end"]);
});

const optional = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(values, { nil: undefined });
const words = fc.string({ maxLength: 8 });
const part: fc.Arbitrary<Part> = fc.oneof(
  fc.record(
    {
      type: fc.constant("text"),
      text: words,
      phase: fc.constantFrom("commentary", "final_answer"),
      citations: fc.array(fc.record({ quote: words, raw: fc.constant({}) }, { noNullPrototype: true }), {
        minLength: 1,
        maxLength: 2,
      }),
    } as const,
    { requiredKeys: ["type", "text"], noNullPrototype: true },
  ),
  fc.record({ type: fc.constant("refusal"), text: words } as const, { noNullPrototype: true }),
  fc.record(
    {
      type: fc.constant("reasoning"),
      // One section without any text cannot be told from none.
      texts: fc.array(words, { maxLength: 3 }).map((texts) => (texts.length === 1 && texts[0] === "" ? [] : texts)),
      full: fc.boolean(),
      seal: fc.record(
        {
          origin: fc.constantFrom("anthropic-messages", "openai-chat", "openai-responses"),
          kind: fc.constantFrom("signature", "redacted", "encrypted", "details"),
          data: words,
        } as const,
        { noNullPrototype: true },
      ),
    } as const,
    { requiredKeys: ["type", "texts"], noNullPrototype: true },
  ),
  fc.record(
    {
      type: fc.constant("tool_call"),
      id: words,
      name: words,
      namespace: words,
      arguments: words,
      kind: fc.constantFrom("function", "custom"),
    } as const,
    { requiredKeys: ["type", "id", "name", "arguments", "kind"], noNullPrototype: true },
  ),
  fc.constant({ type: "web_search", id: "w", query: "q", origin: "openai-responses" } as const),
  fc.constant({ type: "opaque", origin: "anthropic-messages", name: "x", raw: { a: 1 } } as const),
);
const response: fc.Arbitrary<NeutralResponse> = fc
  .record({
    id: optional(words),
    model: optional(words),
    parts: fc.array(part, { maxLength: 5 }),
    usage: fc.constantFrom({}, { input: 1, output: 2 }),
    tier: optional(words),
    finish: fc.constantFrom(
      { kind: "end" } as const,
      { kind: "stop_sequence", raw: "stop_sequence", stopSequence: "\n" } as const,
    ),
  })
  .map(({ id, model, tier, ...rest }) => ({
    ...rest,
    ...(id !== undefined && { id }),
    ...(model !== undefined && { model }),
    ...(tier !== undefined && { tier }),
  }));

test("an answer that is replayed accumulates to itself, also through the serialiser", () => {
  fc.assert(
    fc.property(response, (given) => {
      const [straight, serialised] = [new Accumulator(), new Accumulator()];
      const serialiser = new Serialiser((event) => serialised.write(event));
      replay(given, (event) => {
        straight.write(event);
        serialiser.write(event);
      });
      expect(straight.response).toStrictEqual(given);
      expect(serialised.response).toStrictEqual(given);
    }),
    { numRuns: 500 },
  );
});
