import { expect, test } from "vitest";

import { Load } from "./load.ts";

test("a load is half forgotten after five minutes, and never negative", () => {
  const load = new Load();
  load.add(8, 0);
  expect([load.at(0), load.at(300_000), load.at(900_000)]).toEqual([8, 4, 1]);
  load.add(1, 300_000);
  expect(load.at(300_000)).toBe(5);
  load.add(-100, 300_000);
  expect(load.at(300_000)).toBe(0);
});

test("a clock that is set back changes nothing", () => {
  const load = new Load();
  load.add(8, 600_000);
  load.add(2, 300_000);
  expect([load.at(0), load.at(600_000)]).toEqual([10, 10]);
});
