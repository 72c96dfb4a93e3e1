import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { NeutralRequest, Tool, Turn } from "../neutral/request.ts";
import { ToolNames } from "./names.ts";

const named = (name: string, namespace?: string): Tool => ({
  type: "function",
  name,
  ...(namespace !== undefined && { namespace }),
});
const calling = (name: string, kind: "function" | "custom" = "function"): Turn => ({
  role: "assistant",
  parts: [{ type: "tool_call", id: "call_1", name, arguments: "{}", kind }],
});

function namesOf(tools: readonly Tool[], maxLength = 64, turns: readonly Turn[] = []): ToolNames {
  const request: NeutralRequest = { model: "m", system: [], turns, tools, stream: false };
  return new ToolNames(request, maxLength);
}

test("names that the upstream takes stay as they are", () => {
  const names = namesOf([named("get_weather"), named("Bash")]);
  expect([names.toWire("get_weather"), names.toWire("Bash")]).toEqual(["get_weather", "Bash"]);
  expect(names.fromWire("Bash")).toEqual({ name: "Bash", kind: "function" });
  expect(names.changed).toBe(false);
});

test("32: a name of 100 letters is shortened where it must be and restored", () => {
  const long = `mcp__server__${"x".repeat(87)}`;
  const [short, whole] = [namesOf([named(long)], 64), namesOf([named(long)], 128)];
  expect(short.toWire(long)).toBe(`mcp__server__${"x".repeat(42)}_d4564da5`);
  expect(short.fromWire(short.toWire(long))).toEqual({ name: long, kind: "function" });
  expect(short.changed).toBe(true);
  expect(whole.toWire(long)).toBe(long);
});

test("illegal letters are replaced, and names that then look alike stay apart", () => {
  const names = namesOf([named("get.weather"), named("get weather"), named("get_weather")]);
  const wires = ["get.weather", "get weather", "get_weather"].map((name) => names.toWire(name));
  expect(wires).toEqual(["get_weather_f65d4328", "get_weather_dce3870e", "get_weather"]);
});

test("a name that another one has taken already is changed", () => {
  const wire = namesOf([named("get.weather")]).toWire("get.weather");
  const names = namesOf([named("get.weather"), named(wire)]);
  expect(names.toWire("get.weather")).toBe(wire);
  expect(names.toWire(wire)).not.toBe(wire);
  expect(names.fromWire(names.toWire(wire)).name).toBe(wire);
});

describe("39: name spaces", () => {
  test("stand before the names of their tools and are restored", () => {
    const names = namesOf([named("search", "crm"), named("search", "files"), named("search")]);
    expect(names.toWire("search", "crm")).toBe("crm__search");
    expect(names.toWire("search")).toBe("search");
    expect(names.fromWire("files__search")).toEqual({ name: "search", namespace: "files", kind: "function" });
    expect(names.changed).toBe(true);
  });

  test("give way to a tool that has such a name of its own", () => {
    const names = namesOf([named("search", "crm"), named("crm__search")]);
    expect(names.toWire("crm__search")).toBe("crm__search");
    expect(names.toWire("search", "crm")).toMatch(/^crm__search_[0-9a-f]{8}$/);
  });

  test("do not matter for a tool that has none", () => {
    expect(namesOf([named("search")]).toWire("search", "crm")).toBe("search");
  });
});

test("the history's tools have names too, after those that are declared", () => {
  const names = namesOf([named("a_b")], 64, [calling("a.b"), calling("patch", "custom")]);
  expect(names.toWire("a_b")).toBe("a_b");
  expect(names.fromWire(names.toWire("a.b"))).toEqual({ name: "a.b", kind: "function" });
  expect(names.fromWire("patch")).toEqual({ name: "patch", kind: "custom" });
});

test("a tool of plain text counts as changed, for a function may stand in for it", () => {
  const names = namesOf([{ type: "custom", name: "apply_patch" }]);
  expect(names.fromWire("apply_patch")).toEqual({ name: "apply_patch", kind: "custom" });
  expect(names.changed).toBe(true);
});

test("hosted tools have no name of the client's", () => {
  const names = namesOf([{ type: "hosted", kind: "web_search", name: "web_search" }, named("web_search")]);
  expect(names.toWire("web_search")).toBe("web_search");
});

test.each(["constructor", "__proto__", "toString"])("%j is a name like any other", (name) => {
  const names = namesOf([]);
  expect(names.toWire(name)).toBe(name);
  expect(names.fromWire(name)).toEqual({ name, kind: "function" });
});

const tool = fc.record(
  { name: fc.string({ unit: "binary", maxLength: 100 }), namespace: fc.string({ maxLength: 10 }) },
  { requiredKeys: ["name"] },
);
const similar = fc.record(
  {
    name: fc.array(fc.constantFrom("a", ".", "_", "\n", "b"), { maxLength: 5 }).map((letters) => letters.join("")),
    namespace: fc.array(fc.constantFrom("a", "_", "\n"), { maxLength: 3 }).map((letters) => letters.join("")),
  },
  { requiredKeys: ["name"] },
);

test("no two tools share a name, each is legal, and each is found again", () => {
  const tools = fc.array(fc.oneof(tool, similar), { maxLength: 12 });
  fc.assert(
    fc.property(tools, fc.constantFrom(64, 128), (given, maxLength) => {
      const all = given.map(({ name, namespace }) => named(name, namespace));
      const [names, again] = [namesOf(all, maxLength), namesOf(all, maxLength)];
      const tellingApart = new Set(given.map(({ name, namespace }) => JSON.stringify([name, namespace])));
      const wires = given.map(({ name, namespace }) => names.toWire(name, namespace));
      expect(new Set(wires).size).toBe(tellingApart.size);
      for (const [index, { name, namespace }] of given.entries()) {
        const wire = wires[index] ?? "";
        expect(wire).toMatch(/^[a-zA-Z0-9_-]+$/);
        expect(wire.length).toBeLessThanOrEqual(maxLength);
        expect(names.fromWire(wire)).toEqual({ name, kind: "function", ...(namespace !== undefined && { namespace }) });
        expect(again.toWire(name, namespace)).toBe(wire);
      }
    }),
  );
});

test("a name does not change when tools are declared after it", () => {
  fc.assert(
    fc.property(fc.array(similar, { minLength: 1, maxLength: 8 }), (given) => {
      const all = given.map(({ name }) => named(name));
      const before = namesOf(all.slice(0, -1));
      const after = namesOf(all);
      for (const { name } of given.slice(0, -1)) expect(after.toWire(name)).toBe(before.toWire(name));
    }),
  );
});
