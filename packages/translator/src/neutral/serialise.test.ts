import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { OpenedPart, StreamEvent } from "./event.ts";
import { Serialiser } from "./serialise.ts";

const start: StreamEvent = { type: "start", id: "1" };
const open = (n: number, part: OpenedPart = { type: "text" }): StreamEvent => ({ type: "open", n, part });
const delta = (n: number, text: string): StreamEvent => ({ type: "delta", n, text });
const close = (n: number): StreamEvent => ({ type: "close", n });
const finish: StreamEvent = { type: "finish", finish: { kind: "end" } };
const end: StreamEvent = { type: "end" };
const usage: StreamEvent = { type: "usage", usage: { input: 1 } };
const error: StreamEvent = { type: "error", error: { kind: "server", message: "no" } };

function serialise(...events: readonly StreamEvent[]): readonly StreamEvent[] {
  const seen: StreamEvent[] = [];
  const serialiser = new Serialiser((event) => seen.push(event));
  for (const event of events) serialiser.write(event);
  return seen;
}

test("what is in order goes through at once and as it is", () => {
  const events = [start, usage, open(0), delta(0, "a"), close(0), open(1), close(1), usage, finish, end];
  const seen = serialise(...events);
  expect(seen).toEqual(events);
  expect(seen[3]).toBe(events[3]);
});

test("78: what is interleaved comes one part after the other", () => {
  const seen = serialise(
    start,
    open(0),
    open(1),
    delta(1, "b"),
    delta(0, "a"),
    close(1),
    open(2),
    close(0),
    delta(2, "c"),
  );
  expect(seen).toEqual([
    start,
    open(0),
    delta(0, "a"),
    close(0),
    open(1),
    delta(1, "b"),
    close(1),
    open(2),
    delta(2, "c"),
  ]);
});

test("89: numbers have no gap, whatever the decoder's are", () => {
  const seen = serialise(start, open(7), close(7), open(3), delta(3, "x"), finish, end);
  expect(seen).toEqual([start, open(0), close(0), open(1), delta(1, "x"), close(1), finish, end]);
});

test("a number may be used again once its part is closed", () => {
  expect(serialise(start, open(0), close(0), open(0), close(0))).toEqual([start, open(0), close(0), open(1), close(1)]);
});

test("a part that is opened twice is opened once, first or waiting", () => {
  expect(serialise(start, open(0), open(0), open(1), open(1), delta(1, "b"), close(0))).toEqual([
    start,
    open(0),
    close(0),
    open(1),
    delta(1, "b"),
  ]);
});

test("what belongs to no open part is left out", () => {
  expect(serialise(start, delta(0, "a"), close(1), open(0), close(0), delta(0, "late"))).toEqual([
    start,
    open(0),
    close(0),
  ]);
});

describe("the end", () => {
  test("closes whatever is open, waiting parts with what they hold", () => {
    expect(serialise(start, open(0), open(1), delta(1, "b"), finish, end)).toEqual([
      start,
      open(0),
      close(0),
      open(1),
      delta(1, "b"),
      close(1),
      finish,
      end,
    ]);
  });

  test("71: nothing but the end comes after the finish, and nothing after the end", () => {
    expect(serialise(start, finish, usage, open(0), finish, end, usage, error, end)).toEqual([start, finish, end]);
  });

  test("an error comes at once, without the rest", () => {
    expect(serialise(start, open(0), open(1), delta(1, "b"), error, close(0), finish, end)).toEqual([
      start,
      open(0),
      error,
    ]);
    expect(serialise(error, start)).toEqual([error]);
  });

  test("a start and a finish that are missing are made up; 90: there is one start", () => {
    expect(serialise(end)).toEqual([{ type: "start" }, { type: "finish", finish: { kind: "other" } }, end]);
    expect(serialise(start, start, finish)).toEqual([start, finish]);
  });
});

const n = fc.nat({ max: 4 });
const event: fc.Arbitrary<StreamEvent> = fc.oneof(
  { weight: 4, arbitrary: n.map((each) => open(each)) },
  {
    weight: 10,
    arbitrary: fc.tuple(n, fc.string({ minLength: 1, maxLength: 3 })).map(([each, text]) => delta(each, text)),
  },
  { weight: 4, arbitrary: n.map(close) },
  { weight: 2, arbitrary: n.map((each): StreamEvent => ({ type: "section", n: each })) },
  { weight: 1, arbitrary: fc.constantFrom(start, usage, finish, end, error) },
);

test("whatever comes, one part is open at a time, in an order that every encoder can print", () => {
  const letters: Readonly<Record<StreamEvent["type"], string>> = {
    start: "s",
    open: "o",
    delta: "d",
    section: "d",
    seal: "d",
    citation: "d",
    close: "c",
    usage: "u",
    finish: "f",
    end: "e",
    error: "!",
  };
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      const seen = serialise(...events);
      const order = seen.map(({ type }) => letters[type]).join("");
      expect(order).toMatch(/^(?:s(?:u|o[du]*c)*(?:o[du]*)?(?:fe?)?)?!?$/);
      expect(order).not.toMatch(/e!/);
      const numbers = seen.flatMap((each) => (each.type === "open" ? [each.n] : []));
      expect(numbers).toEqual(numbers.map((_, index) => index));
    }),
    { numRuns: 2000 },
  );
});

test("whatever the order, each part has all its own text and no other's", () => {
  const step = fc.tuple(
    n,
    fc.constantFrom("delta", "delta", "delta", "close"),
    fc.string({ minLength: 1, maxLength: 3 }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const said: { readonly texts: string[]; open: boolean }[] = [];
      const events: StreamEvent[] = [start];
      const at = new Map<number, number>();
      for (const [each, type, text] of steps) {
        let index = at.get(each);
        if (index === undefined) {
          index = said.push({ texts: [], open: true }) - 1;
          at.set(each, index);
          events.push(open(each));
        }
        if (type === "delta") said[index]?.texts.push(text);
        else at.delete(each);
        events.push(type === "delta" ? delta(each, text) : close(each));
      }
      const texts: string[] = [];
      for (const seen of serialise(...events, finish, end)) {
        if (seen.type === "open") texts.push("");
        else if (seen.type === "delta") texts[seen.n] += seen.text;
      }
      expect(texts).toEqual(said.map((part) => part.texts.join("")));
    }),
    { numRuns: 1000 },
  );
});
