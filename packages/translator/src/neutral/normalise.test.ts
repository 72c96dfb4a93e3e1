import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { LossLog } from "../loss.ts";
import { pairToolResults } from "./normalise.ts";
import type { Part } from "./part.ts";
import type { Turn } from "./request.ts";

const NO_RESULT = "[no result was recorded for this tool call; it may or may not have run]";

const text = (words: string): Part => ({ type: "text", text: words });
const call = (id: string): Part => ({ type: "tool_call", id, name: "t", arguments: "{}", kind: "function" });
const result = (callId: string, words = `of ${callId}`): Part => ({
  type: "tool_result",
  callId,
  kind: "function",
  parts: words === "" ? [] : [text(words)],
});
const missing = (callId: string): Part => ({
  type: "tool_result",
  callId,
  kind: "function",
  isError: true,
  parts: [text(NO_RESULT)],
});
const user = (...parts: Part[]): Turn => ({ role: "user", parts });
const assistant = (...parts: Part[]): Turn => ({ role: "assistant", parts });
const system = (words: string): Turn => ({ role: "system", parts: [text(words)] });

function pair(...turns: readonly Turn[]): { readonly turns: readonly Turn[]; readonly codes: readonly string[] } {
  const losses = new LossLog("openai-chat", "anthropic-messages");
  return { turns: pairToolResults(turns, losses), codes: losses.list.map(({ code }) => code) };
}

test("a conversation without tools stays the very same", () => {
  const turns = [user(text("Hi")), assistant(), system("x"), user()];
  expect(pairToolResults(turns, new LossLog("openai-chat", "anthropic-messages"))).toBe(turns);
});

describe("results that are there", () => {
  test("2: two of them, each in a turn of its own, become one turn in the order of the calls", () => {
    expect(pair(user(text("q")), assistant(call("a"), call("b")), user(result("b")), user(result("a")))).toEqual({
      turns: [user(text("q")), assistant(call("a"), call("b")), user(result("a"), result("b"))],
      codes: [],
    });
  });

  test("3: words of the user between them come after them", () => {
    const { turns } = pair(assistant(call("a"), call("b")), user(result("a")), user(text("hi")), user(result("b")));
    expect(turns).toEqual([assistant(call("a"), call("b")), user(result("a"), result("b"), text("hi"))]);
  });

  test("4: words of the user after them are in the same turn", () => {
    const { turns } = pair(assistant(call("a")), user(result("a")), user(text("go on")), assistant(text("ok")));
    expect(turns).toEqual([assistant(call("a")), user(result("a"), text("go on")), assistant(text("ok"))]);
  });

  test("9: the operator's words between call and result come after the result", () => {
    const { turns, codes } = pair(assistant(call("a")), system("careful"), user(result("a")));
    expect(turns).toEqual([assistant(call("a")), user(result("a")), system("careful")]);
    expect(codes).toEqual([]);
  });

  test("8: of two for one call the last is kept", () => {
    expect(pair(assistant(call("a")), user(result("a", "old"), result("a", "new")))).toEqual({
      turns: [assistant(call("a")), user(result("a", "new"))],
      codes: ["tool_result_duplicate"],
    });
  });

  test("an id that is used again in a later round becomes another one, call and result alike", () => {
    const round = (words: string): readonly Turn[] => [assistant(call("a")), user(result("a", words))];
    const renamed = (id: string, words: string): readonly Turn[] => [assistant(call(id)), user(result(id, words))];
    expect(pair(...round("1"), ...round("2"), ...renamed("a_r2", "x"), ...round("3"))).toEqual({
      turns: [...round("1"), ...renamed("a_r3", "2"), ...renamed("a_r2", "x"), ...renamed("a_r4", "3")],
      codes: [],
    });
  });

  test("calls of one turn that share an id get a result each", () => {
    const { turns } = pair(assistant(call("a"), call("a")), user(result("a", "1")), user(result("a", "2")));
    expect(turns).toEqual([assistant(call("a"), call("a_r2")), user(result("a", "1"), result("a_r2", "2"))]);
  });

  test("37: turns of the model that follow one with calls belong to it", () => {
    const { turns } = pair(
      assistant(text("so"), call("a")),
      assistant(call("b")),
      assistant(text("…")),
      user(result("a"), result("b")),
    );
    expect(turns).toEqual([assistant(text("so"), call("a"), call("b"), text("…")), user(result("a"), result("b"))]);
  });

  test("turns of the model that say nothing do not end a round", () => {
    const { turns } = pair(
      assistant(call("a")),
      user(text("hm")),
      assistant(),
      user(result("a")),
      assistant(text("x")),
    );
    expect(turns).toEqual([assistant(call("a")), user(result("a"), text("hm")), assistant(text("x"))]);
  });
});

describe("results that are not there", () => {
  test("6: one that is missing is made up, that one only, and in neutral words", () => {
    expect(pair(assistant(call("a"), call("b")), user(result("a"), text("go on")))).toEqual({
      turns: [assistant(call("a"), call("b")), user(result("a"), missing("b"), text("go on"))],
      codes: ["tool_result_missing"],
    });
  });

  test("in strict mode nothing is made up", () => {
    const losses = new LossLog("openai-chat", "anthropic-messages", "strict");
    expect(() => pairToolResults([assistant(call("a")), user(text("hi"))], losses)).toThrow("tool call has no result");
  });

  test("calls that end the conversation wait for theirs", () => {
    const turns = [user(text("q")), assistant(call("a"))];
    expect(pair(...turns)).toEqual({ turns, codes: [] });
  });

  test("7: a result that comes when the conversation has gone on is left out, in this round and in the next", () => {
    const late = pair(
      assistant(call("a")),
      user(text("never mind")),
      assistant(text("ok")),
      user(result("a"), text("and?")),
      assistant(call("b")),
      user(result("a"), result("b")),
    );
    expect(late).toEqual({
      turns: [
        assistant(call("a")),
        user(missing("a"), text("never mind")),
        assistant(text("ok")),
        user(text("and?")),
        assistant(call("b")),
        user(result("b")),
      ],
      codes: ["tool_result_missing", "tool_result_late"],
    });
  });
});

describe("5: results without their calls", () => {
  test("become text, in a round and outside of one", () => {
    const label = text("Tool result (x):");
    expect(pair(user(result("x"), text("hi")), assistant(call("a")), user(result("x"), result("a")))).toEqual({
      turns: [user(label, text("of x"), text("hi")), assistant(call("a")), user(result("a"), label, text("of x"))],
      codes: ["tool_result_orphan"],
    });
  });

  test("and say nothing where they are empty", () => {
    expect(pair(user(result("x", "")), user(result("x", " \n")), user(text("hi")))).toEqual({
      turns: [user(text("hi"))],
      codes: ["tool_result_orphan"],
    });
  });
});

const id = fc.constantFrom("a", "b", "c", "d");
const turn: fc.Arbitrary<Turn> = fc.oneof(
  fc.record({
    role: fc.constant("assistant"),
    parts: fc
      .tuple(fc.array(id, { maxLength: 3 }), fc.boolean())
      .map(([ids, says]) => [...(says ? [text("words")] : []), ...ids.map(call)]),
  } as const),
  fc.record({
    role: fc.constant("user"),
    parts: fc.array(
      fc.oneof(
        id.map((each) => result(each)),
        fc.constant(text("hi")),
      ),
      { maxLength: 4 },
    ),
  } as const),
  fc.constant(system("op")),
);
const conversation = fc.array(turn, { maxLength: 12 });

const callsOf = ({ parts }: Turn): readonly string[] =>
  parts.flatMap((each) => (each.type === "tool_call" ? [each.id] : []));
const resultsOf = ({ parts }: Turn): readonly string[] =>
  parts.flatMap((each) => (each.type === "tool_result" ? [each.callId] : []));

const wordsOf = (each: Part): string => (each.type === "text" ? each.text : each.type === "tool_call" ? each.name : "");

test("whatever the conversation, each call has its result at once and in order, and no other result is there", () => {
  fc.assert(
    fc.property(conversation, (given) => {
      const { turns } = pair(...given);
      for (const [index, each] of turns.entries()) {
        const before = turns[index - 1];
        const answered = before?.role === "assistant" ? callsOf(before) : [];
        const head = each.parts.slice(0, answered.length);
        expect(resultsOf(each)).toEqual(answered);
        expect(new Set(answered).size).toBe(answered.length);
        expect(resultsOf({ role: "user", parts: head })).toEqual(answered);
        expect(answered.length === 0 || each.role === "user").toBe(true);
      }
    }),
    { numRuns: 1000 },
  );
});

test("whatever the conversation, words and calls stay, and a paired one stays as it is", () => {
  fc.assert(
    fc.property(conversation, (given) => {
      const { turns } = pair(...given);
      const said = (all: readonly Turn[], role: Turn["role"]): readonly string[] =>
        all
          .filter((each) => each.role === role)
          .flatMap(({ parts }) => parts.map(wordsOf))
          .filter((words) => words !== "");
      for (const role of ["assistant", "system"] as const) expect(said(turns, role)).toEqual(said(given, role));
      const hellos = (all: readonly Turn[]): number => said(all, "user").filter((words) => words === "hi").length;
      expect(hellos(turns)).toBe(hellos(given));
      expect(pair(...turns)).toEqual({ turns, codes: [] });
    }),
    { numRuns: 1000 },
  );
});
