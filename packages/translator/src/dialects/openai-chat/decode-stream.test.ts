import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { Accumulator } from "../../neutral/accumulate.ts";
import type { StreamEvent } from "../../neutral/event.ts";
import type { NeutralResponse } from "../../neutral/response.ts";
import { chunk, contextFor, eventsOf, sseOf } from "../../testing/chat-codec.ts";

const DONE = "data: [DONE]\n\n";
const USAGE = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 };
const COUNTED = { id: "chatcmpl-7", choices: [], usage: USAGE };
const FINISH = chunk({}, {}, "stop");
const ROLE = chunk({ role: "assistant", content: "" });

function events(...chunks: readonly (object | string)[]): readonly StreamEvent[] {
  return eventsOf(sseOf(chunks), contextFor({ stop: ["END"] }, { client: "anthropic-messages" }));
}

/** The answer of a stream that ends well. */
function answer(...chunks: readonly (object | string)[]): NeutralResponse {
  const accumulator = new Accumulator();
  for (const event of events(...chunks)) accumulator.write(event);
  return accumulator.response;
}

const text = (words: string) => ({ type: "text", text: words });
const called = (id: string, name: string, args: string) => ({
  type: "tool_call",
  id,
  name,
  arguments: args,
  kind: "function",
});
const piece = (index: number | undefined, id?: string | null, name?: string | null, args?: unknown) =>
  chunk({ tool_calls: [{ index, id, type: "function", function: { name, arguments: args } }] });

test("an answer, event by event", () => {
  expect(events(ROLE, chunk({ content: "a" }), chunk({ content: "b" }), FINISH, COUNTED, DONE)).toEqual([
    { type: "start", id: "chatcmpl-7", model: "up" },
    { type: "open", n: 0, part: { type: "text" } },
    { type: "delta", n: 0, text: "a" },
    { type: "delta", n: 0, text: "b" },
    { type: "close", n: 0 },
    { type: "usage", usage: { input: 10, output: 2 } },
    { type: "finish", finish: { kind: "end", raw: "stop" } },
    { type: "end" },
  ]);
});

describe("the end", () => {
  const good = [ROLE, chunk({ content: "a" })];
  test.each<[string, readonly (object | string)[]]>([
    ["[DONE]", [FINISH, DONE]],
    ["[DONE] with a blank", [FINISH, "data: [DONE] \n\n"]],
    ["nothing after the finish", [FINISH]],
    ["[DONE] alone", [DONE]],
    ["a chunk that only counts", [FINISH, COUNTED]],
    ["two finishes", [FINISH, chunk({}, { usage: USAGE }, "length"), DONE]],
    ["a finish that is empty before it", [chunk({}, {}, ""), FINISH, DONE]],
    ["chunks after [DONE]", [FINISH, DONE, chunk({ content: "late" })]],
    ["a frame cut short after the finish", [FINISH, 'data: {"choices":[],"usage":{"prom']],
  ])("is %s", (_, rest) => {
    expect(answer(...good, ...rest)).toMatchObject({ parts: [text("a")], finish: { kind: "end" } });
  });

  test.each<[string, readonly (object | string)[], object]>([
    ["nothing at all", [], { kind: "bad_gateway", message: "The upstream's stream ended early." }],
    ["[DONE] before anything", [DONE], { kind: "bad_gateway" }],
    ["no finish", [ROLE, chunk({ content: "a" })], { kind: "bad_gateway" }],
    ["usage without a finish", [ROLE, COUNTED], { kind: "bad_gateway" }],
    ["a frame cut short", [ROLE, 'data: {"choices":[{"del'], { kind: "bad_gateway" }],
    ["a frame that is no JSON", [ROLE, "data: oops\n\n", FINISH, DONE], { kind: "bad_gateway" }],
    [
      "an error chunk",
      [ROLE, { error: { message: "no", code: 429 } }, FINISH, DONE],
      { kind: "rate_limit", message: "no" },
    ],
    [
      "an error beside choices",
      [chunk({ content: "" }, { error: { code: 502, message: "no" } })],
      { kind: "bad_gateway" },
    ],
    [
      "an error in the choice",
      [{ choices: [{ delta: {}, error: { message: "no", code: 503 } }] }],
      { kind: "unavailable" },
    ],
    [
      "an error of Anthropic's",
      [{ type: "error", error: { type: "overloaded_error", message: "busy" } }],
      { kind: "overloaded" },
    ],
    ["an error by its name", ['event: error\ndata: {"message":"no"}\n\n'], { kind: "server", message: "no" }],
    ["an error in plain text", ["event: error\ndata: timed out\n\n"], { kind: "server", message: "timed out" }],
    ["a finish that says so", [ROLE, chunk({}, {}, "error"), DONE], { kind: "bad_gateway" }],
  ])("is an error: %s", (_, chunks, error) => {
    const said = events(...chunks);
    expect(said.at(-1)).toMatchObject({ type: "error", error });
    expect(said.filter(({ type }) => type === "end" || type === "finish" || type === "error")).toHaveLength(1);
  });

  test("what was counted is told even when it breaks off", () => {
    expect(events(chunk({ content: "a" }, { usage: USAGE })).slice(-2)).toMatchObject([
      { type: "usage", usage: { input: 10, output: 2 } },
      { type: "error" },
    ]);
  });
});

describe("the beginning", () => {
  test("may have no id, no model and no choice", () => {
    const azure = { id: "", model: "", choices: [], prompt_filter_results: [] };
    expect(events(azure, ROLE, FINISH, DONE)[0]).toEqual({ type: "start", id: "chatcmpl-7", model: "up" });
  });

  test("comments, nulls and other values say nothing", () => {
    expect(answer(": PROCESSING\n\n", "data: null\n\n", "data: []\n\n", "data:\n\n", ROLE, FINISH, DONE).parts).toEqual(
      [],
    );
  });
});

describe("usage", () => {
  const growing = (output: number) => ({ usage: { prompt_tokens: 10, completion_tokens: output } });
  test.each<[string, readonly object[]]>([
    ["beside the finish", [chunk({}, { usage: USAGE }, "stop")]],
    ["on every chunk, growing", [chunk({ content: "a" }, growing(1)), chunk({}, growing(2), "stop")]],
    ["in the choice", [{ choices: [{ index: 0, delta: {}, finish_reason: "stop", usage: USAGE }] }]],
    ["in x_groq", [chunk({}, { x_groq: { usage: USAGE } }, "stop")]],
    ["on a chunk with a choice after the finish", [FINISH, chunk({}, { usage: USAGE })]],
    ["twice", [chunk({}, growing(1), "stop"), COUNTED]],
    ["before a null", [chunk({}, { usage: USAGE }, "stop"), chunk({}, { usage: null })]],
  ])("%s", (_, chunks) => {
    expect(answer(ROLE, ...chunks, DONE).usage).toEqual({ input: 10, output: 2 });
  });

  test("the tier", () => {
    expect(answer(chunk({ content: "a" }, { service_tier: "flex" }), FINISH, DONE).tier).toBe("flex");
  });
});

describe("text", () => {
  test.each<[string, readonly object[], readonly object[]]>([
    ["in the first chunk", [chunk({ role: "assistant", content: "a" })], [text("a")]],
    ["with the finish", [chunk({ content: "a" }, {}, "stop")], [text("a")]],
    ["after the finish", [chunk({ content: "a" }, {}, "stop"), chunk({ content: "b" })], [text("ab")]],
    ["empty ones", [chunk({ content: "" }), chunk({ content: null }), { choices: [{ delta: null }] }], []],
    ["in a message", [{ choices: [{ index: 0, message: { content: "a" }, finish_reason: "stop" }] }], [text("a")]],
    ["a refusal", [chunk({ content: null, refusal: "n" }), chunk({ refusal: "o" })], [{ type: "refusal", text: "no" }]],
    [
      "of several choices",
      [
        {
          choices: [
            { index: 1, delta: { content: "x" } },
            { index: 0, delta: { content: "a" } },
          ],
        },
      ],
      [text("a")],
    ],
    [
      "Mistral's lists",
      [chunk({ content: [{ type: "thinking", thinking: [{ type: "text", text: "hm" }] }] }), chunk({ content: "a" })],
      [{ type: "reasoning", texts: ["hm"], full: true }, text("a")],
    ],
  ])("%s", (_, chunks, parts) => {
    expect(answer(...chunks, FINISH, DONE).parts).toEqual(parts);
  });

  test("with sources", () => {
    const annotations = [{ type: "url_citation", url_citation: { url: "https://x", start_index: 0, end_index: 1 } }];
    expect(answer(chunk({ content: "ab" }), chunk({ annotations }), FINISH, DONE).parts).toMatchObject([
      { text: "ab", citations: [{ url: "https://x", start: 0, end: 1 }] },
    ]);
  });

  test("a refusal explains the end", () => {
    expect(answer(chunk({ refusal: "no" }), FINISH, DONE).finish).toEqual({
      kind: "refusal",
      raw: "stop",
      explanation: "no",
    });
  });
});

describe("reasoning", () => {
  const thought = (words: string) => ({ type: "reasoning", texts: [words], full: true });

  test.each<[string, readonly object[], readonly object[]]>([
    ["one name", [chunk({ reasoning_content: "hm" }), chunk({ content: "a" })], [thought("hm"), text("a")]],
    ["two names", [chunk({ reasoning_content: "hm", reasoning: "hm" })], [thought("hm")]],
    [
      "two names, one at a time",
      [chunk({ reasoning: "h" }), chunk({ reasoning: "m", reasoning_content: "m" })],
      [thought("hm")],
    ],
    [
      "before and after text",
      [chunk({ content: "a" }), chunk({ reasoning: "hm" }), chunk({ content: "b" })],
      [text("a"), thought("hm"), text("b")],
    ],
    [
      "details without a proof",
      [chunk({ reasoning_details: [{ type: "reasoning.text", text: "hm" }] })],
      [thought("hm")],
    ],
    ["with text in one chunk", [chunk({ reasoning_content: "hm", content: "a" })], [thought("hm"), text("a")]],
  ])("%s", (_, chunks, parts) => {
    expect(answer(...chunks, FINISH, DONE).parts).toEqual(parts);
  });

  test("details are put together, with their proof", () => {
    const detail = (more: object) => ({ type: "reasoning.text", index: 0, ...more });
    const told = (words: string) => chunk({ reasoning: words, reasoning_details: [detail({ text: words })] });
    const signed = chunk({ reasoning_details: [detail({ signature: "sig", text: null })] });
    expect(answer(told("h"), told("m"), signed, chunk({ content: "a" }), FINISH, DONE).parts[0]).toEqual({
      ...thought("hm"),
      seal: {
        origin: "openai-chat",
        kind: "details",
        data: '[{"type":"reasoning.text","index":0,"text":"hm","signature":"sig"}]',
      },
    });
  });

  test("a proof may come after the text", () => {
    const proof = { type: "reasoning.encrypted", data: "e", index: 0 };
    expect(answer(chunk({ content: "a" }), chunk({ reasoning_details: [proof] }), FINISH, DONE).parts).toEqual([
      text("a"),
      {
        type: "reasoning",
        texts: [],
        seal: { origin: "openai-chat", kind: "details", data: JSON.stringify([proof]) },
      },
    ]);
  });

  test("summaries are not the thinking itself", () => {
    const summary = chunk({
      reasoning: "s",
      reasoning_details: [{ type: "reasoning.summary", summary: "s", index: 0 }],
    });
    expect(answer(summary, FINISH, DONE).parts).toEqual([{ type: "reasoning", texts: ["s"] }]);
  });
});

describe("calls", () => {
  test.each<[string, readonly object[], readonly object[]]>([
    [
      "in pieces",
      [piece(0, "c", "f", ""), piece(0, undefined, undefined, '{"a":'), piece(0, null, null, "1}")],
      [called("c", "f", '{"a":1}')],
    ],
    ["whole", [piece(0, "c", "f", "{}")], [called("c", "f", "{}")]],
    ["with arguments as an object", [piece(0, "c", "f", { a: 1 })], [called("c", "f", '{"a":1}')]],
    ["the name in every piece", [piece(0, "c", "f", '{"a"'), piece(0, "c", "f", ":1}")], [called("c", "f", '{"a":1}')]],
    ["no name later", [piece(0, "c", "f", "{"), piece(0, "", "", "}")], [called("c", "f", "{}")]],
    ["the id late", [piece(0, undefined, "f", '{"a"'), piece(0, "c", undefined, ":1}")], [called("c", "f", '{"a":1}')]],
    [
      "the id late and no number",
      [piece(undefined, undefined, "f", "{"), piece(undefined, "c", undefined, "}")],
      [called("c", "f", "{}")],
    ],
    ["no id", [piece(0, undefined, "f", "{}")], [called("call_answer1_0", "f", "{}")]],
    ["no name", [piece(0, "c", undefined, "{}")], [called("c", "tool_0", "{}")]],
    ["nothing", [piece(0)], []],
    ["nothing within a text", [chunk({ content: "t" }), piece(0), chunk({ content: "u" })], [text("tu")]],
    ["a number later only", [piece(undefined, "c", "f", "{"), piece(0, null, null, "}")], [called("c", "f", "{}")]],
    [
      "no number, whole calls",
      [piece(undefined, "a", "f", "{}"), piece(undefined, "b", "g", "{}")],
      [called("a", "f", "{}"), called("b", "g", "{}")],
    ],
    [
      "no number and no ids",
      [piece(undefined, undefined, "f", "{}"), piece(undefined, undefined, "f", "{}")],
      [called("call_answer1_0", "f", "{}"), called("call_answer1_1", "f", "{}")],
    ],
    [
      "one number for all",
      [piece(0, "a", "f", "{}"), piece(0, "b", "f", '{"x":1}')],
      [called("a", "f", "{}"), called("b", "f", '{"x":1}')],
    ],
    [
      "one number for all, without arguments",
      [piece(0, "a", "f", ""), piece(0, "b", "g", "")],
      [called("a", "f", ""), called("b", "g", "")],
    ],
    [
      "another id in each piece",
      [piece(0, "a", "f", '{"x"'), piece(0, "b", null, ":1}")],
      [called("a", "f", '{"x":1}')],
    ],
    [
      "in turns",
      [
        piece(0, "a", "f", '{"x"'),
        piece(1, "b", "g", '{"y"'),
        piece(0, null, null, ":1}"),
        piece(1, null, null, ":2}"),
      ],
      [called("a", "f", '{"x":1}'), called("b", "g", '{"y":2}')],
    ],
    [
      "the second before the first",
      [piece(1, "b", "g", "{}"), piece(0, "a", "f", "{}")],
      [called("b", "g", "{}"), called("a", "f", "{}")],
    ],
    [
      "text in between",
      [piece(0, "a", "f", "{}"), chunk({ content: "t" }), piece(1, "b", "g", "{}")],
      [called("a", "f", "{}"), text("t"), called("b", "g", "{}")],
    ],
    [
      "text before its arguments are whole",
      [piece(0, "a", "f", '{"x"'), chunk({ content: "t" }), piece(0, null, null, ":1}")],
      [called("a", "f", '{"x":1}'), text("t")],
    ],
    [
      "text in the same chunk",
      [chunk({ content: "t", tool_calls: [{ index: 0, id: "a", function: { name: "f", arguments: "{}" } }] })],
      [text("t"), called("a", "f", "{}")],
    ],
    [
      "null and empty lists",
      [chunk({ content: "t", tool_calls: null }), chunk({ content: "u", tool_calls: [] })],
      [text("tu")],
    ],
    [
      "the older form",
      [chunk({ function_call: { name: "f", arguments: "" } }), chunk({ function_call: { arguments: "{}" } })],
      [called("call_answer1_0", "f", "{}")],
    ],
    [
      "plain text",
      [
        chunk({ tool_calls: [{ index: 0, id: "c", type: "custom", custom: { name: "p", input: "ra" } }] }),
        chunk({ tool_calls: [{ index: 0, custom: { input: "w" } }] }),
      ],
      [{ ...called("c", "p", "raw"), kind: "custom" }],
    ],
  ])("%s", (_, chunks, parts) => {
    const { parts: said, finish } = answer(ROLE, ...chunks, chunk({}, {}, "tool_calls"), DONE);
    expect(said).toEqual(parts);
    expect(finish.kind).toBe(parts.some((part) => "id" in part) ? "tool_use" : "end");
  });

  test("begin to be told at once", () => {
    const upTo = events(piece(0, "c", "f", ""), piece(0, null, null, '{"a'));
    expect(upTo.slice(1, 3)).toMatchObject([{ type: "open" }, { type: "delta", text: '{"a' }]);
  });

  test("a whole call does not hold up the next", () => {
    const order = events(piece(0, "a", "f", "{}"), piece(1, "b", "g", '{"x'));
    expect(order.map(({ type }) => type)).toEqual(["start", "open", "delta", "close", "open", "delta", "error"]);
  });

  test("a cut call ends at the limit", () => {
    const { parts, finish } = answer(piece(0, "a", "f", '{"x'), chunk({}, {}, "length"), DONE);
    expect(parts).toEqual([called("a", "f", '{"x')]);
    expect(finish.kind).toBe("max_tokens");
  });
});

test("whatever comes, there is one end, and parts are opened and closed in order", () => {
  const anyChunk = fc.constantFrom<object | string>(
    ROLE,
    FINISH,
    COUNTED,
    DONE,
    chunk({ content: "a" }),
    chunk({ content: [{ type: "thinking", thinking: "x" }, 7] }),
    chunk({ reasoning: "r", reasoning_details: [{ type: "reasoning.encrypted", data: "e" }, null] }),
    chunk({ tool_calls: [null, {}, { index: "x", id: 7, function: "f" }] }),
    piece(0, "a", "f", "{"),
    piece(1, "b", "g", "}"),
    piece(undefined, undefined, "h", []),
    { choices: [{ index: 0, delta: [], finish_reason: 7 }, null] },
    { choices: {} },
    { error: null },
    "data: {\n\n",
    'event: error\ndata: {"error":"x"}\n\n',
  );
  fc.assert(
    fc.property(fc.array(anyChunk, { maxLength: 12 }), (chunks) => {
      const said = events(...chunks);
      expect(said.filter(({ type }) => type === "end" || type === "error")).toHaveLength(1);
      const last = said.at(-1);
      expect(last?.type === "end" || last?.type === "error").toBe(true);
      const opened = said.flatMap((event) => (event.type === "open" ? [event.n] : []));
      expect(opened).toEqual(opened.map((_, index) => index));
    }),
    { numRuns: 500 },
  );
});
